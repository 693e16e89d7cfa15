"""A run as a folder: one Parquet file per table and a manifest, written whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.core.tables import TABLES
from sim.results.errors import StoreError, TableError
from sim.results.run import Run
from sim.results.tables import check_frame
from sim.results.whole import (
    TEMPORARY,
    as_json,
    as_parquet,
    remove_unfinished,
    try_writing,
    unfinished,
)

if TYPE_CHECKING:
    import polars as pl

MANIFEST = "manifest.json"
REPORT = "report.html"
SCHEMA_VERSION = 1

_FILES = {MANIFEST, REPORT, *(f"{name}.parquet" for name in TABLES)}


def write_run(run: Run, folder: Path | str) -> Path:
    """Write a run as `folder/<table>.parquet` and `folder/manifest.json`; return the folder.

    Files are written under temporary names and renamed at the end, the manifest last, so a folder
    with a manifest is a whole run. A run that was there is replaced, its report removed. Equal
    tables give identical files.

    Raises StoreError if the folder cannot be written or holds something that is not a run.
    """
    folder = check_writable(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        remove_unfinished(folder)
        written = {
            f"{name}.parquet": unfinished(folder, as_parquet(frame)) for name, frame in _tables(run)
        }
        written[MANIFEST] = unfinished(folder, as_json(run.manifest))
        for name in (MANIFEST, REPORT, *(name for name in _FILES if name not in written)):
            (folder / name).unlink(missing_ok=True)
        for name, temporary in written.items():
            temporary.replace(folder / name)
    except OSError as error:
        raise StoreError(folder, f"cannot write: {error.strerror}", "nothing was kept") from error
    finally:
        remove_unfinished(folder)
    return folder


def check_writable(folder: Path | str) -> Path:
    """Return the folder; raise StoreError if a run cannot go there. Nothing is left behind."""
    folder = Path(folder)
    try:
        nearest = next(path for path in (folder, *folder.parents) if path.exists())
        try_writing(nearest)
        names = {entry.name for entry in folder.iterdir()} if nearest == folder else set()
    except OSError as error:
        raise StoreError(
            folder, f"cannot be written: {error.strerror}", "choose another output folder"
        ) from error
    foreign = sorted(n for n in names - _FILES if not n.startswith(TEMPORARY))
    if foreign and not is_run(folder):
        raise StoreError(
            folder, f"holds {foreign[0]!r} and no run", "choose an empty folder or that of a run"
        )
    return folder


def is_run(folder: Path) -> bool:
    """Tell whether the folder holds the manifest of a run."""
    try:
        read_manifest(folder)
    except StoreError:
        return False
    return True


def read_run(folder: Path | str) -> Run:
    """Return the run stored in a folder.

    Raises StoreError if it is not a run, or if a table is missing, damaged or not as the schema
    says.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    return Run(
        tables={name: _read_table(folder, name, rows) for name, rows in manifest["tables"].items()},
        manifest=manifest,
    )


def read_manifest(folder: Path | str) -> dict[str, Any]:
    """Return the manifest of the run in a folder without reading its tables.

    Raises StoreError if there is none, or if it is not one this release reads.
    """
    path = Path(folder) / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StoreError(
            Path(folder), f"is not a run: no {MANIFEST} ({error.strerror})", "llmsim run writes one"
        ) from error
    except ValueError as error:
        raise StoreError(path, f"is damaged: {error}", "run the scenario again") from error
    if not isinstance(manifest, dict) or manifest.get("kind") != "run":
        raise StoreError(path, "is not the manifest of a run", "llmsim run writes one")
    if manifest.get("schema_version") != SCHEMA_VERSION:
        raise StoreError(
            path,
            f"has schema version {manifest.get('schema_version')!r}",
            f"this release reads {SCHEMA_VERSION}",
        )
    return manifest


def _tables(run: Run) -> list[tuple[str, pl.DataFrame]]:
    for name, frame in run.tables.items():
        check_frame(name, frame)
    return list(run.tables.items())


def _read_table(folder: Path, name: str, rows: int) -> pl.DataFrame:
    import polars as pl

    path = folder / f"{name}.parquet"
    again = "run the scenario again"
    if name not in TABLES:
        raise StoreError(path, "is no table of this release", f"tables are {', '.join(TABLES)}")
    if not path.is_file():
        raise StoreError(path, "the table is missing", again)
    try:
        frame = pl.read_parquet(path)
        check_frame(name, frame)
    except (OSError, pl.exceptions.PolarsError, TableError) as error:
        raise StoreError(path, f"cannot be read: {error}", again) from error
    if len(frame) != rows:
        raise StoreError(path, f"has {len(frame)} rows, the manifest says {rows}", again)
    return frame
