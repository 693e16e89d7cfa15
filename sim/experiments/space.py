"""What a sweep varies, however it is given: texts, a mapping, or a CSV file of points."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from sim.experiments.design import DesignError, Point
from sim.scenario import Scenario
from sim.scenario.ranges import Value, Varied, read_ranges
from sim.scenario.writing import toml_value

Space = Sequence[str] | Sequence[Varied] | Mapping[str, object]
LISTED_AT_ONCE = 500


def read_space(scenario: Scenario, space: Space) -> tuple[Varied, ...]:
    """Return what varies.

    space: texts such as "parameters.organic=0.01:0.03"; or a mapping from keys to texts
    ("0.01:0.03"), pairs (low, high), or lists of values; or what `read_ranges` returned. Raises
    ScenarioError with every error.
    """
    if isinstance(space, Mapping):
        space = [f"{key}={_written(value)}" for key, value in space.items()]
    texts = [one for one in space if isinstance(one, str)]
    if len(texts) == len(space):
        return read_ranges(scenario, texts)
    return tuple(one for one in space if isinstance(one, Varied))


def read_points(scenario: Scenario, file: Path) -> tuple[tuple[Varied, ...], tuple[Point, ...]]:
    """Return inputs and points of a CSV file: keys in the first line, then one point a line.

    Every value is checked as a setting. Raises DesignError for a file that is no such table,
    ScenarioError for values that the scenario cannot have.
    """
    try:
        with file.open(newline="", encoding="utf-8-sig") as opened:
            header, *rows = [row for row in csv.reader(opened) if row]
    except OSError as error:
        raise DesignError(f"{file}: cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, ValueError, csv.Error) as error:
        raise DesignError(f"{file}: is no table of points: {error}") from error
    if not rows:
        raise DesignError(f"{file}: holds no point below the line of keys")
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise DesignError(f"{file}:{number}: {len(row)} values for {len(header)} keys")
    columns = [
        _column(scenario, key.strip(), [row[number].strip() for row in rows], file)
        for number, key in enumerate(header)
    ]
    inputs = tuple(varied for varied, _ in columns)
    return inputs, tuple(zip(*(values for _, values in columns), strict=True))


def _column(
    scenario: Scenario, key: str, cells: Sequence[str], file: Path
) -> tuple[Varied, list[Value]]:
    """Return an input that takes the values of a column, and the column's values."""
    different = list(dict.fromkeys(cells))
    numbers = _plain_numbers(different)
    if numbers is not None:
        # What lies between two values that a key may take, it may take as well.
        ends = sorted({min(different, key=float), max(different, key=float)}, key=float)
        (varied,) = read_ranges(scenario, [f"{key}={','.join(ends)}"], str(file))
        whole = varied.whole and all(number.is_integer() for number in numbers)
        if varied.whole and not whole:
            raise DesignError(f"{file}: {key} takes whole numbers")
        value_of: dict[str, Value] = {
            cell: int(number) if varied.whole else number
            for cell, number in zip(different, numbers, strict=True)
        }
    else:
        value_of = {}
        for first in range(0, len(different), LISTED_AT_ONCE):
            part = different[first : first + LISTED_AT_ONCE]
            (varied,) = read_ranges(scenario, [f"{key}={','.join(part)}"], str(file))
            value_of |= dict(zip(part, varied.values, strict=True))
    values = tuple(dict.fromkeys(value_of.values()))
    return Varied(key, "list", values, varied.whole), [value_of[cell] for cell in cells]


def _plain_numbers(cells: Sequence[str]) -> list[float] | None:
    try:
        return [float(cell) for cell in cells]
    except ValueError:
        return None


def _written(value: object) -> str:
    """Write a range as its text: a pair of numbers as low:high, a list as a,b,c."""
    if isinstance(value, str):
        return value
    if isinstance(value, tuple) and len(value) == 2:
        return f"{value[0]!r}:{value[1]!r}"
    if isinstance(value, list):
        return ",".join(one if isinstance(one, str) else toml_value(one) for one in value)
    raise DesignError(f"{value!r} is no range: give a text, (low, high) or a list of values")
