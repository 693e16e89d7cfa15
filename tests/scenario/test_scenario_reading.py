"""Files within bounds are read with places; anything else is one clear finding."""

from pathlib import Path

import pytest

from sim.scenario.errors import ScenarioError, UnreadableScenarioError
from sim.scenario.reading import LARGEST_FILE, read_bounded, read_text

HOSTILE = {
    "long dotted key": ("a" + ".a" * 150_000 + " = 1", "too-deep"),
    "long dotted header": ("[a" + " .a" * 150_000 + "]", "too-deep"),
    "nested lists": ("a = " + "[" * 200_000, "too-deep"),
    "closed nested lists": ("a = " + "[" * 60 + "]" * 60, "too-deep"),
    "nested inline tables": ("a = {" + "a = {" * 5_000, "too-deep"),
    "long integer": ("b = 1\na = " + "9" * 100_000, "huge-integer"),
    "long hexadecimal integer": ("a = 0x" + "f" * 400_000, "huge-integer"),
    "65-bit integer": ("a = 9223372036854775808", "huge-integer"),
    "many tables": ("[[a]]\n" * 100_000, "too-large"),
    "many list entries": ("a = [" + "1," * 100_000 + "]", "too-large"),
    "large text": ("#" * (LARGEST_FILE + 1), "too-large"),
    "one long word": ("x" * 500_000, "syntax"),
}


@pytest.mark.parametrize(("text", "code"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_refused_in_a_line(text: str, code: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_text(text, "f.toml")
    (found,) = caught.value.diagnostics
    assert found.code == code
    assert found.origin is not None
    assert len(str(caught.value)) < 2000


def test_integer_error_names_its_line() -> None:
    with pytest.raises(ScenarioError) as caught:
        read_text("b = 1\na = " + "9" * 5000, "f.toml")
    assert str(caught.value.diagnostics[0].origin) == "f.toml:2:5"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a = 1\nb = hold\n", "f.toml:2:5"),
        ("a = 1\n\na = 2\n", "f.toml:3:1"),
        ("[a]\n[a]\n", "f.toml:2:1"),
        ("a = 1,5", "f.toml:1:6"),
        ("a = 2023-02-30", "f.toml:1:5"),
        ("a = 1\nb = [1, 2\n", "f.toml:2:10"),
        ("a : 1", "f.toml:1:3"),
    ],
)
def test_broken_toml_points_at_the_place(text: str, place: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_text(text, "f.toml")
    assert str(caught.value.diagnostics[0].origin) == place


def test_windows_line_ends_and_byte_order_mark_are_read(tmp_path: Path) -> None:
    file = tmp_path / "windows.toml"
    file.write_bytes(b"\xef\xbb\xbfa = 1\r\nb = 2\r\n")
    read = read_text(read_bounded(file), "f.toml")
    assert read.data == {"a": 1, "b": 2}
    assert str(read.value_origin(("b",))) == "f.toml:2:5"


def test_byte_that_is_not_utf8_names_line_and_column(tmp_path: Path) -> None:
    file = tmp_path / "latin.toml"
    file.write_bytes(b"a = 1\nb = '\xe9'\n")
    with pytest.raises(ScenarioError) as caught:
        read_bounded(file)
    origin = caught.value.diagnostics[0].origin
    assert origin is not None
    assert (origin.line, origin.column) == (2, 6)


@pytest.mark.parametrize("name", ["missing.toml", ".", "nul\0byte.toml"])
def test_what_is_not_a_file_is_unreadable(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableScenarioError):
        read_bounded(tmp_path / name)


def test_file_over_a_megabyte_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "large.toml"
    file.write_bytes(b"#" * (LARGEST_FILE + 1))
    with pytest.raises(ScenarioError) as caught:
        read_bounded(file)
    assert caught.value.diagnostics[0].code == "too-large"
