"""A sweep as a folder: what is planned, and a shard for every chunk of runs that was done.

    sweep.json                   what the sweep is: scenario, inputs, design, outcomes, versions
    plan.parquet                 one row per planned run: id, point, replicate, inputs
    runs/<shard>.parquet         runs that were done: id, status, outcomes, times
    tables/<name>/<shard>.parquet   whole tables of these runs, where they are kept

Every file is written under a temporary name and renamed, so a file with its name is whole. A run
is pending while it is in the plan and in no shard: that is all there is to resume.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import isfinite, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sim.core.errors import SimError
from sim.results.errors import StoreError
from sim.results.store import check_writable, is_run
from sim.results.whole import as_json, as_parquet, remove_unfinished, try_writing, write_whole

if TYPE_CHECKING:
    import polars as pl

    from sim.experiments.sweep_runs import Job, Planned, Result
    from sim.scenario.ranges import Varied

SWEEP, PLAN, RUNS, TABLE_FOLDERS, LOCK = "sweep.json", "plan.parquet", "runs", "tables", ".lock"
SCHEMA_VERSION = 1
OWN_COLUMNS = ("run", "point", "replicate", "status", "stage", "error", "traceback")
TIMES = ("time_started", "time_seconds")


class SweepError(SimError):
    """A sweep that cannot be planned, stored or read."""


def read_sweep(folder: Path) -> dict[str, Any]:
    """Return what a sweep folder says of itself; raise StoreError if it is none."""
    path = folder / SWEEP
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StoreError(
            folder, f"is not a sweep: no {SWEEP} ({error.strerror})", "llmsim sweep writes one"
        ) from error
    except ValueError as error:
        raise StoreError(path, f"is damaged: {error}", "run the same sweep again") from error
    if not isinstance(found, dict) or found.get("kind") != "sweep":
        raise StoreError(path, "does not describe a sweep", "llmsim sweep writes one")
    if found.get("schema_version") != SCHEMA_VERSION:
        version = found.get("schema_version")
        raise StoreError(
            path, f"has schema version {version!r}", f"this release reads {SCHEMA_VERSION}"
        )
    return found


def is_sweep(folder: Path) -> bool:
    """Tell whether a folder holds a sweep."""
    return (folder / SWEEP).is_file()


def prepare(folder: Path) -> None:
    """Make a folder ready for shards; raise StoreError if it cannot be written or holds others."""
    if not is_sweep(folder):
        if is_run(folder):
            raise StoreError(folder, "holds a run", "choose another folder for the sweep")
        check_writable(folder)
    try:
        (folder / RUNS).mkdir(parents=True, exist_ok=True)
        try_writing(folder)
    except OSError as error:
        raise _unwritable(folder, error) from error


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other sweeps out of a folder; the system ends this when the process ends."""
    import fcntl

    with (folder / LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StoreError(
                folder, "another sweep is writing here", "wait for it, or choose another folder"
            ) from error
        yield


def clean(folder: Path) -> None:
    """Remove what an earlier sweep left unfinished: temporary names, tables without their runs."""
    done = {shard.name for shard in (folder / RUNS).glob("*.parquet")}
    for place in (folder, folder / RUNS, *(folder / TABLE_FOLDERS).glob("*")):
        remove_unfinished(place)
    for table in (folder / TABLE_FOLDERS).glob("*/*.parquet"):
        if table.name not in done:
            table.unlink()


def forget(folder: Path) -> None:
    """Remove a sweep from its folder."""
    clean(folder)
    for file in (SWEEP, PLAN):
        (folder / file).unlink(missing_ok=True)
    for shard in (*folder.glob(f"{RUNS}/*.parquet"), *folder.glob(f"{TABLE_FOLDERS}/*/*.parquet")):
        shard.unlink()


def done_runs(folder: Path) -> dict[str, str]:
    """Return the status, ok or failed, of every run that was done in a folder, by its id."""
    import polars as pl

    shards = sorted((folder / RUNS).glob("*.parquet"))
    if not shards:
        return {}
    said = pl.scan_parquet(shards, glob=False).select("run", "status")
    # What was tried again counts by how it went best: ok comes after failed.
    return dict(said.sort("status").collect().iter_rows())


def write_description(folder: Path, description: Mapping[str, Any]) -> None:
    """Write sweep.json, whole or not at all."""
    write_whole(folder / SWEEP, as_json(description))


def write_plan(folder: Path, runs: Sequence[Planned], inputs: Sequence[Varied]) -> None:
    """Write plan.parquet, whole or not at all."""
    import polars as pl

    frame = pl.DataFrame([*_who(runs), *_inputs(runs, inputs)])
    write_whole(folder / PLAN, as_parquet(frame))


def write_shard(
    folder: Path, results: Sequence[Result], job: Job, inputs: Sequence[Varied]
) -> None:
    """Write the results of a chunk: its tables first, then its runs, each whole or not at all.

    A shard without results tells readers the columns before any run has finished.
    """
    first = min((one.run.point for one in results), default=0)
    name = f"{first:08d}-{uuid4().hex[:12]}.parquet"
    try:
        for table in sorted(job.tables):
            place = folder / TABLE_FOLDERS / table
            place.mkdir(parents=True, exist_ok=True)
            write_whole(place / name, as_parquet(_table(results, table)))
        write_whole(folder / RUNS / name, as_parquet(shard_frame(results, job, inputs)))
    except OSError as error:
        raise _unwritable(folder, error) from error


def shard_frame(results: Sequence[Result], job: Job, inputs: Sequence[Varied]) -> pl.DataFrame:
    """Return one row per run: who, status, inputs, outcomes, times."""
    import polars as pl

    runs = [one.run for one in results]
    troubles = [one.trouble for one in results]
    said = [
        pl.Series("status", ["failed" if one else "ok" for one in troubles], dtype=pl.String),
        *(
            pl.Series(name, [getattr(one, name, None) for one in troubles], dtype=pl.String)
            for name in ("stage", "error", "traceback")
        ),
    ]
    outcomes = [
        pl.Series(one.name, [_outcome(result, number) for result in results], dtype=pl.Float64)
        for number, one in enumerate(job.outcomes)
    ]
    times = [
        pl.Series("time_started", [one.started for one in results], dtype=pl.Datetime("us", "UTC")),
        pl.Series("time_seconds", [one.seconds for one in results], dtype=pl.Float64),
    ]
    return pl.DataFrame([*_who(runs), *said, *_inputs(runs, inputs), *outcomes, *times])


def _outcome(result: Result, number: int) -> float | None:
    value = result.outcomes[number] if result.outcomes else nan
    return value if isfinite(value) else None


def _table(results: Sequence[Result], table: str) -> pl.DataFrame:
    """Return the rows of a table of all runs that have one, with the run they are of."""
    import polars as pl

    from sim.results.tables import empty

    found = [
        one.tables[table].select(
            pl.lit(one.run.id).alias("run"),
            pl.lit(one.run.point, dtype=pl.Int64).alias("point"),
            pl.all(),
        )
        for one in results
        if table in one.tables
    ]
    nothing = empty(table).select(
        pl.lit("").alias("run"), pl.lit(0, dtype=pl.Int64).alias("point"), pl.all()
    )
    return pl.concat([nothing.clear(), *found])


def _who(runs: Sequence[Planned]) -> list[pl.Series]:
    import polars as pl

    return [
        pl.Series("run", [run.id for run in runs], dtype=pl.String),
        pl.Series("point", [run.point for run in runs], dtype=pl.Int64),
        pl.Series("replicate", [run.replicate for run in runs], dtype=pl.Int64),
    ]


def _inputs(runs: Sequence[Planned], inputs: Sequence[Varied]) -> list[pl.Series]:
    import polars as pl

    return [
        pl.Series(one.key, [run.values[number] for run in runs], dtype=_dtype(one))
        for number, one in enumerate(inputs)
    ]


def _dtype(varied: Varied) -> Any:
    import polars as pl

    if varied.whole:
        return pl.Int64
    kinds = ((bool, pl.Boolean), (float, pl.Float64), (int, pl.Float64), (str, pl.String))
    first = varied.values[0]
    return next((dtype for kind, dtype in kinds if isinstance(first, kind)), pl.Date)


def _unwritable(folder: Path, error: OSError) -> StoreError:
    return StoreError(
        folder,
        f"cannot be written: {error.strerror or error}",
        "what was done before is kept; make room or choose another folder, then run it again",
    )
