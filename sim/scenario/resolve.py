"""From layers to the values the model is made of: merge, fill in, read units."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeGuard

from sim.core.diagnostics import Diagnostic, Origin
from sim.evidence.history import History
from sim.scenario.base import PARENT, PARENT_KEY
from sim.scenario.describe import Key, describe
from sim.scenario.layers import Source
from sim.scenario.model import Content
from sim.scenario.opening import HISTORIES, opening_layer
from sim.scenario.posterior import still_drawn
from sim.scenario.quantities import QuantityError, convertible, read_quantity
from sim.scenario.shocks import OF_ITS_KIND, amount_unit, fixed_word
from sim.scenario.tree import Findings, Leaf, Node, Table, lay


@dataclass(frozen=True)
class Resolved:
    """All layers in one: the tree as merged, the one it is compared with, and plain values."""

    tree: Table
    reference: Table
    values: dict[str, Any]


def resolve(source: Source, findings: Findings) -> Resolved:
    """Lay all layers of a scenario over the evidence and read what stands in the result.

    The reference is what a reader compares with: the parent scenario, or the evidence where there
    is none.
    """
    evidence = opening_layer(_histories([*source.files, *source.settings]))
    *parents, own = source.files
    reference = evidence
    for parent in parents:
        reference = lay(reference, parent, findings)
    tree = lay(reference, own, findings)
    for setting in source.settings:
        tree = lay(tree, setting, findings)
    reference = _refilled(reference, evidence)
    tree = still_drawn(tree, (*source.files, *source.settings))
    tree = _named(_refilled(tree, evidence), source)
    return Resolved(tree, reference, settled(tree, findings))


def settled(tree: Table, findings: Findings) -> dict[str, Any]:
    """Return plain values: quantities in the unit of their key, lists as tuples, "none" as None."""
    start = tree.entries.get("start")
    given = start.value if isinstance(start, Leaf) else None
    day = given if is_day(given) else Content.model_fields["start"].default
    values = {key: _settle(node, (key,), day, findings) for key, node in tree.entries.items()}
    for name, field in Content.model_fields.items():
        if isinstance(field.default, date):
            values.setdefault(name, field.default)
    shocks = values.get("shock")
    for body in shocks.values() if isinstance(shocks, dict) else ():
        if isinstance(body, dict) and isinstance(body.get("kind"), str):
            word = fixed_word(body["kind"])
            if word is not None and body.get("who") is None:
                body["who"] = word
    return values


def _settle(node: Node, path: tuple[str, ...], day: date, findings: Findings) -> Any:
    if isinstance(node, Leaf):
        return _settle_leaf(node, path, day, "", findings)
    unit = ""
    if path[0] == "shock" and len(path) == 2:
        kind, when = node.entries.get("kind"), node.entries.get("date")
        unit = amount_unit(kind.value) if isinstance(kind, Leaf) else ""
        day = when.value if isinstance(when, Leaf) and is_day(when.value) else day
    return {
        key: _settle_leaf(below, (*path, key), day, unit, findings)
        if isinstance(below, Leaf)
        else _settle(below, (*path, key), day, findings)
        for key, below in node.entries.items()
    }


def _settle_leaf(
    leaf: Leaf, path: tuple[str, ...], day: date, unit: str, findings: Findings
) -> Any:
    value = leaf.value
    if isinstance(value, list):
        return tuple(value)
    if not isinstance(value, str):
        return value
    key = describe(path)
    if key is None:
        return value
    if key.optional and (value == "none" or (value == PARENT and path[-1] == PARENT_KEY)):
        return None
    if not key.is_number or not re.match(r"\s*[-+.]*\d", value):
        return value
    return _number(value, key, unit, path, day, leaf, findings)


def _number(
    text: str, key: Key, unit: str, path: tuple[str, ...], day: date, leaf: Leaf, findings: Findings
) -> Any:
    """Read a quantity; where it cannot be read say why and return a value that is not checked."""
    kept = unit if key.unit == OF_ITS_KIND else key.unit
    dotted = ".".join(path)
    try:
        if not convertible(kept or "?"):
            raise QuantityError(f"`{dotted}` takes a number without a unit")
        return read_quantity(text, kept, day)
    except QuantityError as error:
        hint = (
            f'for instance "30 {kept}"' if convertible(kept or "?") else "write it without quotes"
        )
        findings.errors.append(Diagnostic("unit", str(error), leaf.origin, dotted, help=hint))
        return UNREAD


class _Unread:
    """Stands for a value that has been refused already."""


UNREAD = _Unread()


def _histories(layers: Iterable[Table]) -> list[History]:
    """Return the evidence tables that the topmost layer which says so includes."""
    said = [layer.entries["history"] for layer in layers if "history" in layer.entries]
    if not said:
        return ["history"]
    top = said[-1]
    named = top.value if isinstance(top, Leaf) and isinstance(top.value, list | tuple) else []
    return [name for name in HISTORIES if name in named]


def _refilled(tree: Table, evidence: Table) -> Table:
    """Give parameters and switches that a `reset` took away their defaults back."""
    entries = dict(tree.entries)
    for name in ("mechanisms", "parameters"):
        below, above = evidence.entries[name], entries.get(name)
        if above is None:
            entries[name] = below
        elif isinstance(above, Table) and isinstance(below, Table):
            entries[name] = Table({**below.entries, **above.entries}, above.key, above.origin)
    return Table(entries, tree.key, tree.origin)


def _named(tree: Table, source: Source) -> Table:
    place = Origin(source.files[-1].origin.file)
    given: dict[str, Node] = {
        "name": Leaf(source.name, place, place),
        "question": Leaf(source.question, place, place),
    }
    return Table({**given, **tree.entries}, tree.key, tree.origin)


def is_day(value: object) -> TypeGuard[date]:
    return isinstance(value, date) and not isinstance(value, datetime)
