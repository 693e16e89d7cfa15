"""Break-even and goal seek: the value of an input at which an outcome just reaches a goal.

Every value is tried with the same luck, so that the average outcome is a function of the input
alone, and its roots are found as those of any function. First the range is looked at in even
steps, which tells whether the goal can be reached and whether the response goes one way; then
each crossing is closed in on by Brent's method.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.core.streams import Streams
from sim.experiments.design import levels_of
from sim.experiments.ensemble import OnProgress, Simulate
from sim.experiments.executors import Where, place_of
from sim.experiments.goal import Goal, read_goal
from sim.experiments.space import Space, read_space
from sim.experiments.tries import FEWEST, SolveError, Tries
from sim.scenario import Scenario
from sim.scenario.describe import describe
from sim.scenario.ranges import Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

F64 = NDArray[np.float64]
Status = Literal["solved", "always", "never"]

STEPS = 7
"""Values at which the range is looked at first, its ends among them."""

SECOND_STEPS = 5
"""Values of a second key, for each of which the first is solved."""

CLOSE = 0.005
"""How near a crossing is closed in on, as a part of the range."""

TWO_SIDED = 1.645
LEVEL, RESAMPLES, MOST_CROSSINGS = 0.9, 500, 4


@dataclass(frozen=True)
class Crossing:
    """A value at which the goal is just reached, with its interval; None: beyond the range."""

    value: float
    low: float | None
    high: float | None
    rising: bool
    """Whether the outcome rises there."""


@dataclass(frozen=True)
class Solution:
    """What solving for one key found.

    status: `solved`, `always` (the goal is reached all over the range) or `never`. `tried` has a
    row per value tried: value, mean, low, high (90 % interval of the mean), replicates.
    """

    key: str
    unit: str
    status: Status
    crossings: tuple[Crossing, ...]
    one_way: bool
    """Whether the outcome goes one way over the range, as far as luck lets tell."""
    tried: pl.DataFrame = field(repr=False)
    at: Mapping[str, Value] = field(default_factory=dict)
    """The value of the second key, if there is one."""

    @property
    def value(self) -> float | None:
        """The first crossing; None without any."""
        return self.crossings[0].value if self.crossings else None


@dataclass(frozen=True)
class Solved:
    """A goal and what reaches it: one solution, or one for each value of a second key."""

    goal: Goal
    scenario: str
    seed: int
    replicates: int
    solutions: tuple[Solution, ...]
    warnings: tuple[str, ...]

    @property
    def value(self) -> float | None:
        """The first crossing of the first solution; None without any."""
        return self.solutions[0].value

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain values for JSON."""
        return {
            "goal": self.goal.text,
            "scenario": self.scenario,
            "seed": self.seed,
            "replicates": self.replicates,
            "solutions": [
                {
                    "key": one.key,
                    "unit": one.unit,
                    "at": {key: str(value) for key, value in one.at.items()},
                    "status": one.status,
                    "one_way": one.one_way,
                    "crossings": [vars(crossing) for crossing in one.crossings],
                    "tried": one.tried.to_dicts(),
                }
                for one in self.solutions
            ],
        }


def solve(
    scenario: Scenario,
    vary: Space,
    until: str,
    replicates: int = 20,
    seed: int | None = None,
    executor: Where = 1,
    on_progress: OnProgress | None = None,
    simulate: Simulate | None = None,
) -> Solved:
    """Return the value of one key at which a goal is just reached; for a second key, by its value.

    Args:
        scenario: around which the keys vary.
        vary: one or two ranges, such as "firms.moonshot.cash_mcny=500:5000" (`log:` as in a sweep).
        until: such as "apps.kimi.mau@2025-06 >= 20 M"; see `sim.experiments.goal`.
        replicates: of each value tried; the interval comes from resampling them.
        seed: of all runs; by default the scenario's.
        executor: where runs are done.
        on_progress: called with the fraction done, as far as it can be told.
        simulate: replaces the engine.

    Raises SolveError for another number of keys, a list in place of a range, fewer than two
    replicates, or values at which fewer than two finish; GoalError for a goal that cannot be read.
    """
    keys = read_space(scenario, vary)
    if not 1 <= len(keys) <= 2:
        raise SolveError(f"{len(keys)} keys vary; one or two are possible")
    if keys[0].shape not in ("uniform", "log"):
        raise SolveError(f"{keys[0].key} takes a range lo:hi or log:lo:hi to be solved for")
    if replicates < FEWEST:
        raise SolveError(f"replicates is {replicates}; an interval needs 2 or more")
    goal = read_goal(until, [scenario])
    seed = scenario.seed if seed is None else seed
    seconds = levels_of(keys[1], SECOND_STEPS) if len(keys) > 1 else (None,)
    solutions, notes = list[Solution](), list[str]()
    with _opened(executor) as place:
        for number, second in enumerate(seconds):
            others = {} if second is None else {keys[1].key: second}
            there = scenario.with_(others) if others else scenario

            def report(part: float, number: int = number) -> None:
                if on_progress is not None:
                    on_progress((number + part) / len(seconds))

            tries = Tries(there, keys[0], goal, replicates, seed, place, simulate, report)
            solutions.append(_solution(tries, others, notes))
    warnings = tuple(dict.fromkeys(notes))
    return Solved(goal, scenario.name, seed, replicates, tuple(solutions), warnings)


def _solution(tries: Tries, others: Mapping[str, Value], notes: list[str]) -> Solution:
    tries.look(tries.evenly(STEPS))
    one_way = tries.goes_one_way()
    crossings = tuple(_crossing(tries, *ends) for ends in _brackets(tries)[:MOST_CROSSINGS])
    status: Status = "solved"
    if not crossings:
        reached = tries.goal.reached(tries.average(tries.low))
        status = "always" if reached else "never"
    if not one_way:
        notes.append(
            f"the outcome rises and falls over {tries.key.key}; between the values tried there may "
            "be more crossings than were found"
        )
    if tries.failed:
        notes.append(f"{tries.failed} runs failed and are left out")
    known = describe(tries.key.key.split("."))
    unit = known.unit if known else ""
    return Solution(
        tries.key.key, unit, status, crossings, one_way, tries.table(LEVEL), dict(others)
    )


def _brackets(tries: Tries) -> list[tuple[float, float]]:
    """Return neighbouring values between which the average crosses the target.

    A value at which it lies on the target belongs to the stretch that ends there, the first of
    all to itself.
    """
    values = tries.values
    gaps = [tries.gap(value) for value in values]
    found = [
        (values[i], values[i + 1])
        for i in range(len(values) - 1)
        if gaps[i] * gaps[i + 1] < 0 or (gaps[i + 1] == 0 and gaps[i] != 0)
    ]
    return [(values[0], values[0]), *found] if gaps[0] == 0 and gaps[-1] != 0 else found


def _crossing(tries: Tries, first: float, second: float) -> Crossing:
    """Close in on a crossing, and say how sure it is by resampling replicates."""
    before = tries.gap(first)
    if first == second or tries.gap(second) == 0:
        root = second
    elif tries.key.whole:
        root = _first_integer(tries, int(first), int(second))
    else:
        from scipy.optimize import brentq

        ends = tries.scale(first), tries.scale(second)
        near = CLOSE * (tries.scale(tries.high) - tries.scale(tries.low))
        root = tries.unscale(
            float(brentq(lambda t: tries.gap(tries.unscale(t)), *ends, xtol=near, maxiter=30))
        )
        tries.gap(root)
    rising = before < 0 if before != 0 else tries.gap(tries.high) > 0
    tries.look(_around(tries, root))
    low, high = _interval(tries, root, rising)
    return Crossing(root, low, high, rising)


def _first_integer(tries: Tries, low: int, high: int) -> float:
    """Return the first integer above `low` on the side of the target where `high` is."""
    above = tries.gap(float(high)) > 0
    while high - low > 1:
        middle = (low + high) // 2
        if (tries.gap(float(middle)) > 0) == above:
            high = middle
        else:
            low = middle
    return float(high)


def _around(tries: Tries, root: float) -> list[float]:
    """Return two values about where the interval will end, so that it rests on runs there."""
    values = tries.values
    place = values.index(root)
    left, right = values[max(0, place - 1)], values[min(len(values) - 1, place + 1)]
    width = tries.scale(right) - tries.scale(left)
    rise = abs(tries.average(right) - tries.average(left))
    reach = TWO_SIDED * tries.error(root) * width / rise if rise > 0 else 0.0
    ends = tries.scale(tries.low), tries.scale(tries.high)
    wanted = (tries.scale(root) + way * reach for way in (-1.0, 1.0))
    return [tries.unscale(min(max(one, ends[0]), ends[1])) for one in wanted] if reach else []


def _interval(tries: Tries, root: float, rising: bool) -> tuple[float | None, float | None]:
    """Return the interval of a crossing; None for an end beyond the range.

    Each resample of the replicates has its own average, drawn with straight lines between the
    values tried, and its own crossing: the one nearest to the root that goes the same way.
    """
    values = tries.values
    places = np.array([tries.scale(value) for value in values])
    scores = np.array([tries.scores[value] for value in values])
    ids = np.arange(tries.replicates, dtype=np.uint64)
    at, found = tries.scale(root), []
    for number in range(RESAMPLES):
        drawn = (Streams(0, number).uniforms("bootstrap", ids, 0) * len(ids)).astype(np.int64)
        sample = scores[:, drawn]
        known = np.isfinite(sample)
        total, count = np.where(known, sample, 0.0).sum(axis=1), known.sum(axis=1)
        use = count > 0
        gaps = total[use] / count[use] - tries.goal.target
        found.append(_nearest(places[use], gaps, at, rising))
    low, high = (
        float(np.quantile(found, level, method="nearest"))
        for level in ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
    )
    return (
        tries.unscale(low) if np.isfinite(low) else None,
        tries.unscale(high) if np.isfinite(high) else None,
    )


def _nearest(places: F64, gaps: F64, at: float, rising: bool) -> float:
    """Return the crossing nearest to a place that goes one way; infinite beyond the range."""
    gaps = gaps if rising else -gaps
    up = np.flatnonzero((gaps[:-1] < 0) & (gaps[1:] >= 0))
    if not len(up):
        return -np.inf if gaps[0] >= 0 else np.inf
    part = gaps[up] / (gaps[up] - gaps[up + 1])
    crossings = places[up] + part * (places[up + 1] - places[up])
    return float(crossings[np.abs(crossings - at).argmin()])


@contextmanager
def _opened(where: Where) -> Iterator[Where]:
    """Open a place once for all values: to start workers for each would cost more than the runs."""
    place = place_of(where)
    with place.open() as executor:
        yield executor
