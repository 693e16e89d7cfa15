"""Recorded columns to polars frames, checked against the one schema of result tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.core.tables import TABLES, Column, Kind
from sim.results.errors import TableError

if TYPE_CHECKING:
    import polars as pl

Values = Sequence[Any] | NDArray[Any]
Recorded = Mapping[str, Mapping[str, Values]]
"""What the engine hands over for one replicate: table name -> column name -> values."""


def wanted_tables(tables: Collection[str] | None) -> frozenset[str]:
    """Return the names of the tables to record: all of them for None.

    Raises TableError for a name that is not in the schema.
    """
    if tables is None:
        return frozenset(TABLES)
    for name in sorted(tables):
        if name not in TABLES:
            raise TableError(name, "there is no such table", f"tables are {', '.join(TABLES)}")
    return frozenset(tables)


def frames(recorded: Recorded, tables: frozenset[str]) -> dict[str, pl.DataFrame]:
    """Return one replicate's tables as frames in the order of the schema.

    `recorded` must hold exactly `tables`, each with exactly the columns of the schema, in any
    order and of one length. Raises TableError otherwise.
    """
    for name in sorted(set(recorded) ^ tables):
        found = "was not recorded" if name in tables else "was recorded but not asked for"
        raise TableError(name, found, f"asked for {', '.join(sorted(tables))}")
    return {name: frame(name, recorded[name]) for name in TABLES if name in tables}


def frame(table: str, columns: Mapping[str, Values]) -> pl.DataFrame:
    """Return one table as a frame with the columns of the schema, in its order.

    A column is a numpy array or a list. Whole numbers may stand in a float column; NaN and None
    there mean "no value" and become null. Other columns have no nulls. Raises TableError.
    """
    import polars as pl

    schema = TABLES[table]
    _check_names(table, schema, columns)
    frame_of_all = [_series(table, column, columns[column.name]) for column in schema]
    lengths = {series.name: len(series) for series in frame_of_all}
    if len(set(lengths.values())) > 1:
        raise TableError(table, f"columns of lengths {lengths}", "all must be of one length")
    return pl.DataFrame(frame_of_all)


def stack(
    parts: Sequence[Mapping[str, pl.DataFrame]], tables: frozenset[str]
) -> dict[str, pl.DataFrame]:
    """Return the replicates' frames below one another, in the order given.

    Without any replicate every table is empty, with its columns.
    """
    import polars as pl

    names = [name for name in TABLES if name in tables]
    if not parts:
        return {name: empty(name) for name in names}
    return {name: pl.concat([part[name] for part in parts], rechunk=True) for name in names}


def empty(table: str) -> pl.DataFrame:
    """Return a table with its columns and no row."""
    return frame(table, {column.name: [] for column in TABLES[table]})


def check_frame(table: str, found: pl.DataFrame) -> None:
    """Raise TableError unless a stored frame has the schema's columns and types, in its order."""
    expected = empty(table).schema
    if dict(found.schema) != dict(expected):
        differing = sorted(set(found.schema.items()) ^ set(expected.items()), key=str)
        names = ", ".join(dict.fromkeys(name for name, _ in differing))
        raise TableError(table, f"columns {names} differ from the schema", "written by a run?")


def _check_names(table: str, schema: tuple[Column, ...], columns: Mapping[str, object]) -> None:
    allowed = [column.name for column in schema]
    missing = [name for name in allowed if name not in columns]
    extra = [name for name in columns if name not in allowed]
    if missing or extra:
        found = "; ".join(
            f"{what} {', '.join(names)}"
            for what, names in (("lacks", missing), ("has unknown", extra))
            if names
        )
        raise TableError(table, found, f"columns are {', '.join(allowed)}")


def _series(table: str, column: Column, values: Values) -> pl.Series:
    import polars as pl

    nan_to_null = column.kind == "float" and isinstance(values, np.ndarray)
    try:
        series = pl.Series(column.name, values, strict=True, nan_to_null=nan_to_null)
    except (TypeError, ValueError, pl.exceptions.PolarsError) as error:
        found = f"{column.name}: {str(error).splitlines()[0]}"
        raise TableError(table, found, f"must be {column.kind}") from error
    target = _dtype(column.kind)
    if len(series) == 0:
        return pl.Series(column.name, [], dtype=target)
    if not _fits(column.kind, series.dtype):
        raise TableError(table, f"{column.name} is {series.dtype}", f"must be {column.kind}")
    # Each step of polars costs more than the work on a column, so none is taken in vain.
    if series.dtype != target:
        series = series.cast(target)
    if column.kind == "float":
        return _finite(table, series if nan_to_null else series.fill_nan(None))
    if series.null_count():
        raise TableError(table, f"{column.name} has nulls", "only float columns may")
    return series


def _dtype(kind: Kind) -> pl.DataType:
    import polars as pl

    kinds: dict[Kind, pl.DataType] = {
        "int": pl.Int64(),
        "float": pl.Float64(),
        "text": pl.String(),
        "flag": pl.Boolean(),
        "date": pl.Date(),
    }
    return kinds[kind]


def _fits(kind: Kind, dtype: pl.DataType) -> bool:
    import polars as pl

    if kind == "int":
        return dtype.is_integer()
    if kind == "float":
        return dtype.is_numeric() or dtype == pl.Null
    return dtype == _dtype(kind)


def _finite(table: str, series: pl.Series) -> pl.Series:
    if np.isinf(series.to_numpy()).any():
        raise TableError(table, f"{series.name} holds an infinite number", "must be finite or null")
    return series
