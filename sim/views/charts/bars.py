"""Stacked bars across: the parts of something, per firm or app, biggest first."""

from collections.abc import Mapping

import altair as alt
import polars as pl

from sim.views.charts.parts import Panel, inline, is_narrow
from sim.views.theme import INK, Hue

BAR, GAP = 18, 9


def stacked_bars(
    rows: pl.DataFrame,
    totals: pl.DataFrame,
    hues: Mapping[str, Hue],
    unit: str | None,
    width: int,
    name_room: int = 92,
    end_room: int = 84,
) -> Panel:
    """Return stacked horizontal bars with their total written at the end.

    Args:
        rows: columns name, part, value; drawn in the order of `hues`.
        totals: columns name, value (where the bar ends), text; rows from the top down.
        hues: the parts in order, each with its colour.
        unit: title of the value axis.
        width: pixels of the whole figure.
        name_room, end_room: pixels left and right of the bars.
    """
    order = totals["name"].to_list()
    parts = list(hues)
    ranks = {part: rank for rank, part in enumerate(parts)}
    ordered = rows.with_columns(pl.col("part").replace_strict(ranks).alias("rank"))
    y = alt.Y(
        "name:N", sort=order, title=None,
        axis=alt.Axis(labelColor=INK.light, labelFontSize=12, labelLimit=name_room),
    )  # fmt: skip
    x = alt.X(
        "value:Q", title=unit, stack="zero",
        axis=alt.Axis(grid=True, tickCount=4, domain=False, titleAnchor="start", format="~r"),
    )  # fmt: skip
    columns = 2 if is_narrow(width) else 3
    colour = alt.Color(
        "part:N",
        scale=alt.Scale(domain=parts, range=[hue.light for hue in hues.values()]),
        legend=alt.Legend(columns=columns, labelLimit=200),
    )
    bars = alt.Chart(inline(ordered)).mark_bar(size=BAR).encode(
        y=y, x=x, color=colour, order=alt.Order("rank:Q")
    )  # fmt: skip
    words = alt.Chart(inline(totals)).mark_text(align="left", dx=6, color=INK.light).encode(
        y=y, x=alt.X("value:Q"), text=alt.Text("text:N")
    )  # fmt: skip
    room = max(80, width - name_room - end_room)
    return alt.layer(bars, words, width=room, height=alt.Step(BAR + GAP))
