"""Simulated against known figures: how far each median lies from what was observed."""

from math import log10

import altair as alt
from altair.typing import ChartType

from sim.views.charts.parts import finished, is_narrow, nothing
from sim.views.figures import figure_name, figure_value, group_name
from sim.views.rundata import Score, ScoreRow
from sim.views.theme import ACCENT, BAD, CONTEXT, INK, MUTED

LOWEST, HIGHEST = 0.05, 20.0
TICKS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20)
ROW = 19
MOST_OF_A_QUANTITY = 8
FACTOR = 1.5


def score(rows: Score, width: int = 760) -> ChartType:
    """Return one line per known figure: simulated over observed, on a logarithmic axis.

    The diamond at 1 is what was observed; the dot is the simulated median, the thick line 50 % and
    the thin one 90 % of the replicates. What lies outside the axis sticks to its edge as a
    triangle. Figures that are not positive or not modelled are left to the report's table.

    Args:
        rows: score rows, as `sim.experiments.observables.score_rows` returns them.
        width: pixels of the whole figure; under 520 it is laid out for a phone.
    """
    drawable = [row for row in rows if _drawable(row)]
    if not drawable:
        return nothing("No known figure can be set against this run", width)
    groups = _grouped(drawable)
    panels = [_panel(name, members, width) for name, members in groups.items()]
    inside = sum(bool(row.inside_90) for row in drawable)
    title = f"{inside} of {len(drawable)} known figures lie inside the simulated 90 % interval"
    caption = (
        "Simulated over observed, logarithmic. Diamond: observed; dot: median; thick line: 50 %, "
        f"thin: 90 % of the replicates; blue: median within a factor of {FACTOR}."
    )
    left = len(drawable) - sum(map(len, groups.values()))
    if left:
        caption += f" {left} more figures of the same kinds are not drawn."
    return finished(alt.vconcat(*panels, spacing=18), title, caption, width)


def _drawable(row: ScoreRow) -> bool:
    known = row.observed, row.median, row.lo90, row.hi90, row.lo50, row.hi50
    return all(value is not None for value in known) and (row.observed or 0.0) > 0


def _grouped(rows: list[ScoreRow]) -> dict[str, list[ScoreRow]]:
    """Return the rows by use, a few of each quantity, like quantities next to one another."""
    kinds: dict[tuple[str, str], list[ScoreRow]] = {}
    for row in rows:
        kinds.setdefault((group_name(row), row.quantity), []).append(row)
    groups: dict[str, list[ScoreRow]] = {}
    for (group, _), members in kinds.items():
        groups.setdefault(group, []).extend(members[:MOST_OF_A_QUANTITY])
    return groups


def _panel(name: str, rows: list[ScoreRow], width: int) -> alt.LayerChart:
    narrow = is_narrow(width)
    names = [f"{number} {figure_name(row)}" for number, row in enumerate(rows)]
    values = [_values(label, row) for label, row in zip(names, rows, strict=True)]
    name_room, end_room = (150, 8) if narrow else (250, 130)
    y = alt.Y(
        "name:N", sort=names, title=None,
        axis=alt.Axis(
            labelColor=INK.light, labelLimit=name_room - 8, grid=True, gridDash=[1, 3],
            # The number in front keeps equal names apart and is not shown.
            labelExpr="slice(datum.label, indexof(datum.label, ' ') + 1)",
        ),
    )  # fmt: skip
    ticks = [tick for tick in TICKS if not narrow or tick in (0.1, 1, 10)]
    x_axis = alt.Axis(values=ticks, labelExpr="'×' + format(datum.value, '~r')", grid=True)
    scale = alt.Scale(type="log", domain=[LOWEST, HIGHEST], nice=False)
    x = alt.X("median:Q", title=None, scale=scale, axis=x_axis)
    base = alt.Chart(alt.Data(values=values)).encode(y=y)
    hue = alt.Color("hue:N", scale=None)

    def line(low: str, high: str, thickness: float) -> alt.Chart:
        place = alt.X(f"{low}:Q", title=None, scale=scale, axis=x_axis)
        return base.mark_rule(strokeWidth=thickness).encode(x=place, x2=f"{high}:Q", color=hue)

    # Widened to a rule of its own: a reference at 1 that all rows share.
    zero = alt.Chart(alt.Data(values=[{"one": 1}])).mark_rule(color=CONTEXT.light)
    reference = zero.encode(x=alt.X("one:Q", title=None, scale=scale, axis=x_axis))
    diamonds = base.mark_point(shape="diamond", filled=True, size=55, color=INK.light, opacity=1)
    shape = alt.Shape("shape:N", scale=None)
    dots = base.mark_point(filled=True, size=60, opacity=1).encode(x=x, color=hue, shape=shape)
    layers = [
        reference,
        line("lo90", "hi90", 1.4),
        line("lo50", "hi50", 5),
        diamonds.encode(x=alt.X("one:Q", title=None, scale=scale, axis=x_axis)),
        dots,
    ]
    if not narrow:
        words = base.mark_text(align="left", color=MUTED.light, limit=end_room)
        layers.append(words.encode(text="text:N", x=alt.value(width - name_room - end_room + 8)))
    return alt.layer(*layers).properties(
        width=width - name_room - end_room - 10,
        height=ROW * len(rows),
        title=alt.TitleParams(name, fontSize=12, offset=6, subtitle=[]),
    )


def _values(label: str, row: ScoreRow) -> dict[str, object]:
    observed, median = row.observed or 1.0, row.median or 0.0
    ratio = median / observed
    close = ratio > 0 and abs(log10(ratio)) <= log10(FACTOR)
    shape = "circle" if LOWEST <= ratio <= HIGHEST else "triangle-left"
    if ratio > HIGHEST:
        shape = "triangle-right"
    ends = {"lo90": row.lo90, "lo50": row.lo50, "median": median, "hi50": row.hi50, "hi90": row.hi90}
    return {
        "name": label,
        "one": 1,
        "shape": shape,
        "hue": (ACCENT if close else BAD).light,
        "text": f"{figure_value(row, median)} / {figure_value(row, observed)}",
        **{name: _clamped((value or 0.0) / observed) for name, value in ends.items()},
    }


def _clamped(ratio: float) -> float:
    return float(f"{min(max(ratio, LOWEST), HIGHEST):.4g}")


