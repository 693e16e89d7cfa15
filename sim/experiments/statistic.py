"""The statistic of a figure, taken of what a run says week by week.

What the statistics mean depends on the measure:

    measure   mean, sum                     last                change
    Level     mean over days; sum of rates  on the last day     end against start
    Stand     at the period's end           the same            end against start
    Flow      sum over the period           the same            end against start
    Ratio     of the sums over the period   of the last part    end against start
    Change    end against start, whatever the statistic
    Values    finished, whatever the statistic

End against start: the last part of `A..B` against the first; of a period with one part that part
against the one before (of something that stands, the last day against the eve). In `ratio` it is
the quotient, in `percent` the growth, in the quantity's own unit the difference.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from sim.evidence.figures import Figure
from sim.evidence.period import Period, Span
from sim.evidence.quantities import find_quantity
from sim.experiments.measures import (
    Ask,
    Change,
    Flow,
    Level,
    Measure,
    Ratio,
    Stand,
    Values,
    divide,
)
from sim.experiments.weekly import F64, NotModelledError

GROWTH_COVER = 0.4
"""Share of a span that may stand for all of it where two rates are compared."""


def take(measure: Measure, ask: Ask) -> F64:
    """Return the statistic of a measure that the figure names, shape (R,).

    Raises:
        NotModelledError: the run does not cover the period, or the statistic means nothing.
    """
    figure, period = ask.figure, ask.period
    if isinstance(measure, Values):
        return measure.values
    if isinstance(measure, Change):
        return _growth(*_ends_of_change(measure, period), figure.unit)
    if figure.statistic == "change":
        return _change(measure, period, figure)
    return _over(measure, period, figure)


def _over(measure: Level | Stand | Flow | Ratio, period: Period, figure: Figure) -> F64:
    if isinstance(measure, Stand):
        return measure.series.at(period.last_day)
    if isinstance(measure, Ratio):
        return _quotient(measure, period.last if figure.statistic == "last" else period)
    if isinstance(measure, Flow):
        return _amount(measure, period, figure.statistic)
    return _level(measure, period, figure)


def _level(measure: Level, period: Period, figure: Figure) -> F64:
    if figure.statistic == "last":
        return measure.series.at(period.last_day)
    mean = _mean(measure, period)
    if figure.statistic == "mean":
        return mean
    if not measure.per_day:
        raise NotModelledError(
            f"a sum of {figure.quantity} over time means nothing; mean, last and change do"
        )
    return mean * (len(period.months()) if measure.monthly else period.days)


def _amount(measure: Flow, period: Period, statistic: str) -> F64:
    months = period.months()
    if not measure.per_month or statistic == "sum" or period.days < months[0].days:
        return measure.series.total(period)
    if statistic == "last":
        return measure.series.total(months[-1])
    whole = Span(months[0].start, months[-1].end)
    return measure.series.total(whole) / len(months)


def _quotient(measure: Ratio, span: Span) -> F64:
    over = measure.denominator.total(span)
    return measure.scale * divide(measure.numerator.total(span), over)


def _mean(measure: Level, span: Span) -> F64:
    if not measure.monthly:
        return measure.series.mean(span)
    ends = np.array([measure.series.at(month.last_day) for month in span.months()])
    known = ~np.isnan(ends)
    total: F64 = np.where(known, ends, 0.0).sum(axis=0)
    return divide(total, known.sum(axis=0).astype(np.float64))


def _change(measure: Level | Stand | Flow | Ratio, period: Period, figure: Figure) -> F64:
    """Return the end against the start: a quotient, a growth, or a difference in its own unit."""
    end, start = _ends(measure, period)
    definition = find_quantity(figure.quantity)
    own = () if definition is None else definition.units
    if figure.unit == "ratio" or (figure.unit == "percent" and "percent" not in own):
        return _growth(end, start, figure.unit)
    return end - start


def _ends(measure: Level | Stand | Flow | Ratio, period: Period) -> tuple[F64, F64]:
    """Return what a measure is at the end of a period and at its start, (R,) each."""
    parts = period.first != period.last
    if isinstance(measure, Stand):
        eve = period.first.last_day if parts else period.eve
        return measure.series.at(period.last_day), measure.series.at(eve)
    before = period.first if parts else period.before
    if isinstance(measure, Ratio):
        return _quotient(measure, period.last), _quotient(measure, before)
    if isinstance(measure, Flow):
        return measure.series.total(period.last), measure.series.total(before)
    return _mean(measure, period.last), _mean(measure, before)


def _ends_of_change(change: Change, period: Period) -> tuple[F64, F64]:
    before = period.first if period.first != period.last else period.before
    if change.yearly and period.first == period.last:
        before = Span(_year_before(period.start), _year_before(period.end))
    end, start = _rate(change.of, period.last), _rate(change.of, before)
    if change.per is not None:
        end = divide(end, _rate(change.per, period.last))
        start = divide(start, _rate(change.per, before))
    return end, start


def _year_before(day: date) -> date:
    """Return the same day a year before; of 29 February, the day before."""
    return day.replace(year=day.year - 1, day=min(day.day, 28) if day.month == 2 else day.day)


def _growth(end: F64, start: F64, unit: str) -> F64:
    ratio = divide(end, start)
    return 100 * (ratio - 1) if unit == "percent" else ratio


def _rate(of: Level | Flow, span: Span) -> F64:
    return of.series.mean(span, GROWTH_COVER) if isinstance(of, Flow) else _mean(of, span)
