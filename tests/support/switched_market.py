"""An engine whose outcome tells which claims and events were in force: known effects, no time."""

from typing import Any

from known_market import OnWeek, Recorded, luck
from sweep_engines import WEEKS, cash_and_luck

from sim.scenario import Scenario

EFFECTS = {"price_war": -3.0, "own_channel_push": 8.0, "viability": 0.0}


def users(
    scenario: Scenario, seed: int, replicate: int, tables: frozenset[str], on_week: OnWeek, t: int
) -> Recorded:
    """Return luck plus the effects of the claims in force, and 5 for the first event."""
    value = 10.0 * luck(seed, replicate)
    value += sum(effect for name, effect in EFFECTS.items() if scenario.mechanisms[name])
    value += 5.0 * ("deepseek_v2" in scenario.shock)
    return with_users(value, scenario, seed, replicate, tables, on_week, t)


def lost_without_push(
    scenario: Scenario, seed: int, replicate: int, tables: frozenset[str], on_week: OnWeek, t: int
) -> Recorded:
    """As `users`, but fail without the push in replicate 1."""
    if replicate == 1 and not scenario.mechanisms["own_channel_push"]:
        raise ZeroDivisionError("nobody came")
    return users(scenario, seed, replicate, tables, on_week, t)


def with_users(value: float, *rest: Any) -> Recorded:
    """Return tables in which `market.users_any_app` is a value."""
    found = cash_and_luck(*rest)
    found["market"]["users_any_app"] = [value] * WEEKS
    return found
