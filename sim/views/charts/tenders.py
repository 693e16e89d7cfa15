"""Who wins public tenders, and at what margin."""

import altair as alt
import polars as pl
from altair.typing import ChartType

from sim.views.charts.parts import Panel, finished, inline, is_narrow, nothing
from sim.views.findings import estimate
from sim.views.format import bracketed, count, money, percent
from sim.views.names import firm_name
from sim.views.quantiles import LEVELS
from sim.views.rundata import RunData, table
from sim.views.theme import INK, MUTED, firm_hue

INTEGRATOR = "integrator"
ROW, BAR = 27, 15
NAME_ROOM, END_ROOM, PHONE_END = 92, 190, 108
MOST_FIRMS = 12


def tenders(run: RunData, width: int = 760) -> ChartType:
    """Return how many public tenders each firm wins over the whole run.

    Args:
        run: a run with the table `tenders`.
        width: pixels of the whole figure; under 520 it is laid out for a phone.

    Returns:
        A bar per model firm with its 90 % bracketed, the value of its contracts and the margin on
        them beside it; what integrators win is said in words. Without any tender that a model firm
        wins, a figure that says so.
    """
    won = table(run, "tenders")
    if won.is_empty():
        return nothing("No public tender is awarded", width)
    rows = _rows(won, is_narrow(width))
    if rows.is_empty():
        return nothing("No model firm wins a public tender", width)
    wins = _wins(won)
    top = rows.row(0, named=True)
    most = estimate(wins.filter(pl.col("firm") == top["firm"])["wins"])
    assert most is not None
    share = top["value"] * won["replicate"].n_unique() / float(won["price_cny"].sum())
    title = (
        f"{top['name']} wins most public tenders of the model firms, {count(most.median)}"
        f"{bracketed(most.lo90, most.hi90, count)}, {percent(share)} of all money"
    )
    caption = (
        "Public tenders won over the whole run. Bar: median of the replicates; line: 90 % of them. "
        "At the right: value of the contracts, and the part left after cost, means."
    )
    others = estimate(wins.filter(pl.col("firm") == INTEGRATOR)["wins"])
    if others is not None:
        caption += f" Integrators that are no model firms win {count(others.median)}."
    return finished(_bars(rows, width), title, caption, width)


def _wins(won: pl.DataFrame) -> pl.DataFrame:
    """Return firm, replicate and its wins, 0 where a firm wins none in a replicate."""
    every = won.select("firm").unique().join(won.select("replicate").unique(), how="cross")
    counted = won.group_by("firm", "replicate").agg(pl.len().alias("wins"))
    filled = every.join(counted, on=["firm", "replicate"], how="left")
    return filled.with_columns(pl.col("wins").fill_null(0).cast(pl.Float64))


def _rows(won: pl.DataFrame, narrow: bool) -> pl.DataFrame:
    """Return firm, name, hue, levels of wins, value a replicate and text of model firms."""
    wins = _wins(won)
    levels = wins.group_by("firm").agg(
        pl.col("wins").quantile(level, "linear").alias(name) for name, level in LEVELS.items()
    )
    number = won["replicate"].n_unique()
    sums = won.group_by("firm").agg(
        (pl.col("price_cny").sum() / number).alias("value"),
        (pl.col("cost_cny").sum() / number).alias("cost"),
    )

    def told(row: dict[str, float]) -> str:
        margin = percent(1 - row["cost"] / row["value"])
        return f"{money(row['value'])}, {margin}" if narrow else (
            f"{money(row['value'])}, margin {margin}"
        )  # fmt: skip

    return (
        levels.join(sums, on="firm")
        .filter(pl.col("value") > 0, pl.col("firm") != INTEGRATOR)
        .with_columns(
            pl.col("firm").map_elements(firm_name, return_dtype=pl.String).alias("name"),
            pl.col("firm")
            .map_elements(lambda firm: firm_hue(firm).light, return_dtype=pl.String)
            .alias("hue"),
            pl.struct("value", "cost").map_elements(told, return_dtype=pl.String).alias("text"),
        )
        .sort(["median", "firm"], descending=[True, False])
        .head(MOST_FIRMS)
    )


def _bars(rows: pl.DataFrame, width: int) -> Panel:
    room = width - NAME_ROOM - (PHONE_END if is_narrow(width) else END_ROOM)
    y = alt.Y(
        "name:N", sort=rows["name"].to_list(), title=None,
        axis=alt.Axis(labelColor=INK.light, labelFontSize=12, labelLimit=NAME_ROOM),
    )  # fmt: skip
    x = alt.X("median:Q", title=None, axis=alt.Axis(grid=True, tickCount=5, format="~r"))
    base = alt.Chart(inline(rows.drop("firm", "value", "cost", "lo50", "hi50"))).encode(y=y)
    bars = base.mark_bar(size=BAR).encode(x=x, color=alt.Color("hue:N", scale=None))
    lines = base.mark_rule(color=INK.light, strokeWidth=1.2).encode(
        x=alt.X("lo90:Q"), x2=alt.X2("hi90:Q")
    )
    words = base.mark_text(align="left", color=MUTED.light).encode(
        x=alt.XValue(room + 10), text=alt.Text("text:N")
    )
    return alt.layer(bars, lines, words, width=room, height=ROW * rows.height)
