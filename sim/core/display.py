"""What a notebook shows of an object: views say it, so that nothing else need know of views."""

from collections.abc import Callable
from typing import Any

_CELLS: dict[type, Callable[[Any], str]] = {}


def show_with(kind: type, cell: Callable[[Any], str]) -> None:
    """Let notebooks show objects of a kind as the HTML that `cell` makes of them."""
    _CELLS[kind] = cell


def cell_of(thing: object) -> str | None:
    """Return the HTML of an object; None, for its `repr`, if no view has said how."""
    cell = _CELLS.get(type(thing))
    return cell(thing) if cell is not None else None
