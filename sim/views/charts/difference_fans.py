"""How a difference grows: a small panel per outcome, fans of alternative less base."""

from collections.abc import Sequence

import altair as alt
import polars as pl
from altair.typing import ChartType

from sim.views.charts.layout import ValueScale
from sim.views.charts.parts import (
    Layer,
    Panel,
    Plane,
    finished,
    inline,
    is_narrow,
    nothing,
    panel_span,
)
from sim.views.outcomes import outcome_name, shown_unit
from sim.views.quantiles import thinned
from sim.views.theme import ACCENT, CONTEXT, INK

HEIGHT, AXIS = 110, 36
SCALES = ((1e12, "tn"), (1e9, "bn"), (1e6, "M"), (1e3, "k"))
BANDS = (("lo90", "hi90", 0.14), ("lo50", "hi50", 0.24))


def difference_fans(
    weeks: pl.DataFrame,
    outcomes: Sequence[tuple[str, str]],
    title: str,
    caption: str,
    width: int = 760,
) -> ChartType:
    """Return a panel per outcome with its own scale: median and bands of the differences.

    Args:
        weeks: columns outcome, date and the levels of a fan, of one alternative.
        outcomes: id and unit of those to draw, in order.
        title, caption: of the figure.
        width: pixels of the whole figure; under 520 it is laid out for a phone.
    """
    columns = 1 if is_narrow(width) else 3
    panels = [
        _panel(weeks.filter(pl.col("outcome") == outcome), outcome, unit, width, columns)
        for outcome, unit in outcomes
        if weeks.filter(pl.col("outcome") == outcome).height
    ]
    if not panels:
        return nothing(title, width)
    rows = [
        alt.hconcat(*panels[i : i + columns], spacing=18) for i in range(0, len(panels), columns)
    ]
    return finished(alt.vconcat(*rows, spacing=22), title, caption, width)


def _panel(weeks: pl.DataFrame, outcome: str, unit: str, width: int, columns: int) -> Panel:
    factor, word = _scale(weeks)
    shown = thinned(weeks.drop("outcome", "alternative", strict=False)).with_columns(
        pl.exclude("date") / factor
    )
    low = min(0.0, *(float(value) for value in shown["lo90"]))
    high = max(0.0, *(float(value) for value in shown["hi90"]))
    room = 0.06 * (high - low) or 1.0
    dates = weeks["date"].to_list()
    span = panel_span(min(dates), max(dates), width, columns)
    plane = Plane(span, ValueScale(low - room, high + room, HEIGHT), None, tick_room=40,
                  label="replace(format(datum.value, '~r'), '-', '−')")  # fmt: skip
    base = alt.Chart(inline(shown.with_columns(pl.lit(0.0).alias("zero"))))
    zero = base.mark_rule(color=CONTEXT.light).encode(y=_y(plane, "zero"))
    layers: list[Layer] = [zero]
    for bottom, top, opacity in BANDS:
        layers.append(
            base.mark_area(opacity=opacity, color=ACCENT.light, clip=True).encode(
                x=plane.x(), y=_y(plane, bottom), y2=alt.Y2(f"{top}:Q")
            )
        )
    layers.append(
        base.mark_line(strokeWidth=2, color=ACCENT.light, clip=True).encode(
            x=plane.x(), y=_y(plane, "median")
        )
    )
    said = " ".join(part for part in (word, shown_unit(unit)) if part)
    heading = f"{outcome_name(outcome)}{f', {said}' if said else ''}"
    name = alt.TitleParams(heading, fontSize=12, fontWeight="bold", offset=6, color=INK.light)
    return alt.layer(*layers).properties(width=plane.span.width, height=HEIGHT, title=name)


def _y(plane: Plane, field: str) -> alt.Y:
    """Return the axis with room for its labels kept, so that panels stand below one another."""
    axis = plane.y(field)
    axis["axis"]["minExtent"] = AXIS
    return axis


def _scale(weeks: pl.DataFrame) -> tuple[float, str]:
    size = max(abs(float(value)) for name in ("lo90", "hi90") for value in weeks[name])
    return next(((factor, word) for factor, word in SCALES if size >= factor), (1.0, ""))
