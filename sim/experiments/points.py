"""Outcomes of many scenarios with the same luck: each is run with one seed and its replicates.

Only outcomes are kept, so memory does not grow with what a run records.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.core.errors import SimError
from sim.experiments.ensemble import OnProgress, Simulate, engine_of
from sim.experiments.executors import Where
from sim.experiments.failures import trouble_of
from sim.experiments.judged import Judged
from sim.experiments.outcomes import tables_of
from sim.experiments.tasks import run_all
from sim.experiments.weekly import Book, Days
from sim.results.run import Failure
from sim.results.tables import frames
from sim.scenario import Scenario, ScenarioError

if TYPE_CHECKING:
    import polars as pl

F64 = NDArray[np.float64]


class PointsError(SimError):
    """Runs that cannot be asked for, or of which too few finished."""


@dataclass(frozen=True)
class Series:
    """One replicate of one scenario week by week: values (K, W) on `mondays` (W,)."""

    values: F64
    mondays: Days


@dataclass(frozen=True)
class Points:
    """Outcomes by scenario and replicate, NaN where a replicate failed or has no such number."""

    outcomes: tuple[Judged, ...]
    seed: int
    values: F64
    """(S, R, K): scenario, replicate, outcome."""
    finished: NDArray[np.bool_]
    """(S, R): which replicates came to their end."""
    series: dict[tuple[int, int], Series]
    """By scenario and replicate, if asked for."""
    failures: tuple[tuple[int, Failure], ...]
    """Number of the scenario and what happened."""
    interrupted: bool = False

    @property
    def replicates(self) -> int:
        """Replicates asked of each scenario."""
        return int(self.values.shape[1])

    def says(self, names: Sequence[str]) -> list[str]:
        """Return a line for each replicate that failed; names (S,) of the scenarios."""
        return [
            f"{names[number]}, replicate {one.replicate} failed in {one.stage}: {one.error}"
            for number, one in self.failures
        ]


@dataclass(frozen=True)
class _Task:
    number: int
    scenario: Scenario
    seed: int
    replicate: int
    outcomes: tuple[Judged, ...]
    with_series: bool
    simulate: Simulate | None


@dataclass(frozen=True)
class _Outcome:
    number: int
    replicate: int
    values: F64 | None = None
    series: Series | None = None
    failure: Failure | None = None


def evaluate(
    scenarios: Sequence[Scenario],
    outcomes: Sequence[Judged],
    replicates: int,
    seed: int,
    executor: Where = 1,
    on_progress: OnProgress | None = None,
    with_series: bool = False,
    simulate: Simulate | None = None,
) -> Points:
    """Run every scenario with the same seed and replicates, and return the outcomes.

    Replicate by replicate over all scenarios, so that what Ctrl-C leaves is whole pairs; then
    `interrupted` is set. A replicate that fails is NaN and the others go on. `with_series` keeps
    the weeks of every outcome too. `simulate` replaces the engine.

    Raises PointsError for fewer than one replicate, ExecutorError where there is no such place to
    run, ScenarioError when a world cannot be built.
    """
    if replicates < 1:
        raise PointsError(f"replicates is {replicates}; must be 1 or more")
    asked = tuple(outcomes)
    tasks = [
        _Task(number, scenario, seed, replicate, asked, with_series, simulate)
        for replicate in range(replicates)
        for number, scenario in enumerate(scenarios)
    ]
    values = np.full((len(scenarios), replicates, len(asked)), np.nan)
    finished = np.zeros(values.shape[:2], dtype=np.bool_)
    series: dict[tuple[int, int], Series] = {}
    failures: dict[tuple[int, int], Failure] = {}
    done, interrupted = 0, False

    def add(found: _Outcome) -> None:
        nonlocal done
        place = found.number, found.replicate
        if found.values is not None:
            values[place], finished[place] = found.values, True
        if found.series is not None:
            series[place] = found.series
        if found.failure is not None:
            failures[place] = found.failure
        done += 1
        if on_progress is not None:
            on_progress(done / len(tasks))

    try:
        run_all(_run, tasks, executor, add, _worker_died)
    except KeyboardInterrupt:
        interrupted = True
    in_order = tuple((number, failures[number, one]) for number, one in sorted(failures))
    return Points(asked, seed, values, finished, series, in_order, interrupted)


def _run(task: _Task) -> _Outcome:
    asked = [one.outcome for one in task.outcomes]
    # The market has a row in every week, so weeks are known whatever is asked.
    wanted = tables_of(asked) | {"market"}
    try:
        recorded = engine_of(task.simulate)(
            task.scenario, task.seed, task.replicate, wanted, None, 1
        )
        book = Book(_Tables(frames(recorded, wanted)))
        values = np.array([one.of(book)[0] for one in asked])
        weeks = [one.series(book).values[0] for one in asked] if task.with_series else []
        series = Series(np.array(weeks), book.mondays) if weeks else None
    except ScenarioError:
        # Not bad luck of this replicate: every one would say so. The user must mend the file.
        raise
    except Exception as error:
        return _failed(task, error)
    return _Outcome(task.number, task.replicate, values, series)


def _failed(task: _Task, error: BaseException, stage: str = "") -> _Outcome:
    failure = Failure(task.replicate, *trouble_of(error, stage))
    return _Outcome(task.number, task.replicate, failure=failure)


@dataclass(frozen=True)
class _Tables:
    tables: dict[str, pl.DataFrame]


def _worker_died(task: _Task, error: BaseException) -> _Outcome:
    return _failed(task, error, "worker")
