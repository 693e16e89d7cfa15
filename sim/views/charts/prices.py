"""API list prices: a staircase per firm, and the moves that made it."""

import altair as alt
import polars as pl
from altair.typing import ChartType

from sim.views.charts.layout import ValueScale, date_span, log_scale, spread_apart, wrapped
from sim.views.charts.parts import (
    HUE,
    Layer,
    Panel,
    Plane,
    end_labels,
    finished,
    hue_column,
    inline,
    inline_rows,
    is_narrow,
    nothing,
    plot_width,
)
from sim.views.findings import price_change, ranked
from sim.views.format import month, percent, price
from sim.views.moves import Move, price_moves
from sim.views.names import firm_name
from sim.views.quantiles import fan, steps_only
from sim.views.rundata import RunData, horizon, table
from sim.views.theme import CONTEXT, INK, MUTED, PAPER, firm_hue

HEIGHT = 340
MARKER_GAP, MARKER_HEIGHT, LINE = 20, 30, 16
MOST_MOVES = 8


def prices(run: RunData, width: int = 760, beside: RunData | None = None) -> ChartType:
    """Return the input list price of each firm's main model, medians over replicates.

    A price of 0 stands at the bottom of the logarithmic axis as 'free'. Numbered rules mark the
    largest moves: entries and cuts at their median week, and shocks to cost.

    Args:
        run: a run with the tables `firms` and `events`.
        width: pixels of the whole figure; under 520 it is laid out for a phone.
        beside: another run that is shown beside; the value axis then holds the values of both.

    Returns:
        The chart above the list of its numbered moves; without any price, a figure that says so.
    """
    rows = _medians(run)
    span = horizon(run)
    if rows.is_empty() or span is None:
        return nothing("No firm sells tokens", width)
    highlighted = _busiest(run, rows, 4 if is_narrow(width) else 7)
    priced = rows if beside is None else pl.concat([rows, _medians(beside)])
    scale, free_at = _scale(priced)
    plane = Plane(date_span(*span, plot_width(width)), scale, None, free_at)
    drawn = rows.with_columns(pl.col("median").clip(free_at if free_at else scale.low))
    moves = price_moves(run)[: 6 if is_narrow(width) else MOST_MOVES]
    staircase = alt.layer(*_rules(moves, plane), *_steps(drawn, highlighted, plane))
    chart = staircase.properties(width=plane.span.width, height=scale.height)
    caption = (
        "List price of input tokens of each firm's main model, CNY per million; logarithmic. "
        "Lines: medians of the replicates; grey: other firms."
    )
    if not moves:
        return finished(chart, _title(run), caption, width)
    listed = _listed(sorted(moves, key=lambda move: move.when), width)
    both = alt.vconcat(chart, listed, spacing=14)
    return finished(both, _title(run), caption, width)


def _title(run: RunData) -> str:
    found = price_change(run)
    if found is None:
        return "API list prices"
    change, level = found.change.median, price(found.price_after.median)
    when = f"from {month(found.before)} to {month(found.after)}"
    if abs(change) < 0.05:
        return f"The middle list price hardly moves {when} and stays at {level}"
    verb = "falls" if change < 0 else "rises"
    return f"The middle list price {verb} {percent(abs(change))} {when}, to {level}"


def _medians(run: RunData) -> pl.DataFrame:
    """Return key, date, median: half of the replicates at least must sell."""
    firms = table(run, "firms").filter(~pl.col("status").is_in(["closed", "taken_over"]))
    sells = firms.filter(pl.col("price_input_cny_per_mtok").is_not_null())
    enough = sells.group_by("firm", "date").len().filter(
        pl.col("len") * 2 >= table(run, "firms")["replicate"].n_unique()
    )  # fmt: skip
    kept = sells.join(enough, on=["firm", "date"], how="semi")
    return fan(kept, "price_input_cny_per_mtok", ("firm", "date")).select(
        pl.col("firm").alias("key"), "date", "median"
    )


def _busiest(run: RunData, rows: pl.DataFrame, most: int) -> list[str]:
    """Return the firms that sell most tokens at the end."""
    firms = table(run, "firms")
    last = firms.filter(pl.col("date") == pl.col("date").max())
    order = ranked(last, "firm", "tokens_external_per_day")
    sold = set(rows["key"].to_list())
    return [firm for firm in order if firm in sold][:most]


def _scale(rows: pl.DataFrame) -> tuple[ValueScale, float | None]:
    """Return the axis and, if some price is 0, where on it free stands."""
    positive = rows.filter(pl.col("median") > 0)["median"]
    known = positive.to_list() or [0.1, 1.0]
    scale = log_scale(min(known), max(known) * 1.05, HEIGHT)
    if rows["median"].min() != 0:
        return scale, None
    free_at = scale.low / 3
    return ValueScale(free_at / 1.25, scale.high, HEIGHT, log=True), free_at


def _steps(rows: pl.DataFrame, highlighted: list[str], plane: Plane) -> list[Layer]:
    thin = steps_only(rows, "median", "key")
    bright = pl.col("key").is_in(highlighted)
    hues = {firm: firm_hue(firm) for firm in highlighted}
    ends = thin.group_by("key", maintain_order=True).last().filter(bright)
    labels = [
        (firm_name(row["key"]), row["median"], hues[row["key"]])
        for row in ends.iter_rows(named=True)
    ]

    def line(part: pl.DataFrame, thickness: float) -> alt.Chart:
        base = alt.Chart(inline(part.with_columns(hue_column("key", hues))))
        steps: alt.Chart = base.mark_line(interpolate="step-after", strokeWidth=thickness).encode(
            x=plane.x(), y=plane.y("median"), color=HUE, detail=alt.Detail("key:N")
        )
        return steps

    grey, coloured = thin.filter(~bright), thin.filter(bright)
    layers: list[Layer] = [
        line(part, size) for part, size in ((grey, 1.2), (coloured, 2.0)) if part.height
    ]
    return [*layers, *end_labels(labels, plane)]


def _rules(moves: list[Move], plane: Plane) -> list[alt.Chart]:
    """Return a rule per move and its number above the plot, moved sideways where they crowd."""
    if not moves:
        return []
    ordered = sorted(moves, key=lambda move: move.when)
    weeks = [plane.span.pixel(move.when) for move in ordered]
    places = spread_apart(weeks, MARKER_GAP, 8, plane.span.width - 8)
    rows = [
        {"number": str(number), "week": week, "place": place, "hue": _hue(move)}
        for number, (move, week, place) in enumerate(
            zip(ordered, weeks, places, strict=True), start=1
        )
    ]
    base = alt.Chart(inline_rows(rows))
    week = alt.X("week:Q", scale=None, axis=None)
    place = alt.X("place:Q", scale=None, axis=None)
    rule = base.mark_rule(color=CONTEXT.light, strokeDash=[2, 3]).encode(
        x=week, y=alt.YValue(0), y2=alt.Y2Value(plane.scale.height)
    )
    leader = base.mark_rule(color=CONTEXT.light).encode(
        x=week, x2=alt.X2("place:Q"), y=alt.YValue(0), y2=alt.Y2Value(-MARKER_HEIGHT + 9)
    )
    dot = base.mark_circle(size=230, opacity=1).encode(
        x=place, y=alt.YValue(-MARKER_HEIGHT), color=HUE
    )
    text = base.mark_text(color=PAPER.light, fontWeight="bold", fontSize=10, dy=0.5).encode(
        x=place, y=alt.YValue(-MARKER_HEIGHT), text=alt.Text("number:N")
    )
    return [rule, leader, dot, text]


def _hue(move: Move) -> str:
    return (firm_hue(move.firm) if move.firm else INK).light


def _listed(moves: list[Move], width: int) -> Panel:
    """Return the numbered list under the chart, one column on a phone and two elsewhere."""
    columns = 1 if is_narrow(width) else 2
    room = width / columns - 40
    rows, heights = [], [0.0] * columns
    per_column = -(-len(moves) // columns)
    for number, move in enumerate(moves, start=1):
        column = (number - 1) // per_column
        lines = wrapped(f"{move.label}: {move.what}", room, 11)
        rows.append(
            {
                "number": str(number),
                "text": "\n".join(lines),
                "x": column * (room + 30),
                "y": heights[column] + 10,
                "hue": _hue(move),
            }
        )
        heights[column] += LINE * len(lines) + 4
    base = alt.Chart(inline_rows(rows)).encode(
        x=alt.X("x:Q", scale=None, axis=None), y=alt.Y("y:Q", scale=None, axis=None)
    )
    number = base.mark_text(align="left", baseline="top", fontWeight="bold").encode(
        text=alt.Text("number:N"), color=HUE
    )
    text = base.mark_text(
        align="left", baseline="top", dx=17, color=MUTED.light, lineBreak="\n", lineHeight=LINE
    ).encode(text=alt.Text("text:N"))
    return alt.layer(number, text, width=plot_width(width), height=max(heights))
