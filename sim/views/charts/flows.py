"""Who took whose users."""

import polars as pl
from altair.typing import ChartType

from sim.views.charts.matrix import matrix
from sim.views.charts.parts import finished, is_narrow, nothing
from sim.views.format import count
from sim.views.names import app_name
from sim.views.rundata import RunData, replicates, table

MOST_APPS = 9


def flows(run: RunData, width: int = 760) -> ChartType:
    """Return how many people left each app for each other one at once, over the whole run.

    Args:
        run: a run with the table `flows`.
        width: pixels of the whole figure; under 520 it is laid out for a phone.

    Returns:
        A matrix with a number in each cell, means over replicates; without any move, a figure
        that says so.
    """
    moved = table(run, "flows").group_by("app_from", "app_to").agg(
        pl.col("users").sum() / max(1, replicates(run))
    )  # fmt: skip
    moved = moved.filter((pl.col("app_from") != pl.col("app_to")) & (pl.col("users") > 0))
    if moved.is_empty():
        return nothing("Nobody moved from one app to another", width)
    shown = _biggest(moved, 5 if is_narrow(width) else MOST_APPS)
    rows = moved.filter(pl.col("app_from").is_in(shown) & pl.col("app_to").is_in(shown))
    cells = rows.select(
        pl.col("app_from").map_elements(app_name, return_dtype=pl.String).alias("row"),
        pl.col("app_to").map_elements(app_name, return_dtype=pl.String).alias("column"),
        pl.col("users").alias("value"),
        pl.col("users").map_elements(count, return_dtype=pl.String).alias("text"),
    )
    order = [app_name(app) for app in shown]
    chart = matrix(cells, order, order, width)
    title, caption = _words(moved)
    return finished(chart, title, caption, width)


def _biggest(moved: pl.DataFrame, most: int) -> list[str]:
    """Return the apps with most people coming and going."""
    ends = pl.concat(
        moved.select(pl.col(end).alias("app"), "users") for end in ("app_from", "app_to")
    )
    return (
        ends.group_by("app").agg(pl.col("users").sum())
        .sort(["users", "app"], descending=[True, False]).head(most)["app"].to_list()
    )  # fmt: skip


def _words(moved: pl.DataFrame) -> tuple[str, str]:
    gains = moved.group_by(pl.col("app_to").alias("app")).agg(pl.col("users").sum().alias("gain"))
    losses = moved.group_by(pl.col("app_from").alias("app")).agg(
        pl.col("users").sum().alias("loss")
    )
    net = gains.join(losses, on="app", how="full", coalesce=True).fill_null(0.0)
    best = net.with_columns((pl.col("gain") - pl.col("loss")).alias("net")).sort(
        ["net", "app"], descending=[True, False]
    )
    winner = best.row(0, named=True)
    title = (
        f"{app_name(winner['app'])} gains most from rivals: {count(winner['gain'])} people came "
        f"over at once, {count(winner['loss'])} left for another app"
    )
    caption = (
        "People who left the app of a row and took up the app of a column at once, whole run. "
        "Means of the replicates."
    )
    return title, caption
