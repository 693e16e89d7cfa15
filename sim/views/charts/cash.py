"""Cash and runway of each startup."""

import altair as alt
import polars as pl
from altair.typing import ChartType

from sim.views.charts.layout import ValueScale, linear_scale
from sim.views.charts.panels import panel_plane, panels, with_names_and_hues
from sim.views.charts.parts import Layer, fan_layers, finished, nothing
from sim.views.findings import SHORT_RUNWAY_MONTHS, Solvency, solvency
from sim.views.format import money, month, months
from sim.views.names import firm_name, startups
from sim.views.quantiles import fan, largest, thinned
from sim.views.rundata import RunData, horizon, table
from sim.views.theme import BAD

HEIGHT = 120
LONGEST_SHOWN_MONTHS = 48
PANEL_DATES = 40


def cash(run: RunData, width: int = 760, beside: RunData | None = None) -> ChartType:
    """Return the cash of each startup over time, one panel each on one scale.

    A closed startup counts with 0; one that was taken over is left out from then on.

    Args:
        run: a run with the table `firms`.
        width: pixels of the whole figure; under 520 it is laid out for a phone.
        beside: another run that is shown beside; the value axis then holds the values of both.
    """
    rows = _fans(run, "cash_cny", 1e9)
    fates = solvency(run)
    if rows.is_empty() or not fates:
        return nothing("No startup is part of this run", width)
    title = _risk(fates[0], rows)
    caption = "Cash, bn CNY. Line: median of the replicates; bands: 50 % and 90 % of them."
    scale = linear_scale(largest(rows, "hi90"), HEIGHT)
    if beside is not None:
        others = _fans(beside, "cash_cny", 1e9)
        scale = scale.over(linear_scale(largest(others, "hi90"), HEIGHT))
    return _panels(run, rows, scale, [], (title, caption), width)


def runway(run: RunData, width: int = 760) -> ChartType:
    """Return each startup's runway over time, one panel each; the rule stands at six months.

    Runway is cash over the average monthly cash burn; the axis ends at 48 months. A closed startup
    counts with 0; one that was taken over is left out from then on.

    Args:
        run: a run with the table `firms`.
        width: pixels of the whole figure; under 520 it is laid out for a phone.
    """
    rows = _fans(run, "runway_months", 1.0, smoothed=4)
    fates = [fate for fate in solvency(run) if fate.runway_months is not None]
    if rows.is_empty():
        return nothing("No startup is part of this run", width)
    title = "No startup is left at the end"
    if fates:
        shortest = min(fates, key=lambda fate: fate.runway_months or 0.0)
        title = (
            f"{firm_name(shortest.firm)} has the shortest runway of those left: "
            f"{months(shortest.runway_months)} at the end"
        )
    caption = (
        f"Months until the cash is gone at the present burn, {LONGEST_SHOWN_MONTHS} at most shown; "
        f"averaged over four weeks; rule: {SHORT_RUNWAY_MONTHS} months. "
        "Line: median; bands: 50 % and 90 % of the replicates."
    )
    levels = ("lo90", "lo50", "median", "hi50", "hi90")
    rows = rows.with_columns(pl.col(level).clip(0, LONGEST_SHOWN_MONTHS) for level in levels)
    limit = alt.Chart().mark_rule(color=BAD.light, strokeDash=[3, 3], strokeWidth=1)
    rule = limit.encode(y=alt.datum(SHORT_RUNWAY_MONTHS))
    scale = ValueScale(0, LONGEST_SHOWN_MONTHS, HEIGHT)
    return _panels(run, rows, scale, [rule], (title, caption), width)


def _fans(run: RunData, value: str, unit: float, smoothed: int = 1) -> pl.DataFrame:
    """Return key, date, LEVELS, hue and name of a startup's stock, averaged over some weeks."""
    firms = table(run, "firms").filter(pl.col("firm").is_in(startups(run)))
    kept = firms.filter(pl.col("status") != "taken_over").with_columns(
        pl.when(pl.col("status") == "closed").then(0.0).otherwise(pl.col(value) / unit).alias(value)
    )
    kept = kept.sort("replicate", "firm", "date").with_columns(
        pl.col(value).rolling_mean(smoothed, min_samples=1).over("replicate", "firm")
    )
    rows = fan(kept, value, ("firm", "date")).rename({"firm": "key"})
    return with_names_and_hues(thinned(rows, PANEL_DATES), startups(run), "key")


def _panels(
    run: RunData,
    rows: pl.DataFrame,
    scale: ValueScale,
    rules: list[Layer],
    words: tuple[str, str],
    width: int,
) -> ChartType:
    first, last = horizon(run) or (rows["date"][0], rows["date"][-1])
    plane = panel_plane(first, last, scale, width)
    order = [firm_name(fate.firm) for fate in solvency(run)]
    layers = [*fan_layers(plane), *rules]
    return finished(panels(rows, order, layers, plane, width), *words, width)


def _risk(worst: Solvency, rows: pl.DataFrame) -> str:
    """Say who closes most often, else who is most often short of money, else who ends lowest."""
    name, all_of = firm_name(worst.firm), worst.replicates
    if worst.closed and worst.median_closing:
        when = month(worst.median_closing)
        return (
            f"{name} runs dry most often: closed in {worst.closed} of {all_of} runs, around {when}"
        )
    if worst.short_of_money:
        return (
            f"No startup closes; {name} is shortest of money, with under {SHORT_RUNWAY_MONTHS} "
            f"months left in {worst.short_of_money} of {all_of} runs"
        )
    last = rows.group_by("key", maintain_order=True).last().sort("median")
    return (
        f"No startup closes; {firm_name(last['key'][0])} ends with least cash, "
        f"{money(last['median'][0] * 1e9)}"
    )
