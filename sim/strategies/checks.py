"""Checks of a scenario's strategies: every name and setting that the registry does not know."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sim.core.diagnostics import Diagnostic
from sim.core.parameters import Parameters
from sim.scenario import Scenario, ScenarioError
from sim.scenario.describe import parameter_key
from sim.scenario.model import BLOCKS, Block
from sim.strategies.describe import settings
from sim.strategies.registry import DEFAULTS, StrategyError, make, names, settings_of

OF_A_SHOCK = "advertising"
"""What a shock of kind `strategy` changes if it does not say which decision."""


def strategy_findings(scenario: Scenario) -> tuple[Diagnostic, ...]:
    """Return what is wrong with the strategies of all firms and of all shocks, with its line.

    A scenario is read without its strategies, which may come from plug-ins; this is the check
    that a run makes first, here for all firms at once.
    """
    parameters = Parameters(dict(scenario.parameters))
    found: list[Diagnostic] = []
    for firm, body in scenario.firms.items():
        for block in BLOCKS:
            chosen: Block = getattr(body, block)
            found += _block(scenario, f"firms.{firm}.{block}", block, chosen, parameters)
    for name, shock in scenario.shock.items():
        if shock.kind == "strategy" and shock.level:
            block = shock.target if shock.target in BLOCKS else OF_A_SHOCK
            found += _name(scenario, f"shock.{name}.level", str(block), shock.level)
    return tuple(found)


def check_strategies(scenario: Scenario) -> None:
    """Do nothing, or raise a ScenarioError with everything wrong with a scenario's strategies."""
    if found := strategy_findings(scenario):
        raise ScenarioError(found)


def _block(
    scenario: Scenario, where: str, block: str, chosen: Block, parameters: Parameters
) -> Iterator[Diagnostic]:
    if block not in DEFAULTS:
        said = [key for key in ("strategy", *chosen.parameters) if getattr(chosen, key) is not None]
        for key in said[:1]:
            message = f"`{where}`: no strategy decides on `{block}` yet"
            yield from scenario.refuse(f"{where}.{key}", message, tuple(DEFAULTS)).diagnostics
        return
    name = chosen.strategy or DEFAULTS[block]
    wrong = list(_name(scenario, f"{where}.strategy", block, name))
    yield from wrong
    if wrong:
        return
    allowed = settings_of(block, name)
    fitting = {key: value for key, value in chosen.parameters.items() if key in allowed}
    for key in chosen.parameters:
        if key not in allowed:
            message = f"`{where}.{key}`: the strategy `{name}` has no setting `{key}`"
            for one in scenario.refuse(f"{where}.{key}", message, allowed).diagnostics:
                chosen_at = scenario.origin(f"{where}.strategy")
                yield replace(one, also=chosen_at, also_says="the strategy is chosen here")
    yield from _out_of_range(scenario, where, block, fitting)
    try:
        make(block, name, fitting, parameters)
    except StrategyError as error:
        yield from scenario.refuse(f"{where}.strategy", str(error), ()).diagnostics


def _out_of_range(
    scenario: Scenario, where: str, block: str, fitting: Mapping[str, float]
) -> Iterator[Diagnostic]:
    for key, value in fitting.items():
        row = settings(block)[key]
        allowed = parameter_key(row).range
        if not allowed.holds(value):
            message = f"`{where}.{key}` is {value:g} ({row.unit}); it must be {allowed}"
            usual = f"default {row.default:g}, prior {row.low:g} to {row.high:g}"
            for one in scenario.refuse(f"{where}.{key}", message).diagnostics:
                yield replace(one, help=usual)


def _name(scenario: Scenario, key: str, block: str, name: str) -> Iterator[Diagnostic]:
    if name not in names(block):
        message = f"`{key}`: no {block} strategy is called `{name}`"
        yield from scenario.refuse(key, message, names(block)).diagnostics
