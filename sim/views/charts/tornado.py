"""A tornado: what an outcome differs by at the two ends of each input, the widest on top."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
from altair.typing import ChartType

from sim.views.charts.parts import finished, inline_rows, is_narrow, nothing
from sim.views.outcomes import difference_text, shown_unit
from sim.views.theme import ACCENT, CONTEXT, FIRM_HUES, INK, MUTED

BAR, GAP = 15, 8
MOST_INPUTS = 14
LOW, HIGH = FIRM_HUES["moonshot"], ACCENT

Row = Mapping[str, Any]


def tornado(rows: Sequence[Row], name: str, width: int = 760) -> ChartType:
    """Return two bars per input, from the base to what its low and its high end make of it.

    Args:
        rows: rows of a tornado for one outcome, the widest first.
        name: of the outcome, for the title.
        width: pixels of the whole figure; under 520 it is laid out for a phone.
    """
    drawable = [row for row in rows if row["low"] is not None and row["high"] is not None]
    drawable = [row for row in drawable if row["swing"]][:MOST_INPUTS]
    if not drawable:
        return nothing(f"No input moves {name}", width)
    widest = drawable[0]
    unit = shown_unit(widest["unit"])
    said = f", {unit}" if unit else ""
    title = f"{name}: {_short(widest['input'])} matters most"
    caption = (
        f"Difference from the base{said}, each input alone at the "
        "low (orange) and the high end (blue) of its range; lines: 90 % interval."
    )
    narrow = is_narrow(width)
    room = 8 if narrow else 230
    order = [str(number) for number in range(len(drawable))]
    y = alt.Y("row:N", sort=order, title=None, axis=None)
    x = alt.X(
        "value:Q", title=None,
        axis=alt.Axis(grid=True, tickCount=5, format="~s", domain=False),
    )  # fmt: skip
    base = alt.Chart(inline_rows(_values(drawable))).encode(y=y)
    hue = alt.Color("hue:N", scale=None)
    down = 9 if narrow else 0
    bars = base.mark_bar(size=BAR if not narrow else 10, opacity=0.85, yOffset=down).encode(
        x=x, x2="zero:Q", color=hue
    )
    lines = base.mark_rule(color=INK.light, strokeWidth=1.2, yOffset=down).encode(
        x="from:Q", x2="to:Q"
    )
    names = base.transform_filter("datum.end == 'high'").mark_text(
        align="left", color=INK.light, dy=-7 if narrow else 0
    ).encode(text="name:N", x=alt.value(0 if narrow else 10 - room))  # fmt: skip
    at_end = width - room - (24 if narrow else 128)
    ends = (
        base.transform_filter("datum.end == 'high'")
        .mark_text(align="right" if narrow else "left", color=MUTED.light, dy=-7 if narrow else 0)
        .encode(text="text:N", x=alt.value(at_end))
    )
    zero = alt.Chart(inline_rows([{"value": 0}])).mark_rule(color=CONTEXT.light).encode(x="value:Q")
    plot = width - room - (24 if narrow else 140)
    step = 2 * (BAR + GAP) - 6 if narrow else BAR + GAP
    chart = alt.layer(bars, lines, zero, names, ends, width=plot, height=step * len(drawable))
    return finished(chart, title, caption, width)


def _values(rows: Sequence[Row]) -> list[dict[str, object]]:
    found = []
    for number, row in enumerate(rows):
        low, high = (difference_text(row[end], row["unit"]) for end in ("low", "high"))
        for end, colour in (("low", LOW), ("high", HIGH)):
            value = row[end]
            start, stop = row[f"{end}_from"], row[f"{end}_to"]
            found.append(
                {
                    "row": str(number),
                    "end": end,
                    "name": _short(row["input"]),
                    "text": f"{low} / {high}",
                    "value": value,
                    "zero": 0,
                    "from": value if start is None else start,
                    "to": value if stop is None else stop,
                    "hue": colour.light,
                }
            )
    return found


def _short(key: str) -> str:
    return key.removeprefix("parameters.")
