"""A matrix with a number in each cell, the darker the larger."""

from collections.abc import Sequence

import altair as alt
import polars as pl

from sim.views.charts.parts import Panel, inline, is_narrow
from sim.views.theme import ACCENT, INK, PAPER

DARK = 0.6
ROW, CELL = 34, 92
NAMES_ROOM = 120


def matrix(
    cells: pl.DataFrame,
    rows: Sequence[str],
    columns: Sequence[str],
    width: int,
    above: str | None = None,
    names_room: int = NAMES_ROOM,
    darkest: float | None = None,
) -> Panel:
    """Return a matrix of rectangles and words.

    Args:
        cells: columns row, column (names), value (shades the cell) and text (stands in it).
        rows, columns: names in their order.
        width: pixels for matrix and names; under 520 names above are slanted.
        above: what the columns are, over them.
        names_room: pixels left of the cells.
        darkest: value of the darkest cell, the largest by default.
    """
    if darkest is None:
        darkest = float(cells["value"].max() or 1.0)  # type: ignore[arg-type]
    dark = (pl.col("value") > DARK * darkest).alias("dark")
    # Groups come in any order; the same run has the same bytes.
    shaded = cells.with_columns(dark).sort("row", "column")
    axis = alt.Axis(
        labelColor=INK.light, labelFontSize=11, labelAngle=0, domain=False, ticks=False,
        labelOverlap=False, labelLimit=names_room,
    )  # fmt: skip
    top = axis.copy()
    top.orient = "top"
    # Short names stand upright even on a phone.
    slanted = is_narrow(width) and max((len(one) for one in columns), default=0) > 4
    top.labelAngle = -35 if slanted else 0
    x = alt.X("column:N", sort=list(columns), title=above, axis=top)
    y = alt.Y("row:N", sort=list(rows), title=None, axis=axis)
    base = alt.Chart(inline(shaded.select("row", "column", "value", "text", "dark")))
    base = base.encode(x=x, y=y)
    shades = alt.Scale(domain=[0, darkest], range=[0.06, 0.95], clamp=True)
    squares = base.mark_rect(cornerRadius=2, stroke=PAPER.light, strokeWidth=2).encode(
        opacity=alt.Opacity("value:Q", legend=None, scale=shades),
        color=alt.value(ACCENT.light),
    )
    words = base.mark_text(fontSize=10).encode(
        text=alt.Text("text:N"),
        color=alt.condition("datum.dark", alt.value(PAPER.light), alt.value(INK.light)),
    )
    room = min(width - names_room + 10, CELL * len(columns))
    height = min((width - names_room) / max(1, len(rows)), ROW) * len(rows)
    return alt.layer(squares, words, width=room, height=height)
