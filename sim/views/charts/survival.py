"""Startups still independent and still pre-training."""

import altair as alt
import polars as pl
from altair.typing import ChartType

from sim.views.charts.layout import ValueScale
from sim.views.charts.parts import (
    HUE,
    Plane,
    finished,
    hue_column,
    is_narrow,
    nothing,
    panel_span,
    small_multiples,
)
from sim.views.findings import GONE, pretraining_stops, solvency
from sim.views.format import month, whole
from sim.views.names import firm_name, startups
from sim.views.quantiles import steps_only
from sim.views.rundata import RunData, horizon, table
from sim.views.theme import MUTED, firm_hue

HEIGHT = 110
INDEPENDENT, PRETRAINING = "still independent", "still pre-training"


def survival(run: RunData, width: int = 760) -> ChartType:
    """Return the share of replicates in which each startup is independent, and pre-trains.

    Independent: neither closed nor taken over. Pre-training: independent and training base models.

    Args:
        run: a run with the table `firms`.
        width: pixels of the whole figure; under 520 it is laid out for a phone.
    """
    firms = table(run, "firms").filter(pl.col("firm").is_in(startups(run)))
    span, stops = horizon(run), pretraining_stops(run)
    if firms.is_empty() or span is None or stops is None:
        return nothing("No startup is part of this run", width)
    total = len(startups(run))
    title = (
        f"{whole(stops.median)} of {total} startups no longer pre-train by {month(span[1])} "
        f"({stops.lo90:.0f} to {stops.hi90:.0f})"
    )
    caption = "Share of replicates, %. Solid: neither closed nor taken over; dashed: pre-training."
    columns = 2 if is_narrow(width) else 3
    plane = Plane(
        panel_span(*span, width, columns), ValueScale(-2, 102, HEIGHT), None, tick_room=40
    )  # fmt: skip
    dashes = alt.StrokeDash(
        "state:N", scale=alt.Scale(domain=[INDEPENDENT, PRETRAINING], range=[[1, 0], [4, 3]]),
        legend=alt.Legend(symbolType="stroke", symbolStrokeColor=MUTED.light),
    )  # fmt: skip
    lines = alt.Chart().mark_line(interpolate="step-after", strokeWidth=2).encode(
        x=plane.x(), y=plane.y("share"), color=HUE, strokeDash=dashes
    )  # fmt: skip
    order = [firm_name(fate.firm) for fate in solvency(run)]
    panels = small_multiples(_shares(firms), order, [lines], plane, columns)
    return finished(panels, title, caption, width)


def _shares(firms: pl.DataFrame) -> pl.DataFrame:
    """Return key, name, hue, date, state, share in percent, at the weeks where it changes."""
    independent = ~pl.col("status").is_in(GONE)
    shares = firms.group_by("firm", "date").agg(
        (100 * independent.mean()).alias(INDEPENDENT),
        (100 * (independent & pl.col("pretraining")).mean()).alias(PRETRAINING),
    )
    known = {firm: firm_hue(firm) for firm in firms["firm"].unique().to_list()}
    names = {firm: firm_name(firm) for firm in known}
    parts = []
    for state in (INDEPENDENT, PRETRAINING):
        thin = steps_only(
            shares.select("firm", "date", pl.col(state).alias("share")), "share", "firm"
        )
        parts.append(thin.with_columns(pl.lit(state).alias("state")))
    return pl.concat(parts).with_columns(
        hue_column("firm", known), pl.col("firm").replace_strict(names).alias("name")
    )
