"""From a file or a text to nested values with a place behind each, or to findings."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import Any

from sim.core.diagnostics import Diagnostic, Origin, shorten
from sim.scenario.errors import ScenarioError, UnreadableScenarioError
from sim.scenario.positions import Path, Positions, Span, locate

LARGEST_FILE = 500_000
DEEPEST_VALUE = 12
MOST_VALUES = 20_000
MOST_KEYS = 1000
MOST_LISTED = 2000
LARGEST_INTEGER = 2**63

KEY = r"""(?:[A-Za-z0-9_-]++|"(?:[^"\\\n]++|\\.)*+"|'[^'\n]*+')"""
DEEP_KEY = re.compile(
    rf"(?:^|[{{,])[ \t]*+(?:\[[ \t]*+){{0,2}}({KEY}(?:[ \t]*+\.[ \t]*+{KEY}){{{DEEPEST_VALUE},}}+)",
    re.MULTILINE,
)
LONG_NUMBER = re.compile(r"[0-9][0-9_]{4000,}")
TOO_LONG = "the integer needs more than 64 bits"
WRITTEN_TWICE = re.compile(r"[Oo]verwrite|declare|mutate")
ERROR_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(frozen=True)
class Text:
    """A TOML text that parsed, with the place of every value in it."""

    file: str
    lines: tuple[str, ...]
    data: dict[str, Any]
    positions: Positions

    def key_origin(self, path: Path) -> Origin:
        """Return where the key at a path is written, or the nearest place above it."""
        return self._origin(self.positions.keys, path)

    def value_origin(self, path: Path) -> Origin:
        """Return where the value at a path is written, or the nearest place above it."""
        return self._origin(self.positions.values, path)

    def _origin(self, spans: dict[Path, Span], path: Path) -> Origin:
        while path and path not in spans:
            path = path[:-1]
        span = spans.get(path, Span(1, 1, 1))
        return Origin(self.file, span.line, span.column, span.width, self.lines[span.line - 1])


def read_bounded(path: FilePath) -> str:
    """Return the text of a scenario file.

    Raises UnreadableScenarioError if it is missing, not a plain file, or not to be opened, and
    ScenarioError if it is larger than half a megabyte or not UTF-8.
    """
    shown = str(path)
    try:
        if not path.is_file():
            what = "is not a plain file" if path.exists() else "does not exist"
            raise UnreadableScenarioError(Diagnostic("no-file", f"`{shorten(shown, 300)}` {what}"))
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        message = f"`{shorten(shown, 300)}` cannot be read: {reason}"
        raise UnreadableScenarioError(Diagnostic("no-file", message)) from error
    if len(raw) > LARGEST_FILE:
        message = f"the file is larger than {LARGEST_FILE:,} bytes"
        raise ScenarioError([Diagnostic("too-large", message, Origin(shown))])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = raw[: error.start].decode("utf-8-sig")
        line = good.count("\n") + 1
        origin = Origin(shown, line, len(good) - (good.rfind("\n") + 1) + 1)
        message = f"byte {raw[error.start]:#04x} is not UTF-8; save the file as UTF-8"
        raise ScenarioError([Diagnostic("not-utf8", message, origin)]) from error


def read_text(text: str, file: str) -> Text:
    """Parse a TOML text.

    Raises ScenarioError with one finding for broken TOML, and with all of them for values that
    nest deeper than 12 levels, integers beyond 64 bits, or more values than the bounds above.
    """
    if len(text) > LARGEST_FILE:
        message = f"the text is larger than {LARGEST_FILE:,} characters"
        raise ScenarioError([Diagnostic("too-large", message, Origin(file))])
    text = text.replace("\r\n", "\n")
    lines = tuple(text.split("\n"))
    deep = DEEP_KEY.search(text)
    if deep is not None:
        raise ScenarioError([_too_deep(_at_offset(file, lines, text, deep.start(1)))])
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError([_syntax_error(error, file, lines, text)]) from error
    except RecursionError as error:
        raise ScenarioError([_too_deep(Origin(file))]) from error
    except ValueError as error:
        digits = LONG_NUMBER.search(text)
        where = _at_offset(file, lines, text, digits.start()) if digits else Origin(file)
        raise ScenarioError([Diagnostic("huge-integer", TOO_LONG, where)]) from error
    depth, count = _measure(data)
    if depth > DEEPEST_VALUE:
        raise ScenarioError([_too_deep(Origin(file))])
    if count > MOST_VALUES:
        message = f"the file holds more than {MOST_VALUES:,} values"
        raise ScenarioError([Diagnostic("too-large", message, Origin(file))])
    parsed = Text(file, lines, data, locate(text))
    crowded = _crowded(data)
    if crowded is not None:
        path, most = crowded
        message = f"more than {most:,} entries stand in one table or list"
        raise ScenarioError([Diagnostic("too-large", message, parsed.key_origin(path))])
    huge = [
        Diagnostic("huge-integer", TOO_LONG, parsed.value_origin(path))
        for path, value in leaves(data)
        if isinstance(value, int) and not -LARGEST_INTEGER <= value < LARGEST_INTEGER
    ]
    if huge:
        raise ScenarioError(huge)
    return parsed


def leaves(data: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Walk nested tables and arrays; yield the path and value of everything that is neither."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from leaves(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from leaves(value, (*path, index))
    else:
        yield path, data


def _measure(data: Any) -> tuple[int, int]:
    """Return depth and number of values without recursion; depth stops just past the bound."""
    depth, count, level = 0, 0, [data]
    while level and depth <= DEEPEST_VALUE:
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                below.extend(value.values())
            elif isinstance(value, list):
                below.extend(value)
        count += len(below)
        depth, level = depth + bool(below), below
    return depth, count


def _crowded(data: Any, path: Path = ()) -> tuple[Path, int] | None:
    """Return the path of the first entry too many of a table or list, and how many may be."""
    if isinstance(data, dict):
        below, most = list(data.items()), MOST_KEYS
    elif isinstance(data, list):
        below, most = list(enumerate(data)), MOST_LISTED
    else:
        return None
    if len(below) > most:
        return (*path, below[most][0]), most
    found = (_crowded(value, (*path, key)) for key, value in below)
    return next((one for one in found if one is not None), None)


def _too_deep(origin: Origin) -> Diagnostic:
    return Diagnostic("too-deep", f"values nest deeper than {DEEPEST_VALUE} levels", origin)


def _syntax_error(
    error: tomllib.TOMLDecodeError, file: str, lines: tuple[str, ...], text: str
) -> Diagnostic:
    said = str(error)
    place = ERROR_PLACE.search(said)
    message = shorten(said[: place.start()] if place else said, 200)
    if place is None or place[1] is None:
        line = len(text.rstrip().split("\n"))
        origin = Origin(file, line, len(lines[line - 1]) + 1, 1, lines[line - 1])
    else:
        line = min(int(place[1]), len(lines))
        origin = Origin(file, line, int(place[2]), 1, lines[line - 1])
    if WRITTEN_TWICE.search(message):
        origin = replace(origin, column=len(origin.text) - len(origin.text.lstrip()) + 1)
    found = f"this is not valid TOML: {message[:1].lower()}{message[1:]}"
    return Diagnostic("syntax", found, origin, help=_syntax_help(message, origin.text))


def _syntax_help(message: str, line: str) -> str:
    """Guess at what people do most: text without quotes, a decimal comma, a missing sign."""
    if "Invalid value" in message and re.search(r"=\s*[A-Za-z_]", line):
        return 'text stands in quotes: key = "text"; true and false are lower case'
    if re.search(r"=\s*\d+,\d", line):
        return "decimals take a point and thousands an underscore: 1.5, 600_000"
    if "Expected '='" in message:
        return "a line is `key = value`, a `[table]` header, or a comment after `#`"
    if WRITTEN_TWICE.search(message):
        return "each key and each [table] may be written once in a file"
    return ""


def _at_offset(file: str, lines: tuple[str, ...], text: str, offset: int) -> Origin:
    line = text.count("\n", 0, offset) + 1
    column = offset - (text.rfind("\n", 0, offset) + 1) + 1
    return Origin(file, line, column, 1, lines[line - 1])
