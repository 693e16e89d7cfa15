"""What figures share: inline data, axes, fans, labels at line ends, finishing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import altair as alt
import polars as pl
from altair.typing import ChartType

from sim.views.charts.layout import (
    LABEL_GAP,
    NARROW,
    DateSpan,
    ValueScale,
    date_span,
    log_ticks,
    milliseconds,
    month_ticks,
    spread_apart,
    wrapped,
)
from sim.views.theme import CONTEXT, MUTED, TITLE_SIZE, Hue, config

LABEL_ROOM = 108
AXIS_ROOM = 54
HUE = alt.Color("hue:N", scale=None)
Layer = alt.Chart | alt.LayerChart
Panel = alt.LayerChart | alt.FacetChart


@dataclass(frozen=True)
class Plane:
    """Dates across, values up; every layer of a figure takes its axes from here."""

    span: DateSpan
    scale: ValueScale
    unit: str | None
    free_at: float | None = None
    tick_room: float = 46
    label: str = "format(datum.value, '~r')"

    def x(self) -> alt.X:
        """Return the date axis: months, and the year under the first tick and each January."""
        ticks = month_ticks(self.span.first, self.span.last, self.span.width, self.tick_room)
        year = "(utcmonth(datum.value) == 0 || datum.index == 0)"
        label = f"[utcFormat(datum.value, '%b'), {year} ? utcFormat(datum.value, '%Y') : '']"
        domain = [milliseconds(self.span.first), milliseconds(self.span.last)]
        return alt.X(
            "date:T",
            title=None,
            scale=alt.Scale(type="utc", nice=False, domain=domain),
            axis=alt.Axis(values=[milliseconds(tick) for tick in ticks], labelExpr=label),
        )

    def y(self, field: str) -> alt.Y:
        """Return the value axis; with `free_at`, that value is labelled 'free'."""
        label = self.label
        axis = alt.Axis(labelExpr=label, tickCount=5)
        if self.scale.log:
            ticks = log_ticks(self.scale)
            if self.free_at is not None:
                ticks = [self.free_at, *(tick for tick in ticks if tick > self.free_at * 1.5)]
                label = f"datum.value < {self.free_at * 1.01} ? 'free' : {label}"
            axis = alt.Axis(labelExpr=label, values=ticks)
        scale = alt.Scale(
            type="log" if self.scale.log else "linear",
            domain=[self.scale.low, self.scale.high],
            nice=False,
        )
        return alt.Y(f"{field}:Q", title=self.unit, scale=scale, axis=axis)


def value_axes(chart: ChartType) -> frozenset[tuple[float, float]]:
    """Return the ends of each value axis that a figure fixes before it is drawn."""
    found: set[tuple[float, float]] = set()
    waiting: list[Any] = [chart.to_dict(validate=False)]
    while waiting:
        at = waiting.pop()
        if isinstance(at, dict):
            match at:
                case {"y": {"scale": {"domain": [low, high]}}}:
                    found.add((low, high))
            waiting += at.values()
        elif isinstance(at, list):
            waiting += at
    return frozenset(found)


def inline(frame: pl.DataFrame) -> alt.InlineData:
    """Return rows as inline data with four significant digits and ISO dates.

    As CSV text: half the size of a list of objects, and one value to copy and check.
    """
    kinds = {pl.Float64: "number", pl.Int64: "number", pl.Date: "date", pl.Boolean: "boolean"}
    parse = {name: kinds[type(kind)] for name, kind in frame.schema.items() if type(kind) in kinds}
    floats = [name for name, kind in frame.schema.items() if kind == pl.Float64]
    small = frame.with_columns(pl.col(name).round_sig_figs(4) for name in floats)
    kind = alt.CsvDataFormat(type="csv", parse=parse)
    return alt.InlineData(values=small.write_csv(), format=kind)


def inline_rows(rows: Sequence[Mapping[str, object]]) -> alt.InlineData:
    """Return a handful of rows as inline data."""
    return alt.InlineData(values=[dict(row) for row in rows])


def finished(chart: ChartType, title: str, subtitle: str, width: int) -> ChartType:
    """Give a figure its sentence, its caption, a description for readers and the theme."""
    heading = alt.TitleParams(
        text=wrapped(title, width, TITLE_SIZE), subtitle=wrapped(subtitle, width, 12)
    )
    described = chart.properties(title=heading, description=f"{title}. {subtitle}")
    done: ChartType = described.configure(**config())
    return done


def sourced(chart: ChartType, source: str, width: int) -> ChartType:
    """Add the line that says where a figure's numbers come from, under its caption."""
    heading = chart.title
    caption = list(heading.subtitle)
    heading = alt.TitleParams(text=heading.text, subtitle=[*caption, *wrapped(source, width, 12)])
    told: ChartType = chart.properties(
        title=heading,
        description=f"{chart.description} {source}",
        usermeta={"caption": " ".join(caption), "source": source},
    )
    return told


def nothing(title: str, width: int) -> ChartType:
    """Return a figure that says there is nothing to show, in place of an empty frame."""
    words = alt.Chart(inline_rows([{"text": "Nothing was recorded that could be drawn here."}]))
    mark = words.mark_text(align="left", color=MUTED.light).encode(
        text=alt.Text("text:N"), x=alt.XValue(0), y=alt.YValue(12)
    )
    return finished(mark.properties(width=width - 20, height=24), title, "No data", width)


def plot_width(width: int, labels: bool = True) -> int:
    """Return what is left of a figure's width beside its axis and its end labels."""
    return max(80, width - AXIS_ROOM - (LABEL_ROOM if labels else 16))


def plain_values() -> str:
    """Return how an axis writes values of any size: 0.02, 5M, 20bn."""
    large = "replace(format(datum.value, '~s'), 'G', 'bn')"
    return f"abs(datum.value) < 1000 ? format(datum.value, '~r') : {large}"


def is_narrow(width: int) -> bool:
    """Tell whether a figure is meant for a phone."""
    return width < NARROW


def fan_layers(plane: Plane, outer: bool = True) -> list[Layer]:
    """Return the bands and the median of a frame with columns of LEVELS, `key` and `hue`.

    The layers have no data of their own, so that a figure holds its rows once.
    """
    base = alt.Chart()

    def band(low: str, high: str, opacity: float) -> alt.Chart:
        area: alt.Chart = base.mark_area(opacity=opacity, clip=True).encode(
            x=plane.x(),
            y=plane.y(low),
            y2=alt.Y2(f"{high}:Q"),
            color=HUE,
            detail=alt.Detail("key:N"),
        )
        return area

    median = base.mark_line(strokeWidth=2, clip=True).encode(
        x=plane.x(), y=plane.y("median"), color=HUE, detail=alt.Detail("key:N")
    )
    inner: list[Layer] = [band("lo50", "hi50", 0.24), median]
    return [band("lo90", "hi90", 0.14), *inner] if outer else inner


def context_lines(frame: pl.DataFrame, plane: Plane) -> alt.Chart:
    """Return the medians of everything that is not highlighted, in grey."""
    base = alt.Chart(inline(frame.select("date", "key", "median")))
    lines: alt.Chart = base.mark_line(strokeWidth=1.2, color=CONTEXT.light, clip=True).encode(
        x=plane.x(), y=plane.y("median"), detail=alt.Detail("key:N")
    )
    return lines


def end_labels(ends: Sequence[tuple[str, float, Hue]], plane: Plane) -> list[Layer]:
    """Return names right of the line ends (name, value, hue), moved apart, tied by a hair line."""
    if not ends:
        return []
    scale, span = plane.scale, plane.span
    wanted = [scale.pixel(value) for _, value, _ in ends]
    placed = spread_apart(wanted, LABEL_GAP, 4, scale.height - 4)
    rows = [
        {"name": name, "hue": hue.light, "end": scale.value(start), "label": scale.value(end)}
        for (name, _, hue), start, end in zip(ends, wanted, placed, strict=True)
    ]
    base = alt.Chart(inline_rows(rows))
    hair = base.mark_rule(strokeWidth=1, opacity=0.7).encode(
        x=alt.XValue(span.width + 2), x2=alt.X2Value(span.width + 12),
        y=plane.y("end"), y2=alt.Y2("label:Q"), color=HUE,
    )  # fmt: skip
    words = base.mark_text(align="left", baseline="middle", fontWeight="bold").encode(
        x=alt.XValue(span.width + 15), y=plane.y("label"), text=alt.Text("name:N"), color=HUE
    )
    return [hair, words]


def panel_span(first: date, last: date, width: int, columns: int) -> DateSpan:
    """Return the date axis of one of several panels beside one another."""
    room = (width - AXIS_ROOM) / columns - 20
    return date_span(first, last, max(60, int(room)))


def hue_column(column: str, hues: Mapping[str, Hue]) -> pl.Expr:
    """Return the light form of each key's hue as a column `hue`."""
    light = {key: hue.light for key, hue in hues.items()}
    found = pl.col(column).replace_strict(light, default=CONTEXT.light, return_dtype=pl.String)
    return found.alias("hue")
