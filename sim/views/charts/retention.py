"""Who stays: cohorts of an app's users by quarter, bought and not."""

from datetime import timedelta

import altair as alt
import polars as pl
from altair.typing import ChartType

from sim.views.charts.matrix import matrix
from sim.views.charts.parts import finished, is_narrow, nothing
from sim.views.format import percent
from sim.views.names import app_name, possessive
from sim.views.rundata import RunData, table

QUARTER = timedelta(weeks=13)
NAMES_ROOM = 70
PARTS = {True: "bought with ads", False: "came otherwise"}


def retention(run: RunData, width: int = 760) -> ChartType:
    """Return the retention triangle of the app that bought most users, beside its other users'.

    Args:
        run: a run with the table `cohorts`.
        width: pixels of the whole figure; under 520 it is laid out for a phone.

    Returns:
        Two triangles, cohorts down and quarters since across; means over replicates. Without any
        bought user, a figure that says so.
    """
    cohorts = table(run, "cohorts")
    bought = cohorts.filter(pl.col("bought"), pl.col("age") == 0).group_by("app").agg(
        pl.col("joined").sum()
    ).sort(["joined", "app"], descending=[True, False])  # fmt: skip
    if bought.is_empty():
        return nothing("Nobody bought users", width)
    app = str(bought["app"][0])
    shares = _shares(cohorts.filter(pl.col("app") == app), 5 if is_narrow(width) else 8)
    dated = shares["start"].unique().sort()
    rows = [f"{one:%b %Y}" for one in dated]
    ages = [str(one) for one in range(int(shares["age"].max() or 0) + 1)]  # type: ignore[arg-type]
    darkest = float(shares["value"].max() or 1.0)  # type: ignore[arg-type]
    panel = width if is_narrow(width) else width // 2 - 10
    charts = [
        matrix(
            shares.filter(pl.col("bought") == part), rows, ages, panel,
            f"{words}: quarters since they came", NAMES_ROOM, darkest,
        )
        for part, words in PARTS.items()
    ]  # fmt: skip
    joined = alt.vconcat(*charts) if is_narrow(width) else alt.hconcat(*charts)
    title, caption = _words(shares, app)
    return finished(joined, title, caption, width)


def _shares(cohorts: pl.DataFrame, most: int) -> pl.DataFrame:
    """Return the share of each cohort still there by age; cells of a matrix."""
    summed = cohorts.group_by("bought", "cohort", "age").agg(
        pl.col("users").sum(), pl.col("joined").sum(), pl.col("date").min()
    )
    last = int(summed["cohort"].max())  # type: ignore[arg-type]
    age = pl.col("age").cast(pl.Int64)
    start = pl.col("date") - (age + 1) * QUARTER + timedelta(weeks=1)
    kept = summed.filter(pl.col("cohort") > last - most, pl.col("joined") > 0).with_columns(
        start.alias("start"), (pl.col("users") / pl.col("joined")).alias("value")
    )
    return kept.with_columns(
        pl.col("start").dt.strftime("%b %Y").alias("row"),
        pl.col("age").cast(pl.String).alias("column"),
        pl.col("value").map_elements(percent, return_dtype=pl.String).alias("text"),
    ).sort("bought", "cohort", "age")


def _words(shares: pl.DataFrame, app: str) -> tuple[str, str]:
    """Return title and caption: how many stay for two quarters, or as long as was seen."""
    age = min(2, int(shares["age"].max()))  # type: ignore[arg-type]
    seen = shares.filter(pl.col("age") == age)
    sums = seen.group_by("bought").agg(pl.col("users").sum() / pl.col("joined").sum())
    found = {bool(row["bought"]): float(row["users"]) for row in sums.iter_rows(named=True)}
    others = f", of others {percent(found[False])}" if False in found else ""
    ago = {0: "at the end of their quarter", 1: "a quarter later"}.get(age, "two quarters later")
    stay = percent(found.get(True, 0.0))
    title = f"Of {possessive(app_name(app))} bought users {stay} are there {ago}{others}"
    caption = (
        "Share of the people who took the app up in a quarter, by its first month, who hold it at "
        "the end of this and later quarters. All replicates together."
    )
    return title, caption
