"""Startups still independent and still pre-training."""

import altair as alt
import polars as pl
from altair.typing import ChartType

from sim.views.charts.layout import ValueScale
from sim.views.charts.panels import panel_plane, panels, with_names_and_hues
from sim.views.charts.parts import HUE, finished, nothing
from sim.views.findings import GONE, pretraining_stops, solvency
from sim.views.format import month, whole
from sim.views.names import firm_name, startups
from sim.views.quantiles import steps_only
from sim.views.rundata import RunData, horizon, table
from sim.views.theme import MUTED

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
    plane = panel_plane(*span, ValueScale(-2, 102, HEIGHT), width)
    dashes = alt.StrokeDash(
        "state:N", scale=alt.Scale(domain=[INDEPENDENT, PRETRAINING], range=[[1, 0], [4, 3]]),
        legend=alt.Legend(symbolType="stroke", symbolStrokeColor=MUTED.light),
    )  # fmt: skip
    lines = alt.Chart().mark_line(interpolate="step-after", strokeWidth=2).encode(
        x=plane.x(), y=plane.y("share"), color=HUE, strokeDash=dashes
    )  # fmt: skip
    order = [firm_name(fate.firm) for fate in solvency(run)]
    drawn = panels(_shares(firms), order, [lines], plane, width)
    return finished(drawn, title, caption, width)


def _shares(firms: pl.DataFrame) -> pl.DataFrame:
    """Return key, name, hue, date, state, share in percent, at the weeks where it changes."""
    independent = ~pl.col("status").is_in(GONE)
    shares = firms.group_by("firm", "date").agg(
        (100 * independent.mean()).alias(INDEPENDENT),
        (100 * (independent & pl.col("pretraining")).mean()).alias(PRETRAINING),
    )
    parts = []
    for state in (INDEPENDENT, PRETRAINING):
        thin = steps_only(
            shares.select("firm", "date", pl.col(state).alias("share")), "share", "firm"
        )
        parts.append(thin.with_columns(pl.lit(state).alias("state")))
    return with_names_and_hues(pl.concat(parts), firms["firm"].unique(), "firm")
