"""Who owns each startup, over time."""

from collections.abc import Mapping
from datetime import date

import altair as alt
import polars as pl
from altair.typing import ChartType

from sim.views.charts.layout import ValueScale
from sim.views.charts.panels import panel_plane, panels
from sim.views.charts.parts import finished, is_narrow, nothing
from sim.views.format import month, percent
from sim.views.names import firm_name, possessive, scenario_of, startups
from sim.views.rundata import RunData, horizon, replicates, table
from sim.views.theme import OWNER_HUES

HEIGHT = 110
FOUNDERS = "Founders"
KINDS = {
    "rmb_vc": "Yuan funds", "usd_vc": "Dollar funds", "state": "State funds", "strategic": "Clouds"
}  # fmt: skip
OWN = {"founders": FOUNDERS, "option_pool": "Employees' options"}


def cap_table(run: RunData, width: int = 760) -> ChartType:
    """Return the shares of each startup by kind of owner, a panel each.

    Args:
        run: a run with the table `stakes`.
        width: pixels of the whole figure; under 520 it is laid out for a phone.

    Returns:
        Stacked areas that reach 100 %, means over replicates, at each first of a quarter; without
        any stake, a figure that says so.
    """
    span = horizon(run)
    stakes = table(run, "stakes").filter(pl.col("firm").is_in(startups(run)))
    if stakes.is_empty() or span is None:
        return nothing("No startup has owners on record", width)
    shares = _shares(stakes, _kinds(run), *span)
    names = {firm: firm_name(firm) for firm in shares["firm"].unique()}
    ranks = {kind: rank for rank, kind in enumerate(OWNER_HUES)}
    rows = shares.with_columns(
        pl.col("firm").replace_strict(names).alias("name"),
        pl.col("kind").replace_strict(ranks).alias("rank"),
        (100 * pl.col("share") / replicates(run)).alias("share"),
    )
    plane = panel_plane(*span, ValueScale(0, 100, HEIGHT), width)
    y = plane.y("share")
    y["stack"] = "zero"
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(
            domain=list(OWNER_HUES), range=[hue.light for hue in OWNER_HUES.values()]
        ),
        legend=alt.Legend(columns=2 if is_narrow(width) else 6),
    )  # fmt: skip
    areas = alt.Chart().mark_area(interpolate="step-after").encode(
        x=plane.x(), y=y, color=colour, order=alt.Order("rank:Q")
    )  # fmt: skip
    last = rows.filter(pl.col("date") == span[1])
    kept = last.filter(pl.col("kind") == FOUNDERS).sort("share", "name")
    order = kept["name"].to_list()
    shown = rows.select("name", "date", "kind", "rank", "share")
    drawn = panels(shown, order, [areas], plane, width)
    caption = "Shares of each startup by kind of owner, %. Means of the replicates."
    return finished(drawn, _title(kept, last, span[1]), caption, width)


def _kinds(run: RunData) -> dict[str, str]:
    """Return the kind of each owner by id; a firm that invests is a cloud."""
    known = scenario_of(run).get("investors")
    told = known if isinstance(known, Mapping) else {}
    kinds = {
        name: KINDS.get(str(one.get("kind")), KINDS["strategic"])
        for name, one in told.items()
        if isinstance(one, Mapping)
    }
    return {**kinds, **OWN}


def _shares(
    stakes: pl.DataFrame, kinds: Mapping[str, str], first: date, last: date
) -> pl.DataFrame:
    """Return firm, date, kind and the sum of its shares over replicates, at each quarter."""
    quarters = pl.date_range(first, last, "13w", eager=True).to_list()
    dates = pl.DataFrame({"at": sorted({*quarters, last})})
    tables = stakes.select("replicate", "firm", "date").unique()
    # A cap table holds from its date on, until the next one.
    valid = (
        tables.join(dates, how="cross")
        .filter(pl.col("date") <= pl.col("at"))
        .group_by("replicate", "firm", "at")
        .agg(pl.col("date").max())
    )
    kind = pl.col("investor").replace_strict(kinds, default=KINDS["strategic"])
    sums = (
        valid.join(stakes, on=["replicate", "firm", "date"])
        .group_by("firm", pl.col("at").alias("date"), kind.alias("kind"))
        .agg(pl.col("share").sum())
    )
    # Every kind stands at every date, so that areas stack without holes.
    every = sums.select("firm", "date").unique().join(
        pl.DataFrame({"kind": list(OWNER_HUES)}), how="cross"
    )  # fmt: skip
    full = every.join(sums, on=["firm", "date", "kind"], how="left")
    return full.with_columns(pl.col("share").fill_null(0.0)).sort("firm", "date", "kind")


def _title(kept: pl.DataFrame, last: pl.DataFrame, when: date) -> str:
    lowest = kept.row(0, named=True)
    mine = last.filter(pl.col("name") == lowest["name"], pl.col("kind") != FOUNDERS)
    top = mine.sort("share", "kind", descending=[True, False]).row(0, named=True)
    rest = f"; {top['kind'].lower()} hold {percent(top['share'] / 100)}" if top["share"] > 0 else ""
    return (
        f"{possessive(lowest['name'])} founders keep least: {percent(lowest['share'] / 100)} by "
        f"{month(when)}{rest}"
    )
