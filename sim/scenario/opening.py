"""The lowest layer of every scenario: the evidence tables, with the line behind each value."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import cache
from typing import Any

from sim.core.diagnostics import Origin
from sim.core.parameters import PARAMETER_TABLE
from sim.core.shipped import shipped
from sim.evidence.history import DatedEvent, History, load_history
from sim.evidence.mechanisms import MECHANISMS
from sim.evidence.opening import load_opening
from sim.scenario.tree import Leaf, Node, Table

UNSAID = ("source", "note")
SEGMENTS = ("student", "office", "developer", "mass")
HISTORIES: tuple[History, ...] = ("history", "shocks_2025")


class _Lines:
    """Where the rows of one evidence table stand."""

    def __init__(self, name: str) -> None:
        self.file = f"seeds/{name}.csv"
        text = (shipped("seeds") / f"{name}.csv").read_text(encoding="utf-8-sig")
        self.lines = text.splitlines()
        self.header = self.lines[0].split(",")
        self.number = {line.split(",", 1)[0]: i for i, line in enumerate(self.lines, start=1)}

    def origin(self, row: str, column: str | None = None) -> Origin:
        """Return the place of a row, or of a cell of it where no cell before it is quoted."""
        line = self.number.get(row, 1)
        text = self.lines[line - 1]
        if column not in self.header:
            return Origin(self.file, line, 1, len(row), text)
        before = text.split(",")[: self.header.index(column)]
        if any('"' in cell for cell in before):
            return Origin(self.file, line, 1, len(row), text)
        at = sum(len(cell) + 1 for cell in before)
        width = len(text[at:].split(",", 1)[0])
        return Origin(self.file, line, at + 1, max(1, width), text)


def opening_layer(histories: Iterable[History]) -> Table:
    """Return the evidence as a layer: opening tables, parameters, switches, dated events.

    Args:
        histories: names of evidence tables of dated events, in order; later ones add.
    """
    entries = dict(_tables())
    shocks: dict[str, Node] = {}
    for name in histories:
        shocks.update(_events(name))
    entries["shock"] = _folder("seeds/history.csv", shocks)
    return _folder("seeds", entries)


@cache
def _tables() -> Mapping[str, Node]:
    opening = load_opening()
    return {
        "segments": _rows("segments", opening.segments, "segment"),
        "account_kinds": _rows("account_kinds", opening.account_kinds, "account_kind"),
        "investors": _rows("investors", opening.investors, "investor"),
        "firms": _rows("opening", opening.firms, "firm"),
        "apps": _rows("apps", opening.apps, "app"),
        "channels": _rows("channels", opening.channels, "channel"),
        "mechanisms": _switches(),
        "parameters": _defaults(),
    }


@cache
def _events(name: History) -> Mapping[str, Node]:
    lines = _Lines(name)
    return {event.id: _event(lines, event) for event in load_history(name)}


def _event(lines: _Lines, event: DatedEvent) -> Table:
    place = lines.origin(event.id)
    cells: dict[str, Node] = {}
    for field in fields(event):
        value = getattr(event, field.name)
        if field.name not in ("id", "unit", "source") and value is not None:
            origin = lines.origin(event.id, field.name)
            cells[field.name] = Leaf(value, origin, origin)
    return Table(cells, place, place)


def _rows(name: str, rows: Iterable[Any], key: str) -> Table:
    lines = _Lines(name)
    entries: dict[str, Node] = {}
    for row in rows:
        identity = getattr(row, key)
        cells: dict[str, Node] = {}
        for field in fields(row):
            if field.name != key and field.name not in UNSAID:
                origin = lines.origin(identity, field.name)
                cells[field.name] = Leaf(getattr(row, field.name), origin, origin)
        place = lines.origin(identity)
        entries[identity] = Table(_shaped(cells, place), place, place)
    return _folder(lines.file, entries)


def _shaped(cells: dict[str, Node], place: Origin) -> dict[str, Node]:
    """Turn columns into keys: `conduct` names the pricing strategy, reach is one table."""
    conduct = cells.pop("conduct", None)
    if conduct is not None:
        cells["pricing"] = Table({"strategy": conduct}, place, place)
    if SEGMENTS[0] in cells:
        reach = {name: cells.pop(name) for name in SEGMENTS}
        cells["audience"] = Table(reach, place, place)
    return cells


def _switches() -> Table:
    lines = _Lines("mechanisms")
    entries: dict[str, Node] = {}
    for switch, row in MECHANISMS.items():
        origin = lines.origin(row.id)
        entries[switch] = Leaf(True, origin, origin)
    return _folder(lines.file, entries)


def _defaults() -> Table:
    lines = _Lines("parameters")
    entries: dict[str, Node] = {}
    for name, row in PARAMETER_TABLE.items():
        origin = lines.origin(name, "default")
        entries[name] = Leaf(row.default, origin, origin)
    return _folder(lines.file, entries)


def _folder(file: str, entries: Mapping[str, Node]) -> Table:
    place = Origin(file)
    return Table(entries, place, place)
