"""From what the model refuses to findings that point at the line and say what is allowed."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from sim.core.diagnostics import Diagnostic, Origin, did_you_mean, nearest_first, shorten
from sim.scenario.describe import Key, describe, keys_of
from sim.scenario.layers import kind_of
from sim.scenario.model import Content
from sim.scenario.resolve import UNREAD
from sim.scenario.shocks import KINDS
from sim.scenario.tree import Table, find

IDS = {
    "segments": "segment",
    "account_kinds": "kind of account",
    "investors": "investor",
    "firms": "firm",
    "apps": "app",
    "channels": "channel",
    "shock": "shock",
}


def refused(
    error: ValidationError, tree: Table, removed: Mapping[tuple[str, ...], Origin]
) -> Iterator[Diagnostic]:
    """Turn the model's errors into findings; what is missing from one table is one finding.

    Args:
        error: what the model refused.
        tree: where everything was written.
        removed: where entries were removed that something may still be written into.
    """
    missing: dict[tuple[str, ...], list[str]] = {}
    nameless: set[tuple[str, ...]] = set()
    for found in error.errors(include_url=False, include_context=False):
        if found["input"] is UNREAD:
            continue
        path = tuple(str(step) for step in found["loc"])
        if found["type"] == "missing":
            missing.setdefault(path[:-1], []).append(path[-1])
        elif found["type"] == "extra_forbidden":
            yield unknown_key(tree, path)
        elif path[-1] == "[key]":
            nameless.add(path[:-1])
            yield _not_a_name(tree, path[:-1])
        else:
            yield _wrong_value(tree, path, found["input"], found["type"])
    for path, keys in missing.items():
        if path not in nameless:
            found_here = _incomplete(tree, path, keys)
            if path in removed:
                hint = f"define all of it, or drop the `remove` of `{'.'.join(path)}`"
                where = removed[path]
                found_here = replace(found_here, help=hint, also=where, also_says="removed here")
            yield found_here


def origin_of(tree: Table, path: tuple[str, ...], *, key: bool = False) -> Origin | None:
    """Return where the value, or the key, at a path or nearest above it is written."""
    node, steps = find(tree, path)
    if steps == 0:
        return None
    return node.key if key and steps == len(path) else node.origin


def unknown_key(tree: Table, path: tuple[str, ...]) -> Diagnostic:
    """Say that a key does not exist, which exist in its table, and which may be meant."""
    table, key = path[:-1], path[-1]
    allowed = keys_of(table)
    where = f" in `{'.'.join(table)}`" if table else ""
    hint = did_you_mean(key, allowed)
    if not hint and not table:
        hint = did_you_mean(key, IDS)
    if not hint:
        elsewhere = [name for name in Content.model_fields if key in keys_of((name,))]
        hint = f"`{key}` belongs in [{elsewhere[0]}]" if elsewhere else ""
    return Diagnostic(
        "unknown-key",
        f"unknown key `{shorten(key)}`{where}",
        origin_of(tree, path, key=True),
        ".".join(path),
        nearest_first(key, allowed),
        hint,
    )


def _not_a_name(tree: Table, path: tuple[str, ...]) -> Diagnostic:
    return Diagnostic(
        "not-a-name",
        f"`{shorten(path[-1])}` is not a name: letters, digits, _ and -, at most 64",
        origin_of(tree, path, key=True),
        ".".join(path),
    )


def _incomplete(tree: Table, path: tuple[str, ...], keys: list[str]) -> Diagnostic:
    """Say what a table lacks; a new entry that nobody defined is most often a misspelt id."""
    dotted = ".".join(path)
    origin = origin_of(tree, path, key=True)
    listed = tuple(keys)
    if len(path) == 2 and path[0] in IDS:
        what, others = IDS[path[0]], _others(tree, path)
        hint = did_you_mean(path[1], others)
        if path[0] == "shock" and len(keys) == 1:
            message, kinds = f"the shock `{path[1]}` has no `{keys[0]}`", keys[0] == "kind"
            return Diagnostic("incomplete", message, origin, dotted, KINDS if kinds else ())
        message = f"there is no {what} `{shorten(path[1])}`, and a new one needs more keys"
        needs = f"a new {what} needs: {', '.join(keys)}"
        return Diagnostic("incomplete", message, origin, dotted, others, hint or needs)
    message = f"`{dotted}` lacks {', '.join(f'`{key}`' for key in listed)}"
    return Diagnostic("incomplete", message, origin, dotted)


def _others(tree: Table, path: tuple[str, ...]) -> tuple[str, ...]:
    """Return the ids beside one that come from elsewhere."""
    parent, _ = find(tree, path[:-1])
    return (
        tuple(key for key in parent.entries if key != path[-1]) if isinstance(parent, Table) else ()
    )


def _wrong_value(tree: Table, path: tuple[str, ...], value: Any, kind: str) -> Diagnostic:
    key, path = _described(path)
    dotted = ".".join(path)
    allowed: tuple[str, ...] = key.words if key else ()
    expected = key.expected() if key else "something else"
    if path[:1] == ("history",):
        allowed, expected = ("history", "shocks_2025"), "a list of evidence tables"
    message = f"`{dotted}` takes {expected}; {_found(value, kind)}"
    hint = did_you_mean(value, allowed) if isinstance(value, str) else ""
    return Diagnostic(
        "wrong-value",
        message,
        origin_of(tree, path),
        dotted,
        allowed,
        hint or _advice(path, key, value),
    )


def _described(path: tuple[str, ...]) -> tuple[Key | None, tuple[str, ...]]:
    """Return the deepest part of a path that is a key; a model's error may point inside a value."""
    while path and describe(path) is None:
        path = path[:-1]
    return (describe(path) if path else None), path


def _found(value: Any, kind: str) -> str:
    if isinstance(value, bool):
        said = str(value).lower()
    elif isinstance(value, int | float):
        said = str(value) if kind == "finite_number" else f"{value:,}"
    elif isinstance(value, str):
        said = f'the text "{shorten(value, 40)}"'
    else:
        said = '"none"' if value is None else f"a {kind_of(value)}"
    return f"{said} was found"


def _advice(path: tuple[str, ...], key: Key | None, value: Any) -> str:
    """Guess at what people do most often."""
    if key is None:
        return ""
    if key.type is int and isinstance(value, float) and value.is_integer():
        return f"write {value:.0f}"
    advice = {
        "a table": f"write a table: [{'.'.join(path)}{'.<id>' if path[-1] in IDS else ''}]",
        "a list": f'write a list: {path[-1]} = ["..."]',
        "a date": "dates stand without quotes and time: 2024-05-06",
        "true or false": "true and false are lower case and without quotes",
        "text": "text stands in quotes and is a name",
    }
    expected = key.expected()
    return next((said for start, said in advice.items() if expected.startswith(start)), "")
