"""What each startup is valued at over time, with its funding rounds."""

import altair as alt
import polars as pl
from altair.typing import ChartType

from sim.views.charts.layout import log_scale
from sim.views.charts.panels import panel_plane, panels, with_names_and_hues
from sim.views.charts.parts import HUE, Layer, Plane, fan_layers, finished, nothing
from sim.views.findings import GONE, estimate
from sim.views.format import bracketed, money, month, whole
from sim.views.names import firm_name, startups
from sim.views.quantiles import fan, thinned
from sim.views.rundata import RunData, horizon, replicates, table

HEIGHT = 120
PANEL_DATES = 40
BILLION = 1e9
MOST_ROUNDS = 600


def rounds(run: RunData, width: int = 760) -> ChartType:
    """Return each startup's last post-money valuation over time and a dot per round closed.

    Args:
        run: a run with the tables `firms` and `rounds`.
        width: pixels of the whole figure; under 520 it is laid out for a phone.

    Returns:
        A panel per startup on one logarithmic scale; the rounds of all replicates lie over one
        another. Without any valuation, a figure that says so.
    """
    young, span = startups(run), horizon(run)
    valued = table(run, "firms").filter(
        pl.col("firm").is_in(young), pl.col("post_money_cny") > 0, ~pl.col("status").is_in(GONE)
    )
    if valued.is_empty() or span is None:
        return nothing("No startup is ever valued", width)
    fans = _fans(valued)
    closed = table(run, "rounds").filter(~pl.col("failed"), pl.col("firm").is_in(young))
    dots = _dots(closed)
    rows = with_names_and_hues(pl.concat([fans, dots], how="diagonal"), young, "key")
    numbers = pl.concat([fans["lo90"], fans["hi90"], dots["value"]])
    scale = log_scale(_end(numbers.min()), _end(numbers.max()), HEIGHT)
    plane = panel_plane(*span, scale, width)
    last = fans.group_by("key", maintain_order=True).last()
    # Those who are still there at the end come first.
    last = last.sort(["date", "median", "key"], descending=[True, True, False])
    order = [firm_name(firm) for firm in last["key"]]
    bands = [layer.transform_filter("isValid(datum.median)") for layer in fan_layers(plane)]
    drawn = panels(rows, order, [*bands, _marks(plane)], plane, width)
    caption = (
        "Valuation after the last round of firms neither closed nor taken over, bn CNY, "
        "logarithmic. Line: median; bands: 50 % and 90 % of the replicates. A dot is a round, the "
        "larger the more was raised; all replicates."
    )
    return finished(drawn, _title(run, valued, closed, last["key"][0]), caption, width)


def _fans(valued: pl.DataFrame) -> pl.DataFrame:
    scaled = valued.with_columns(pl.col("post_money_cny") / BILLION)
    return thinned(fan(scaled, "post_money_cny", ("firm", "date")), PANEL_DATES).rename(
        {"firm": "key"}
    )


def _dots(closed: pl.DataFrame) -> pl.DataFrame:
    """Return key, date, value and size of rounds, bn CNY; of very many a part."""
    every = max(1, closed.height // MOST_ROUNDS)
    kept = closed.sort("replicate", "date", "firm").gather_every(every)
    return kept.select(
        pl.col("firm").alias("key"), "date",
        (pl.col("post_money_cny") / BILLION).alias("value"),
        (pl.col("size_cny") / BILLION).alias("size"),
    )  # fmt: skip


def _marks(plane: Plane) -> Layer:
    size = alt.Size("size:Q", legend=None, scale=alt.Scale(domain=[0, 10], range=[6, 110]))
    marks: alt.Chart = (
        alt.Chart()
        .transform_filter("isValid(datum.value)")
        .mark_point(filled=True, opacity=0.35, clip=True)
        .encode(x=plane.x(), y=plane.y("value"), size=size, color=HUE)
    )
    return marks


def _title(run: RunData, valued: pl.DataFrame, closed: pl.DataFrame, firm: str) -> str:
    """Say who is valued highest of those who are there last, and after how many rounds."""
    mine = valued.filter(pl.col("firm") == firm)
    last = mine.filter(pl.col("date") == mine["date"].max())
    value = estimate(last["post_money_cny"])
    assert value is not None
    counted = closed.filter(pl.col("firm") == firm).group_by("replicate").len()["len"].to_list()
    counts = estimate([*counted, *[0] * (replicates(run) - len(counted))])
    made = whole(counts.median) if counts else "0"
    return (
        f"{firm_name(firm)} is valued highest, {money(value.median)}"
        f"{bracketed(value.lo90, value.hi90, money)} by {month(last['date'][0])}, after {made} "
        f"round{'' if made == '1' else 's'}"
    )


def _end(value: object) -> float:
    assert isinstance(value, float)
    return value
