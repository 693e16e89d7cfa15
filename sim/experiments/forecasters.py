"""What somebody without a model would have said of a figure, from earlier figures of its series.

Two naive forecasters stand beside every score, because a model that does not beat them has
explained nothing: the last value carried forward, and a straight line through the logarithms of
the earlier values (Hyndman and Athanasopoulos 2021, Forecasting, sections 5.2 and 7).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import exp, log

from sim.evidence.figures import Figure
from sim.evidence.period import Period

SAID_BEFORE = ("exact", "approx", "at_least", "derived")
"""Qualifiers of figures that were facts when they were published; goals and rumours are not."""

DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class NaiveForecast:
    """Two forecasts of one figure, in its unit; None where the series has too few values."""

    last: float | None
    trend: float | None


def naive_forecast(figure: Figure, figures: Iterable[Figure]) -> NaiveForecast:
    """Return the naive forecasts of a figure from earlier figures of the same series.

    A series is one entity, quantity, unit and panel; a value is earlier if its period ended before
    the figure's began. The trend fits ln y = a + b t by least squares to values at the middles of
    two or more different periods; it needs positive values.
    """
    earlier = sorted(
        (other for other in figures if _is_earlier(other, figure)),
        key=lambda other: (_period(other).last_day, _middle(_period(other)), other.id),
    )
    if not earlier:
        return NaiveForecast(None, None)
    return NaiveForecast(earlier[-1].value, _trend(earlier, _middle(_period(figure))))


def series_of(figure: Figure) -> tuple[str, ...]:
    """Return what the figures of one series share."""
    return figure.entity, figure.quantity, figure.unit, figure.panel


def by_series(figures: Iterable[Figure]) -> dict[tuple[str, ...], list[Figure]]:
    """Return the figures of each series, in their order."""
    found: dict[tuple[str, ...], list[Figure]] = {}
    for figure in figures:
        found.setdefault(series_of(figure), []).append(figure)
    return found


def _is_earlier(other: Figure, figure: Figure) -> bool:
    if (
        series_of(other) != series_of(figure)
        or other.value is None
        or other.qualifier not in SAID_BEFORE
    ):
        return False
    if other.period is None or figure.period is None:
        return False
    return other.period.last_day < figure.period.start


def _trend(earlier: list[Figure], when: float) -> float | None:
    points = [(_middle(_period(one)), one.value or 0.0) for one in earlier]
    if len({time for time, _ in points}) < 2 or min(value for _, value in points) <= 0:
        return None
    times = [time for time, _ in points]
    logs = [log(value) for _, value in points]
    mean_time, mean_log = sum(times) / len(times), sum(logs) / len(logs)
    spread = sum((time - mean_time) ** 2 for time in times)
    slope = sum((t - mean_time) * (y - mean_log) for t, y in zip(times, logs, strict=True)) / spread
    return exp(mean_log + slope * (when - mean_time))


def _middle(period: Period) -> float:
    """Return the middle of a period in years."""
    days = (period.start - date(2000, 1, 1)).days + period.days / 2
    return days / DAYS_PER_YEAR


def _period(figure: Figure) -> Period:
    assert figure.period is not None
    return figure.period
