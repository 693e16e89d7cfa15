"""Files that are whole or absent: written under a temporary name, flushed, then renamed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    import polars as pl

Write = Callable[[IO[bytes]], object]
"""Writes a file's content to an open file."""

TEMPORARY = ".unfinished-"
ROW_GROUP = 1 << 18
"""Rows per Parquet row group; fixed, so that a file's bytes follow from its table alone."""


def write_whole(path: Path, write: Write) -> Path:
    """Write a file and return its path; what was there is replaced once the new one is whole.

    Raises OSError if it cannot be written; what was there is then still there.
    """
    temporary = unfinished(path.parent, write)
    try:
        return temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def unfinished(folder: Path, write: Write) -> Path:
    """Write a file under a temporary name and return that, for the caller to rename."""
    path = _temporary(folder)
    try:
        with path.open("wb") as file:
            write(file)
            file.flush()
            flush(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _temporary(folder: Path) -> Path:
    return folder / f"{TEMPORARY}{uuid4().hex}"


def as_parquet(frame: pl.DataFrame) -> Write:
    """Return what writes a table as Parquet; equal tables give equal bytes."""
    return lambda file: frame.rechunk().write_parquet(
        file, compression="zstd", row_group_size=ROW_GROUP
    )


def as_text(content: str) -> Write:
    """Return what writes text as UTF-8."""
    return lambda file: file.write(content.encode())


def as_json(value: object) -> Write:
    """Return what writes a value as indented JSON, dates as text; nan raises ValueError there."""

    def write(file: IO[bytes]) -> None:
        content = json.dumps(
            value, indent=2, ensure_ascii=False, allow_nan=False, default=_date_as_text
        )
        file.write(f"{content}\n".encode())

    return write


def _date_as_text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def try_writing(folder: Path) -> None:
    """Raise OSError if nothing can be written to a folder; leave nothing behind."""
    probe = _temporary(folder)
    probe.touch()
    probe.unlink()


def remove_unfinished(folder: Path) -> None:
    """Remove what was left under temporary names."""
    for left in folder.glob(f"{TEMPORARY}*"):
        left.unlink(missing_ok=True)


def flush(descriptor: int) -> None:
    """Make sure that a file's bytes are on the disk before it is renamed."""
    # A rename may reach the disk before the bytes it names; after a power cut that would leave a
    # manifest beside empty tables.
    os.fsync(descriptor)
