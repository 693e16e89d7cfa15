"""Tokens per day by firm."""

import polars as pl
from altair.typing import ChartType

from sim.views.charts.fans import FanStyle, fan_panel
from sim.views.charts.parts import finished, nothing
from sim.views.findings import final_tokens
from sim.views.format import bracketed, count, month
from sim.views.names import firm_name
from sim.views.rundata import RunData, table
from sim.views.theme import firm_hue

LABEL = (
    "datum.value >= 1000 ? format(datum.value / 1000, '~r') + ' tn' "
    ": format(datum.value, '~r') + ' bn'"
)


def tokens(run: RunData, width: int = 760, beside: RunData | None = None) -> ChartType:
    """Return tokens per day of each firm, as firms report them: customers' and their own.

    Args:
        run: a run with the table `firms`.
        width: pixels of the whole figure; under 520 it is laid out for a phone.
        beside: another run that is shown beside; the value axis then holds the values of both.

    Returns:
        A layered chart on a logarithmic axis; without any token, a figure that says so.
    """
    found = final_tokens(run)
    if found is None:
        return nothing("No firm serves tokens", width)
    firm, volume, when = found
    title = (
        f"{firm_name(firm)} serves most: {count(volume.median)} tokens a day"
        f"{bracketed(volume.lo90, volume.hi90, count)} by {month(when)}"
    )
    caption = (
        "Reported tokens per day: customers' and the firm's own products'; logarithmic. "
        "Line: median of the replicates; band: 50 % of them."
    )
    firms = _reported(run)
    hues = {firm: firm_hue(firm) for firm in firms["firm"].unique().to_list()}
    style = FanStyle("tokens a day", 1e9, True, firm_name, hues, outer=False, label=LABEL)
    others = None if beside is None else _reported(beside)
    panel = fan_panel(firms, "tokens", "firm", style, width, others)
    return finished(panel, title, caption, width)


def _reported(run: RunData) -> pl.DataFrame:
    both = pl.col("tokens_external_per_day") + pl.col("tokens_internal_per_day")
    return table(run, "firms").with_columns(both.alias("tokens"))
