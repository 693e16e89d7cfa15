"""Where each app's users came from."""

import polars as pl
from altair.typing import ChartType

from sim.views.charts.bars import stacked_bars
from sim.views.charts.parts import finished, is_narrow, nothing
from sim.views.format import count, percent
from sim.views.names import app_name, possessive
from sim.views.rundata import RunData, replicates, table
from sim.views.theme import ADD_HUES

OWN = "Own events"
SOURCES = {
    "Bought with ads": "adds_paid",
    "Owner's channel": "adds_pushed",
    "Word of mouth": "adds_spread",
    "By itself or news": "adds_organic",
    "Switched app": "adds_switched",
    OWN: "adds_own",
}
SENTENCES = {
    "Bought with ads": "are bought with ads",
    "Owner's channel": "are pushed by the owner's own channel",
    "Word of mouth": "come by word of mouth",
    "By itself or news": "come by themselves or by news",
    "Switched app": "switch from another app",
    OWN: "come by events that a function of yours adds",
}
MOST_APPS = 8


def adds(run: RunData, width: int = 760) -> ChartType:
    """Return the sources of each app's new users over the whole run, as shares of them.

    Args:
        run: a run with the table `apps`.
        width: pixels of the whole figure; under 520 it is laid out for a phone.

    Returns:
        Stacked bars, means over replicates; the number of people who took the app up stands at
        the end. Without any, a figure that says so.
    """
    sums = (
        table(run, "apps")
        .group_by("app")
        .agg(pl.col("adds", *SOURCES.values()).sum() / max(1, replicates(run)))
        .filter(pl.col("adds") > 0)
        .sort("adds", descending=True)
        .head(5 if is_narrow(width) else MOST_APPS)
        .with_columns(name=pl.col("app").map_elements(app_name, return_dtype=pl.String))
    )
    if sums.is_empty():
        return nothing("Nobody took up an app", width)
    # Events that a researcher's function adds are a source only where there are some.
    shown = {part: one for part, one in SOURCES.items() if part != OWN or sums[one].sum() > 0}
    rows = sums.unpivot(list(shown.values()), index=["name", "adds"], variable_name="column")
    parts = {column: part for part, column in shown.items()}
    rows = rows.with_columns(
        pl.col("column").replace_strict(parts).alias("part"),
        (100 * pl.col("value") / pl.col("adds")).alias("value"),
    )
    top = sums.row(0, named=True)
    source = max(SOURCES, key=lambda part: top[SOURCES[part]])
    share = percent(top[SOURCES[source]] / top["adds"])
    title = f"{share} of {possessive(app_name(top['app']))} new users {SENTENCES[source]}"
    totals = sums.select(
        "name",
        pl.lit(100.0).alias("value"),
        pl.col("adds").map_elements(count, return_dtype=pl.String).alias("text"),
    )
    caption = (
        "Share of the people who took an app up over the whole run, %; their number at the end of "
        "each bar. Means of the replicates; a person who comes back counts again."
    )
    bars = stacked_bars(
        rows.select("name", "part", "value"), totals,
        {part: ADD_HUES[part] for part in shown}, None, width,
    )  # fmt: skip
    return finished(bars, title, caption, width)
