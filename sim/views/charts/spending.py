"""Advertising by app."""

import altair as alt
import polars as pl
from altair.typing import ChartType

from sim.views.charts.parts import finished, inline, is_narrow, nothing, plot_width
from sim.views.format import money, percent
from sim.views.names import app_name, owners
from sim.views.rundata import RunData, replicates, table
from sim.views.theme import CONTEXT, firm_hue

HEIGHT = 220
MOST_APPS = 6
OTHERS = "all other apps"


def spending(run: RunData, width: int = 760) -> ChartType:
    """Return what is spent on advertising for each app, per quarter.

    Args:
        run: a run with the table `apps`.
        width: pixels of the whole figure; under 520 it is laid out for a phone.

    Returns:
        Stacked columns in bn CNY, means over replicates; without any, a figure that says so.
    """
    apps = table(run, "apps").filter(pl.col("ad_spend_cny") > 0)
    if apps.is_empty():
        return nothing("Nobody advertises an app", width)
    totals = apps.group_by("app").agg(pl.col("ad_spend_cny").sum()).sort(
        "ad_spend_cny", "app", descending=[True, False]
    )  # fmt: skip
    shown = _one_hue_each(run, totals["app"].to_list())[: 4 if is_narrow(width) else MOST_APPS]
    part = pl.when(pl.col("app").is_in(shown)).then(pl.col("app")).otherwise(pl.lit(OTHERS))
    rows = (
        apps.group_by(pl.col("date").dt.truncate("1q").alias("date"), part.alias("key"))
        .agg((pl.col("ad_spend_cny").sum() / 1e9 / max(1, replicates(run))).alias("value"))
        .sort("date", "key")
    )
    quarter = pl.format("{} Q{}", pl.col("date").dt.year(), pl.col("date").dt.quarter())
    keys = [*shown, *([OTHERS] if OTHERS in rows["key"] else [])]
    names = {key: OTHERS if key == OTHERS else app_name(key) for key in keys}
    ranks = {key: rank for rank, key in enumerate(keys)}
    rows = rows.with_columns(
        quarter.alias("quarter"),
        pl.col("key").replace_strict(names).alias("name"),
        pl.col("key").replace_strict(ranks).alias("rank"),
    )
    hues = [CONTEXT if key == OTHERS else firm_hue(owners(run)[key]) for key in keys]
    chart = alt.Chart(inline(rows.select("quarter", "name", "rank", "value"))).mark_bar()
    first = "indexof(datum.value, 'Q1') > 0 || datum.index == 0"
    label = f"[slice(datum.value, 5), {first} ? slice(datum.value, 0, 4) : '']"
    drawn = chart.encode(
        x=alt.X("quarter:O", title=None, axis=alt.Axis(labelAngle=0, labelExpr=label),
                scale=alt.Scale(paddingInner=0.25)),
        y=alt.Y("value:Q", title=None, axis=alt.Axis(tickCount=5)),
        color=alt.Color("name:N", scale=alt.Scale(
            domain=list(names.values()), range=[hue.light for hue in hues]),
            legend=alt.Legend(columns=3 if is_narrow(width) else len(keys))),
        order=alt.Order("rank:Q"),
    ).properties(width=plot_width(width, labels=False), height=HEIGHT)  # fmt: skip
    top, total = totals.row(0, named=True), float(totals["ad_spend_cny"].sum())
    title = (
        f"{money(total / max(1, replicates(run)))} go into advertising; "
        f"{percent(top['ad_spend_cny'] / total)} of it for {app_name(top['app'])}"
    )
    caption = "Advertising at market price per quarter, bn CNY. Means of the replicates."
    return finished(drawn, title, caption, width)


def _one_hue_each(run: RunData, apps: list[str]) -> list[str]:
    """Return the apps, only the biggest of each owner, so that no two columns share a colour."""
    owner = owners(run)
    seen: dict[str, str] = {}
    for app in apps:
        seen.setdefault(owner[app], app)
    return list(seen.values())
