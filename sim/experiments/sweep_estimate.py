"""What a sweep will take: runs, time and disk, from one run that is made and thrown away."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from sim.experiments.executors import Where, place_of
from sim.experiments.sweep import Plan, chunk_size, runs_left
from sim.experiments.sweep_folder import SweepError, shard_frame
from sim.experiments.sweep_runs import Chunk, Result, run_chunk
from sim.results.whole import as_parquet

if TYPE_CHECKING:
    import polars as pl

BYTES_PER_OUTCOME = 9
"""Numbers hardly compress; a little is the column's own."""


@dataclass(frozen=True)
class Estimate:
    """What a sweep will take; `seconds` of wall clock, None where the workers are not known."""

    points: int
    replicates: int
    runs: int
    done: int
    left: int
    seconds_per_run: float
    workers: int | None
    seconds: float | None
    bytes: int
    bytes_free: int


def estimate(plan: Plan, folder: Path, executor: Where) -> Estimate:
    """Return what the runs that are left will take; one run is made twice, nothing is kept.

    Raises SweepError if that run fails.
    """
    left = runs_left(plan, folder)
    workers = place_of(executor).size
    # The first one loads the compiled kernel, which a worker does once.
    _, trial = (run_chunk(Chunk(plan.job, plan.runs[:1]))[0] for _ in range(2))
    if trial.trouble is not None:
        stage, error, _ = trial.trouble
        raise SweepError(f"the first run fails in {stage}: {error}")
    busy = min(workers, max(1, len(left))) if workers else None
    return Estimate(
        points=len(plan.points),
        replicates=plan.replicates,
        runs=len(plan.runs),
        done=len({run.id for run in plan.runs}) - len(left),
        left=len(left),
        seconds_per_run=trial.seconds,
        workers=workers,
        seconds=trial.seconds * len(left) / busy if busy else None,
        bytes=_bytes(plan, trial, len(left)),
        bytes_free=_free(folder),
    )


def _bytes(plan: Plan, trial: Result, runs: int) -> int:
    """Return the size of all shards: each has a part of its own, and one of every run."""
    shard = _size(shard_frame([trial], plan.job, plan.inputs))
    each = BYTES_PER_OUTCOME * len(plan.job.outcomes) + sum(map(_size, trial.tables.values()))
    return round(shard * runs / chunk_size(runs, trial.seconds) + each * runs)


def _size(frame: pl.DataFrame) -> int:
    file = BytesIO()
    as_parquet(frame)(file)
    return file.tell()


def _free(folder: Path) -> int:
    nearest = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    return shutil.disk_usage(nearest).free
