"""A panel for each firm, side by side on one scale."""

from collections.abc import Iterable, Sequence
from datetime import date

import altair as alt
import polars as pl

from sim.views.charts.layout import ValueScale
from sim.views.charts.parts import Layer, Plane, hue_column, inline, is_narrow, panel_span
from sim.views.names import firm_name
from sim.views.theme import firm_hue

TICK_ROOM = 40


def panel_plane(first: date, last: date, scale: ValueScale, width: int) -> Plane:
    """Return the axes of one of the panels that a figure of some width holds."""
    return Plane(panel_span(first, last, width, _columns(width)), scale, None, tick_room=TICK_ROOM)


def with_names_and_hues(rows: pl.DataFrame, firms: Iterable[str], key: str) -> pl.DataFrame:
    """Return rows with the name and the hue of the firm in a column."""
    known = list(firms)
    names = {firm: firm_name(firm) for firm in known}
    return rows.with_columns(
        hue_column(key, {firm: firm_hue(firm) for firm in known}),
        pl.col(key).replace_strict(names, return_dtype=pl.String, default=None).alias("name"),
    )


def panels(
    rows: pl.DataFrame, order: Sequence[str], layers: Sequence[Layer], plane: Plane, width: int
) -> alt.FacetChart:
    """Return one panel per value of `name`, in the order given, from layers without data."""
    panel = alt.layer(*layers).properties(width=plane.span.width, height=plane.scale.height)
    return panel.facet(
        facet=alt.Facet("name:N", sort=list(order), title=None),
        columns=_columns(width),
        spacing=20,
        data=inline(rows),
    )


def _columns(width: int) -> int:
    return 2 if is_narrow(width) else 3
