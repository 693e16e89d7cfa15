"""Replicates of one scenario: the same market with other luck, gathered into one run."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING, Protocol

from sim.core.errors import SimError
from sim.experiments.executors import Place, Where, place_of
from sim.experiments.failures import trouble_of
from sim.experiments.tasks import run_all
from sim.results.errors import TableError
from sim.results.manifest import Timing, manifest_of
from sim.results.run import Failure, Run
from sim.results.tables import Recorded, frames, stack, wanted_tables
from sim.scenario import Scenario, ScenarioError

if TYPE_CHECKING:
    import polars as pl

OnProgress = Callable[[float], None]
"""Called with the fraction done, 0 to 1."""


CHUNKS_PER_WORKER = 8
MANY_WORKERS = 16
"""Workers that a cluster of unknown size is taken to have."""

MOST_IN_CHUNK = 50


class Simulate(Protocol):
    """One replicate: `sim.engine.simulation.simulate`, or a stand-in for it.

    `on_week(done, total)` is called after each week. A stand-in must be importable by worker
    processes: a function of a module, not a local one.
    """

    def __call__(
        self,
        scenario: Scenario,
        seed: int,
        replicate: int,
        tables: frozenset[str] | None,
        on_week: Callable[[int, int], None] | None,
        threads: int,
    ) -> Recorded: ...


class EnsembleError(SimError):
    """The ensemble asked for makes no sense."""


@dataclass(frozen=True)
class _Chunk:
    """Replicates that one worker makes in a row."""

    scenario: Scenario
    seed: int
    replicates: tuple[int, ...]
    tables: frozenset[str]
    simulate: Simulate | None
    on_week: Callable[[int, int], None] | None
    threads: int

    def each(self) -> list[_Chunk]:
        """Return every replicate as a chunk of its own."""
        return [replace(self, replicates=(number,)) for number in self.replicates]


@dataclass(frozen=True)
class _Outcome:
    replicate: int
    seconds: float
    recorded: Recorded | None = None
    failure: Failure | None = None


def run(
    scenario: Scenario,
    replicates: int = 20,
    seed: int | None = None,
    processes: int = 1,
    tables: Collection[str] | None = None,
    on_progress: OnProgress | None = None,
    threads: int = 1,
    simulate: Simulate | None = None,
    executor: Where | None = None,
) -> Run:
    """Simulate `replicates` replicates, numbered from 0, and return their tables.

    Replicate r of a seed is the same whatever the number of replicates, processes or threads and
    whichever tables are recorded. `seed` is the scenario's own by default. A replicate that fails
    becomes a row of `Run.failures` and the others go on. Ctrl-C keeps the replicates that finished
    and marks the run `interrupted`. `on_progress` is called with the fraction of all weeks done:
    after each week in one process, after each replicate in several. `threads` share the consumers
    of one replicate, which pays from some million people on. `executor` says where replicates are
    made, in the place of `processes`: a text such as "dask:ADDRESS" or any
    `concurrent.futures.Executor`. `simulate` replaces the engine.

    All tables of all replicates are kept, so memory grows with them; `fans.fan` keeps quantiles.

    Raises EnsembleError for fewer than one replicate, process or thread, TableError for an unknown
    table, ScenarioError when the world cannot be built from the scenario, ExecutorError for an
    executor that does not exist or is lost.
    """
    for name, number in (
        ("replicates", replicates), ("processes", processes), ("threads", threads)
    ):  # fmt: skip
        if number < 1:
            raise EnsembleError(f"{name} is {number}; must be 1 or more")
    wanted = wanted_tables(tables)
    seed = scenario.seed if seed is None else seed
    place = place_of(min(processes, replicates) if executor is None else executor)
    gathered = _Gathered(replicates, wanted, on_progress)
    on_week = gathered.week if place.name == "serial" else None
    shared = _Chunk(scenario, seed, (), wanted, simulate, on_week, threads)
    chunks = [replace(shared, replicates=numbers) for numbers in chunks_of(replicates, place)]
    started, clock, interrupted = datetime.now(UTC), perf_counter(), False
    try:
        run_all(_simulate_all, chunks, place, gathered.add, _worker_died, _Chunk.each)
    except KeyboardInterrupt:
        interrupted = True
    timing = Timing(started, perf_counter() - clock, gathered.seconds)
    return gathered.run(scenario, seed, timing, interrupted)


def chunks_of(replicates: int, place: Place) -> list[tuple[int, ...]]:
    """Return the numbers of replicates in chunks: some for each worker, none of them large."""
    parts = CHUNKS_PER_WORKER * (place.size or MANY_WORKERS)
    size = min(max(1, replicates // parts), MOST_IN_CHUNK)
    return [
        tuple(range(first, min(first + size, replicates))) for first in range(0, replicates, size)
    ]


class _Gathered:
    """What has come back so far."""

    def __init__(
        self, replicates: int, tables: frozenset[str], on_progress: OnProgress | None
    ) -> None:
        self.replicates, self.tables, self.on_progress = replicates, tables, on_progress
        self.frames: dict[int, dict[str, pl.DataFrame]] = {}
        self.failures: dict[int, Failure] = {}
        self.seconds: dict[int, float] = {}

    def week(self, done: int, total: int) -> None:
        """Report progress within a replicate."""
        if self.on_progress is not None:
            self.on_progress((len(self.seconds) + done / total) / self.replicates)

    def add(self, outcomes: list[_Outcome]) -> None:
        """Keep what a chunk of replicates gave."""
        for outcome in outcomes:
            self._add(outcome)

    def _add(self, outcome: _Outcome) -> None:
        """Keep a replicate's tables, or the reason why it has none."""
        number, failure = outcome.replicate, outcome.failure
        if outcome.recorded is not None:
            try:
                self.frames[number] = frames(outcome.recorded, self.tables)
            except TableError as error:
                failure = _failure(number, error, "record")
        if failure is not None:
            self.failures[number] = failure
        self.seconds[number] = outcome.seconds
        self.week(0, 1)

    def run(self, scenario: Scenario, seed: int, timing: Timing, interrupted: bool) -> Run:
        """Return the run in the order of replicates, whichever finished first."""
        finished = sorted(self.frames)
        tables = stack([self.frames[number] for number in finished], self.tables)
        manifest = manifest_of(
            scenario=scenario.name,
            scenario_text=scenario.to_toml(),
            seed=seed,
            replicates=self.replicates,
            rows={name: len(frame) for name, frame in tables.items()},
            finished=finished,
            failures=[self.failures[number] for number in sorted(self.failures)],
            interrupted=interrupted,
            timing=timing,
        )
        return Run(tables, manifest)


def _simulate_all(chunk: _Chunk) -> list[_Outcome]:
    return [_simulate(chunk, number) for number in chunk.replicates]


def _simulate(chunk: _Chunk, number: int) -> _Outcome:
    started = perf_counter()
    try:
        recorded = engine_of(chunk.simulate)(
            chunk.scenario, chunk.seed, number, chunk.tables, chunk.on_week, chunk.threads
        )
    except ScenarioError:
        # Not bad luck of this replicate: every one would say so. The user must mend the file.
        raise
    except Exception as error:
        return _Outcome(number, perf_counter() - started, failure=_failure(number, error))
    return _Outcome(number, perf_counter() - started, recorded=recorded)


def engine_of(stand_in: Simulate | None) -> Simulate:
    """Return the engine, or what stands in for it."""
    if stand_in is not None:
        return stand_in
    from sim.engine.simulation import simulate

    return simulate


def _worker_died(chunk: _Chunk, error: BaseException) -> list[_Outcome]:
    return [
        _Outcome(number, 0.0, failure=_failure(number, error, "worker"))
        for number in chunk.replicates
    ]


def _failure(replicate: int, error: BaseException, stage: str = "") -> Failure:
    return Failure(replicate, *trouble_of(error, stage))
