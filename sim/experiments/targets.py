"""Figures as targets: on which scale a run misses one, and how near counts as a hit.

A miss is a difference of logs wherever a figure's error is a ratio (of a cut, in what it leaves).
Runs in which nothing of the kind happens say zero, so a tenth of the figure is added on both sides
first. Differences in percent and of prices that are zero count in units of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import ArrayLike

from sim.evidence.figures import Figure
from sim.experiments.observables import observe
from sim.experiments.score import AGAINST_PEACE, tables_needed
from sim.experiments.scoring import APPROXIMATE, is_ratio, left, panel_spread
from sim.experiments.weekly import F64, Book, NotModelledError

FLOOR = 0.1
"""Share of a figure that is added to it and to what runs say before logs are taken."""

EXACT = 0.03
"""How near to an exact figure counts as a hit: as fine as a model of weeks and thousands can be."""

UNIT_OF_PERCENT = 100.0
FARTHEST = 3.0
"""Misses beyond this count as this: e^3 is a factor of twenty."""


@dataclass(frozen=True)
class Target:
    """One figure that is aimed at; as an outcome it is the miss of a run."""

    figure: Figure

    @property
    def name(self) -> str:
        """How it is called where runs are kept."""
        return f"figures.{self.figure.id}"

    @property
    def tables(self) -> frozenset[str]:
        """The tables that figures are read from."""
        return frozenset(tables_needed())

    @property
    def tolerance(self) -> float:
        """How near counts as a hit, on the scale of misses."""
        return APPROXIMATE if self.figure.qualifier == "approx" else EXACT

    @property
    def panel_spread(self) -> float:
        """Standard deviation of the log of what its panel is off by."""
        return panel_spread(self.figure)

    @property
    def at_least(self) -> bool:
        """Whether more than the figure is no miss."""
        return self.figure.qualifier == "at_least"

    def of(self, book: Book) -> F64:
        """Return what each replicate says, in the figure's unit; NaN where it says nothing."""
        try:
            return observe(book, self.figure)
        except NotModelledError:
            return np.full(len(book.replicates), np.nan)

    def miss(self, said: ArrayLike) -> F64:
        """Return how far values are from the figure, 0 for a hit; shape of the values."""
        values, figure = np.asarray(said, dtype=np.float64), self.figure
        assert figure.value is not None
        if is_ratio(figure):
            ratio = np.maximum(_left(figure, values) / left(figure, figure.value), 0.0)
            found: F64 = np.log((ratio + FLOOR) / (1.0 + FLOOR))
        else:
            found = (values - figure.value) / _unit(figure)
        return np.clip(found, -FARTHEST, FARTHEST)

    def said(self, miss: ArrayLike) -> F64:
        """Return the values, in the figure's unit, that misses stand for."""
        misses, figure = np.asarray(miss, dtype=np.float64), self.figure
        assert figure.value is not None
        if not is_ratio(figure):
            found: F64 = figure.value + _unit(figure) * misses
            return found
        ratio = np.maximum((1.0 + FLOOR) * np.exp(misses) - FLOOR, 0.0)
        # What is left of a cut is its own inverse.
        return _left(figure, ratio * left(figure, figure.value))


def _unit(figure: Figure) -> float:
    """Return what a difference counts in where the error is no ratio."""
    assert figure.value is not None
    return UNIT_OF_PERCENT if figure.unit == "percent" else max(abs(figure.value), 1.0)


def _left(figure: Figure, values: F64) -> F64:
    """Return `scoring.left` of many values."""
    return np.array([left(figure, float(value)) for value in np.ravel(values)]).reshape(
        values.shape
    )


def targets_of(figures: Iterable[Figure]) -> tuple[Target, ...]:
    """Return the figures that a calibration aims at: use fit, facts, and about one future.

    What is a statement against another future (without the price war) is left to the score.
    """
    return tuple(
        Target(one)
        for one in figures
        if one.fitted and one.value is not None and one.quantity != AGAINST_PEACE
    )


def end_of(targets: Sequence[Target]) -> date:
    """Return a day by which a run has told all that the targets ask."""
    ends = [one.figure.period.end for one in targets if one.figure.period is not None]
    return max(ends) + timedelta(weeks=2)
