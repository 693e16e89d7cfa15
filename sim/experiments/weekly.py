"""Tables of a run as weekly numbers, one row per replicate, and their value over a span of days.

Weeks run from Monday to Sunday. A week that lies partly in a span counts by the share of its days
inside. A span counts as covered if nine tenths of its days lie in recorded weeks; a sum over a
span that is covered in part is scaled up to all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.core.errors import SimError
from sim.core.units import DAYS_PER_WEEK
from sim.evidence.period import Span

if TYPE_CHECKING:
    import polars as pl

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Flags = NDArray[np.bool_]
Days = NDArray[np.datetime64]
Where = Mapping[str, "str | Collection[str]"]

DENSE = ("market", "firms", "apps")
"""Tables with a row in every replicate and week; the others only hold what happened."""

SMALLEST_COVER = 0.9
LATEST_DAYS = 2 * DAYS_PER_WEEK
"""How long after the last recorded Monday a level still counts as in force."""


class NotModelledError(SimError):
    """A run says nothing about a figure; the message says why."""


class RunTables(Protocol):
    """Whatever has the tables of a run."""

    @property
    def tables(self) -> Mapping[str, pl.DataFrame]: ...


@dataclass(frozen=True)
class Weekly:
    """One number per replicate and week, shape (R, W); `mondays` has shape (W,).

    NaN means that there is no such number in that week (a price before entry).
    """

    values: F64
    mondays: Days

    def __add__(self, other: Weekly) -> Weekly:
        return Weekly(self.values + other.values, self.mondays)

    def __sub__(self, other: Weekly) -> Weekly:
        return Weekly(self.values - other.values, self.mondays)

    def map(self, function: Callable[[F64], F64]) -> Weekly:
        """Return a function of the values, week by week."""
        return Weekly(function(self.values), self.mondays)

    def holds(self, test: Callable[[F64], Flags]) -> Weekly:
        """Return 1 where a test of the values holds, else 0, week by week."""
        return Weekly(test(self.values).astype(np.float64), self.mondays)

    def at(self, day: date) -> F64:
        """Return the value in force on a day, shape (R,): that of the week that holds the day."""
        return self.values[:, self.week_of(day)]

    def mean(self, span: Span, smallest_cover: float = SMALLEST_COVER) -> F64:
        """Return the mean over the days of a span, without weeks that have no value; shape (R,).

        Raises:
            NotModelledError: less than the smallest share of the span lies in recorded weeks.
        """
        inside = self._days_inside(span, smallest_cover)
        weights = np.where(np.isnan(self.values), 0.0, inside)
        total = (weights * np.nan_to_num(self.values)).sum(axis=1)
        days = weights.sum(axis=1)
        result: F64 = np.divide(total, days, out=np.full(len(days), np.nan), where=days > 0)
        return result

    def total(self, span: Span) -> F64:
        """Return the sum of weekly flows over the days of a span, shape (R,).

        Raises:
            NotModelledError: too little of the span lies in recorded weeks.
        """
        inside = self._days_inside(span)
        weighted = (inside / DAYS_PER_WEEK * np.nan_to_num(self.values)).sum(axis=1)
        result: F64 = weighted * (span.days / inside.sum())
        return result

    def week_of(self, day: date) -> int:
        """Return the number of the week that holds a day.

        Raises:
            NotModelledError: the run does not reach it.
        """
        if not len(self.mondays):
            raise NotModelledError("the run has no week")
        number = int(np.searchsorted(self.mondays, np.datetime64(day), side="right")) - 1
        if number < 0 or (np.datetime64(day) - self.mondays[number]).astype(int) >= LATEST_DAYS:
            raise NotModelledError(f"the run covers {self._covered()}, not {day}")
        return number

    def weeks_inside(self, span: Span) -> I64:
        """Return the numbers of the weeks whose Monday lies in a span, else of that around it.

        Raises:
            NotModelledError: the run does not cover the span.
        """
        last = self.week_of(span.last_day)
        inside = (self.mondays >= np.datetime64(span.start)) & (
            self.mondays < np.datetime64(span.end)
        )
        found = np.flatnonzero(inside)
        return found if len(found) else np.array([last])

    def carried(self, there: Flags | None = None) -> Weekly:
        """Return the last value so far of each week, NaN before the first.

        `there` (R, W) says which values count; without it those that are numbers.
        """
        known = ~np.isnan(self.values) if there is None else there
        weeks = np.arange(self.values.shape[1])
        last = np.maximum.accumulate(np.where(known, weeks, -1), axis=1)
        found = np.take_along_axis(self.values, np.maximum(last, 0), axis=1)
        return Weekly(np.where(last < 0, np.nan, found), self.mondays)

    def _days_inside(self, span: Span, smallest: float = SMALLEST_COVER) -> F64:
        week = np.timedelta64(DAYS_PER_WEEK, "D")
        start = np.maximum(self.mondays, np.datetime64(span.start))
        end = np.minimum(self.mondays + week, np.datetime64(span.end))
        days: F64 = np.maximum((end - start).astype(np.float64), 0.0)
        if days.sum() < smallest * span.days:
            raise NotModelledError(
                f"the run covers {self._covered()}, not {span.start} to {span.last_day}"
            )
        return days

    def _covered(self) -> str:
        if not len(self.mondays):
            return "no week"
        end = self.mondays[-1] + np.timedelta64(DAYS_PER_WEEK - 1, "D")
        return f"{self.mondays[0]} to {end}"


class Book:
    """The tables of a run, read as weekly numbers."""

    def __init__(self, run: RunTables) -> None:
        self._tables = run.tables
        self._columns: dict[tuple[str, str], NDArray[Any]] = {}
        self._codes: dict[tuple[str, str], tuple[I64, dict[str, int]]] = {}
        self._rows: dict[str, tuple[I64, I64]] = {}
        self._sums: dict[tuple[object, ...], tuple[F64, F64]] = {}
        self._words: dict[tuple[object, ...], tuple[str, ...]] = {}
        self._chosen: dict[tuple[object, ...], Flags] = {}

    def weekly(self, table: str, column: str | None = None, where: Where | None = None) -> Weekly:
        """Return the sum of a column over the rows that match, by replicate and week.

        Args:
            table: name of the table.
            column: name of the column; None counts rows.
            where: the value, or the values, that text columns must have.

        Without a matching row a week is NaN, but 0 in a table that only holds what happened.
        """
        total, count = self._gather(table, column, where)
        if table in DENSE:
            total = np.where(count == 0, np.nan, total)
        return Weekly(total, self.mondays)

    def average(self, table: str, column: str, where: Where | None = None) -> Weekly:
        """Return the mean of a column over the rows that match and have a value."""
        total, count = self._gather(table, column, where)
        mean = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
        return Weekly(mean, self.mondays)

    def words(self, table: str, column: str, where: Where | None = None) -> tuple[str, ...]:
        """Return the different words in a text column of the rows that match, sorted."""
        key = (table, column, _frozen(where))
        if key not in self._words:
            codes, numbers = self._coded(table, column)
            found = set(np.unique(codes[self._matching(table, where)]).tolist())
            words = (word for word, code in numbers.items() if code in found and word)
            self._words[key] = tuple(sorted(words))
        return self._words[key]

    @cached_property
    def replicates(self) -> I64:
        """The numbers of the replicates, ascending."""
        found: I64 = np.unique(self._column(self._dense, "replicate")).astype(np.int64)
        return found

    @cached_property
    def mondays(self) -> Days:
        """The Mondays of the run, ascending."""
        found: Days = np.unique(self._column(self._dense, "date").astype("datetime64[D]"))
        return found

    @property
    def _dense(self) -> str:
        for name in DENSE:
            if name in self._tables and self._tables[name].height:
                return name
        raise NotModelledError(f"the run recorded none of the tables {', '.join(DENSE)}")

    def _gather(self, table: str, column: str | None, where: Where | None) -> tuple[F64, F64]:
        """Return sums and counts of values by replicate and week, each of shape (R, W)."""
        key = (table, column, _frozen(where))
        if key not in self._sums:
            self._sums[key] = self._summed(table, column, where)
        return self._sums[key]

    def _summed(self, table: str, column: str | None, where: Where | None) -> tuple[F64, F64]:
        replicate, week = self._places(table)
        values = np.ones(len(week)) if column is None else self._number(table, column)
        chosen = ~np.isnan(values) & self._matching(table, where)
        shape = (len(self.replicates), len(self.mondays))
        place = replicate[chosen] * shape[1] + week[chosen]
        size = shape[0] * shape[1]
        total = np.bincount(place, weights=values[chosen], minlength=size).astype(np.float64)
        count = np.bincount(place, minlength=size).astype(np.float64)
        return total.reshape(shape), count.reshape(shape)

    def _matching(self, table: str, where: Where | None) -> Flags:
        """Return which rows match; many columns are asked of the same rows."""
        key = (table, _frozen(where))
        if key not in self._chosen:
            self._chosen[key] = self._picked(table, where)
        return self._chosen[key]

    def _picked(self, table: str, where: Where | None) -> Flags:
        chosen = np.ones(len(self._column(table, "replicate")), dtype=np.bool_)
        for name, wanted in (where or {}).items():
            codes, numbers = self._coded(table, name)
            words = [wanted] if isinstance(wanted, str) else wanted
            chosen_codes = np.zeros(len(numbers) + 1, dtype=np.bool_)
            chosen_codes[[numbers[word] for word in words if word in numbers]] = True
            chosen &= chosen_codes[codes]
        return chosen

    def _coded(self, table: str, column: str) -> tuple[I64, dict[str, int]]:
        """Return a number per row for the word in it, -1 for none, and the number of each word."""
        if (table, column) not in self._codes:
            numbers: dict[str, int] = {}
            codes = [
                -1 if word is None else numbers.setdefault(str(word), len(numbers))
                for word in self._column(table, column).tolist()
            ]
            self._codes[table, column] = np.array(codes, dtype=np.int64), numbers
        return self._codes[table, column]

    def _places(self, table: str) -> tuple[I64, I64]:
        if table not in self._rows:
            replicate = np.searchsorted(self.replicates, self._column(table, "replicate"))
            days = self._column(table, "date").astype("datetime64[D]")
            week = np.searchsorted(self.mondays, days)
            self._rows[table] = replicate.astype(np.int64), week.astype(np.int64)
        return self._rows[table]

    def _number(self, table: str, column: str) -> F64:
        return self._column(table, column).astype(np.float64)

    def _column(self, table: str, column: str) -> NDArray[Any]:
        if (table, column) not in self._columns:
            frame = self._tables.get(table)
            if frame is None:
                raise NotModelledError(f"the run did not record the table {table}")
            if column not in frame.columns:
                raise NotModelledError(f"the table {table} has no column {column}")
            self._columns[table, column] = frame.get_column(column).to_numpy()
        return self._columns[table, column]


def _frozen(where: Where | None) -> tuple[tuple[str, object], ...]:
    """Return a condition as a key."""
    return tuple(
        (name, wanted if isinstance(wanted, str) else tuple(wanted))
        for name, wanted in (where or {}).items()
    )
