"""Strategies by the name a scenario uses; plug-ins add theirs through an entry point."""

from collections.abc import Mapping
from dataclasses import Field, fields, is_dataclass
from difflib import get_close_matches
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Any

from sim.core.errors import SimError
from sim.core.parameters import Parameters
from sim.strategies import (
    advertising,
    bids,
    exit,
    fundraising,
    investing,
    overseas,
    pricing,
    product,
    push,
    research,
    talent,
)
from sim.strategies.base import DECIDES, Strategy

GROUP = "llmsim.strategies"
FILES = (
    pricing,
    advertising,
    push,
    product,
    research,
    talent,
    bids,
    fundraising,
    investing,
    exit,
    overseas,
)
"""One file per block of decisions; the first of its `SHIPPED` is the default."""

SHIPPED: tuple[type[Strategy], ...] = tuple(one for file in FILES for one in file.SHIPPED)
DEFAULTS = MappingProxyType({file.SHIPPED[0].block: file.SHIPPED[0].name for file in FILES})


class StrategyError(SimError):
    """A strategy or one of its parameters that does not exist; carries what is allowed."""

    def __init__(self, message: str, key: str, allowed: tuple[str, ...]) -> None:
        near = get_close_matches(message.split("`")[1], allowed, n=1)
        hint = f"; did you mean `{near[0]}`?" if near else ""
        super().__init__(f"{message}; allowed: {', '.join(allowed)}{hint}")
        self.message = message
        self.key = key
        self.allowed = allowed


class PluginError(SimError):
    """An installed plug-in that offers no strategy, or one whose name is taken."""


@cache
def strategies() -> Mapping[tuple[str, str], type[Strategy]]:
    """Return all strategies by (block, name): the shipped ones and installed plug-ins.

    Raises PluginError for a plug-in that cannot be loaded or is no strategy.
    """
    found = {(one.block, one.name): one for one in SHIPPED}
    for point in entry_points(group=GROUP):
        kind = _plugged(point)
        if found.setdefault((kind.block, kind.name), kind) is not kind:
            message = f"plug-in `{point.value}` offers {kind.block}.{kind.name}, which exists"
            raise PluginError(message)
    return MappingProxyType(found)


def _plugged(point: EntryPoint) -> type[Strategy]:
    try:
        kind: Any = point.load()
    except Exception as error:
        raise PluginError(f"plug-in `{point.value}` cannot be loaded: {error}") from error
    named = isinstance(getattr(kind, "name", None), str) and hasattr(kind, "decide")
    if not (named and is_dataclass(kind) and getattr(kind, "block", None) in DECIDES):
        needed = f"a dataclass with a name, a method decide and a block of {', '.join(DECIDES)}"
        raise PluginError(f"plug-in `{point.value}` is no strategy; needed is {needed}")
    return kind  # type: ignore[return-value]


def names(block: str) -> tuple[str, ...]:
    """Return the names of the strategies for a block of decisions."""
    return tuple(name for of, name in strategies() if of == block)


def settings_of(block: str, name: str) -> tuple[str, ...]:
    """Return the settings that a strategy takes."""
    return tuple(field.name for field in _settings(strategies()[block, name]))


def make(block: str, name: str, settings: Mapping[str, float], parameters: Parameters) -> Strategy:
    """Make a strategy: fields come from settings, else parameters of that name, else defaults.

    Raises StrategyError for an unknown block, name or setting; its key is relative to the block.
    """
    if block not in DEFAULTS:
        raise StrategyError(f"no decision is called `{block}`", "", tuple(DEFAULTS))
    kind = strategies().get((block, name))
    if kind is None:
        raise StrategyError(f"no {block} strategy is called `{name}`", "strategy", names(block))
    own = settings_of(block, name)
    for setting in settings:
        if setting not in own:
            raise StrategyError(f"strategy {name} has no setting `{setting}`", setting, own)
    known = parameters.values()
    values = {one: known[one] for one in own if one in known} | dict(settings)
    for field in _settings(kind):
        if field.name not in values and not field.metadata:
            message = f"strategy {name} needs `{field.name}`, which is no model parameter"
            raise StrategyError(message, field.name, own)
    return kind(**values)


def remembering(new: Strategy, old: Strategy) -> Strategy:
    """Return a strategy that goes on from what another instance of its class remembers."""
    if type(new) is type(old):
        for field in fields(new):  # type: ignore[arg-type]
            if not field.init:
                object.__setattr__(new, field.name, getattr(old, field.name))
    return new


def _settings(kind: type[Strategy]) -> tuple[Field[Any], ...]:
    return tuple(field for field in fields(kind) if field.init)  # type: ignore[arg-type]
