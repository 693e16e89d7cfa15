"""The position index finds every key and value that the standard reader finds, where it stands."""

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from toml_texts import toml_texts

from sim.scenario.positions import Path, locate


def paths(data: Any, path: Path = ()) -> dict[Path, Any]:
    below: dict[Path, Any] = {} if path == () else {path: data}
    if isinstance(data, dict):
        for key, value in data.items():
            below |= paths(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            below |= paths(value, (*path, index))
    return below


@settings(max_examples=150)
@given(toml_texts())
def test_index_has_every_path_of_the_reader_and_no_other(text: str) -> None:
    expected = paths(tomllib.loads(text))
    found = locate(text)
    assert set(found.values) == set(expected)
    assert set(found.keys) == set(expected)


@settings(max_examples=150)
@given(toml_texts())
def test_text_at_a_value_is_that_value(text: str) -> None:
    lines = text.split("\n")
    found = locate(text)
    for path, value in paths(tomllib.loads(text)).items():
        span = found.values[path]
        written = lines[span.line - 1][span.column - 1 :][: span.width]
        if isinstance(value, dict | list) or written.startswith(('"""', "'''")):
            continue
        assert tomllib.loads(f"x = {written}") == {"x": value}


@settings(max_examples=100)
@given(toml_texts())
def test_text_at_a_key_is_that_key(text: str) -> None:
    lines = text.split("\n")
    for path, span in locate(text).keys.items():
        written = lines[span.line - 1][span.column - 1 :][: span.width]
        if isinstance(path[-1], str):
            assert tomllib.loads(f"{written} = 1") == {path[-1]: 1}


def test_places_are_counted_from_one() -> None:
    found = locate("# first\n\n[firms.moonshot]\n  cash = 3 # three\n")
    assert (found.keys[("firms", "moonshot")].line, found.keys[("firms", "moonshot")].column) == (
        3,
        8,
    )
    span = found.values[("firms", "moonshot", "cash")]
    assert (span.line, span.column, span.width) == (4, 10, 1)


def test_later_header_goes_into_the_last_entry_of_an_array() -> None:
    found = locate("[[a]]\n[[a]]\n[a.b]\nc = 1\n[[a.d]]\n")
    assert found.values[("a", 1, "b", "c")].line == 4
    assert found.keys[("a", 1, "d", 0)].line == 5


@pytest.mark.parametrize("quotes", ['""""a""""', "''''a''''", '"""a"""""', '"""\\""""""'])
def test_quotes_next_to_closing_quotes_belong_to_the_text(quotes: str) -> None:
    found = locate(f"x = {quotes}\ny = 2")
    assert tomllib.loads(f"x = {quotes}\ny = 2")["y"] == 2
    assert found.values[("x",)].width == len(quotes)
    assert found.values[("y",)].line == 2
