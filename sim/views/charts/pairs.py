"""Outcomes against inputs: a panel for each pair, points or the mean of each value."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import altair as alt
import numpy as np
from altair.typing import ChartType

from sim.experiments.strongest import Pair
from sim.views.charts.labelled import short_key, shortened
from sim.views.charts.parts import finished, inline_rows, is_narrow, nothing, plain_values
from sim.views.outcomes import name_with_unit
from sim.views.theme import ACCENT, INK, MUTED

PANEL, COLUMNS, LETTER = 130, 3, 6.4
AXIS, EXTENT, BETWEEN = 60, 40, 84
FEW, MOST_POINTS = 8, 400


def pairs(
    found: Sequence[Pair], units: Mapping[str, str], title: str, width: int = 760
) -> ChartType:
    """Return a panel for each pair of an outcome and an input.

    Args:
        found: the pairs, the strongest first.
        units: of the outcomes.
        title: one sentence.
        width: pixels of the whole figure; under 520 there is one panel in a row.
    """
    if not found:
        return nothing(title, width)
    columns = 1 if is_narrow(width) else COLUMNS
    room = width // columns - AXIS - 20
    panels = [_panel(pair, units.get(pair.outcome, ""), room) for pair in found]
    caption = (
        "Each dot is a point of the design, the mean of its replicates. Where an input has few "
        "values: their mean, with 90 % of the runs as a line."
    )
    # Flush, so that no panel sits lower for a label that stands out at the top of its axis.
    together = alt.concat(
        *panels, columns=columns, spacing={"row": BETWEEN, "column": AXIS + 20}, bounds="flush"
    )
    return finished(together, title, caption, width)


def _panel(pair: Pair, unit: str, room: int) -> Any:
    different = list(dict.fromkeys(pair.values))
    is_number = all(isinstance(one, int | float) and one is not True and one is not False
                    for one in different)  # fmt: skip
    few = len(different) <= FEW or not is_number
    layer = _means(pair, room, is_number) if few else _points(pair, room)
    longest = int((room + AXIS) / LETTER)
    heading = alt.TitleParams(
        text=shortened(name_with_unit(pair.outcome, unit), longest),
        subtitle=f"against {shortened(short_key(pair.key), longest - 8)}",
        fontSize=12, subtitleFontSize=11, subtitleColor=MUTED.light, color=INK.light,
        anchor="start", frame="group", dx=-EXTENT - 6, offset=12,
    )  # fmt: skip
    return layer.properties(width=room, height=PANEL, title=heading)


def _points(pair: Pair, room: int) -> Any:
    known = np.asarray(np.isfinite(pair.outcomes).any(axis=1))
    means = np.nanmean(pair.outcomes[known], axis=1)
    values = [value for value, good in zip(pair.values, known, strict=True) if good]
    every = max(1, len(values) // MOST_POINTS)
    rows = [{"x": x, "y": float(f"{y:.4g}")}
            for x, y in zip(values[::every], means[::every], strict=True)]  # fmt: skip
    return (
        alt.Chart(inline_rows(rows))
        .mark_point(filled=True, size=14, opacity=0.6, color=ACCENT.light)
        .encode(x=alt.X("x:Q", title=None, axis=_axis(room), scale=alt.Scale(zero=False)), y=_y())
    )


def _means(pair: Pair, room: int, is_number: bool) -> Any:
    rows = []
    different = list(dict.fromkeys(pair.values))
    order: list[Any] = sorted(different) if is_number else different
    for value in order:
        mine = pair.outcomes[[one == value for one in pair.values]]
        known = mine[np.isfinite(mine)]
        if len(known):
            low, high = np.quantile(known, [0.05, 0.95])
            rows.append({"x": _word(value), "y": float(known.mean()), "low": low, "high": high})
    x = alt.X(
        "x:N", sort=[_word(value) for value in order], title=None,
        axis=alt.Axis(labelAngle=0, labelLimit=max(30, room // len(order) - 4)),
    )  # fmt: skip
    base = alt.Chart(inline_rows(rows)).encode(x=x)
    lines = base.mark_rule(color=ACCENT.light, strokeWidth=2).encode(
        y=_y("low"), y2=alt.Y2("high:Q")
    )
    dots = base.mark_point(filled=True, size=60, opacity=1, color=ACCENT.light).encode(y=_y())
    return lines + dots


def _axis(room: int) -> alt.Axis:
    return alt.Axis(labelExpr=plain_values(), tickCount=max(2, room // 60))


def _y(field: str = "y") -> alt.Y:
    axis = alt.Axis(labelExpr=plain_values(), tickCount=4, minExtent=EXTENT, maxExtent=EXTENT)
    return alt.Y(f"{field}:Q", title=None, axis=axis, scale=alt.Scale(zero=False))


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:.4g}" if isinstance(value, float) else str(value)
