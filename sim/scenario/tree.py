"""Nested values that know where they were written, and how one layer is laid over another."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.core.diagnostics import Diagnostic, Origin, did_you_mean, nearest_first
from sim.scenario.positions import Path
from sim.scenario.reading import Text

LISTED = "shock"
MOST_FINDINGS = 100


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value that is no table: where its key stands, where the value itself stands."""

    value: Any
    key: Origin
    origin: Origin


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its entries in order, where it was first written, and what it asks of a merge."""

    entries: Mapping[str, "Node"]
    key: Origin
    origin: Origin
    remove: Origin | None = None
    reset: Origin | None = None


Node = Leaf | Table


@dataclass
class Findings:
    """Findings collected on the way, and where an entry was removed that may be missed later."""

    errors: list[Diagnostic] = field(default_factory=list)
    warnings: list[Diagnostic] = field(default_factory=list)
    removed: dict[tuple[str, ...], Origin] = field(default_factory=dict)

    def hint(self, name: str, known: Mapping[str, object]) -> str:
        """Return a did-you-mean, or nothing where there are so many errors that none is read."""
        return did_you_mean(name, known) if len(self.errors) < MOST_FINDINGS else ""


def plant(text: Text, findings: Findings, *, setting: bool = False) -> Table:
    """Turn a parsed text into a tree; `[[shock]]` entries become a table by their ids.

    A setting on top of a file (`shock.my_shock.date=2024-05-06`) may write that table itself.
    """
    root = _table(text, (), text.data, findings)
    listed = text.data.get(LISTED)
    if listed is None:
        return root
    entries = dict(root.entries)
    if isinstance(listed, list) and all(isinstance(entry, dict) for entry in listed):
        entries[LISTED] = _by_id(text, (LISTED,), listed, findings)
    elif not (setting and isinstance(entries[LISTED], Table)):
        entries.pop(LISTED)
        findings.errors.append(
            Diagnostic(
                "wrong-type",
                "shocks are a list of tables",
                text.key_origin((LISTED,)),
                LISTED,
                help='start each with `[[shock]]` and give it an `id = "..."`',
            )
        )
    return Table(entries, root.key, root.origin, root.remove, root.reset)


def plain(node: Node) -> Any:
    """Return the values of a tree without their places."""
    if isinstance(node, Leaf):
        return node.value
    return {key: plain(below) for key, below in node.entries.items()}


def find(node: Node, path: Path) -> tuple[Node, int]:
    """Follow a path as far as it goes; return the node there and how many steps were taken."""
    for steps, key in enumerate(path):
        below = node.entries.get(str(key)) if isinstance(node, Table) else None
        if below is None:
            return node, steps
        node = below
    return node, len(path)


def flat(node: Node, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Leaf]]:
    """Walk a tree; yield the path of every value."""
    if isinstance(node, Leaf):
        yield path, node
        return
    for key, below in node.entries.items():
        yield from flat(below, (*path, key))


def lay(lower: Table, upper: Table, findings: Findings, path: tuple[str, ...] = ()) -> Table:
    """Lay one layer over another: tables key by key, everything else replaced.

    `remove = true` in a table drops what is below it, `reset = true` empties it first; removing
    what is not there is an error. Naming another `strategy` in a table, or another `kind` in a
    shock, drops the fields below, because they belonged to that one. Laying an empty layer
    changes nothing.
    """
    entries: dict[str, Node] = {} if upper.reset else dict(lower.entries)
    if _begins_anew(lower, upper, path):
        entries = {}
    for key, above in upper.entries.items():
        below = entries.get(key)
        if isinstance(above, Table) and above.remove is not None:
            _drop(entries, key, above, findings, (*path, key))
        elif isinstance(above, Table):
            base = below if isinstance(below, Table) else Table({}, above.key, above.origin)
            entries[key] = lay(base, above, findings, (*path, key))
        else:
            entries[key] = above
    return Table(entries, upper.key, upper.origin)


def _begins_anew(lower: Table, upper: Table, path: tuple[str, ...]) -> bool:
    """Return whether a table names another strategy, or a shock another kind, than below."""
    decides = "kind" if path[:1] == (LISTED,) and len(path) == 2 else "strategy"
    before, after = lower.entries.get(decides), upper.entries.get(decides)
    if not isinstance(before, Leaf) or not isinstance(after, Leaf):
        return False
    return bool(before.value != after.value)


def _drop(
    entries: dict[str, Node], key: str, above: Table, findings: Findings, path: tuple[str, ...]
) -> None:
    dotted = ".".join(path)
    if above.entries or above.reset:
        findings.errors.append(
            Diagnostic(
                "remove-and-set",
                f"`{dotted}` is removed and written in the same table",
                above.remove,
                dotted,
                help="keep `remove = true` or the other keys, not both",
            )
        )
        return
    if key not in entries:
        gone = findings.removed.get(path)
        findings.errors.append(
            Diagnostic(
                "nothing-to-remove",
                f"`{dotted}` cannot be removed: it is not there",
                above.key,
                dotted,
                nearest_first(key, entries) if len(findings.errors) < MOST_FINDINGS else (),
                findings.hint(key, entries) or ("" if gone is None else "it is gone already"),
                gone,
                "removed here",
            )
        )
    entries.pop(key, None)
    if above.remove is not None:
        findings.removed[path] = above.remove


def _table(text: Text, path: Path, data: dict[str, Any], findings: Findings) -> Table:
    entries: dict[str, Node] = {}
    asked: dict[str, Origin] = {}
    for key, value in data.items():
        here = (*path, key)
        if key in ("remove", "reset"):
            if value is True and path:
                asked[key] = text.key_origin(here)
            else:
                findings.errors.append(_not_true(text, here))
        elif isinstance(value, dict):
            entries[key] = _table(text, here, value, findings)
        else:
            entries[key] = Leaf(value, text.key_origin(here), text.value_origin(here))
    return Table(
        entries,
        text.key_origin(path),
        text.value_origin(path),
        asked.get("remove"),
        asked.get("reset"),
    )


def _not_true(text: Text, path: Path) -> Diagnostic:
    key = str(path[-1])
    message = f"`{key}` stands in a table and can only be true"
    return Diagnostic("wrong-type", message, text.value_origin(path), key, ("true",))


def _by_id(text: Text, path: Path, listed: list[dict[str, Any]], findings: Findings) -> Table:
    entries: dict[str, Node] = {}
    reset: Origin | None = None
    for index, body in enumerate(listed):
        here = (*path, index)
        if set(body) == {"reset"} and body["reset"] is True and not entries:
            reset = text.key_origin((*here, "reset"))
            continue
        name = body.get("id")
        if not isinstance(name, str) or not name:
            what = "has no id" if name is None else "has an id that is not a name"
            place = text.key_origin(here) if name is None else text.value_origin((*here, "id"))
            findings.errors.append(
                Diagnostic(
                    "no-id",
                    f"this shock {what}",
                    place,
                    LISTED,
                    help='give it one: `id = "my_shock"`; layers are merged by id',
                )
            )
            continue
        rest = {key: value for key, value in body.items() if key != "id"}
        entry = _table(text, here, rest, findings)
        earlier = entries.get(name)
        if earlier is not None:
            findings.errors.append(
                Diagnostic(
                    "twice",
                    f"two shocks have the id `{name}`",
                    text.value_origin((*here, "id")),
                    f"{LISTED}.{name}",
                    also=earlier.key,
                    also_says="the first one",
                )
            )
            continue
        named = text.value_origin((*here, "id"))
        entries[name] = Table(entry.entries, named, entry.origin, entry.remove, entry.reset)
    return Table(entries, text.key_origin(path), text.value_origin(path), None, reset)
