"""Where every key and value of a TOML text stands; the standard reader keeps no positions.

The text must already have been accepted by `tomllib`, so the scan only has to find its way, never
to judge. A path is the tuple of keys and array indices that leads to a value.
"""

import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass, field

Path = tuple[str | int, ...]

SPACE = re.compile(r"[ \t]*")
BLANK = re.compile(r"(?:[ \t\n]++|#[^\n]*+)*+")
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
BASIC = re.compile(r'"(?:[^"\\\n]++|\\.)*+"')
LITERAL = re.compile(r"'[^'\n]*'")
LONG_BASIC = re.compile(r'"""(?:[^"\\]++|\\[\s\S]|"(?!""))*+"""(?:"{1,2}(?!"))?')
LONG_LITERAL = re.compile(r"'''(?:[^']++|'(?!''))*+'''(?:'{1,2}(?!'))?")
BARE_VALUE = re.compile(r"[^,\]}#\n]*")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one line; line and column count from 1."""

    line: int
    column: int
    width: int


@dataclass
class Positions:
    """Spans by path. The value of a table is where its header or brace opens."""

    keys: dict[Path, Span] = field(default_factory=dict)
    values: dict[Path, Span] = field(default_factory=dict)


def locate(text: str) -> Positions:
    r"""Return the place of every key and value of a valid TOML text with `\n` line ends.

    A key written in several places (`[a.b]`, then `[a.c]`) has the place of the first.
    """
    return _Scan(text).document()


class _Scan:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.found = Positions()
        self.lengths: dict[Path, int] = {}

    def document(self) -> Positions:
        here: Path = ()
        self._skip(BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                here = self._header()
            else:
                self._pair(here)
            self._skip(BLANK)
        return self.found

    def _header(self) -> Path:
        many = self.text.startswith("[[", self.at)
        opening = self.at
        self.at += 2 if many else 1
        parts = self._key_parts()
        self.at += 2 if many else 1
        span = self._span(opening, self.at)
        path: Path = ()
        for name, place in parts[:-1]:
            path = self._enter((*path, name), place)
        name, place = parts[-1]
        path = (*path, name)
        self.found.keys.setdefault(path, place)
        if not many:
            self.found.values.setdefault(path, place)
            return path
        self.found.values.setdefault(path, span)
        index = self.lengths.get(path, 0)
        self.lengths[path] = index + 1
        self.found.keys[(*path, index)] = span
        self.found.values[(*path, index)] = span
        return (*path, index)

    def _enter(self, path: Path, place: Span) -> Path:
        """Follow a key: into the last entry where it names an array of tables."""
        self.found.keys.setdefault(path, place)
        self.found.values.setdefault(path, place)
        return (*path, self.lengths[path] - 1) if path in self.lengths else path

    def _pair(self, here: Path) -> None:
        parts = self._key_parts()
        for name, place in parts[:-1]:
            here = (*here, name)
            self.found.keys.setdefault(here, place)
            self.found.values.setdefault(here, place)
        name, place = parts[-1]
        self.found.keys[(*here, name)] = place
        self.at += 1
        self._skip(SPACE)
        self._value((*here, name))

    def _key_parts(self) -> list[tuple[str, Span]]:
        parts: list[tuple[str, Span]] = []
        while True:
            self._skip(SPACE)
            opening = self.at
            pattern = {'"': BASIC, "'": LITERAL}.get(self.text[self.at], BARE_KEY)
            raw = self._take(pattern)
            name = raw if pattern is BARE_KEY else str(tomllib.loads(f"x = {raw}")["x"])
            parts.append((name, self._span(opening, self.at)))
            self._skip(SPACE)
            if self.text[self.at] != ".":
                return parts
            self.at += 1

    def _value(self, path: Path) -> None:
        opening = self.at
        letter = self.text[self.at]
        if letter == "[":
            self._array(path)
        elif letter == "{":
            self._inline_table(path)
        elif letter in "\"'":
            long, short = (LONG_BASIC, BASIC) if letter == '"' else (LONG_LITERAL, LITERAL)
            self._take(long if self.text.startswith(letter * 3, self.at) else short)
        else:
            self.at = opening + len(self._take(BARE_VALUE).rstrip())
        self.found.values[path] = self._span(opening, self.at)

    def _array(self, path: Path) -> None:
        self.at += 1
        index = 0
        self._skip(BLANK)
        while self.text[self.at] != "]":
            self.found.keys[(*path, index)] = self._span(self.at, self.at + 1)
            self._value((*path, index))
            self.found.keys[(*path, index)] = self.found.values[(*path, index)]
            index += 1
            self._skip(BLANK)
            if self.text[self.at] == ",":
                self.at += 1
                self._skip(BLANK)
        self.at += 1

    def _inline_table(self, path: Path) -> None:
        self.at += 1
        self._skip(BLANK)
        while self.text[self.at] != "}":
            self._pair(path)
            self._skip(BLANK)
            if self.text[self.at] == ",":
                self.at += 1
                self._skip(BLANK)
        self.at += 1

    def _skip(self, pattern: re.Pattern[str]) -> None:
        self._take(pattern)

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        assert match is not None, f"the text is not valid TOML at offset {self.at}"
        self.at = match.end()
        return match.group()

    def _span(self, start: int, stop: int) -> Span:
        line = bisect_right(self.starts, start)
        begin = self.starts[line - 1]
        end = self.starts[line] - 1 if line < len(self.starts) else len(self.text)
        return Span(line, start - begin + 1, max(1, min(stop, end) - start))
