"""What a dotted key means: its type, unit, range, default and one sentence, from the one model."""

import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from sim.core.parameters import PARAMETER_TABLE, Parameter
from sim.evidence.mechanisms import MECHANISMS
from sim.scenario.base import Part, unit_of
from sim.scenario.model import Block, Content
from sim.scenario.shocks import OF_ITS_KIND

LANGUAGE = {
    "extends": "the one scenario this one changes: a file beside it, or a shipped one",
    "remove": "drops an entry of the scenario extended: remove = true in its table",
    "reset": "empties a table before anything of it is set: reset = true in it",
    "id": "the name of a shock, by which layers are merged; any name for a new one",
}
"""Words that every file may use and that say how it is read, not what happens."""

DURATIONS = ("days", "weeks", "months", "years")
PARTIAL_UNITS = ("share", "probability")
PURE = ("", "share", "probability", "ratio", OF_ITS_KIND)


@dataclass(frozen=True)
class Range:
    """What values a number may take; the ends belong to it unless they are excluded."""

    low: float | None = None
    high: float | None = None
    above_low: bool = False

    def holds(self, value: float) -> bool:
        """Return whether a value lies in the range."""
        if self.low is not None and (value < self.low or (self.above_low and value == self.low)):
            return False
        return self.high is None or value <= self.high

    def __str__(self) -> str:
        if self.low is None:
            return "any" if self.high is None else f"at most {self.high:,g}"
        if self.high is None:
            return f"above {self.low:,g}" if self.above_low else f"at least {self.low:,g}"
        start = "above" if self.above_low else "from"
        return f"{start} {self.low:,g} to {self.high:,g}"


@dataclass(frozen=True)
class Key:
    """What one key of a scenario can be."""

    type: Any
    meaning: str
    unit: str = ""
    range: Range = Range()
    default: Any = PydanticUndefined
    optional: bool = False
    words: tuple[str, ...] = ()

    @property
    def is_number(self) -> bool:
        return self.type in (int, float)

    def expected(self) -> str:
        """Say in words what the key takes."""
        said = self._expected_type()
        if self.is_number and str(self.range) != "any":
            said += f", {self.range}"
        return said + (' or "none"' if self.optional else "")

    def _expected_type(self) -> str:
        if self.type is float:
            return "a number" if self.unit in PURE else f"a number in {self.unit}"
        simple = {int: "a whole number", bool: "true or false", date: "a date", str: "text"}
        if self.type in simple:
            return simple[self.type]
        if self.words:
            return "one of the words allowed"
        return "a list" if get_origin(self.type) is tuple else "a table"


def describe(path: Sequence[str]) -> Key | None:
    """Return what the key at a path is, or None if there is no such key.

    Ids in the path need not exist; names of parameters and switches must.
    """
    return _described(tuple(path))


@lru_cache(maxsize=4096)
def _described(path: tuple[str, ...]) -> Key | None:
    if not path:
        return Key(Content, "a scenario")
    if path[0] == "parameters" and len(path) == 2:
        row = PARAMETER_TABLE.get(path[1])
        return parameter_key(row) if row else None
    if path[0] == "mechanisms" and len(path) == 2:
        claim = MECHANISMS.get(path[1])
        return Key(bool, claim.claim, default=True) if claim else None
    found: Key | None = Key(Content, "")
    for step in path:
        found = _below(found, step) if found else None
    return found


def keys_of(path: Sequence[str]) -> tuple[str, ...]:
    """Return the keys that the table at a path may have; empty where any id is allowed."""
    if tuple(path) == ("parameters",):
        return tuple(PARAMETER_TABLE)
    if tuple(path) == ("mechanisms",):
        return tuple(MECHANISMS)
    key = describe(path)
    return tuple(key.type.model_fields) if key and _is_part(key.type) else ()


def parameter_key(row: Parameter) -> Key:
    """Return what a parameter can physically be; its prior is narrower.

    A parameter whose prior has no negative value is at least 0, a duration is above 0, and a
    share or probability is at most 1 unless its prior reaches beyond.
    """
    positive = row.low > 0 and row.unit in DURATIONS
    low = 0.0 if row.low >= 0 else None
    high = 1.0 if row.unit in PARTIAL_UNITS and row.high <= 1 else None
    bounds = Range(low, high, above_low=positive)
    return Key(float, row.meaning, row.unit, bounds, row.default)


def _below(key: Key, step: str) -> Key | None:
    kind = key.type
    if _is_part(kind):
        field = kind.model_fields.get(step)
        if field is not None:
            return _field_key(field)
        if issubclass(kind, Block):
            return Key(float, "a parameter of the strategy")
        return None
    if get_origin(kind) is not None and _is_mapping(kind):
        return _key(get_args(kind)[1], "", "", (), PydanticUndefined)
    return None


def _field_key(field: FieldInfo) -> Key:
    return _key(
        field.annotation,
        field.description or "",
        unit_of(field),
        tuple(field.metadata),
        field.get_default(),
    )


def _key(kind: Any, meaning: str, unit: str, marks: tuple[Any, ...], default: Any) -> Key:
    optional = False
    while True:
        origin, arguments = get_origin(kind), get_args(kind)
        if origin is Annotated:
            kind, marks = arguments[0], (*marks, *arguments[1:])
        elif origin in (Union, types.UnionType):
            rest = [part for part in arguments if part is not types.NoneType]
            optional = len(rest) < len(arguments)
            if len(rest) > 1:
                break
            kind = rest[0]
        else:
            break
    for mark in marks:
        if isinstance(mark, FieldInfo):
            unit = unit or unit_of(mark)
            marks = (*marks, *mark.metadata)
    words = tuple(map(str, get_args(kind))) if get_origin(kind) is Literal else ()
    return Key(kind, meaning, unit, _range(marks), default, optional, words)


def _range(marks: tuple[Any, ...]) -> Range:
    low = high = None
    above = False
    for mark in marks:
        if isinstance(mark, Ge | Gt):
            low = float(mark.ge if isinstance(mark, Ge) else mark.gt)  # type: ignore[arg-type]
            above = isinstance(mark, Gt)
        elif isinstance(mark, Le | Lt):
            high = float(mark.le if isinstance(mark, Le) else mark.lt)  # type: ignore[arg-type]
    return Range(low, high, above)


def _is_part(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Part)


def _is_mapping(kind: Any) -> bool:
    origin = get_origin(kind)
    return isinstance(origin, type) and issubclass(origin, Mapping)
