"""Effects side by side: a difference with its interval per row, in percent of where it starts."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
from altair.typing import ChartType

from sim.views.charts.parts import Panel, finished, inline_rows, is_narrow, nothing
from sim.views.outcomes import difference_text, interval_text, name_with_unit
from sim.views.theme import BAD, CONTEXT, GOOD, INK, MUTED

ROW, LETTER = 21, 6
MOST_PERCENT = 300.0

Row = Mapping[str, Any]


def effects(
    rows: Sequence[Row], title: str, caption: str, width: int = 760, label: str = "outcome"
) -> ChartType:
    """Return a line per row: the difference in percent of the base, its interval, its numbers.

    Green goes the way that is better, red the other, grey is not told from 0; what lies outside
    the axis sticks to its edge. Rows without a base above 0 are left out.

    Args:
        rows: rows of a comparison's table.
        title, caption: of the figure.
        width: pixels of the whole figure; under 520 it is laid out for a phone.
        label: "outcome", or "change" for rows of one outcome.
    """
    drawable = [row for row in rows if row["low"] is not None and (row["base"] or 0.0) != 0.0]
    if not drawable:
        return nothing(title, width)
    return finished(_panel(drawable, width, label), title, caption, width)


def _panel(rows: Sequence[Row], width: int, label: str) -> Panel:
    narrow = is_narrow(width)
    name_room, end_room = (8, 16) if narrow else (196, 176)
    limit = _limit(rows)
    values = [_values(f"{number}", row, limit, label) for number, row in enumerate(rows)]
    y = alt.Y("row:N", sort=[str(number) for number in range(len(rows))], title=None, axis=None)
    plot = width - name_room - end_room - 10

    def x(field: str) -> alt.X:
        scale = alt.Scale(domain=[-limit, limit], nice=False)
        sign = "(datum.value > 0 ? '+' : datum.value < 0 ? '−' : '')"
        axis = alt.Axis(
            grid=True, tickCount=5,
            labelExpr=f"{sign} + format(abs(datum.value), '~r') + ' %'",
        )  # fmt: skip
        return alt.X(f"{field}:Q", title=None, scale=scale, axis=axis)

    down = 8 if narrow else 0
    base = alt.Chart().encode(y=y)
    hue = alt.Color("hue:N", scale=None)
    line = base.mark_rule(strokeWidth=2.5, yOffset=down)
    dot = base.mark_point(filled=True, size=58, opacity=1, yOffset=down)
    left = -name_room + 10 if not narrow else 0
    names = base.mark_text(align="left", color=INK.light, dy=-7 if narrow else 0, limit=name_room)
    if narrow:
        names = base.mark_text(align="left", color=INK.light, dy=-7)
    numbers = base.mark_text(align="right" if narrow else "left", color=MUTED.light,
                             dy=-7 if narrow else 0)  # fmt: skip
    layers = [
        alt.Chart().mark_rule(color=CONTEXT.light).encode(x=x("zero")),
        line.encode(x=x("low"), x2=alt.X2("high:Q"), color=hue),
        dot.encode(x=x("middle"), color=hue, shape=alt.Shape("shape:N", scale=None)),
        names.encode(text=alt.Text("name:N"), x=alt.XValue(left)),
        numbers.encode(text=alt.Text("text:N"), x=alt.XValue(plot if narrow else plot + 10)),
    ]
    return alt.layer(
        *layers,
        data=inline_rows(values),
        width=plot,
        height=(2 * ROW if narrow else ROW) * len(rows),
    )


def _values(number: str, row: Row, limit: float, label: str) -> dict[str, object]:
    scale = 100.0 / abs(row["base"])
    middle = row["difference"] * scale
    name = name_with_unit(row["outcome"], row["unit"]) if label == "outcome" else row["change"]
    band = f" ({interval_text(row['low'], row['high'], row['unit'])})"
    if row["low"] == row["high"] == 0.0:
        band = ", the same in every pair"
    shape = (
        "circle" if abs(middle) <= limit else "triangle-right" if middle > 0 else "triangle-left"
    )
    return {
        "row": number,
        "name": name,
        "zero": 0,
        "text": difference_text(row["difference"], row["unit"]) + band,
        "hue": _hue(row),
        "shape": shape,
        "middle": _within(middle, limit),
        "low": _within(row["low"] * scale, limit),
        "high": _within(row["high"] * scale, limit),
    }


def _hue(row: Row) -> str:
    if row["low"] <= 0 <= row["high"]:
        return MUTED.light
    return (GOOD if (row["difference"] > 0) == (row["direction"] == "more") else BAD).light


def _limit(rows: Sequence[Row]) -> float:
    reach = [
        max(abs(row["low"]), abs(row["high"])) * 100.0 / abs(row["base"]) for row in rows
    ]  # fmt: skip
    highest = max(reach)
    for step in (1, 2, 5, 10, 20, 50, 100, 200):
        if highest <= step:
            return float(step)
    return MOST_PERCENT


def _within(value: float, limit: float) -> float:
    return float(f"{min(max(value, -limit), limit):.4g}")
