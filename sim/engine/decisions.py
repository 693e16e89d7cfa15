"""Asking a firm's strategy: what it sees goes in, a decision that can be carried out comes out."""

from sim.core.errors import SimError
from sim.engine.observe import glance
from sim.engine.state import Engine
from sim.strategies.base import Decision, Observation, Strategy, fault_in


class DecisionError(SimError):
    """A strategy that failed or decided what no firm can do; names strategy, firm and week."""


def ask(
    engine: Engine,
    firm: int,
    block: str,
    seen: Observation | None = None,
    strategy: Strategy | None = None,
) -> Decision:
    """Ask one firm's strategy for a block of decisions.

    seen: what it sees, this week's common view without; strategy: instead of the firm's own.
    Raises DecisionError for a strategy that raises, or returns anything but a fitting Decision.
    """
    name = engine.firms.ids[firm]
    rule = engine.strategies[name][block] if strategy is None else strategy
    seen = glance(engine, firm) if seen is None else seen
    try:
        decision = rule.decide(seen)
        fault = fault_in(decision, block)
    except Exception as error:
        said = f"raised {type(error).__name__}: {error}"
        raise DecisionError(_told(engine, rule, name, said)) from error
    if fault:
        raise DecisionError(_told(engine, rule, name, fault))
    return decision


def _told(engine: Engine, rule: Strategy, firm: str, what: str) -> str:
    week = f"week {engine.world.week} ({engine.world.monday})"
    return f"{rule.block} strategy `{rule.name}` of {firm} in {week} {what}"
