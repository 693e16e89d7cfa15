"""The runs of a sweep as a worker does them: a chunk of them in, a result for each out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING

from sim.core.errors import SimError
from sim.experiments.design import Point
from sim.experiments.ensemble import Simulate, engine_of
from sim.experiments.failures import Trouble, trouble_of
from sim.experiments.outcomes import Taken, tables_of, take_outcomes
from sim.experiments.weekly import Book
from sim.results.provenance import code_hash
from sim.results.tables import frames
from sim.scenario import Scenario

if TYPE_CHECKING:
    import polars as pl


class OtherCodeError(SimError):
    """A worker runs another version of the library than the one that plans."""


@dataclass(frozen=True)
class Job:
    """What all runs of a sweep share."""

    scenario: Scenario
    keys: tuple[str, ...]
    seed: int
    outcomes: tuple[Taken, ...]
    tables: frozenset[str]
    simulate: Simulate | None = None
    code: str = field(default_factory=code_hash)

    @property
    def recorded(self) -> frozenset[str]:
        """The tables that a run records: those that are kept and those that outcomes need."""
        return self.tables | tables_of(self.outcomes)


@dataclass(frozen=True)
class Planned:
    """One run of a plan; `id` is the hash of all that decides its numbers.

    `luck` numbers the draws of chance: the replicate, or each run's own.
    """

    id: str
    point: int
    replicate: int
    values: Point
    luck: int


@dataclass(frozen=True)
class Chunk:
    """Runs that one worker does in a row."""

    job: Job
    runs: tuple[Planned, ...]

    def each(self) -> tuple[Chunk, ...]:
        """Return every run as a chunk of its own."""
        return tuple(Chunk(self.job, (run,)) for run in self.runs)


@dataclass(frozen=True)
class Result:
    """What came of a run: its outcomes, or what went wrong."""

    run: Planned
    started: datetime
    seconds: float
    outcomes: tuple[float, ...] = ()
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    trouble: Trouble | None = None


@dataclass(frozen=True)
class _Book:
    """Tables of one run."""

    tables: Mapping[str, pl.DataFrame]


def run_chunk(chunk: Chunk) -> list[Result]:
    """Do every run of a chunk; one that fails is a result that says why.

    Raises OtherCodeError where this process has another version of the library.
    """
    if code_hash() != chunk.job.code:
        raise OtherCodeError(
            "a worker has another version of llmsim than this process: its files have changed "
            "meanwhile, or another one is installed there; what was done is kept, start again"
        )
    scenarios = _Scenarios(chunk.job)
    return [_run(chunk.job, run, scenarios) for run in chunk.runs]


def lost_chunk(chunk: Chunk, error: BaseException) -> list[Result]:
    """Return the results of runs whose worker died twice."""
    trouble = trouble_of(error, "worker")
    return [Result(run, datetime.now(UTC), 0.0, trouble=trouble) for run in chunk.runs]


class _Scenarios:
    """Scenarios of points; replicates of one point share theirs."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._values: Point | None = None
        self._scenario = job.scenario

    def at(self, values: Point) -> Scenario:
        """Return the scenario with the values of a point; None leaves a key as it is."""
        if values != self._values:
            pairs = zip(self._job.keys, values, strict=True)
            self._scenario = self._job.scenario.with_({k: v for k, v in pairs if v is not None})
            self._values = values
        return self._scenario


def _run(job: Job, run: Planned, scenarios: _Scenarios) -> Result:
    started, clock = datetime.now(UTC), perf_counter()
    try:
        outcomes, tables = _outcomes(job, run, scenarios)
    except Exception as error:
        return Result(run, started, perf_counter() - clock, trouble=trouble_of(error))
    return Result(run, started, perf_counter() - clock, outcomes, tables)


def _outcomes(
    job: Job, run: Planned, scenarios: _Scenarios
) -> tuple[tuple[float, ...], dict[str, pl.DataFrame]]:
    scenario, tables = scenarios.at(run.values), job.recorded
    recorded = engine_of(job.simulate)(scenario, job.seed, run.luck, tables, None, 1)
    found = frames(recorded, tables)
    taken = take_outcomes(Book(_Book(found)), job.outcomes)
    outcomes = tuple(float(taken[one.name][0]) for one in job.outcomes)
    return outcomes, {name: frame for name, frame in found.items() if name in job.tables}


def lucks(points: int, replicates: int, fresh: bool) -> list[tuple[int, int, int]]:
    """Return point, replicate and luck of every run of a design, points first.

    fresh: no two runs share their luck; otherwise replicate r of every point does.
    """
    return [
        (point, replicate, point * replicates + replicate if fresh else replicate)
        for point in range(points)
        for replicate in range(replicates)
    ]
