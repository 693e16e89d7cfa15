"""What a bought user costs by channel, and what it brings back by firm."""

import altair as alt
import polars as pl
from altair.typing import ChartType

from sim.views.charts.fans import FanStyle, fan_panel
from sim.views.charts.layout import log_scale, log_ticks
from sim.views.charts.parts import Panel, finished, inline, is_narrow, nothing, plot_width
from sim.views.format import digits3
from sim.views.names import channel_name, firm_name, startups
from sim.views.rundata import RunData, table
from sim.views.theme import ACCENT, BAD, INK, channel_hue

MOST_FIRMS = 9
ROW = 30
COST, WORTH = "Cost, one dot a channel", "Paid back until leaving"


def acquisition_cost(run: RunData, width: int = 760) -> ChartType:
    """Return what a user costs startups on each channel over time.

    Args:
        run: a run with the table `channels`.
        width: pixels of the whole figure; under 520 it is laid out for a phone.

    Returns:
        Lines with bands over replicates; without any bought user, a figure that says so.
    """
    sold = table(run, "channels").filter(pl.col("users") > 0, pl.col("firm").is_in(startups(run)))
    if sold.is_empty():
        return nothing("No startup buys users", width)
    month = pl.col("date").dt.truncate("1mo")
    costs = (
        sold.group_by("replicate", month, "channel")
        .agg((pl.col("spend_cny").sum() / pl.col("users").sum()).alias("cost"))
        .sort("date", "channel")
    )
    ends = costs.filter(pl.col("date").is_in([costs["date"].min(), costs["date"].max()]))
    middle = ends.group_by("date").agg(pl.col("cost").median()).sort("date")["cost"]
    title = (
        f"A bought user costs startups {digits3(middle[-1])} CNY on the middle channel in the end, "
        f"{digits3(middle[0])} CNY at first"
    )
    caption = (
        "Advertising per person bought, all startups on a channel and month together, CNY; a "
        "channel that shuts them out ends early. Line: median of replicates; band: 50 % of them."
    )
    last = dict(costs.group_by("channel").agg(pl.col("date").max()).iter_rows())

    def named(channel: str) -> str:
        until = f" to {last[channel]:%b %y}" if last[channel] < costs["date"].max() else ""
        return channel_name(channel) + until

    hues = {one: channel_hue(one) for one in costs["channel"].unique().to_list()}
    style = FanStyle("CNY a user", 1.0, False, named, hues, outer=False)
    return finished(fan_panel(costs, "cost", "channel", style, width), title, caption, width)


def unit_economics(run: RunData, width: int = 760) -> ChartType:
    """Return what users cost each firm by channel against what they pay until leaving.

    Args:
        run: a run with the table `acquisition`.
        width: pixels of the whole figure; under 520 it is laid out for a phone.

    Returns:
        A row per firm on a logarithmic axis, medians of the last year over replicates; without any
        bought user, a figure that says so.
    """
    bought = table(run, "acquisition")
    quarters = bought["date"].unique().sort()
    recent = bought.filter(pl.col("date").is_in(quarters.tail(4).implode()))
    spent = recent.group_by("firm").agg(pl.col("spend_cny").sum()).sort(
        ["spend_cny", "firm"], descending=[True, False]
    )  # fmt: skip
    shown = spent.head(6 if is_narrow(width) else MOST_FIRMS)["firm"].to_list()
    if not shown:
        return nothing("Nobody buys users", width)
    known = recent.filter(pl.col("firm").is_in(shown))
    rows = _rows(known)
    chart = _dots(rows, [firm_name(firm) for firm in shown], width)
    middle = known.filter(pl.col("firm") == shown[0]).select(
        pl.col("cpa_cny").median(), pl.col("lifetime_value_cny").median()
    )
    cost, worth = middle.row(0)
    title = (
        f"A bought user costs {firm_name(shown[0])} {digits3(cost)} CNY and pays "
        f"{digits3(worth)} CNY until leaving"
    )
    caption = (
        "Cost per acquisition by channel, and subscriptions that a bought user pays within two "
        "years, last four quarters, CNY; on the right, weeks until the cheapest channel has paid "
        "back. Medians over quarters and replicates."
    )
    return finished(chart, title, caption, width)


def _rows(known: pl.DataFrame) -> pl.DataFrame:
    """Return firm name, kind of mark, CNY and words about payback; the last once a firm."""
    costs = known.group_by("firm", "channel").agg(
        pl.col("cpa_cny").median().alias("cny"), pl.col("payback_weeks").median()
    )
    worth = known.group_by("firm").agg(pl.col("lifetime_value_cny").median().alias("cny"))
    payback = costs.group_by("firm").agg(pl.col("payback_weeks").min())
    words = (
        pl.when(pl.col("payback_weeks").is_null())
        .then(pl.lit("never"))
        .otherwise(pl.format("{} weeks", pl.col("payback_weeks").round(0).cast(pl.Int64)))
    )
    marks = (
        costs.select("firm", pl.lit(COST).alias("kind"), "cny", pl.lit("").alias("text")),
        worth.join(payback, on="firm").select(
            "firm", pl.lit(WORTH).alias("kind"), "cny", words.fill_null("never").alias("text")
        ),
    )
    named = pl.concat(marks).sort("firm", "kind", "cny").filter(pl.col("cny") > 0)
    return named.with_columns(
        pl.col("firm").map_elements(firm_name, return_dtype=pl.String).alias("name")
    )


def _dots(rows: pl.DataFrame, order: list[str], width: int) -> Panel:
    low, high = float(rows["cny"].min()), float(rows["cny"].max())  # type: ignore[arg-type]
    scale = log_scale(low, high, 1.0)
    room = plot_width(width) - 20
    x = alt.X(
        "cny:Q", title="CNY a user",
        scale=alt.Scale(type="log", domain=[scale.low, scale.high], nice=False),
        axis=alt.Axis(values=log_ticks(scale), grid=True, labelExpr="format(datum.value, '~r')",
                      titleAnchor="start"),
    )  # fmt: skip
    y = alt.Y(
        "name:N", sort=order, title=None,
        axis=alt.Axis(labelColor=INK.light, labelFontSize=12, labelLimit=92),
    )  # fmt: skip
    colour = alt.Color(
        "kind:N", scale=alt.Scale(domain=[COST, WORTH], range=[BAD.light, ACCENT.light]),
        legend=alt.Legend(columns=1 if is_narrow(width) else 2),
    )  # fmt: skip
    shape = alt.Shape("kind:N", scale=alt.Scale(domain=[COST, WORTH], range=["circle", "diamond"]))
    base = alt.Chart(inline(rows.select("name", "kind", "cny", "text"))).encode(y=y)
    marks = base.mark_point(filled=True, size=60, opacity=0.75).encode(
        x=x, color=colour, shape=shape
    )
    words = base.mark_text(align="left", color=INK.light).encode(
        x=alt.XValue(room + 8), text=alt.Text("text:N")
    )
    return alt.layer(marks, words, width=room, height=ROW * len(order))
