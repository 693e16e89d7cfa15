"""Engines whose outcomes follow from the inputs by a formula, for many runs in no time.

The inputs are the cash of three startups, read on a unit scale from 1000 to 2000 M CNY.
"""

from collections.abc import Callable
from math import pi, sin
from typing import Any

import sweep_engines

from sim.core.streams import Streams
from sim.scenario import Scenario

FIRMS = ("moonshot", "zhipu", "minimax")
KEYS = tuple(f"firms.{firm}.cash_mcny" for firm in FIRMS)
SPACE = tuple(f"{key}=1000:2000" for key in KEYS)

OnWeek = Callable[[int, int], None] | None
Recorded = dict[str, dict[str, Any]]


def unit(scenario: Scenario) -> list[float]:
    """Return the inputs on their unit scale."""
    return [((scenario.firms[firm].cash_mcny or 0.0) - 1000.0) / 1000.0 for firm in FIRMS]


def luck(seed: int, replicate: int) -> float:
    """Return the luck of a replicate, the same whatever the inputs."""
    return Streams(seed, replicate).uniform("luck", "m", 0)


def _recorded(value: float, *rest: Any) -> Recorded:
    found = sweep_engines.cash_and_luck(*rest)
    found["market"]["users_any_app"] = [value] * sweep_engines.WEEKS
    return found


def additive(
    scenario: Scenario, seed: int, replicate: int, tables: frozenset[str], on_week: OnWeek, t: int
) -> Recorded:
    """Return 3 x1 + 2 x2 + luck as `users_any_app`."""
    x = unit(scenario)
    value = 3.0 * x[0] + 2.0 * x[1] + luck(seed, replicate)
    return _recorded(value, scenario, seed, replicate, tables, on_week, t)


def lucky_product(
    scenario: Scenario, seed: int, replicate: int, tables: frozenset[str], on_week: OnWeek, t: int
) -> Recorded:
    """Return x1 times luck: half of what varies is both together."""
    value = unit(scenario)[0] * luck(seed, replicate)
    return _recorded(value, scenario, seed, replicate, tables, on_week, t)


def ishigami(
    scenario: Scenario, seed: int, replicate: int, tables: frozenset[str], on_week: OnWeek, t: int
) -> Recorded:
    """Return Ishigami's function of the three inputs, a = 7, b = .1, plus luck."""
    a, b, c = (pi * (2.0 * x - 1.0) for x in unit(scenario))
    value = sin(a) * (1.0 + 0.1 * c**4) + 7.0 * sin(b) ** 2 + luck(seed, replicate)
    return _recorded(value, scenario, seed, replicate, tables, on_week, t)


def hill(
    scenario: Scenario, seed: int, replicate: int, tables: frozenset[str], on_week: OnWeek, t: int
) -> Recorded:
    """Return 4 x1 (1 - x1) plus a tenth of luck: up and down again."""
    x = unit(scenario)[0]
    value = 4.0 * x * (1.0 - x) + 0.1 * luck(seed, replicate)
    return _recorded(value, scenario, seed, replicate, tables, on_week, t)


def rich_fail(
    scenario: Scenario, seed: int, replicate: int, tables: frozenset[str], on_week: OnWeek, t: int
) -> Recorded:
    """As `additive`, but fail where x1 is above .9."""
    if unit(scenario)[0] > 0.9:
        raise ZeroDivisionError("too rich")
    return additive(scenario, seed, replicate, tables, on_week, t)


def second_replicate_fails(
    scenario: Scenario, seed: int, replicate: int, tables: frozenset[str], on_week: OnWeek, t: int
) -> Recorded:
    """As `additive`, but fail in replicate 1 where x1 is above .5."""
    if replicate == 1 and unit(scenario)[0] > 0.5:
        raise ZeroDivisionError("bad luck")
    return additive(scenario, seed, replicate, tables, on_week, t)


def stopped_in_the_third_pair(
    scenario: Scenario, seed: int, replicate: int, tables: frozenset[str], on_week: OnWeek, t: int
) -> Recorded:
    """Press Ctrl-C in replicate 2 where x1 is above .5."""
    if replicate == 2 and unit(scenario)[0] > 0.5:
        raise KeyboardInterrupt
    return additive(scenario, seed, replicate, tables, on_week, t)
