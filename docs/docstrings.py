"""Docstrings of the library are plain text; here Sphinx learns to read them as they are meant.

Single backquotes are code, a paragraph with lines further in is an equation and keeps its lines,
and `Args:`, `Returns:` and `Raises:` are headings of lists.
"""

import re
from typing import Any

SECTION = re.compile(r"(Args|Returns|Raises|Attributes|Yields):$")
SPECIAL = re.compile(r"([*|\\]|_(?=\W|$))")

LONGEST_SIGNATURE = 400


def setup(app: Any) -> dict[str, bool]:
    """Have Sphinx pass every docstring through `as_rst`."""
    app.connect("autodoc-process-docstring", _process)
    app.connect("autodoc-process-signature", _shorten)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def as_rst(text: str) -> str:
    """Return a plain docstring as reStructuredText."""
    parts = re.split(r"\n\s*\n", text.strip("\n"))
    return "\n\n".join(_paragraph(part.split("\n")) for part in parts) + "\n"


def _process(app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    del app, what, name, thing, options
    if lines and lines[0].startswith("Alias for field number"):
        lines.clear()  # what Python says of a tuple's field tells nothing
        return
    lines[:] = as_rst("\n".join(lines)).split("\n")


def _shorten(
    app: Any, what: str, name: str, thing: Any, options: Any, signature: str | None, returns: Any
) -> tuple[str, Any] | None:
    """Leave away a signature that is a page of default values."""
    del app, what, name, thing, options
    return ("(...)", returns) if signature and len(signature) > LONGEST_SIGNATURE else None


def _paragraph(lines: list[str]) -> str:
    if SECTION.match(lines[0].strip()):
        return f"**{lines[0].strip()[:-1]}**\n\n" + "\n".join(_items(lines[1:]))
    if lines[0].startswith("- "):
        return "\n".join(_prose(line) for line in lines)
    if any(line.startswith(" ") for line in lines) or re.search(r"\S {2,}\S", "\n".join(lines)):
        return "::\n\n" + "\n".join(f"    {line}" for line in lines)
    return "\n".join(_prose(line) for line in lines)


def _items(lines: list[str]) -> list[str]:
    """Return the entries of a section as a list; a line further in goes on with its entry."""
    first = min((_depth(line) for line in lines), default=0)
    return [("- " if _depth(line) == first else "  ") + _prose(line.strip()) for line in lines]


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _prose(line: str) -> str:
    """Escape what would be markup, and leave code between backquotes alone."""
    parts = re.split(r"(`[^`]+`)", line)
    return "".join(
        f"`{part}`" if part.startswith("`") else SPECIAL.sub(r"\\\1", part) for part in parts
    )
