"""What is wrong with a file, as data: where, what, what is allowed, what may be meant."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

SHOWN_WIDTH = 100
SHOWN_FINDINGS = 40
SHOWN_ALLOWED = 12

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Origin:
    """The place where something was written; line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1
    width: int = 1
    text: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding; `code` is stable, `also` is a second place that the first conflicts with."""

    code: str
    message: str
    origin: Origin | None = None
    key: str = ""
    allowed: tuple[str, ...] = ()
    help: str = ""
    also: Origin | None = None
    also_says: str = ""
    severity: Severity = "error"

    def as_dict(self) -> dict[str, object]:
        """Return the finding as plain values for JSON."""
        where = self.origin
        found: dict[str, object] = {
            "severity": self.severity,
            "code": self.code,
            "message": self.message,
            "key": self.key,
            "file": where.file if where else None,
            "line": where.line if where else None,
            "column": where.column if where else None,
            "allowed": list(self.allowed),
            "help": self.help,
        }
        if self.also is not None:
            found["also"] = {"place": str(self.also), "says": self.also_says}
        return found


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a sentence with the closest known name, or nothing."""
    candidates = list(known)
    lower = {candidate.lower(): candidate for candidate in reversed(candidates)}
    near = get_close_matches(name.lower()[:SHOWN_WIDTH], lower, n=1, cutoff=0.6)
    return f"did you mean `{lower[near[0]]}`?" if near else ""


def nearest_first(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return known names, the most similar first where there are too many to show."""
    names = tuple(known)
    if len(names) <= 2 * SHOWN_ALLOWED:
        return names
    near = get_close_matches(name[:SHOWN_WIDTH], names, n=SHOWN_ALLOWED, cutoff=0.3)
    return (*near, *(other for other in names if other not in near))


def shorten(text: str, width: int = 60) -> str:
    """Return text that fits on a line and cannot steer a terminal."""
    clean = "".join(letter if letter.isprintable() else "�" for letter in text)
    return clean if len(clean) <= width else clean[: width - 1] + "…"


def render(diagnostics: Sequence[Diagnostic]) -> str:
    """Write findings for a person: place, line, caret, what is allowed, what may be meant."""
    shown = diagnostics[:SHOWN_FINDINGS]
    blocks = [_block(diagnostic) for diagnostic in shown]
    if len(diagnostics) > len(shown):
        blocks.append(f"and {len(diagnostics) - len(shown)} more findings")
    return "\n\n".join(blocks)


def github_annotation(diagnostic: Diagnostic) -> str:
    """Write a finding as a workflow command that GitHub shows beside the line."""
    place = ""
    if diagnostic.origin is not None:
        where = diagnostic.origin
        file = _escape(where.file).replace(":", "%3A").replace(",", "%2C")
        place = f" file={file},line={where.line},col={where.column}"
    parts = [diagnostic.message, diagnostic.help]
    return f"::{diagnostic.severity}{place}::{_escape('; '.join(part for part in parts if part))}"


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _block(diagnostic: Diagnostic) -> str:
    lines = [f"{diagnostic.severity}: {diagnostic.message}"]
    margin = " "
    if diagnostic.origin is not None:
        margin = " " * len(str(diagnostic.origin.line))
        lines += _excerpt(diagnostic.origin, margin, "-->", "")
    if diagnostic.also is not None:
        lines += _excerpt(diagnostic.also, margin, ":::", diagnostic.also_says)
    if diagnostic.allowed:
        allowed = list(diagnostic.allowed[:SHOWN_ALLOWED])
        more = len(diagnostic.allowed) - len(allowed)
        listed = ", ".join(allowed) + (f", and {more} more" if more else "")
        lines.append(f"{margin} = allowed: {listed}")
    if diagnostic.help:
        lines.append(f"{margin} = help: {diagnostic.help}")
    return "\n".join(lines)


def _excerpt(origin: Origin, margin: str, arrow: str, says: str) -> list[str]:
    lines = [f"{margin}{arrow} {shorten(origin.file, 300)}:{origin.line}:{origin.column}"]
    if not origin.text.strip():
        return [*lines, f"{margin} = note: {says}"] if says else lines
    before = origin.text[: origin.column - 1]
    under = origin.text[origin.column - 1 : origin.column - 1 + origin.width]
    after = origin.text[origin.column - 1 + origin.width :]
    if _cells(before) > SHOWN_WIDTH // 2:
        before = "…" + before[-SHOWN_WIDTH // 2 :]
    under = shorten(under, SHOWN_WIDTH // 2)
    room = max(1, SHOWN_WIDTH - len(before) - len(under))
    shown = _clean(before) + under + shorten(_clean(after), room)
    caret = "^" * max(1, _cells(under))
    number = str(origin.line).rjust(len(margin))
    return [
        *lines,
        f"{margin} |",
        f"{number} | {shown.rstrip()}",
        f"{margin} | {' ' * _cells(_clean(before))}{caret}{' ' + says if says else ''}",
    ]


def _clean(text: str) -> str:
    return "".join(
        " " if letter == "\t" else letter if letter.isprintable() else "�" for letter in text
    )


def _cells(text: str) -> int:
    """Return the columns a terminal needs: wide letters take two, combining marks none."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide - sum(unicodedata.combining(letter) != 0 for letter in text)
