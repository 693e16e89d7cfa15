"""Sweeps: one scenario at many points of a space of inputs, kept run by run in a folder."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.experiments.design import DesignError, Point, design_points, from_unit
from sim.experiments.ensemble import OnProgress, Simulate
from sim.experiments.executors import Where, place_of
from sim.experiments.outcomes import DEFAULT_OUTCOMES, read_outcomes
from sim.experiments.space import Space, read_points, read_space
from sim.experiments.stored_sweep import Sweep
from sim.experiments.sweep_folder import (
    SCHEMA_VERSION,
    SweepError,
    clean,
    done_runs,
    forget,
    is_sweep,
    locked,
    prepare,
    read_sweep,
    write_description,
    write_plan,
    write_shard,
)
from sim.experiments.sweep_runs import Chunk, Job, Planned, Result, lost_chunk, lucks, run_chunk
from sim.experiments.tasks import run_all
from sim.results.provenance import git_commit, hash_of, inputs_hash, versions
from sim.results.tables import wanted_tables
from sim.scenario import Scenario
from sim.scenario.ranges import Varied
from sim.strategies.checks import check_strategies

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["Plan", "Sweep", "plan_sweep", "run_plan", "sweep"]

CHUNK_SECONDS = 5.0
"""How long a chunk should take: what a crash loses at most, for each worker and task ahead."""

MOST_IN_CHUNK = 200
PARTS_OF_THE_REST = 16
"""A chunk has at most this part of the runs left, so that workers end together."""


@dataclass(frozen=True)
class Plan:
    """A sweep before it runs: what is varied, where, and what is kept of each run.

    `fresh_luck`: every run has draws of its own; otherwise replicate r of every point has the same.
    """

    job: Job
    inputs: tuple[Varied, ...]
    points: tuple[Point, ...]
    replicates: int
    design: str
    fresh_luck: bool = False

    @cached_property
    def runs(self) -> tuple[Planned, ...]:
        """Every run with its id, which is a hash of all that decides its numbers."""
        job = self.job
        common = hash_of(inputs_hash(job.scenario.to_toml()), job.seed, job.code)
        return tuple(
            Planned(
                hash_of(common, _settings(job.keys, self.points[point]), luck),
                point, replicate, self.points[point], luck,
            )
            for point, replicate, luck in lucks(
                len(self.points), self.replicates, self.fresh_luck
            )
        )  # fmt: skip

    def describe(self) -> dict[str, Any]:
        """Return what sweep.json says."""
        job = self.job
        return {
            "kind": "sweep",
            "schema_version": SCHEMA_VERSION,
            "scenario": job.scenario.name,
            "started": datetime.now(UTC).isoformat(timespec="seconds"),
            "seed": job.seed,
            "design": self.design,
            "points": len(self.points),
            "replicates": self.replicates,
            "fresh_luck": self.fresh_luck,
            "inputs": [asdict(one) for one in self.inputs],
            "outcomes": [one.name for one in job.outcomes],
            "tables": sorted(job.tables),
            "versions": versions(),
            "git_commit": git_commit(),
            "hashes": {"code": job.code, "inputs": inputs_hash(job.scenario.to_toml())},
            "scenario_text": job.scenario.to_toml(),
        }


def plan_sweep(
    scenario: Scenario,
    space: Space,
    design: str | Path | ArrayLike = "sobol",
    points: int = 64,
    replicates: int = 1,
    seed: int | None = None,
    outcomes: Sequence[str] = DEFAULT_OUTCOMES,
    tables: Collection[str] = (),
    simulate: Simulate | None = None,
) -> Plan:
    """Return the plan of a sweep; nothing runs and nothing is written. Arguments as of `sweep`."""
    if replicates < 1:
        raise DesignError(f"replicates is {replicates}; must be 1 or more")
    seed = scenario.seed if seed is None else seed
    if isinstance(design, str) and design.endswith(".csv"):
        design = Path(design)
    if isinstance(design, Path):
        if space:
            raise DesignError(f"{design} says what varies; give no ranges beside it")
        inputs, found = read_points(scenario, design)
        name = str(design)
    else:
        inputs, name = read_space(scenario, space), design if isinstance(design, str) else "given"
        found = (
            design_points(scenario, inputs, design, points, seed)
            if isinstance(design, str)
            else from_unit(inputs, design)
        )
    keys = tuple(one.key for one in inputs)
    if "seed" in keys:
        raise DesignError("the key `seed` cannot vary; replicates are runs with other luck")
    _check_strategies(scenario, inputs)
    job = Job(scenario, keys, seed, read_outcomes(scenario, outcomes), _tables(tables), simulate)
    return Plan(job, inputs, found, replicates, name)


def sweep(
    scenario: Scenario,
    space: Space,
    design: str | Path | ArrayLike = "sobol",
    points: int = 64,
    replicates: int = 1,
    executor: Where = "process",
    out: Path | str = "runs/sweep",
    resume: bool = True,
    seed: int | None = None,
    outcomes: Sequence[str] = DEFAULT_OUTCOMES,
    tables: Collection[str] = (),
    max_failures: int | None = None,
    retry_failed: bool = False,
    on_progress: OnProgress | None = None,
    simulate: Simulate | None = None,
) -> Sweep:
    """Run a scenario at many points and keep the outcomes of every run in the folder `out`.

    space: what varies, as texts ("parameters.organic=0.01:0.03") or a mapping from keys to texts,
    (low, high) pairs or lists; `sim.scenario.ranges` says what is possible. design: `sobol`, `lhs`,
    `grid`, `oat`, the path of a CSV file of points (then without a space), or points of the unit
    cube (n, d). points: how many, of a grid and of `oat` how many values per range. replicates: of
    each point; replicate r of every point has the same luck. executor: `serial`, `thread:N`,
    `process:N`, `dask`, `dask:ADDRESS` or a `concurrent.futures.Executor`; results are the same.
    resume: go on with the sweep that is in `out`, without doing again what was done; a larger
    design keeps the runs it shares with the one before. Without, the sweep there is removed.
    outcomes: names as in `sim.experiments.outcomes`. tables: kept whole of every run. max_failures:
    stop when more runs than that have failed, 0 at the first. retry_failed: run those again that
    failed before. on_progress is called with the fraction done.

    A run that fails is a row of the ledger with stage and traceback, and the others go on. Ctrl-C
    ends the sweep with what is done in the folder, and `stopped` says so.

    Raises ScenarioError, DesignError or OutcomeError for what cannot be planned, StoreError if
    the folder cannot be written, SweepError if it holds another sweep, ExecutorError if the
    executor cannot be reached, LostExecutorError if it is gone in the middle; whatever was done
    until then is kept, and the same call goes on from there.
    """
    plan = plan_sweep(scenario, space, design, points, replicates, seed, outcomes, tables, simulate)
    return run_plan(plan, Path(out), executor, resume, max_failures, retry_failed, on_progress)


def run_plan(
    plan: Plan,
    folder: Path,
    executor: Where,
    resume: bool = True,
    max_failures: int | None = None,
    retry_failed: bool = False,
    on_progress: OnProgress | None = None,
) -> Sweep:
    """Do the runs of a plan that are not in the folder yet; as `sweep`, which says more."""
    place_of(executor)
    prepare(folder)
    with locked(folder):
        if is_sweep(folder) and not resume:
            forget(folder)
        description = plan.describe()
        if is_sweep(folder):
            before = read_sweep(folder)
            _check_same(folder, before, description)
            description["started"] = before["started"]
        clean(folder)
        write_plan(folder, plan.runs, plan.inputs)
        if not is_sweep(folder):
            write_shard(folder, (), plan.job, plan.inputs)
        write_description(folder, description)
        sweep = Sweep.open(folder)
        progress = _Progress(plan, folder, max_failures, on_progress)
        stopped = progress.run(executor, runs_left(plan, folder, retry_failed))
    return replace(sweep, stopped=stopped)


class _TooManyFailuresError(SweepError):
    """More runs failed than the user allows."""


class _Progress:
    """A sweep under way: how large the next chunk is, what was done, what failed."""

    def __init__(
        self,
        plan: Plan,
        folder: Path,
        max_failures: int | None,
        on_progress: OnProgress | None,
    ) -> None:
        self.plan, self.folder = plan, folder
        self.max_failures, self.on_progress = max_failures, on_progress
        self.finished, self.failed = 0, 0
        self.seconds, self.timed = 0.0, 0

    def run(self, executor: Where, left: Sequence[Planned]) -> str:
        """Do what is left; return why it ended early, or nothing."""
        self.finished = len(self.plan.runs) - len(left)
        try:
            run_all(run_chunk, self.chunks(left), executor, self.keep, lost_chunk, Chunk.each)
        except KeyboardInterrupt:
            return "interrupted"
        except _TooManyFailuresError as error:
            return str(error)
        return ""

    def chunks(self, left: Sequence[Planned]) -> Iterator[Chunk]:
        """Yield the runs in chunks as they are wanted, sized by what runs have taken so far."""
        first = 0
        while first < len(left):
            known = self.seconds / self.timed if self.timed else CHUNK_SECONDS
            size = chunk_size(len(left) - first, known)
            yield Chunk(self.plan.job, tuple(left[first : first + size]))
            first += size

    def keep(self, results: Sequence[Result]) -> None:
        """Write a chunk's results; stop if too many have failed."""
        write_shard(self.folder, results, self.plan.job, self.plan.inputs)
        self.finished += len(results)
        self.failed += sum(one.trouble is not None for one in results)
        self.seconds += sum(one.seconds for one in results)
        self.timed += len(results)
        if self.on_progress is not None:
            self.on_progress(self.finished / len(self.plan.runs))
        if self.max_failures is not None and self.failed > self.max_failures:
            raise _TooManyFailuresError(
                f"{self.failed} runs failed; at most {self.max_failures} may"
            )


def chunk_size(left: int, seconds_per_run: float) -> int:
    """Return how many of the runs that are left make a chunk."""
    fitting = CHUNK_SECONDS / max(seconds_per_run, 1e-9)
    return max(1, int(min(fitting, ceil(left / PARTS_OF_THE_REST), MOST_IN_CHUNK)))


def runs_left(plan: Plan, folder: Path, retry_failed: bool = False) -> list[Planned]:
    """Return the runs of a plan that are not done in a folder, each once.

    Points that integers and lists make equal share their runs.
    """
    kept = ("ok",) if retry_failed else ("ok", "failed")
    done = {run for run, status in done_runs(folder).items() if status in kept}
    return list({run.id: run for run in plan.runs if run.id not in done}.values())


def _check_same(folder: Path, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    """Raise SweepError if a folder holds another sweep than the one that shall go on."""
    pairs = {
        "scenario": [one["scenario_text"] for one in (old, new)],
        "seed": [one["seed"] for one in (old, new)],
        "inputs": [[key["key"] for key in one["inputs"]] for one in (old, new)],
        "outcomes": [one["outcomes"] for one in (old, new)],
        "tables": [one["tables"] for one in (old, new)],
    }
    for name, (before, after) in pairs.items():
        if before != after:
            raise SweepError(
                f"{folder}: holds a sweep with other {name}; choose another folder, "
                "or start anew there with --no-resume (resume=False), which removes it"
            )


def _settings(keys: Sequence[str], values: Point) -> str:
    pairs = {key: value for key, value in zip(keys, values, strict=True) if value is not None}
    return json.dumps(pairs, sort_keys=True, default=date.isoformat)


def _check_strategies(scenario: Scenario, inputs: Sequence[Varied]) -> None:
    """Raise ScenarioError for a name of a strategy that is not registered."""
    for one in inputs:
        if one.key.endswith(".strategy"):
            for name in one.values:
                check_strategies(scenario.with_({one.key: name}))


def _tables(names: Collection[str]) -> frozenset[str]:
    return wanted_tables(names) if names else frozenset()
