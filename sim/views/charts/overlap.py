"""Who uses two apps."""

import polars as pl
from altair.typing import ChartType

from sim.views.charts.matrix import matrix
from sim.views.charts.parts import finished, is_narrow, nothing
from sim.views.format import month, percent
from sim.views.names import app_name, possessive
from sim.views.rundata import RunData, horizon, table

MOST_APPS = 9


def overlap(run: RunData, width: int = 760) -> ChartType:
    """Return which share of each app's users hold each other app too, at the end.

    Args:
        run: a run with the tables `overlap` and `apps`.
        width: pixels of the whole figure; under 520 it is laid out for a phone.

    Returns:
        A matrix with a share in each cell, means over replicates; without any, a figure that says
        so.
    """
    span = horizon(run)
    both = table(run, "overlap")
    if span is None or both.is_empty():
        return nothing("Nobody uses two apps", width)
    last = pl.col("date") == span[1]
    users = table(run, "apps").filter(last, pl.col("mau") > 0).group_by("app").agg(
        pl.col("mau").sum()
    ).sort(["mau", "app"], descending=[True, False])  # fmt: skip
    held = both.filter(last).group_by("app", "other").agg(pl.col("users").sum())
    shares = held.join(users, on="app").with_columns(
        (pl.col("users") / pl.col("mau")).alias("share")
    )
    shown = users.head(5 if is_narrow(width) else MOST_APPS)["app"].to_list()
    cells = shares.filter(pl.col("app").is_in(shown), pl.col("other").is_in(shown))
    if cells.is_empty():
        return nothing("Nobody uses two apps", width)
    names = [app_name(app) for app in shown]
    chart = matrix(
        cells.select(
            pl.col("app").map_elements(app_name, return_dtype=pl.String).alias("row"),
            pl.col("other").map_elements(app_name, return_dtype=pl.String).alias("column"),
            pl.col("share").alias("value"),
            pl.col("share").map_elements(percent, return_dtype=pl.String).alias("text"),
        ),
        names, names, width,
    )  # fmt: skip
    top = cells.filter(pl.col("app") != shown[0]).sort(
        ["share", "app", "other"], descending=[True, False, False]
    )
    most = (top if top.height else cells).row(0, named=True)
    title = (
        f"{percent(most['share'])} of {possessive(app_name(most['app']))} users "
        f"also hold {app_name(most['other'])}"
    )
    caption = (
        f"Share of the users of a row's app who hold the app of a column too, {month(span[1])}. "
        "Means of the replicates; a person holds two apps at most."
    )
    return finished(chart, title, caption, width)
