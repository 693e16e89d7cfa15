"""What a figure asks of a run: a quantity is a function from an `Ask` to a measure.

Measures are a `Level` that holds each week, what is asked for at a period's end (`Stand`), a `Flow`
that sums, a `Ratio` of two sums, a `Change` over the period, and `Values` that are finished.
`sim.experiments.statistic` takes a figure's statistic of them over its period.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np

from sim.evidence.figures import Figure
from sim.evidence.opening import load_opening
from sim.evidence.period import Period
from sim.evidence.quantities import find_model, load_models, load_sectors
from sim.experiments.weekly import F64, Book, NotModelledError, Weekly


@dataclass(frozen=True)
class Level:
    """A number that holds in each week.

    `monthly` marks a count of people in a month: it is read on the last day of each month.
    `per_day` marks an amount of a day (monthly: of a month), which may be summed over time.
    """

    series: Weekly
    monthly: bool = False
    per_day: bool = False


@dataclass(frozen=True)
class Stand:
    """A number that is asked for at the period's end only, such as cash."""

    series: Weekly


@dataclass(frozen=True)
class Flow:
    """An amount per week; with `per_month` its mean is per month and its last that of a month."""

    series: Weekly
    per_month: bool = False


@dataclass(frozen=True)
class Ratio:
    """The sum of one flow over the sum of another, times `scale`; without flow, no value."""

    numerator: Weekly
    denominator: Weekly
    scale: float = 1.0


@dataclass(frozen=True)
class Change:
    """The end over the start; with `per`, of the one over the other; or over a year before."""

    of: Level | Flow
    per: Flow | None = None
    yearly: bool = False


@dataclass(frozen=True)
class Values:
    """Finished values, shape (R,)."""

    values: F64


Measure = Level | Stand | Flow | Ratio | Change | Values


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
    def paid_by(self) -> tuple[str, ...]:
        """Return the firms that own the figure's apps."""
        return self.book.words("apps", "firm", {"app": self.apps})

    @property
    def apps(self) -> tuple[str, ...]:
        """Return the apps the figure speaks of; of a sector of firms, theirs.

        Raises:
            NotModelledError: there is no such app or sector, or it is of another kind.
        """
        sector = load_sectors().get(self.entity) if self.kind == "sector" else None
        if sector is not None and sector.kind == "firm":
            owned = self.book.words("apps", "app", {"firm": sector.members})
            return self._some(owned, "app")
        return self._members("app", self.book.words("apps", "app"))

    @property
    def tier(self) -> tuple[str, str]:
        """Return firm and tier of a model, or of the main model of a firm."""
        if self.kind != "model":
            return self.firms[0], "main"
        model = find_model(self.entity)
        if model is None:
            hint = near(self.entity, load_models())
            raise NotModelledError(
                f"no price of a firm stands for the model {self.entity!r}; a firm has a main model "
                f"and a flagship, and models.csv says which names they went by{hint}"
            )
        if model.firm not in self.book.words("firms", "firm"):
            raise NotModelledError(f"the run has no firm {model.firm!r}")
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
            fitting = [one.sector for one in load_sectors().values() if one.kind == kind]
            if sector is None or sector.kind != kind:
                raise NotModelledError(
                    f"{self.entity!r} is no sector of {kind}s; there are {', '.join(fitting)}"
                )
            return self._some(tuple(one for one in sector.members if one in known), kind)
        if self.kind != kind:
            raise NotModelledError(f"not defined for {self.figure.entity!r}")
        check_known(kind, self.entity, known)
        return (self.entity,)

    def _some(self, found: tuple[str, ...], kind: str) -> tuple[str, ...]:
        if not found:
            raise NotModelledError(f"the run has no {kind} of the sector {self.entity!r}")
        return found


def app_sectors() -> tuple[str, ...]:
    """Return the sectors whose members are apps."""
    return tuple(one.sector for one in load_sectors().values() if one.kind == "app")


def check_known(kind: str, name: str, known: tuple[str, ...]) -> None:
    """Raise NotModelledError unless a run has the firm, app or channel; say what it has."""
    if name in known:
        return
    abroad = {row.app for row in load_opening().apps if row.market == "overseas"}
    if kind == "app" and name in abroad:
        raise NotModelledError(f"{name} is an app abroad, whose users a run does not record")
    raise NotModelledError(f"the run has no {kind} {name!r}{near(name, known)}")


def near(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean ...?` for a word that is close but for its case, else nothing."""
    folded = {word.casefold(): word for word in known}
    close = get_close_matches(name.casefold(), list(folded), n=1)
    return f"; did you mean {folded[close[0]]!r}?" if close else ""


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


def divide(numerator: F64, denominator: F64) -> F64:
    """Return the quotient, NaN where the denominator is not positive."""
    result: F64 = np.divide(
        numerator, denominator, out=np.full_like(numerator, np.nan), where=denominator > 0
    )
    return result
