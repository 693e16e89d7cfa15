"""Where each firm's money went, and what came in."""

import altair as alt
import polars as pl
from altair.typing import ChartType

from sim.views.charts.bars import stacked_bars
from sim.views.charts.parts import finished, inline, nothing
from sim.views.format import count, money, percent
from sim.views.names import firm_name
from sim.views.rundata import RunData, replicates, table
from sim.views.theme import COST_HUES, INK, PAPER

COSTS = {
    "R&D compute": ("cost_rd_compute_cny",),
    "R&D staff": ("cost_rd_staff_cny",),
    "Serving": ("cost_api_cny", "cost_apps_cny"),
    "Deployments": ("cost_deployment_cny",),
    "Ads, marketing": ("cost_ads_cny", "cost_marketing_other_cny"),
    "Other staff, overhead": ("cost_staff_cny", "cost_other_cny"),
}
REVENUES = (
    "revenue_api_cny", "revenue_subscription_cny", "revenue_deployment_cny",
    "revenue_overseas_cny", "revenue_attach_cny",
)  # fmt: skip


def ledger(run: RunData, width: int = 760) -> ChartType:
    """Return each firm's costs by line over the whole run, with its revenue as a diamond.

    Args:
        run: a run with the table `firms`.
        width: pixels of the whole figure; under 520 it is laid out for a phone.

    Returns:
        Stacked bars in bn CNY, means over replicates; without any cost, a figure that says so.
    """
    sums = _sums(run)
    if sums.is_empty():
        return nothing("No firm spends money", width)
    # A line that brought money on balance, such as noise, has no length.
    drawn = sums.with_columns(pl.col(*COSTS).clip(0))
    rows = drawn.unpivot(list(COSTS), index="name", variable_name="part")
    totals = drawn.select(
        "name",
        pl.max_horizontal(pl.sum_horizontal(*COSTS), "revenue").alias("value"),
        (pl.col("total") * 1e9).map_elements(count, return_dtype=pl.String).alias("text"),
    )
    bars = stacked_bars(rows, totals, COST_HUES, None, width, end_room=64)
    diamonds = alt.Chart(inline(sums.select("name", "revenue"))).mark_point(
        shape="diamond", size=70, filled=True, color=INK.light, stroke=PAPER.light, opacity=1
    )
    y = alt.Y("name:N", sort=totals["name"].to_list())
    chart = alt.layer(bars, diamonds.encode(y=y, x=alt.X("revenue:Q")))
    caption = (
        "Costs of the whole run by line, bn CNY; their sum at the end of each bar; diamond: "
        "revenue. Means of the replicates; ads at market price."
    )
    top = sums.row(0, named=True)
    part = max(COSTS, key=lambda name: top[name])
    title = (
        f"{top['firm_name']} spends most, {money(top['total'] * 1e9)}; "
        f"{percent(top[part] / top['total'])} of it is {_lower(part)}"
    )
    return finished(chart.properties(width=bars.width, height=bars.height), title, caption, width)


def _sums(run: RunData) -> pl.DataFrame:
    """Return firm_name, name, each cost line, total and revenue, bn CNY, the biggest first."""
    columns = [column for group in COSTS.values() for column in group]
    scale = 1e9 * max(1, replicates(run))
    sums = table(run, "firms").group_by("firm").agg(pl.col(*columns, *REVENUES).sum() / scale)
    lines = [pl.sum_horizontal(*group).alias(part) for part, group in COSTS.items()]
    return (
        sums.with_columns(
            *lines,
            pl.sum_horizontal(*columns).alias("total"),
            pl.sum_horizontal(*REVENUES).alias("revenue"),
            pl.col("firm").map_elements(firm_name, return_dtype=pl.String).alias("name"),
        )
        .with_columns(firm_name=pl.col("name"))
        .filter(pl.col("total") > 0)
        .sort("total", descending=True)
    )


def _lower(part: str) -> str:
    return part if part.startswith("R&D") else part[0].lower() + part[1:]
