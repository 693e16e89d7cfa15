"""Strategies by the name a scenario uses; plug-ins add theirs through an entry point."""

from collections.abc import Mapping
from dataclasses import fields
from difflib import get_close_matches
from functools import cache
from importlib.metadata import entry_points
from types import MappingProxyType

from sim.core.errors import SimError
from sim.core.parameters import Parameters
from sim.strategies import advertising, pricing, push, research
from sim.strategies.base import Strategy

GROUP = "llmsim.strategies"
DEFAULTS = MappingProxyType(
    {
        "pricing": "respond",
        "advertising": "return_on_investment",
        "push": "no_push",
        "research": "grow_with_runway",
    }
)
SHIPPED: tuple[type[Strategy], ...] = (
    pricing.Respond,
    pricing.FreeSmallModel,
    pricing.ShareMaximiser,
    pricing.CostPlus,
    pricing.Hold,
    advertising.ReturnOnInvestment,
    advertising.NoAdvertising,
    push.AnswerRivals,
    push.NoPush,
    research.GrowWithRunway,
    research.Level,
)


class StrategyError(SimError):
    """A strategy or one of its parameters that does not exist; carries what is allowed."""

    def __init__(self, message: str, key: str, allowed: tuple[str, ...]) -> None:
        near = get_close_matches(message.split("`")[1], allowed, n=1)
        hint = f"; did you mean `{near[0]}`?" if near else ""
        super().__init__(f"{message}; allowed: {', '.join(allowed)}{hint}")
        self.message = message
        self.key = key
        self.allowed = allowed


@cache
def strategies() -> Mapping[tuple[str, str], type[Strategy]]:
    """Return all strategies by (block, name): the shipped ones and installed plug-ins."""
    plugged = tuple(point.load() for point in entry_points(group=GROUP))
    return MappingProxyType({(one.block, one.name): one for one in (*SHIPPED, *plugged)})


def names(block: str) -> tuple[str, ...]:
    """Return the names of the strategies for a block of decisions."""
    return tuple(name for of, name in strategies() if of == block)


def settings_of(block: str, name: str) -> tuple[str, ...]:
    """Return the settings that a strategy takes."""
    return tuple(field.name for field in fields(strategies()[block, name]))  # type: ignore[arg-type]


def make(block: str, name: str, settings: Mapping[str, float], parameters: Parameters) -> Strategy:
    """Make a strategy: fields come from settings, else from the model parameter of that name.

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
    values = {
        one: settings[one] if one in settings else getattr(parameters, one)
        for one in own
        if one in settings or one in parameters.values()
    }
    for one in own:
        if one not in values:
            message = f"strategy {name} needs `{one}`, which is no model parameter"
            raise StrategyError(message, one, own)
    return kind(**values)
