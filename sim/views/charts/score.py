"""Simulated against known figures: how far each median lies from what was observed."""

from math import log10

import altair as alt
from altair.typing import ChartType

from sim.experiments.scoring import CUTS
from sim.views.charts.parts import Panel, finished, inline_rows, is_narrow, nothing
from sim.views.figures import figure_name, figure_pair, group_name
from sim.views.rundata import Score, ScoreRow
from sim.views.theme import ACCENT, BAD, CONTEXT, INK, MUTED

LOWEST, HIGHEST = 0.05, 20.0
TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10)
ROW = 19
LETTER = 6
MOST_OF_A_QUANTITY = 8
FACTOR = 1.5


def score(rows: Score, width: int = 760) -> ChartType:
    """Return one line per known figure: simulated over observed, on a logarithmic axis.

    The diamond at 1 is what was observed; the dot is the simulated median, the thick line 50 % and
    the thin one 90 % of the replicates. What lies outside the axis sticks to its edge as a
    triangle. Figures whose error is no ratio or that are not modelled are left to the report's
    table.

    Args:
        rows: score rows, as `sim.experiments.scoring.score_rows` returns them.
        width: pixels of the whole figure; under 520 it is laid out for a phone.
    """
    drawable = [row for row in rows if _drawable(row)]
    if not drawable:
        return nothing("No known figure can be set against this run", width)
    groups = _grouped(drawable)
    panels = [_panel(name, members, width) for name, members in groups.items()]
    title = _title(rows)
    caption = (
        "Simulated over observed, logarithmic. Diamond: observed; dot: median; thick line: 50 %, "
        f"thin: 90 % of the replicates; blue: median within a factor of {FACTOR}. Of a cut, what "
        "it leaves."
    )
    left = len(drawable) - sum(map(len, groups.values()))
    if left:
        caption += f" {left} more figures of the same kinds are not drawn."
    return finished(alt.vconcat(*panels, spacing=18), title, caption, width)


def _title(rows: Score) -> str:
    """Count figures inside the interval; one that the run says nothing about lies outside."""
    counted = [row for row in rows if row.counts]
    parts = []
    for fitted, what in ((True, "targets"), (False, "figures never fitted")):
        found = [row for row in counted if (row.use == "fit") == fitted]
        if found:
            inside = sum(bool(row.inside_90) for row in found)
            parts.append(f"{inside} of {len(found)} {what}")
    if not parts:
        return "No known figure can judge this run"
    return f"{' and '.join(parts)} lie inside the simulated 90 % interval"


def _drawable(row: ScoreRow) -> bool:
    known = row.observed, row.median, row.lo90, row.hi90, row.lo50, row.hi50
    is_ratio = row.absolute_error is None and _left(row, row.observed) > 0
    return is_ratio and all(value is not None for value in known)


def _left(row: ScoreRow, value: float | None) -> float:
    """Return the value that is drawn: of a cut in percent, what it leaves."""
    return 100.0 - (value or 0.0) if row.quantity in CUTS else value or 0.0


def _grouped(rows: list[ScoreRow]) -> dict[str, list[ScoreRow]]:
    """Return the rows by use, a few of each quantity, like quantities next to one another."""
    kinds: dict[tuple[str, str], list[ScoreRow]] = {}
    for row in rows:
        kinds.setdefault((group_name(row), row.quantity), []).append(row)
    groups: dict[str, list[ScoreRow]] = {}
    for (group, _), members in kinds.items():
        groups.setdefault(group, []).extend(members[:MOST_OF_A_QUANTITY])
    return groups


def _panel(name: str, rows: list[ScoreRow], width: int) -> Panel:
    narrow = is_narrow(width)
    name_room, end_room = (8, 16) if narrow else (262, 148)
    letters = (width - 24 if narrow else name_room - 8) // LETTER
    names = [f"{number} {_short(figure_name(row), letters)}" for number, row in enumerate(rows)]
    values = [_values(label, row) for label, row in zip(names, rows, strict=True)]
    # The number in front keeps equal names apart and is not shown.
    label = "slice(datum.label, indexof(datum.label, ' ') + 1)"
    names_axis = alt.Axis(
        labelColor=INK.light, labelLimit=0, grid=True, gridDash=[1, 3], labelExpr=label
    )
    y = alt.Y("name:N", sort=names, title=None, axis=None if narrow else names_axis)
    ticks = [tick for tick in TICKS if not narrow or tick in (0.1, 1, 10)]
    x_axis = alt.Axis(values=ticks, labelExpr="'×' + format(datum.value, '~r')", grid=True)

    def x(field: str) -> alt.X:
        scale = alt.Scale(type="log", domain=[LOWEST, HIGHEST], nice=False)
        return alt.X(f"{field}:Q", title=None, scale=scale, axis=x_axis)

    base = alt.Chart().encode(y=y)
    hue = alt.Color("hue:N", scale=None)
    down = 7 if narrow else 0
    thin = base.mark_rule(strokeWidth=1.4, yOffset=down)
    thick = base.mark_rule(strokeWidth=5, yOffset=down)
    diamond = base.mark_point(
        shape="diamond", filled=True, size=55, color=INK.light, opacity=1, yOffset=down
    )
    dot = base.mark_point(filled=True, size=60, opacity=1, yOffset=down)
    shape = alt.Shape("shape:N", scale=None)
    words = base.mark_text(align="left", color=MUTED.light)
    if narrow:
        placed = words.encode(text=alt.Text("label:N"), x=alt.XValue(0))
        placed = placed.mark_text(align="left", color=INK.light, dy=-7)
    else:
        placed = words.encode(
            text=alt.Text("text:N"), x=alt.XValue(width - name_room - end_room + 8)
        )
    layers = [
        alt.Chart().mark_rule(color=CONTEXT.light).encode(x=x("one")),
        thin.encode(x=x("lo90"), x2=alt.X2("hi90:Q"), color=hue),
        thick.encode(x=x("lo50"), x2=alt.X2("hi50:Q"), color=hue),
        diamond.encode(x=x("one")),
        dot.encode(x=x("median"), color=hue, shape=shape),
        placed,
    ]
    return alt.layer(
        *layers,
        data=inline_rows(values),
        width=width - name_room - end_room - 10,
        height=(2 * ROW if narrow else ROW) * len(rows),
        title=alt.TitleParams(name, fontSize=12, offset=6, frame="group", dx=8 - name_room),
    )


def _values(label: str, row: ScoreRow) -> dict[str, object]:
    observed, median = _left(row, row.observed), _left(row, row.median)
    ratio = median / observed
    close = ratio > 0 and abs(log10(ratio)) <= log10(FACTOR)
    shape = "circle" if LOWEST <= ratio <= HIGHEST else "triangle-left"
    if ratio > HIGHEST:
        shape = "triangle-right"
    levels = ("lo90", "lo50", "median", "hi50", "hi90")
    return {
        "name": label,
        "label": label.partition(" ")[2],
        "one": 1,
        "shape": shape,
        "hue": (ACCENT if close else BAD).light,
        "text": figure_pair(row, row.median or 0.0, row.observed or 0.0),
        **{name: _clamped(_left(row, getattr(row, name)) / observed) for name in levels},
    }


def _short(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1].rstrip()}…"


def _clamped(ratio: float) -> float:
    return float(f"{min(max(ratio, LOWEST), HIGHEST):.4g}")
