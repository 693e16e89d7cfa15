"""The one reader of evidence tables: the fields of a dataclass are the columns of its file.

A field's type says what a cell may hold: `str` needs text and `Text` may be empty; `float`, `int`,
`date` and `bool` (yes or no) must be there; `X | None` may be empty; `Literal[...]` lists the
words; `tuple[str, ...]` holds words between spaces; `Annotated[float, Bounds(0, 1)]` is bounded.
All that is wrong with a file is reported at once, up to a bound.
"""

import csv
import io
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from sim.core.diagnostics import Diagnostic, Origin, render
from sim.core.errors import SimError

Row = TypeVar("Row")

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
LONGEST_CELL = 2000
LARGEST_FILE = 5_000_000
MOST_PROBLEMS = 200


@dataclass(frozen=True)
class Bounds:
    """The closed interval a number must lie in."""

    low: float = -math.inf
    high: float = math.inf

    def __str__(self) -> str:
        if math.isinf(self.high):
            return f"at least {self.low:g}"
        return f"from {self.low:g} to {self.high:g}"


@dataclass(frozen=True)
class MayBeEmpty:
    """Marks text that need not be there."""


Text = Annotated[str, MayBeEmpty()]
Amount = Annotated[float, Bounds(0)]
Share = Annotated[float, Bounds(0, 1)]


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a file; `line` counts from 1 and is 0 if the whole file is meant.

    `text` is the line, `column` and `width` the cell in it that is meant, or all of it.
    """

    file: Path
    line: int
    message: str
    text: str = ""
    column: int = 1
    width: int = 1

    def as_diagnostic(self) -> Diagnostic:
        """Return the problem as a finding that renders with the line and a caret."""
        if not self.line:
            return Diagnostic("evidence", f"{self.file}: {self.message}")
        where = Origin(str(self.file), self.line, self.column, self.width, self.text)
        return Diagnostic("evidence", self.message, where)


class EvidenceError(SimError):
    """Evidence that cannot be used; `problems` holds everything wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(render(self.diagnostics))

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Return the problems as findings."""
        return tuple(problem.as_diagnostic() for problem in self.problems)


class CellError(ValueError):
    """What is wrong with one cell."""


@dataclass(frozen=True)
class Line:
    """One line of a file, as text by column; `text` is the line as it is written."""

    number: int
    cells: Mapping[str, str]
    text: str


def suggestion(found: str, allowed: Sequence[str]) -> str:
    """Return `; did you mean 'x'?` if one of the allowed words is close, else nothing."""
    close = get_close_matches(found, allowed, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def number(cell: str) -> float:
    """Read a finite decimal number; nan, inf and underscores are refused."""
    if not NUMBER.fullmatch(cell) or not math.isfinite(float(cell)):
        raise CellError(f"found {cell!r}, a finite number was expected")
    return float(cell)


def whole(cell: str) -> int:
    """Read a whole number."""
    if (value := number(cell)) != int(value):
        raise CellError(f"found {cell!r}, a whole number was expected")
    return int(value)


def day(cell: str) -> date:
    """Read a date such as 2024-05-06."""
    try:
        if DAY.fullmatch(cell):
            return date.fromisoformat(cell)
    except ValueError:
        pass
    raise CellError(f"found {cell!r}, a date such as 2024-05-06 was expected")


def yes_or_no(cell: str) -> bool:
    """Read yes or no."""
    if cell not in ("yes", "no"):
        raise CellError(f"found {cell!r}, allowed are yes and no")
    return cell == "yes"


def text(cell: str) -> str:
    """Read text that must be there."""
    if not cell:
        raise CellError("is empty")
    return cell


def one_of(words: tuple[str, ...]) -> Callable[[str], str]:
    """Return a reader of one of the given words."""

    def read(cell: str) -> str:
        if cell not in words:
            hint = suggestion(cell, words)
            raise CellError(f"found {cell!r}, allowed are {', '.join(words)}{hint}")
        return cell

    return read


READERS: dict[Any, Callable[[str], Any]] = {
    str: text,
    float: number,
    int: whole,
    date: day,
    bool: yes_or_no,
}


def reader(kind: Any) -> Callable[[str], Any]:
    """Return the function that reads a cell of a type; types may bring their own `read`."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _annotated(*arguments)
    if origin is Literal:
        return one_of(arguments)
    if origin is tuple:
        return lambda cell: tuple(cell.split())
    if NoneType in arguments:
        inner = reader(next(argument for argument in arguments if argument is not NoneType))
        return lambda cell: inner(cell) if cell else None
    found: Callable[[str], Any] = READERS.get(kind) or kind.read
    return found


def _annotated(kind: Any, mark: object) -> Callable[[str], Any]:
    if isinstance(mark, MayBeEmpty):
        return str
    inner = reader(kind)

    def bounded(cell: str) -> Any:
        value = inner(cell)
        if isinstance(mark, Bounds) and not mark.low <= value <= mark.high:
            raise CellError(f"found {cell}, allowed is {mark}")
        return value

    return bounded


def readers(row_type: type[Any]) -> Mapping[str, Callable[[str], Any]]:
    """Return the reader of each column of a dataclass."""
    hints = get_type_hints(row_type, include_extras=True)
    return {field.name: reader(hints[field.name]) for field in fields(row_type)}


def read_lines(path: Path, columns: Sequence[str], problems: list[Problem]) -> Iterator[Line]:
    """Yield the lines of a CSV file; what is wrong with its form is added to `problems`.

    Columns must be exactly the given ones, in any order; a line must have as many cells.
    """
    try:
        text = _bounded_text(path)
        written = text.splitlines()
        rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        header = next(rows, [])
        problems += _header_problems(path, header, columns, written[0] if written else "")
        if problems:
            return
        for cells in rows:
            shown = written[rows.line_num - 1] if rows.line_num <= len(written) else ""
            if len(cells) == len(header):
                stripped = (cell.strip() for cell in cells)
                yield Line(rows.line_num, dict(zip(header, stripped, strict=True)), shown)
            elif cells:
                message = f"found {len(cells)} cells, the header names {len(header)}"
                problems.append(Problem(path, rows.line_num, message, shown, 1, len(shown)))
    except (OSError, ValueError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        problems.append(Problem(path, 0, f"cannot be read: {reason}"))


def _bounded_text(path: Path) -> str:
    """Return the text of a file; endless and huge ones are refused before they fill memory."""
    if path.exists() and not path.is_file():
        raise ValueError("it is not a plain file")
    with path.open("rb") as file:
        raw = file.read(LARGEST_FILE + 1)
    if len(raw) > LARGEST_FILE:
        raise ValueError(f"it is larger than {LARGEST_FILE:,} bytes")
    return raw.decode("utf-8-sig")


def _header_problems(
    path: Path, header: list[str], columns: Sequence[str], text: str
) -> Iterator[Problem]:
    for index, name in enumerate(header):
        if header.index(name) < index:
            continue
        if name not in columns:
            hint = suggestion(name, columns)
            message = f"unknown column {name!r}; allowed are {', '.join(columns)}{hint}"
            yield Problem(path, 1, message, text, *cell_span(text, index))
        elif header.count(name) > 1:
            again = header.index(name, index + 1)
            message = f"column {name!r} appears {header.count(name)} times"
            yield Problem(path, 1, message, text, *cell_span(text, again))
    if missing := [name for name in columns if name not in header]:
        message = f"missing column{'s' * (len(missing) > 1)} {', '.join(missing)}"
        yield Problem(path, 1, message, text, 1, max(1, len(text)))


def cell_span(text: str, index: int) -> tuple[int, int]:
    """Return column (from 1) and width of a cell of a line of CSV; commas in quotes part none."""
    start, cell, quoted = 0, 0, False
    for at, letter in enumerate(text):
        quoted ^= letter == '"'
        if letter == "," and not quoted:
            if cell == index:
                return start + 1, max(1, at - start)
            start, cell = at + 1, cell + 1
    return (start + 1, max(1, len(text) - start)) if cell == index else (1, max(1, len(text)))


def read_table(
    path: Path,
    row_type: type[Row],
    key: Sequence[str],
    check: Callable[[Row], Iterator[str]] = lambda _row: iter(()),
    error: type[EvidenceError] = EvidenceError,
    check_cells: Callable[[Mapping[str, str]], Iterator[str]] = lambda _cells: iter(()),
) -> tuple[Row, ...]:
    """Read a CSV file into dataclasses, one a line.

    Args:
        path: the file.
        row_type: dataclass whose fields are the columns.
        key: columns that together must differ from line to line.
        check: yields what is wrong with a row beyond its cells; what begins with the name of a
            column and a colon points at its cell.
        error: what to raise.
        check_cells: the same for what can be said of a line's cells even if one of them is wrong.

    Raises:
        EvidenceError: of the given type, with every problem of the file.
    """
    problems: list[Problem] = []
    converters = readers(row_type)
    rows: list[Row] = []
    first_seen: dict[tuple[str, ...], int] = {}
    for line in read_lines(path, tuple(converters), problems):
        values, found = _convert(line, converters)
        identity = tuple(line.cells[name] for name in key)
        if identity in first_seen:
            name, shown = ", ".join(key), ", ".join(identity)
            found.append(f"{name} {shown!r} is already on line {first_seen[identity]}")
        first_seen.setdefault(identity, line.number)
        found += check_cells(line.cells)
        if not found:
            rows.append(row := row_type(**values))
            found += check(row)
        places = list(line.cells)
        for message in found:
            name = message.partition(":")[0]
            span = cell_span(line.text, places.index(name) if name in places else len(places))
            problems.append(Problem(path, line.number, message, line.text, *span))
        if len(problems) > MOST_PROBLEMS:
            break
    if problems:
        raise error(problems)
    return tuple(rows)


def _convert(
    line: Line, converters: Mapping[str, Callable[[str], Any]]
) -> tuple[dict[str, Any], list[str]]:
    values: dict[str, Any] = {}
    found: list[str] = []
    for name, convert in converters.items():
        cell = line.cells[name]
        try:
            if len(cell) > LONGEST_CELL:
                raise CellError(f"has {len(cell)} characters, at most {LONGEST_CELL} are allowed")
            values[name] = convert(cell)
        except CellError as error:
            found.append(f"{name}: {error}")
    return values, found
