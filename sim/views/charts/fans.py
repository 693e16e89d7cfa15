"""One panel of fans over time: the biggest in colour with names at line ends, others grey."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import altair as alt
import polars as pl
from altair.typing import ChartType

from sim.views.charts.layout import ValueScale, date_span, linear_scale, log_scale
from sim.views.charts.parts import (
    Plane,
    context_lines,
    end_labels,
    fan_layers,
    hue_column,
    inline,
    is_narrow,
    plot_width,
)
from sim.views.quantiles import fan, largest, thinned
from sim.views.theme import Hue

HEIGHT = 330
MOST_HIGHLIGHTED = 7
SMALLEST_LOG_SHARE = 1e-4


@dataclass(frozen=True)
class FanStyle:
    """How a panel of fans looks: unit of the axis, scale, names and hues of the keys."""

    unit: str
    per_unit: float
    log: bool
    name: Callable[[str], str]
    hues: Mapping[str, Hue]
    outer: bool = True
    label: str = "format(datum.value, '~r')"


def fan_panel(
    frame: pl.DataFrame,
    value: str,
    key: str,
    style: FanStyle,
    width: int,
    beside: pl.DataFrame | None = None,
) -> ChartType:
    """Return the panel for a frame of replicate, date, `key`, `value` with at least one row.

    With the frame of another run that is shown beside, the axis holds the values of both.
    """
    rows, shown, bright = _fans(frame, value, key, style, width)
    scale = _scale(rows, bright, style.log)
    if beside is not None and beside.height:
        others, _, brightest = _fans(beside, value, key, style, width)
        scale = scale.over(_scale(others, brightest, style.log))
    if scale.log:
        levels = ("lo90", "lo50", "median", "hi50", "hi90")
        rows, bright = (
            part.filter(pl.col("median") >= scale.low).with_columns(
                pl.col(level).clip(scale.low) for level in levels
            )
            for part in (rows, bright)
        )
    weeks = frame["date"].unique().sort()
    span = date_span(weeks[0], weeks[-1], plot_width(width))
    plane = Plane(span, scale, style.unit, label=style.label)
    grey = rows.filter(~pl.col("key").is_in(shown["key"].implode()))
    fans = inline(bright.with_columns(hue_column("key", style.hues)))
    labels = [
        (style.name(row["key"]), row["median"], style.hues[row["key"]])
        for row in shown.iter_rows(named=True)
        if not scale.log or row["median"] >= scale.low
    ]
    layers = [
        *([context_lines(grey, plane)] if grey.height else []),
        alt.layer(*fan_layers(plane, style.outer), data=fans),
        *end_labels(labels, plane),
    ]
    return alt.layer(*layers).properties(width=plane.span.width, height=scale.height)


def _fans(
    frame: pl.DataFrame, value: str, key: str, style: FanStyle, width: int
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return the fans of all keys, the last row of those to be named, and the fans of those."""
    scaled = frame.with_columns((pl.col(value) / style.per_unit).alias(value))
    rows = thinned(fan(scaled, value, (key, "date"))).rename({key: "key"})
    ends = rows.group_by("key", maintain_order=True).last().sort("median", descending=True)
    shown = ends.head(4 if is_narrow(width) else MOST_HIGHLIGHTED)
    return rows, shown, rows.filter(pl.col("key").is_in(shown["key"].implode()))


def _scale(rows: pl.DataFrame, bright: pl.DataFrame, log: bool) -> ValueScale:
    high = max(largest(bright, "hi90"), largest(rows, "median"))
    if not log or high <= 0:
        return linear_scale(high, HEIGHT)
    positive = bright.filter(pl.col("median") > 0)["median"]
    low = max(float(positive.quantile(0.02) or high), high * SMALLEST_LOG_SHARE)
    return log_scale(low, high, HEIGHT)
