"""Values of one input that were tried, each with the same luck, and what the outcome was."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import exp, log, sqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.core.errors import SimError
from sim.experiments.ensemble import OnProgress, Simulate
from sim.experiments.executors import Where
from sim.experiments.goal import Goal
from sim.experiments.paired import paired_difference
from sim.experiments.points import evaluate
from sim.scenario import Scenario
from sim.scenario.ranges import Varied

if TYPE_CHECKING:
    import polars as pl

F64 = NDArray[np.float64]

FEWEST = 2
USUAL = 16
"""How many values a search usually takes, for its progress."""


class SolveError(SimError):
    """A question that cannot be put, or runs of which too few finished."""


class Tries:
    """The score of a goal in each replicate at each value tried.

    `scale` is the axis on which the range is even: the value, or its logarithm.
    """

    def __init__(
        self,
        scenario: Scenario,
        key: Varied,
        goal: Goal,
        replicates: int,
        seed: int,
        place: Where,
        simulate: Simulate | None,
        report: OnProgress,
    ) -> None:
        self.scenario, self.key, self.goal = scenario, key, goal
        self.replicates, self.seed, self.place = replicates, seed, place
        self.simulate, self.report = simulate, report
        self.scores: dict[float, F64] = {}
        self.failed = 0
        self.low, self.high = (float(end) for end in key.values if isinstance(end, int | float))

    @property
    def values(self) -> list[float]:
        """The values tried, ascending."""
        return sorted(self.scores)

    def scale(self, value: float) -> float:
        """Return where a value stands on the axis."""
        return log(value) if self.key.shape == "log" else value

    def unscale(self, place: float) -> float:
        """Return the value at a place of the axis, within the range; whole for an integer key."""
        value = exp(place) if self.key.shape == "log" else place
        value = min(max(value, self.low), self.high)
        return float(round(value)) if self.key.whole else value

    def evenly(self, steps: int) -> list[float]:
        """Return so many values evenly over the axis, the ends exactly."""
        low, high = self.scale(self.low), self.scale(self.high)
        inner = (self.unscale(low + (high - low) * i / (steps - 1)) for i in range(1, steps - 1))
        return [self.low, *inner, self.high]

    def look(self, values: Sequence[float]) -> None:
        """Try values that were not tried yet, all at once.

        Raises SolveError where fewer than two replicates have the outcome, KeyboardInterrupt
        after Ctrl-C.
        """
        fresh = [value for value in dict.fromkeys(values) if value not in self.scores]
        if not fresh:
            return
        points = evaluate(
            [self.scenario.with_({self.key.key: self._written(value)}) for value in fresh],
            [self.goal.outcome], self.replicates, self.seed, self.place, simulate=self.simulate,
        )  # fmt: skip
        if points.interrupted:
            raise KeyboardInterrupt
        self.failed += len(points.failures)
        for value, outcomes in zip(fresh, points.values[:, :, 0], strict=True):
            if np.isfinite(outcomes).sum() < FEWEST:
                reason = points.failures[0][1].error if points.failures else "no such number there"
                raise SolveError(
                    f"{self.key.key}={value:g}: fewer than two replicates have "
                    f"{self.goal.outcome.id} ({reason})"
                )
            self.scores[value] = self.goal.score(outcomes)
        self.report(min(0.99, len(self.scores) / USUAL))

    def average(self, value: float) -> float:
        """Return the mean score at a value, which is tried if it was not."""
        self.look([value])
        return float(np.nanmean(self.scores[value]))

    def gap(self, value: float) -> float:
        """Return how far the mean score is above the target."""
        return self.average(value) - self.goal.target

    def error(self, value: float) -> float:
        """Return the standard error of the mean score."""
        scores = self.scores[value]
        return float(np.nanstd(scores, ddof=1)) / sqrt(int(np.isfinite(scores).sum()))

    def goes_one_way(self) -> bool:
        """Tell whether no two steps clearly go in opposite directions, by paired intervals."""
        values = self.values
        ways = set()
        for first, second in pairwise(values):
            one, other = self.scores[first], self.scores[second]
            known = np.isfinite(one) & np.isfinite(other)
            if known.sum() >= FEWEST:
                found = paired_difference(one[known], other[known])
                ways |= {1} if found.low > 0 else {-1} if found.high < 0 else set()
        return len(ways) < 2

    def table(self, level: float) -> pl.DataFrame:
        """Return what was tried: value, mean, low, high (interval of the mean), replicates."""
        import polars as pl
        from scipy.special import stdtrit

        rows = []
        for value in self.values:
            count = int(np.isfinite(self.scores[value]).sum())
            reach = self.error(value) * float(stdtrit(count - 1, (1.0 + level) / 2.0))
            mean = self.average(value)
            rows.append((value, mean, mean - reach, mean + reach, count))
        columns = {"value": pl.Float64, "mean": pl.Float64, "low": pl.Float64, "high": pl.Float64}
        return pl.DataFrame(rows, schema={**columns, "replicates": pl.Int64}, orient="row")

    def _written(self, value: float) -> float | int:
        return int(value) if self.key.whole else value
