"""What a user gained on balance costs in advertising."""

import polars as pl
from altair.typing import ChartType

from sim.views.charts.matrix import matrix
from sim.views.charts.parts import finished, is_narrow, nothing
from sim.views.format import digits3
from sim.views.names import app_name
from sim.views.rundata import RunData, table

MOST_APPS = 9
LOST = "lost"


def net_cost(run: RunData, width: int = 760) -> ChartType:
    """Return advertising per user gained on balance, by app and half-year.

    Args:
        run: a run with the table `apps`.
        width: pixels of the whole figure; under 520 it is laid out for a phone.

    Returns:
        A matrix of CNY a user; means over replicates, `lost` where an app lost users in spite of
        advertising. Without advertising, a figure that says so.
    """
    halves = _halves(table(run, "apps"))
    if halves.is_empty():
        return nothing("Nobody advertises an app", width)
    spent = halves.group_by("app").agg(pl.col("spend").sum()).sort(
        ["spend", "app"], descending=[True, False]
    )  # fmt: skip
    shown = spent.head(6 if is_narrow(width) else MOST_APPS)["app"].to_list()
    last = halves["half"].unique().sort().tail(4 if is_narrow(width) else 8).to_list()
    rows = halves.filter(pl.col("app").is_in(shown), pl.col("half").is_in(last))
    gained = pl.col("gained") > 0
    cost = pl.col("spend") / pl.col("gained")
    words = pl.col("cost").map_elements(digits3, return_dtype=pl.String)
    cells = rows.with_columns(pl.when(gained).then(cost).alias("cost")).select(
        pl.col("app").map_elements(app_name, return_dtype=pl.String).alias("row"),
        pl.col("half").alias("column"),
        # Far dearer than usual is as dark as it gets; a loss is as light as nothing.
        pl.col("cost").fill_null(0.0).clip(0.0, 2.5 * pl.col("cost").median()).alias("value"),
        pl.when(gained).then(words).otherwise(pl.lit(LOST)).alias("text"),
    )
    chart = matrix(cells, [app_name(app) for app in shown], last, width)
    top = shown[0]
    sums = halves.filter(pl.col("app") == top).select("spend", "gained").sum().row(0)
    whole = (
        f"{digits3(sums[0] / sums[1])} CNY of advertising" if sums[1] > 0 else "nothing but loss"
    )
    title = f"Each user that {app_name(top)} gains on balance costs {whole}"
    caption = (
        "Advertising of a half-year over the users an app gained in it on balance, CNY a user; "
        f"“{LOST}”: it had fewer users in the end. Means of the replicates."
    )
    return finished(chart, title, caption, width)


def _halves(apps: pl.DataFrame) -> pl.DataFrame:
    """Return spend and users gained by app and half-year, for those with advertising."""
    half = pl.format("{} H{}", pl.col("date").dt.year(), (pl.col("date").dt.month() > 6) + 1)
    change = pl.col("mau") - pl.col("mau").shift(1, fill_value=0.0).over("replicate", "app")
    return (
        apps.sort("replicate", "app", "date")
        .with_columns(half.alias("half"), change.alias("change"))
        .group_by("app", "half", maintain_order=True)
        .agg(pl.col("ad_spend_cny").sum().alias("spend"), pl.col("change").sum().alias("gained"))
        .filter(pl.col("spend") > 0)
        .sort("app", "half")
    )
