"""What a figure asks of a run, and how its statistic is taken over its period.

A quantity is a function from an `Ask` to a measure: a `Level` that stands, a `Flow` that sums, a
`Ratio` of two sums, a `Change` over the period, or `Values` that are finished. `take` then does
what all quantities share.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.evidence.figures import Figure
from sim.evidence.period import Period, Span
from sim.evidence.quantities import load_models, load_sectors
from sim.experiments.weekly import F64, Book, NotModelledError, Weekly

GROWTH_COVER = 0.4
"""Share of a span that may stand for all of it where two rates are compared."""


@dataclass(frozen=True)
class Level:
    """A stock or a rate that stands in each week.

    `monthly` marks a count of people in a month: it is read on the last day of each month.
    """

    series: Weekly
    monthly: bool = False


@dataclass(frozen=True)
class Flow:
    """An amount per week; every statistic but `change` is its sum over the period."""

    series: Weekly


@dataclass(frozen=True)
class Ratio:
    """The sum of one flow over the sum of another, times `scale`; without flow, no value."""

    numerator: Weekly
    denominator: Weekly
    scale: float = 1.0


@dataclass(frozen=True)
class Change:
    """The end of a level or flow over its start; with `per`, of the one over the other."""

    of: Level | Flow
    per: Flow | None = None


@dataclass(frozen=True)
class Values:
    """Finished values, shape (R,)."""

    values: F64


Measure = Level | Flow | Ratio | Change | Values


@dataclass(frozen=True)
class Ask:
    """One figure asked of one run."""

    book: Book
    figure: Figure
    counterfactual: Book | None = None
    """The same replicates without the price war."""

    @property
    def period(self) -> Period:
        """Return the figure's period.

        Raises:
            NotModelledError: it has none.
        """
        if self.figure.period is None:
            raise NotModelledError(f"no period can be read from {self.figure.period_text!r}")
        return self.figure.period

    @property
    def kind(self) -> str:
        """Return what kind of thing the figure speaks of, such as `firm`."""
        return self.figure.entity.partition(":")[0]

    @property
    def entity(self) -> str:
        """Return which one of its kind."""
        return self.figure.entity.partition(":")[2]

    @property
    def parameter(self) -> str:
        """Return what follows the colon in the quantity, such as a channel."""
        return self.figure.quantity.partition(":")[2]

    @property
    def firms(self) -> tuple[str, ...]:
        """Return the firms the figure speaks of, all of them for a market.

        Raises:
            NotModelledError: there is no such firm or sector, or it is of another kind.
        """
        known = self.book.words("firms", "firm")
        return known if self.kind == "market" else self._members("firm", known)

    @property
    def apps(self) -> tuple[str, ...]:
        """Return the apps the figure speaks of.

        Raises:
            NotModelledError: there is no such app or sector, or it is of another kind.
        """
        return self._members("app", self.book.words("apps", "app"))

    @property
    def tier(self) -> tuple[str, str]:
        """Return firm and tier of a model, or of the main model of a firm."""
        if self.kind != "model":
            return self.firms[0], "main"
        model = load_models().get(self.entity)
        if model is None:
            raise NotModelledError(f"no tier of a firm stands for the model {self.entity!r}")
        return model.firm, model.tier

    def firm_sum(self, *columns: str) -> Weekly:
        """Return the sum of columns of `firms` over the figure's firms."""
        where = {"firm": self.firms}
        first, *others = (self.book.weekly("firms", column, where) for column in columns)
        for other in others:
            first = first + other
        return first

    def app_sum(self, column: str) -> Weekly:
        """Return the sum of a column of `apps` over the figure's apps."""
        return self.book.weekly("apps", column, {"app": self.apps})

    def _members(self, kind: str, known: tuple[str, ...]) -> tuple[str, ...]:
        if self.kind == "sector":
            sector = load_sectors().get(self.entity)
            if sector is None or sector.kind != kind:
                raise NotModelledError(f"{self.entity!r} is no sector of {kind}s")
            return tuple(member for member in sector.members if member in known)
        if self.kind != kind:
            raise NotModelledError(f"not defined for {self.figure.entity!r}")
        if self.entity not in known:
            raise NotModelledError(f"the run has no {kind} {self.entity!r}")
        return (self.entity,)


Function = Callable[[Ask], Measure]
QUANTITIES: dict[str, Function] = {}
"""The function of each quantity by name, without what follows a colon."""


def quantity(*names: str) -> Callable[[Function], Function]:
    """Register the function of one or more quantities."""

    def register(function: Function) -> Function:
        for name in names:
            assert name not in QUANTITIES, name
            QUANTITIES[name] = function
        return function

    return register


def take(measure: Measure, ask: Ask) -> F64:
    """Return the statistic of a measure that the figure names, shape (R,).

    Raises:
        NotModelledError: the run does not cover the period.
    """
    figure, period = ask.figure, ask.period
    if isinstance(measure, Level | Flow) and figure.statistic == "change":
        measure = Change(measure)
    if isinstance(measure, Values):
        return measure.values
    if isinstance(measure, Change):
        return _change(measure, period, figure.unit)
    if isinstance(measure, Ratio):
        return measure.scale * divide(
            measure.numerator.total(period), measure.denominator.total(period)
        )
    if isinstance(measure, Flow):
        return measure.series.total(period)
    if figure.statistic == "last":
        return measure.series.at(period.last_day)
    mean = _mean(measure, period)
    return mean * period.days if figure.statistic == "sum" else mean


def divide(numerator: F64, denominator: F64) -> F64:
    """Return the quotient, NaN where the denominator is not positive."""
    result: F64 = np.divide(
        numerator, denominator, out=np.full_like(numerator, np.nan), where=denominator > 0
    )
    return result


def _mean(measure: Level, span: Span) -> F64:
    if not measure.monthly:
        return measure.series.mean(span)
    ends = [measure.series.at(month.last_day) for month in span.months()]
    mean: F64 = np.mean(ends, axis=0)
    return mean


def _change(change: Change, period: Period, unit: str) -> F64:
    """Return last part over first, or one part over the one before, as ratio or percent."""
    start = period.first if period.first != period.last else period.before
    ratio = divide(_rate(change.of, period.last), _rate(change.of, start))
    if change.per is not None:
        ratio = divide(ratio, divide(_rate(change.per, period.last), _rate(change.per, start)))
    return 100 * (ratio - 1) if unit == "percent" else ratio


def _rate(of: Level | Flow, span: Span) -> F64:
    return of.series.mean(span, GROWTH_COVER) if isinstance(of, Flow) else _mean(of, span)
