"""A strategy that fails, or decides what no firm can do, stops the run with one clear error."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest

from sim.core.errors import SimError
from sim.engine.decisions import DecisionError, ask
from sim.engine.observe import look
from sim.engine.simulation import open_market
from sim.engine.state import Engine
from sim.scenario import Scenario
from sim.strategies.base import KEEP, Decision, Observation

MARKET = Scenario.load("baseline", ["consumers.people_per_agent=100000"])


@dataclass
class Told:
    """A strategy that returns what a test tells it."""

    answer: Callable[[Observation], Any]
    name: ClassVar[str] = "told"
    block: ClassVar[str] = "pricing"

    def decide(self, seen: Observation) -> Decision:
        return self.answer(seen)  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def engine() -> Engine:
    market = open_market(MARKET, seed=1, replicate=0)
    market.world.week = 12
    market.scene = look(market)
    return market


def answered(engine: Engine, answer: Callable[[Observation], Any]) -> Decision:
    firm = engine.firms.number("moonshot")
    return ask(engine, firm, "pricing", strategy=Told(answer))


def test_fitting_decision_comes_through(engine: Engine) -> None:
    assert answered(engine, lambda seen: Decision(main_price=2)) == Decision(main_price=2)
    assert answered(engine, lambda seen: KEEP) is KEEP


def test_flags_and_numbers_of_numpy_are_flags_and_numbers(engine: Engine) -> None:
    above = np.float64(2.0) > 1.0
    chosen = Decision(research_week=np.float64(1e6), pretraining=above)  # type: ignore[arg-type]
    firm = engine.firms.number("moonshot")
    assert ask(engine, firm, "research", strategy=Told(lambda seen: chosen)) is chosen


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (3.0, "returned float, not a Decision"),
        (None, "returned NoneType, not a Decision"),
        ((1.0,), "returned tuple, not a Decision"),
        (Decision(main_price=float("nan")), "set main_price to nan; a number of 0 or more"),
        (Decision(flagship_price=float("inf")), "set flagship_price to inf; a number of 0 or more"),
        (Decision(main_price=-1.0), "set main_price to -1.0; a number of 0 or more"),
        (Decision(main_price=True), "set main_price to True; a number of 0 or more"),
        (Decision(main_price="low"), "set main_price to 'low'; a number of 0 or more"),  # type: ignore[arg-type]
        (Decision(ad_budget=1.0), "set ad_budget; pricing decides on main_price, flagship_price"),
    ],
    ids=str,
)
def test_decision_that_cannot_be_carried_out_is_named(
    engine: Engine, value: object, said: str
) -> None:
    with pytest.raises(DecisionError) as caught:
        answered(engine, lambda seen: value)
    assert isinstance(caught.value, SimError)
    told = str(caught.value)
    assert told.startswith("pricing strategy `told` of moonshot in week 12 (2023-09-25) ")
    assert said in told


def test_strategy_that_raises_is_named_and_its_error_kept(engine: Engine) -> None:
    def divide(seen: Observation) -> Decision:
        return Decision(main_price=1.0 / (seen.week - 12))

    with pytest.raises(DecisionError, match="raised ZeroDivisionError: ") as caught:
        answered(engine, divide)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
