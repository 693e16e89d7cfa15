"""Advertising against users gained: what each firm's money buys on balance."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import polars as pl
from altair.typing import ChartType

from sim.views.charts.layout import (
    BESIDE,
    LABEL_GAP,
    Box,
    ValueScale,
    beside_dots,
    log_scale,
    log_ticks,
)
from sim.views.charts.parts import (
    AXIS_ROOM,
    HUE,
    Layer,
    finished,
    hue_column,
    inline,
    inline_rows,
    is_narrow,
    nothing,
    plain_values,
)
from sim.views.format import digits3
from sim.views.names import firm_name, joined
from sim.views.quantiles import fan
from sim.views.rundata import RunData, table
from sim.views.theme import CONTEXT, MUTED, PAPER, firm_hue

HEIGHT, PHONE_HEIGHT = 360, 300
LABEL_ROOM = 90
COSTS = (0.1, 1.0, 10.0, 100.0, 1000.0, 10_000.0)
"""CNY a user at which a line is drawn."""

LETTER, SMALL_LETTER = 6.4, 5.4
"""Pixels that a letter of a name, and of a cost, is wide on average."""


def ads_and_users(run: RunData, width: int = 760) -> ChartType:
    """Return what each firm spends on ads and how many users its apps gain on balance.

    Args:
        run: a run with the table `apps`.
        width: pixels of the whole figure; under 520 it is laid out for a phone.

    Returns:
        A dot per firm at the medians over replicates, with 90 % of them as lines, both axes
        logarithmic, and lines of equal cost per user; a firm without ads, or whose apps lose
        users in the median, is named in the caption. Without any dot, a figure that says so.
    """
    firms = _firms(table(run, "apps"))
    dots = firms.filter(pl.col("spend") > 0, pl.col("gained") > 0)
    if dots.is_empty():
        return nothing("No firm gains users with advertising", width)
    dots = dots.with_columns(
        hue_column("firm", {firm: firm_hue(firm) for firm in dots["firm"].to_list()})
    )
    room = width - AXIS_ROOM - 24
    height = PHONE_HEIGHT if is_narrow(width) else HEIGHT
    # A line to below nothing stops at a tenth of its dot: no logarithm goes further.
    dots = dots.with_columns(
        pl.max_horizontal(f"{name}_low", pl.col(name) / 10).alias(f"{name}_low")
        for name in ("spend", "gained")
    )
    across, up = (
        log_scale(_end(dots[f"{name}_low"], "min"), _end(dots[f"{name}_high"], "max"), size)
        for name, size in (("spend", room), ("gained", height))
    )
    lines, taken = _costs(across, up, "CNY" if is_narrow(width) else "CNY a user")
    grounds, names = _names(dots, across, up, taken)
    layers = [*lines, *_ranges(dots, across, up), *grounds, _dots(dots, across, up), *names]
    chart = alt.layer(*layers).properties(width=room, height=height)
    return finished(chart, _title(dots), _caption(firms, dots), width)


def _firms(apps: pl.DataFrame) -> pl.DataFrame:
    """Return spend in CNY and users gained of each firm: median, and 90 % of the replicates."""
    if apps.is_empty():
        return pl.DataFrame(schema={"firm": pl.String, "spend": pl.Float64, "gained": pl.Float64})
    first, last = pl.col("date") == apps["date"].min(), pl.col("date") == apps["date"].max()
    users = pl.col("mau").fill_null(0.0)
    sums = apps.group_by("firm", "replicate").agg(
        pl.col("ad_spend_cny").fill_null(0.0).sum().alias("spend"),
        # An app that comes later has nobody at the start.
        (users.filter(last).sum() - users.filter(first).sum()).alias("gained"),
    )
    return _told(sums, "spend").join(_told(sums, "gained"), on="firm").sort("firm")


def _told(sums: pl.DataFrame, name: str) -> pl.DataFrame:
    return fan(sums, name, ("firm",)).select(
        "firm",
        pl.col("median").alias(name),
        pl.col("lo90").alias(f"{name}_low"),
        pl.col("hi90").alias(f"{name}_high"),
    )


def _end(values: pl.Series, which: str) -> float:
    found = values.min() if which == "min" else values.max()
    return float(found)  # type: ignore[arg-type]


def _x(field: str, across: ValueScale) -> alt.X:
    axis = alt.Axis(values=_few(across), labelExpr=plain_values(), grid=True, titleAnchor="start")
    return alt.X(f"{field}:Q", title="CNY spent on ads", scale=_scale(across), axis=axis)


def _y(field: str, up: ValueScale) -> alt.Y:
    axis = alt.Axis(values=_few(up), labelExpr=plain_values())
    return alt.Y(f"{field}:Q", title="users gained", scale=_scale(up), axis=axis)


def _few(scale: ValueScale) -> list[float]:
    ticks = log_ticks(scale)
    return ticks if len(ticks) > 1 else [scale.low, scale.high]


def _scale(scale: ValueScale) -> alt.Scale:
    return alt.Scale(type="log", domain=[scale.low, scale.high], nice=False)


def _costs(across: ValueScale, up: ValueScale, unit: str) -> tuple[list[Layer], list[Box]]:
    """Return lines of equal cost per user as far as they cross the plane, and their labels' boxes.

    The layers are the lines, then the labels.
    """
    lines: list[dict[str, object]] = []
    ends: dict[bool, list[dict[str, object]]] = {False: [], True: []}
    boxes = []
    for cost in COSTS:
        left, right = max(across.low, up.low * cost), min(across.high, up.high * cost)
        if left >= right:
            continue
        said = f"{digits3(cost)} {unit}"
        lines += [{"cost": said, "spend": spend, "gained": spend / cost} for spend in (left, right)]
        # Where a line leaves at the top there is room beside its end, else above it.
        is_beside = across.pixel(right) > LABEL_ROOM
        ends[is_beside].append({"cost": said, "spend": right, "gained": right / cost})
        width, x, y = SMALL_LETTER * len(said), _from_left(across, right), up.pixel(right / cost)
        corner = (x + 6, y) if is_beside else (x - width, y - LABEL_GAP)
        boxes.append(Box(*corner, width, LABEL_GAP))
    if not lines:
        return [], []
    x_axis, y_axis = _x("spend", across), _y("gained", up)
    drawn = alt.Chart(inline_rows(lines)).mark_line(
        color=CONTEXT.light, strokeDash=[3, 3], strokeWidth=1
    )
    found: list[Layer] = [drawn.encode(x=x_axis, y=y_axis, detail="cost:N")]
    for is_beside, rows in ends.items():
        words = alt.Chart(inline_rows(rows)).mark_text(
            align="left" if is_beside else "right", baseline="top" if is_beside else "bottom",
            dx=6 if is_beside else -4, dy=3 if is_beside else -2, fontSize=10, color=MUTED.light,
        )  # fmt: skip
        found += [words.encode(x=x_axis, y=y_axis, text="cost:N")] if rows else []
    return found, boxes


def _from_left(across: ValueScale, value: float) -> float:
    """Return pixels from the left; those of a scale count from its upper end."""
    return across.height - across.pixel(value)


def _ranges(dots: pl.DataFrame, across: ValueScale, up: ValueScale) -> list[Layer]:
    numbers = [f"{name}{end}" for name in ("spend", "gained") for end in ("", "_low", "_high")]
    base = alt.Chart(inline(dots.select("firm", "hue", *numbers)))
    thin = base.mark_rule(strokeWidth=1.2, opacity=0.5)
    return [
        thin.encode(x=_x("spend_low", across), x2="spend_high:Q", y=_y("gained", up), color=HUE),
        thin.encode(x=_x("spend", across), y=_y("gained_low", up), y2="gained_high:Q", color=HUE),
    ]


def _dots(dots: pl.DataFrame, across: ValueScale, up: ValueScale) -> Layer:
    base = alt.Chart(inline(dots.select("firm", "hue", "spend", "gained")))
    drawn: Layer = base.mark_point(filled=True, size=70, opacity=1).encode(
        x=_x("spend", across), y=_y("gained", up), color=HUE
    )
    return drawn


def _names(
    dots: pl.DataFrame, across: ValueScale, up: ValueScale, taken: Sequence[Box]
) -> tuple[list[Layer], list[Layer]]:
    """Return each firm's name and cost per user beside its dot, where it covers least.

    First the paper around the letters, which lies under the dots and cuts lines that cross a name.
    """
    rows = dots.sort("gained", descending=True).to_dicts()
    said = [f"{firm_name(row['firm'])} {digits3(_cost(row))}" for row in rows]
    places = [(_from_left(across, row["spend"]), up.pixel(row["gained"])) for row in rows]
    widths = [LETTER * len(text) for text in said]
    spots = beside_dots(places, widths, (across.height, up.height), taken)
    grounds: list[Layer] = []
    names: list[Layer] = []
    for is_left in (False, True):
        mine = [
            {"name": text, "hue": row["hue"], "spend": row["spend"], "at": up.value(y + spot.down)}
            for row, text, (_, y), spot in zip(rows, said, places, spots, strict=True)
            if spot.is_left == is_left
        ]
        if mine:
            base = alt.Chart(inline_rows(mine)).encode(
                x=_x("spend", across), y=_y("at", up), text="name:N"
            )
            place: dict[str, Any] = {
                "align": "right" if is_left else "left", "dx": -BESIDE if is_left else BESIDE,
                "fontWeight": "bold",
            }  # fmt: skip
            paper: dict[str, Any] = {"stroke": PAPER.light, "strokeWidth": 3, "color": PAPER.light}
            grounds.append(base.mark_text(**place, **paper))
            names.append(base.mark_text(**place).encode(color=HUE))
    return grounds, names


def _cost(row: dict[str, Any]) -> float:
    return float(f"{row['spend'] / row['gained']:.3g}")


def _title(dots: pl.DataFrame) -> str:
    rows = sorted(dots.to_dicts(), key=_cost)
    least, most = rows[0], rows[-1]
    said = (
        f"{firm_name(least['firm'])} spends {digits3(_cost(least))} CNY on ads for each user it "
        "gains"
    )
    if len(rows) == 1:
        return said
    return f"{said}, {firm_name(most['firm'])} {digits3(_cost(most))}"


def _caption(firms: pl.DataFrame, dots: pl.DataFrame) -> str:
    text = (
        "Ads of a firm over the whole run against the users its apps gain on balance, both "
        "logarithmic. Dot: median, with its CNY a user; lines: 90 % of the replicates; dashed: "
        "equal cost."
    )
    left = firms.filter(~pl.col("firm").is_in(dots["firm"].implode()))
    lost = [firm_name(one) for one in left.filter(pl.col("spend") > 0)["firm"]]
    free = [firm_name(one) for one in left.filter(pl.col("spend") <= 0)["firm"]]
    if lost:
        text += f" Not drawn, for want of users gained: {joined(lost)}."
    if free:
        text += f" Without ads: {joined(free)}."
    return text
