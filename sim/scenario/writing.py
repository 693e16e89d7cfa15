"""A scenario as TOML again: every value written out, so that it loads back equal anywhere."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from types import NoneType
from typing import Any

from sim.core.errors import SimError

BARE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
BY_ID = ("segments", "account_kinds", "investors", "firms", "apps", "channels")


class UnwritableError(SimError):
    """A value that TOML cannot hold."""


def toml_key(key: str) -> str:
    """Write one part of a key, in quotes where it needs them."""
    return key if key and set(key) <= BARE else toml_text(key)


def toml_text(text: str) -> str:
    """Write text in double quotes."""
    return f'"{"".join(_escaped(letter) for letter in text)}"'


def _escaped(letter: str) -> str:
    if letter in ESCAPES:
        return ESCAPES[letter]
    return letter if letter.isprintable() or ord(letter) > 0x9F else f"\\u{ord(letter):04x}"


def toml_value(value: Any) -> str:
    """Write a value on one line; None is the word "none".

    Raises UnwritableError for anything that is not text, number, bool, date, list or table.
    """
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        value = value.item()
    for kinds, write in WRITERS:
        if isinstance(value, kinds):
            return write(value)
    raise UnwritableError(f"a {type(value).__name__} cannot stand in a scenario: {value!r:.80}")


def _table_value(value: Mapping[object, Any]) -> str:
    pairs = (f"{toml_key(str(key))} = {toml_value(below)}" for key, below in value.items())
    return f"{{{', '.join(pairs)}}}"


def _list_value(value: Sequence[Any]) -> str:
    return f"[{', '.join(map(toml_value, value))}]"


# in order: true is an integer, text a sequence
WRITERS: tuple[tuple[type | tuple[type, ...], Callable[[Any], str]], ...] = (
    (NoneType, lambda _: '"none"'),
    (bool, lambda value: str(value).lower()),
    (int, str),
    (float, repr),
    (str, toml_text),
    (date, lambda value: str(value.isoformat())),
    (Mapping, _table_value),
    (Sequence, _list_value),
)


def toml_document(values: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...] | None]]:
    """Write resolved values; yield each line with the path of the key on it, if there is one.

    Tables of entries by id begin with `reset = true`, so nothing of what a later version ships
    can slip in below them.
    """
    for key, value in values.items():
        if not isinstance(value, Mapping) and not (key == "posterior" and value is None):
            yield f"{toml_key(key)} = {toml_value(value)}", (key,)
    for key, value in values.items():
        if key == "shock":
            yield from _shocks(value)
        elif isinstance(value, Mapping):
            yield from _table((key,), value, reset=key in BY_ID)


def _table(
    path: tuple[str, ...], values: Mapping[str, Any], *, reset: bool = False
) -> Iterator[tuple[str, tuple[str, ...] | None]]:
    plain = {key: value for key, value in values.items() if not _is_big(path, value)}
    if reset or plain or not values:
        yield "", None
        yield f"[{'.'.join(map(toml_key, path))}]", None
    if reset:
        yield "reset = true", None
    for key, value in plain.items():
        yield f"{toml_key(key)} = {toml_value(value)}", (*path, key)
    for key, value in values.items():
        if key not in plain:
            yield from _table((*path, key), value)


def _is_big(path: tuple[str, ...], value: Any) -> bool:
    """Return whether a table gets a header of its own: an entry by id, or a firm's decision."""
    return isinstance(value, Mapping) and (path[0] in BY_ID and path[-1] != "audience")


def _shocks(shocks: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...] | None]]:
    yield "", None
    yield "[[shock]]", None
    yield "reset = true", None
    for name, body in shocks.items():
        yield "", None
        yield "[[shock]]", None
        yield f"id = {toml_text(name)}", ("shock", name)
        for key, value in body.items():
            if value is not None and value != "":
                yield f"{toml_key(key)} = {toml_value(value)}", ("shock", name, key)
