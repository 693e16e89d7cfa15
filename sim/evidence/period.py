"""The stretch of time a figure speaks of: a year, half, quarter, month, day, or A..B of these."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from sim.evidence.table import CellError

PART = re.compile(
    r"(?P<year>\d{4})(-H(?P<half>[12])|-Q(?P<quarter>[1-4])|-(?P<month>\d\d)(-(?P<day>\d\d))?)?"
)
YEARS = range(1900, 2200)
"""Years in which a period and the one before it may lie."""

GRAMMAR = "2024, 2024-H1, 2024-Q4, 2024-10, 2024-05-15 or A..B of these"


@dataclass(frozen=True, order=True)
class Span:
    """Days from `start` up to and without `end`."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """Return how many days the span has."""
        return (self.end - self.start).days

    @property
    def last_day(self) -> date:
        """Return the last day inside."""
        return self.end - timedelta(days=1)

    @property
    def eve(self) -> date:
        """Return the day before the first."""
        return self.start - timedelta(days=1)

    def months(self) -> "tuple[Span, ...]":
        """Return the calendar months that end inside; of less than one, the month around it."""
        found = []
        start = self.start.replace(day=1)
        while add_months(start, 1) <= self.end:
            found.append(Span(start, add_months(start, 1)))
            start = add_months(start, 1)
        return tuple(found) or (Span(start, add_months(start, 1)),)


@dataclass(frozen=True, order=True)
class Period(Span):
    """A span with its parts: of `2023-12..2024-02`, `first` is December and `last` February.

    For a period of one part, `first` and `last` are the period itself.
    """

    first: Span
    last: Span
    text: str

    @property
    def before(self) -> Span:
        """Return the part of equal kind just before the first: of May April, of 2024 2023."""
        start = self.first.start
        if self.first.days < 28:
            return Span(start - timedelta(days=self.first.days), start)
        months = round(self.first.days / 30.44)
        return Span(add_months(start, -months), start)

    @classmethod
    def read(cls, cell: str) -> "Period":
        """Read a period.

        Raises:
            CellError: not of the grammar, no such day, or an end before its start.
        """
        head, dots, tail = cell.partition("..")
        first = _part(head, cell)
        last = _part(tail, cell) if dots else first
        if last.end < first.end or last.start < first.start:
            raise CellError(f"found {cell!r}, which ends before it starts")
        return cls(first.start, last.end, first, last, cell)


def add_months(day: date, months: int) -> date:
    """Return the first of the month that lies so many months after the month of `day`."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _part(text: str, cell: str) -> Span:
    match = PART.fullmatch(text)
    if not match:
        raise CellError(f"found {cell!r}, a period is {GRAMMAR}")
    found = {name: int(value) for name, value in match.groupdict().items() if value}
    if found["year"] not in YEARS:
        raise CellError(f"found {cell!r}, allowed are the years {YEARS[0]} to {YEARS[-1]}")
    try:
        if "day" in found:
            start = date(found["year"], found["month"], found["day"])
            return Span(start, start + timedelta(days=1))
        if "month" in found:
            return _months(found["year"], found["month"], 1)
        if "quarter" in found:
            return _months(found["year"], 3 * found["quarter"] - 2, 3)
        if "half" in found:
            return _months(found["year"], 6 * found["half"] - 5, 6)
        return _months(found["year"], 1, 12)
    except (ValueError, OverflowError) as error:
        raise CellError(f"found {cell!r}, which is no day of the calendar") from error


def _months(year: int, month: int, count: int) -> Span:
    start = date(year, month, 1)
    return Span(start, add_months(start, count))
