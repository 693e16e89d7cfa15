"""Columns that grow by some rows a week: arrays of twice the length when they are full."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.core.tables import TABLES

Column = NDArray[Any] | Sequence[Any]
Rows = Mapping[str, Column]

KINDS = {"float": np.float64, "int": np.int64, "flag": np.bool_}
FIRST_ROWS = 256


class Growing:
    """The rows of one table so far."""

    def __init__(self, name: str) -> None:
        self._rows = 0
        self._room = FIRST_ROWS
        self._mondays: list[tuple[np.datetime64, int]] = []
        columns = TABLES[name][2:]
        self._first = columns[0].name
        self._texts: dict[str, list[str]] = {one.name: [] for one in columns if one.kind == "text"}
        self._numbers: dict[str, NDArray[Any]] = {
            one.name: np.empty(FIRST_ROWS, KINDS[one.kind]) for one in columns if one.kind in KINDS
        }

    def add(self, monday: np.datetime64, rows: Rows) -> None:
        """Copy the rows of a week."""
        begin, new = self._rows, len(rows[self._first])
        if new == 0:
            return
        self._mondays.append((monday, new))
        self._rows = end = begin + new
        for name, texts in self._texts.items():
            texts.extend(rows[name])
        if end > self._room:
            self._grow(end)
        for name, numbers in self._numbers.items():
            numbers[begin:end] = rows[name]

    def _grow(self, rows: int) -> None:
        """Make room for twice as many rows."""
        self._room = 2 * rows
        for name, numbers in self._numbers.items():
            longer = np.empty(self._room, numbers.dtype)
            longer[: len(numbers)] = numbers
            self._numbers[name] = longer

    def columns(self, name: str, replicate: int) -> dict[str, Column]:
        """Return the table with exactly the columns of the schema."""
        mondays = np.array([monday for monday, _ in self._mondays], dtype="datetime64[D]")
        columns: dict[str, Column] = {
            "replicate": np.full(self._rows, replicate, dtype=np.int64),
            "date": np.repeat(mondays, [new for _, new in self._mondays]),
        }
        for column in TABLES[name][2:]:
            if column.kind == "text":
                columns[column.name] = self._texts[column.name]
            else:
                columns[column.name] = self._numbers[column.name][: self._rows].copy()
        return columns
