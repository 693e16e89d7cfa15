"""The reader of evidence tables: what it accepts, and that it reports all that is wrong at once."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.evidence.table import (
    Amount,
    CellError,
    EvidenceError,
    Share,
    Text,
    number,
    read_table,
)


@dataclass(frozen=True)
class Animal:
    name: str
    kind: Literal["cat", "dog"]
    weight: Amount
    tame: Share | None
    born: date
    barks: bool
    friends: tuple[str, ...]
    note: Text


HEADER = "name,kind,weight,tame,born,barks,friends,note\n"
GOOD = "Rex,dog,12.5,,2020-02-29,yes,Tom Ada,\n"


def read(tmp_path: Path, text: str) -> tuple[Animal, ...]:
    path = tmp_path / "animals.csv"
    path.write_text(text, encoding="utf-8")
    return read_table(path, Animal, ("name",))


def complaints(tmp_path: Path, text: str) -> list[tuple[int, str]]:
    with pytest.raises(EvidenceError) as caught:
        read(tmp_path, text)
    return [(problem.line, problem.message) for problem in caught.value.problems]


def test_cells_become_values_of_the_fields_types(tmp_path: Path) -> None:
    assert read(tmp_path, HEADER + GOOD) == (
        Animal("Rex", "dog", 12.5, None, date(2020, 2, 29), True, ("Tom", "Ada"), ""),
    )


def test_order_of_columns_and_a_byte_order_mark_do_not_matter(tmp_path: Path) -> None:
    text = (
        "\ufeffnote,friends,barks,born,tame,weight,kind,name\n,Tom Ada,yes,2020-02-29,,12.5,dog,Rex"
    )
    assert read(tmp_path, text) == read(tmp_path, HEADER + GOOD)


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("name", "", "name: is empty"),
        ("kind", "dgo", "did you mean 'dog'?"),
        ("weight", "-1", "weight: found -1, allowed is at least 0"),
        ("weight", "nan", "a finite number was expected"),
        ("weight", "inf", "a finite number was expected"),
        ("weight", "1e999", "a finite number was expected"),
        ("weight", "1_000", "a finite number was expected"),
        ("tame", "1.01", "allowed is from 0 to 1"),
        ("born", "2021-02-29", "a date such as 2024-05-06 was expected"),
        ("born", "20210228", "a date such as 2024-05-06 was expected"),
        ("barks", "true", "allowed are yes and no"),
        ("note", "x" * 2001, "at most 2000 are allowed"),
    ],
)
def test_a_wrong_cell_is_refused_with_its_line(
    tmp_path: Path, column: str, cell: str, said: str
) -> None:
    cells = dict(zip(HEADER.strip().split(","), GOOD.strip().split(","), strict=True))
    found = complaints(
        tmp_path, HEADER + GOOD + ",".join((cells | {"name": "Tom", column: cell}).values())
    )
    assert [line for line, _ in found] == [3]
    assert said in found[0][1]


def test_every_problem_of_a_file_is_reported(tmp_path: Path) -> None:
    text = HEADER + "Rex,cow,-1,,2020-02-29,yes,,\n" + GOOD + GOOD + "Tom,dog\n"
    assert [line for line, _ in complaints(tmp_path, text)] == [2, 2, 3, 4, 5]


def test_unknown_missing_and_doubled_columns_are_named(tmp_path: Path) -> None:
    found = [message for _, message in complaints(tmp_path, "name,name,kimd\n" + "a,b,c\n")]
    assert "column 'name' appears 2 times" in found
    assert any("unknown column 'kimd'" in message and "'kind'" in message for message in found)
    assert "missing columns kind, weight, tame, born, barks, friends, note" in found


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b'name,"kind\n', b""])
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "animals.csv"
    path.write_bytes(content)
    with pytest.raises(EvidenceError, match=r"animals\.csv"):
        read_table(path, Animal, ("name",))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"none\.csv: cannot be read: No such file"):
        read_table(tmp_path / "none.csv", Animal, ("name",))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_number_is_read_as_it_was_written(value: float) -> None:
    assert number(repr(value)) == value


@given(st.text())
def test_any_text_is_a_number_or_refused(cell: str) -> None:
    with suppress(CellError):
        assert abs(number(cell)) < float("inf")


@given(st.text(max_size=400))
def test_any_text_is_a_table_or_refused(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.mktemp("any") / "animals.csv"
    path.write_text(text, encoding="utf-8", errors="replace")
    with suppress(EvidenceError):
        assert all(row.name for row in read_table(path, Animal, ("name",)))
