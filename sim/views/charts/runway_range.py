"""How long each startup's cash lasts from the end of the run on, with its chances."""

import altair as alt
import polars as pl
from altair.typing import ChartType

from sim.views.charts.parts import Panel, finished, inline, is_narrow, nothing
from sim.views.findings import GONE, SHORT_RUNWAY_MONTHS
from sim.views.format import RUNWAY_CAP_MONTHS, bracketed, month, months, percent
from sim.views.names import firm_name, possessive, startups
from sim.views.rundata import RunData, table
from sim.views.theme import BAD, INK, MUTED, firm_hue

ROW = 32
NAME_ROOM, END_ROOM, PHONE_END = 84, 170, 62
LONGEST_MONTHS = 72


def runway_range(run: RunData, width: int = 760) -> ChartType:
    """Return a bar per startup: when its cash runs out, from a chance of one in ten to nine in ten.

    Each replicate has such a distribution, from how much the firm's burn has wavered. Drawn are
    the medians of its ends over the replicates in which the startup is still there; the chance of
    running out within a year is the mean of theirs, which is the chance over all luck.

    Args:
        run: a run with the table `firms`.
        width: pixels of the whole figure; under 520 it is laid out for a phone.

    Returns:
        A bar and a line per startup, the shortest runway on top; without any startup left, a
        figure that says so.
    """
    firms = table(run, "firms")
    last = firms.filter(
        pl.col("date") == pl.col("date").max(),
        pl.col("firm").is_in(startups(run)), ~pl.col("status").is_in(GONE),
    )  # fmt: skip
    if last.is_empty():
        return nothing("No startup is left at the end", width)
    narrow = is_narrow(width)
    rows = _rows(last, narrow)
    top = rows.row(0, named=True)
    title = (
        f"{possessive(top['name'])} cash lasts {months(top['middle'])}"
        f"{bracketed(top['early'], top['late'], months)} from {month(last['date'][0])} on; "
        f"it is gone within a year with a chance of {percent(top['ruin'])}"
    )
    caption = (
        "Months until the cash is gone without new money. Bar: from one chance in ten to nine in "
        f"ten; line: even chances; medians of the replicates; rule: {SHORT_RUNWAY_MONTHS} months. "
        f"At the right: chance within a year{'' if narrow else ', over all luck'}."
    )
    return finished(_bars(rows, width), title, caption, width)


def _rows(last: pl.DataFrame, narrow: bool) -> pl.DataFrame:
    """Return name, hue, early, middle, late, ruin and text by startup, the shortest first."""
    sums = last.group_by("firm").agg(
        pl.col("runway_p10_months").median().alias("early"),
        pl.col("runway_months").median().alias("middle"),
        pl.col("runway_p90_months").median().alias("late"),
        pl.col("ruin_12m_probability").mean().alias("ruin"),
    )
    after = "" if narrow else " within a year"
    return sums.with_columns(
        pl.col("firm").map_elements(firm_name, return_dtype=pl.String).alias("name"),
        pl.col("firm").map_elements(lambda one: firm_hue(one).light, return_dtype=pl.String)
        .alias("hue"),
        pl.col("ruin").map_elements(lambda one: percent(one) + after, return_dtype=pl.String)
        .alias("text"),
    ).sort("middle", "name")  # fmt: skip


def _bars(rows: pl.DataFrame, width: int) -> Panel:
    room = width - NAME_ROOM - (PHONE_END if is_narrow(width) else END_ROOM)
    ends = ("early", "middle", "late")
    longest = float(rows["late"].max() or 1.0)  # type: ignore[arg-type]
    high = min(LONGEST_MONTHS, max(12.0, 1.05 * longest))
    drawn = rows.with_columns(pl.col(end).clip(0, high) for end in ends)
    x = alt.X(
        "early:Q", title=None, scale=alt.Scale(domain=[0, high], nice=False),
        axis=alt.Axis(grid=True, tickCount=6, titleAnchor="start",
                      labelExpr=f"datum.value >= {RUNWAY_CAP_MONTHS} ? '' : datum.label"),
    )  # fmt: skip
    y = alt.Y(
        "name:N", sort=rows["name"].to_list(), title=None,
        axis=alt.Axis(labelColor=INK.light, labelFontSize=12, labelLimit=NAME_ROOM),
    )  # fmt: skip
    base = alt.Chart(inline(drawn)).encode(y=y)
    hue = alt.Color("hue:N", scale=None)
    bars = base.mark_bar(size=14, opacity=0.45).encode(x=x, x2=alt.X2("late:Q"), color=hue)
    middles = base.mark_tick(size=20, thickness=3, opacity=1).encode(
        x=alt.X("middle:Q", title=None), color=hue
    )
    words = base.mark_text(align="left", color=MUTED.light).encode(
        x=alt.XValue(room + 10), text=alt.Text("text:N")
    )
    rule = alt.Chart().mark_rule(color=BAD.light, strokeDash=[3, 3]).encode(
        x=alt.datum(SHORT_RUNWAY_MONTHS)
    )  # fmt: skip
    return alt.layer(bars, middles, words, rule, width=room, height=ROW * rows.height)
