"""Where a number comes from: the `source` column, its grammar, and the check that it holds.

A source is one or more statements with `;` between them. A statement is

    FIGURE                    the figure with that id speaks for the number
    input:FIGURE              the number is that figure's value; its use must be `input`
    assumption: REASON        a choice, with a reason of at least three words
    paper: AUTHOR YEAR TITLE  a publication; in the parameter table only

and may open with the columns it speaks for and `=`, such as `cash_mcny=assumption: ...`; without
them it speaks for every column that no other statement names. Each number of a row needs one.
"""

import csv
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from sim.core.diagnostics import Origin
from sim.core.parameters import Parameter
from sim.core.shipped import shipped
from sim.evidence.currency import cny_per_usd
from sim.evidence.figures import Figure, figures_by_id
from sim.evidence.table import read_table, suggestion

Row = TypeVar("Row")

STATEMENT = re.compile(
    r"((?P<columns>[a-z0-9_]+( [a-z0-9_]+)*)=)?((?P<kind>[a-z]+):)?\s*(?P<text>.*)", re.DOTALL
)
PAPER = re.compile(r"\S.*\b(1[6-9]|20)\d\d\b\s+\S+.*")
FEWEST_WORDS = 3
FED_TOLERANCE = 0.05

UNITS: Mapping[str, Mapping[str, float]] = {
    "_cny_per_mtok": {"CNY_per_1M_tokens": 1.0},
    "_bn_cny": {"CNY": 1e-9, "USD": 1e-9},
    "_mcny": {"CNY": 1e-6, "USD": 1e-6},
}


@dataclass(frozen=True)
class Statement:
    """One statement of a source; `columns` is empty where it speaks for all the others."""

    kind: str
    text: str
    columns: tuple[str, ...] = ()


def read_source(source: str) -> tuple[Statement, ...]:
    """Return the statements of a source; a bare figure id has the kind `figure`."""
    found = []
    for part in source.split(";"):
        match = STATEMENT.fullmatch(part.strip())
        assert match is not None
        columns = tuple((match["columns"] or "").split())
        found.append(Statement(match["kind"] or "figure", match["text"].strip(), columns))
    return tuple(found)


def source_problems(
    source: str,
    numbers: Mapping[str, float] | None = None,
    figures: Mapping[str, Figure] | None = None,
    papers: bool = False,
) -> Iterator[str]:
    """Yield what is wrong with a source.

    Args:
        source: the text of the column.
        numbers: the numbers of the row by column; None if there are none to account for.
        figures: the figures that may be named; the shipped ones by default.
        papers: whether publications may be named.
    """
    known = figures_by_id() if figures is None else figures
    numbers = numbers or {}
    statements = read_source(source)
    for statement in statements:
        yield from _statement_problems(statement, known, papers)
        yield from _fed_problems(statement, known, numbers)
    named = {column for statement in statements for column in statement.columns}
    if all(statement.columns for statement in statements):
        for column in numbers:
            if column not in named:
                yield f"source says nothing about {column}"


def _statement_problems(
    statement: Statement, known: Mapping[str, Figure], papers: bool
) -> Iterator[str]:
    text = statement.text
    if statement.kind in ("figure", "input"):
        if text not in known:
            hint = suggestion(text, tuple(known))
            yield f"source names {text!r}, which is no figure{hint}"
        elif statement.kind == "input" and not known[text].may_be_fed:
            yield f"source feeds {text}, whose use is {known[text].use}; only input may be fed"
    elif statement.kind == "assumption":
        if len(re.findall(r"[^\W\d_]+", text)) < FEWEST_WORDS:
            yield f"source assumes {text!r}, a reason of at least three words was expected"
    elif statement.kind != "paper" or not papers:
        allowed = "a figure id, input:, assumption:" + (", paper:" if papers else "")
        yield f"source says {statement.kind}:, allowed are {allowed}"
    elif not PAPER.fullmatch(text):
        yield f"source names the paper {text!r}, author, year and title were expected"


def _fed_problems(
    statement: Statement, known: Mapping[str, Figure], numbers: Mapping[str, float]
) -> Iterator[str]:
    figure = known.get(statement.text)
    if statement.kind != "input" or figure is None or not numbers:
        return
    if not statement.columns:
        yield f"source feeds {figure.id} but not into which column"
    for column in statement.columns:
        said = _in_unit_of(column, figure)
        if column not in numbers or said is None:
            yield f"source feeds {figure.id} ({figure.unit}) into {column!r}, which cannot hold it"
        elif abs(numbers[column] - said) > FED_TOLERANCE * abs(said):
            yield f"{column} is {numbers[column]:g}, {figure.id} says {said:g}"


def _in_unit_of(column: str, figure: Figure) -> float | None:
    """Return a figure's value in the unit that a column's name ends in, or None."""
    units = next((units for end, units in UNITS.items() if column.endswith(end)), {})
    factor = units.get(figure.unit)
    if factor is None or figure.value is None:
        return None
    rate = cny_per_usd(figure.period.start) if figure.unit == "USD" and figure.period else 1.0
    return figure.value * factor * rate


def _columns(row_type: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(row_type))


def numbers_of(row: Any) -> dict[str, float]:
    """Return the numbers of a row by column; what is empty or text is no number."""
    cells = ((name, getattr(row, name)) for name in _columns(type(row)))
    return {
        name: value
        for name, value in cells
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


def check_row(row: Any) -> Iterator[str]:
    """Yield what is wrong with the `source` of a row, columns that do not exist included."""
    yield from source_problems(row.source, numbers_of(row))
    for statement in read_source(row.source):
        for column in set(statement.columns) - set(_columns(type(row))):
            hint = suggestion(column, _columns(type(row)))
            yield f"source speaks for {column!r}, which is no column{hint}"


def sourced_table(path: Path, row_type: type[Row], key: Collection[str]) -> tuple[Row, ...]:
    """Read a table and check the source of every row.

    Raises:
        EvidenceError: with every problem of the file.
    """
    return read_table(path, row_type, tuple(key), check_row)


def check_parameters(path: Path | None = None) -> None:
    """Check the sources of the parameter table, and that each default lies inside its prior.

    Raises:
        EvidenceError: with every problem of the file.
    """
    read_table(path or shipped("seeds") / "parameters.csv", Parameter, ("name",), _parameter)


def _parameter(row: Parameter) -> Iterator[str]:
    yield from source_problems(row.source, papers=True)
    if not row.low <= row.default <= row.high:
        yield f"default {row.default:g} is outside its prior {row.low:g} to {row.high:g}"


def source_at(origin: Origin, column: str) -> str:
    """Return the source of a number at a place in the evidence; empty for any other file.

    That of its cell, else that of its row.
    """
    folder, _, name = origin.file.partition("/")
    if folder != "seeds":
        return ""
    with (shipped("seeds") / name).open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        row = next((row for row in rows if rows.line_num == origin.line), {})
    said = [part.strip() for part in row.get("source", "").split(";")]
    of_cell = [part.removeprefix(f"{column}=") for part in said if part.startswith(f"{column}=")]
    of_row = [part for part in said if part and not re.match(r"\w+=", part)]
    return "; ".join(of_cell or of_row)
