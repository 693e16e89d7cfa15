"""A tornado: what an outcome differs by at the two ends of each input, the widest on top."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
from altair.typing import ChartType

from sim.views.charts.labelled import bar_size, bars_down, labelled, short_key, value_axis
from sim.views.charts.parts import finished, nothing
from sim.views.outcomes import difference_text, shown_unit
from sim.views.theme import ACCENT, FIRM_HUES, INK

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
    title = f"{name}: {short_key(widest['input'])} matters most"
    caption = (
        f"Difference from the base{said}, each input alone at the "
        "low (orange) and the high end (blue) of its range; lines: 90 % interval."
    )
    x = alt.X("value:Q", title=None, axis=value_axis())
    down = bars_down(width)
    bars = alt.Chart().mark_bar(size=bar_size(width), opacity=0.85, yOffset=down).encode(
        x=x, x2=alt.X2("zero:Q"), color=alt.Color("hue:N", scale=None)
    )  # fmt: skip
    lines = alt.Chart().mark_rule(color=INK.light, strokeWidth=1.2, yOffset=down).encode(
        x=alt.X("from:Q"), x2=alt.X2("to:Q")
    )  # fmt: skip
    return finished(labelled(_values(drawable), (bars, lines), width), title, caption, width)


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
                    "name": short_key(row["input"]),
                    "text": f"{low} / {high}",
                    "value": value,
                    "zero": 0,
                    "from": value if start is None else start,
                    "to": value if stop is None else stop,
                    "hue": colour.light,
                }
            )
    return found
