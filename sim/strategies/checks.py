"""Checks of a scenario's strategies: every name and setting that the registry does not know."""

from collections.abc import Iterator

from sim.core.diagnostics import Diagnostic
from sim.core.parameters import Parameters
from sim.evidence.history import EVENT_KINDS
from sim.scenario import Scenario
from sim.scenario.model import BLOCKS, Block
from sim.strategies.registry import DEFAULTS, StrategyError, make


def strategy_findings(scenario: Scenario) -> tuple[Diagnostic, ...]:
    """Return what is wrong with the strategies of all firms and of all shocks, with its line.

    A scenario is read without its strategies, which may come from plug-ins; this is the check
    that a run makes first, for all firms at once.
    """
    parameters = Parameters(dict(scenario.parameters))
    found = [*_chosen(scenario, parameters), *_shocked(scenario, parameters)]
    return tuple(dict.fromkeys(found))


def _chosen(scenario: Scenario, parameters: Parameters) -> Iterator[Diagnostic]:
    for firm in scenario.firms:
        for block in BLOCKS:
            chosen: Block = getattr(scenario.firms[firm], block)
            if block not in DEFAULTS and chosen.strategy is None and not chosen.parameters:
                continue
            name = chosen.strategy or DEFAULTS.get(block, "")
            # one setting after another, so that each wrong one is named
            for settings in [{}, *({key: value} for key, value in chosen.parameters.items())]:
                try:
                    make(block, name, settings, parameters)
                except StrategyError as error:
                    key = f"firms.{firm}.{block}.{error.key}".rstrip(".")
                    if error.key not in chosen.parameters or error.key in settings:
                        yield from _refused(scenario, key, error, f"firms.{firm}.{block}.strategy")
                    if not settings and error.key == "strategy":
                        break


def _shocked(scenario: Scenario, parameters: Parameters) -> Iterator[Diagnostic]:
    for name, shock in scenario.shock.items():
        if shock.kind != "strategy" or "strategy" not in EVENT_KINDS or not shock.level:
            continue
        block = shock.target if shock.target in BLOCKS else "pricing"
        try:
            make(str(block), shock.level, {}, parameters)
        except StrategyError as error:
            yield from _refused(scenario, f"shock.{name}.level", error, "")


def _refused(
    scenario: Scenario, key: str, error: StrategyError, chosen_at: str
) -> Iterator[Diagnostic]:
    """Yield the refusal; a setting that does not fit also shows where its strategy was chosen."""
    also = scenario.origin(chosen_at) if chosen_at and key != chosen_at else None
    for one in scenario.refuse(key, error.said, error.allowed).diagnostics:
        yield Diagnostic(
            "strategy", one.message, one.origin, key, one.allowed, one.help or error.hint,
            also, "the strategy is chosen here",
        )  # fmt: skip
