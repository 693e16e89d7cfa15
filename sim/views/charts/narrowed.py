"""Prior against posterior: where known figures leave each parameter, the narrowest on top."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
from altair.typing import ChartType

from sim.views.charts.labelled import bar_size, bars_down, labelled, short_key
from sim.views.charts.parts import finished, nothing
from sim.views.format import digits3
from sim.views.theme import ACCENT, CONTEXT, INK

MOST_PARAMETERS = 24

Row = Mapping[str, Any]


def narrowed(rows: Sequence[Row], title: str, width: int = 760) -> ChartType:
    """Return a bar per parameter: its prior from end to end, and the posterior's 90 % on it.

    Args:
        rows: of `Calibration.by_parameter`, the narrowest first.
        title: the finding.
        width: pixels of the whole figure; under 520 it is laid out for a phone.
    """
    shown = list(rows)[:MOST_PARAMETERS]
    if not shown:
        return nothing("No parameter varies", width)
    caption = (
        "Grey: the prior's range, each on its own scale; tick: its likeliest value. Blue: 90 % of "
        "the posterior; dot: its median. At the right median and 90 %."
    )
    ends = alt.Axis(
        values=[0, 0.5, 1], grid=False, domain=False,
        labelExpr="datum.value == 0 ? 'lowest' : datum.value == 1 ? 'highest' : ''",
    )  # fmt: skip
    x = alt.X("from:Q", title=None, axis=ends, scale=alt.Scale(domain=[0, 1], nice=False))
    down, size = bars_down(width), bar_size(width)
    prior = alt.Chart().mark_bar(size=size / 2, color=CONTEXT.light, opacity=0.35, yOffset=down)
    told = alt.Chart().mark_bar(size=size / 2, color=ACCENT.light, opacity=0.85, yOffset=down)
    mode = alt.Chart().mark_tick(size=size, color=INK.light, thickness=1.2, yOffset=down)
    dot = alt.Chart().mark_point(filled=True, size=50, color=INK.light, opacity=1, yOffset=down)
    layers = (
        prior.encode(x=x, x2=alt.X2("to:Q")),
        told.encode(x=alt.X("q05:Q"), x2=alt.X2("q95:Q")),
        mode.encode(x=alt.X("mode:Q")),
        dot.encode(x=alt.X("q50:Q")),
    )
    return finished(labelled(_values(shown), layers, width), title, caption, width)


def _values(rows: Sequence[Row]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for number, row in enumerate(rows):
        span = row["high"] - row["low"]
        placed = {name: (row[name] - row["low"]) / span for name in ("q05", "q50", "q95", "mode")}
        low, middle, high = (digits3(row[name]) for name in ("q05", "q50", "q95"))
        found.append(
            {
                "row": str(number),
                "name": short_key(row["key"]),
                "text": f"{middle} ({low} to {high})",
                "from": 0,
                "to": 1,
                **placed,
            }
        )
    return found
