"""Small app startups: how many are at work, and what a user costs and pays them."""

from collections.abc import Sequence

import altair as alt
import polars as pl
from altair.typing import ChartType

from sim.views.charts.layout import linear_scale, log_scale
from sim.views.charts.parts import (
    Panel,
    Plane,
    fan_layers,
    finished,
    inline,
    is_narrow,
    nothing,
    panel_span,
)
from sim.views.findings import estimate
from sim.views.format import bracketed, digits3, whole
from sim.views.quantiles import fan, largest, thinned
from sim.views.rundata import RunData, horizon, table
from sim.views.theme import ACCENT, BAD, INK, Hue

HEIGHT, LABEL = 170, 64
Line = tuple[str, str, Hue]
COST: Line = ("cpa_cny", "cost", BAD)
WORTH: Line = ("lifetime_value_cny", "paid back", ACCENT)


def small_apps(run: RunData, width: int = 760) -> ChartType:
    """Return how many small app startups are at work, and cost and worth of their users.

    Args:
        run: a run with the table `small_apps`.
        width: pixels of the whole figure; under 520 it is laid out for a phone.

    Returns:
        Two panels of fans over replicates; without any small app, a figure that says so.
    """
    rows, span = table(run, "small_apps"), horizon(run)
    if rows.is_empty() or span is None or not rows["entrants"].sum():
        return nothing("No small app startup enters", width)
    narrow = is_narrow(width)
    span_of = panel_span(*span, width - LABEL, 1 if narrow else 2)
    counted = rows.with_columns(pl.col("active").cast(pl.Float64))
    there = thinned(fan(counted, "active"))
    number = Plane(span_of, linear_scale(largest(there, "hi90"), HEIGHT), None, tick_room=40)
    panels = [_panel("At work", there.with_columns(_key("active", ACCENT)), number, [])]
    worth = {line: thinned(fan(rows, line[0])) for line in (COST, WORTH)}
    shown = {line: frame.filter(pl.col("lo90") > 0) for line, frame in worth.items()}
    shown = {line: frame for line, frame in shown.items() if frame.height}
    if shown:
        both = pl.concat([frame.with_columns(_key(*line[::2])) for line, frame in shown.items()])
        scale = log_scale(_least(both), largest(both, "hi90"), HEIGHT)
        plane = Plane(span_of, scale, None, tick_room=40)
        ends = [(line, float(frame["median"][-1])) for line, frame in shown.items()]
        panels.append(_panel("A user, CNY, logarithmic", both, plane, ends))
    joined = alt.vconcat(*panels) if narrow else alt.hconcat(*panels, spacing=24)
    title, caption = _words(rows)
    return finished(joined, title, caption, width)


def _key(column: str, hue: Hue) -> list[pl.Expr]:
    return [pl.lit(column).alias("key"), pl.lit(hue.light).alias("hue")]


def _least(frame: pl.DataFrame) -> float:
    least = frame["lo90"].min()
    assert isinstance(least, float)
    return least


def _panel(
    title: str, fans: pl.DataFrame, plane: Plane, ends: Sequence[tuple[Line, float]]
) -> Panel:
    layers = [alt.layer(*fan_layers(plane), data=inline(fans))]
    for (_, name, hue), value in ends:
        text = alt.Chart(inline(pl.DataFrame({"name": [name], "value": [value]}))).mark_text(
            align="left", baseline="middle", fontWeight="bold", color=hue.light
        )
        layers.append(
            text.encode(
                x=alt.XValue(plane.span.width + 6), y=plane.y("value"), text=alt.Text("name:N")
            )
        )
    heading = alt.TitleParams(title, fontSize=12, fontWeight="bold", offset=6, color=INK.light)
    return alt.layer(*layers, width=plane.span.width, height=HEIGHT, title=heading)


def _words(rows: pl.DataFrame) -> tuple[str, str]:
    sums = rows.group_by("replicate").agg(
        pl.col("entrants").sum(), pl.col("stopped").sum(),
        pl.col("active").sort_by("date").last(),
    )  # fmt: skip
    entered = estimate(sums["entrants"].cast(pl.Float64))
    left = estimate(sums["active"].cast(pl.Float64))
    assert entered is not None
    assert left is not None
    title = (
        f"Of {whole(entered.median)} small app startups that enter, {whole(left.median)}"
        f"{bracketed(left.lo90, left.hi90, lambda one: f'{one or 0:.0f}')} are at work in the end"
    )
    middle = [rows[line[0]].drop_nulls().median() for line in (COST, WORTH)]
    known = [value for value in middle if isinstance(value, float)]
    if len(known) == 2:
        title += f"; a user costs {digits3(known[0])} CNY and pays {digits3(known[1])} CNY"
    caption = (
        "Firms of one app and few people, outside the thirteen. Right: advertising per user won, "
        "and what a user pays until leaving; medians over the firms. Line: median; bands: 50 % "
        "and 90 % of the replicates."
    )
    return title, caption
