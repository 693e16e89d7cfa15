"""Pricing strategies that look at all rivals: premium, equilibrium, and one that learns."""

import math

import numpy as np
import pytest
from firms_that_see import FACE, MENU, PARAMETERS, decide, main_price, seen

from sim.markets.pricing import equilibrium
from sim.strategies.base import Observation
from sim.strategies.pricing_games import QLearner
from sim.strategies.registry import make, remembering

MARKET = tuple(
    FACE._replace(firm=firm, main_price=price, quality=quality)
    for firm, price, quality in (
        ("moonshot", 6.0, 50.0),
        ("zhipu", 4.0, 40.0),
        ("baidu", 8.0, 60.0),
        ("bytedance", 2.0, 20.0),
    )
)


def test_leader_cuts_when_its_cost_has_fallen_and_follows_otherwise() -> None:
    assert main_price("leader", price=6.0, cost=1.0) == pytest.approx(2.0)
    assert main_price("respond", price=6.0, cost=1.0) == pytest.approx(6.0**0.65 * 3.0**0.35)
    assert main_price("leader", alert=True, share=0.0, lowest=2.0) == 2.0


def test_premium_follows_the_median_rival_and_the_lead_over_it() -> None:
    week = seen(market=MARKET, quality=40.0, main=MENU._replace(cost=0.5))
    assert decide("pricing", "quality_premium", week).main_price == pytest.approx(4.0)
    better = week._replace(quality=140.0)
    found = decide("pricing", "quality_premium", better, premium=1.0).main_price
    assert found == pytest.approx(4.0 * math.e)
    dear = week._replace(main=MENU._replace(cost=20.0, attach=1.0))
    assert decide("pricing", "quality_premium", dear).main_price == pytest.approx(19.0)


def test_equilibrium_against_a_twin_is_the_markets_equilibrium() -> None:
    twins = (FACE._replace(firm="moonshot"), FACE._replace(quality=50.0))
    week = seen(market=twins, main=MENU._replace(attach=0.0, cost=2.0))
    found = decide("pricing", "equilibrium", week, spread=1.0, outside=-2.0).main_price
    both, _ = equilibrium([0.0, 0.0], [2.0, 2.0], [0, 1], 0.0, 1.0, -4.0)
    assert found == pytest.approx(both[0])
    attached = week._replace(main=MENU._replace(attach=1.0, cost=2.0))
    lower = decide("pricing", "equilibrium", attached, spread=1.0, outside=-2.0).main_price
    assert lower is not None
    assert lower < both[0]


def test_equilibrium_price_rises_with_the_spread_of_tastes() -> None:
    def price(spread: float) -> float:
        week = seen(market=MARKET, main=MENU._replace(entering=True, price=math.nan))
        found = decide("pricing", "equilibrium", week, spread=spread).main_price
        assert found is not None
        return found

    assert price(0.3) < price(1.0) < price(3.0)


def learner(**settings: float) -> QLearner:
    made = make("pricing", "q_learner", settings, PARAMETERS)
    assert isinstance(made, QLearner)
    return made


def taught(made: QLearner, weeks: int) -> list[float]:
    """Let a learner price against a rule: all tokens if cheaper than twice cost, none above."""
    prices, menu = [], MENU._replace(cost=1.0, lowest=2.0, price=1.0, share=1.0)
    for week in range(weeks):
        price = made.decide(seen(main=menu, week=week, luck=week * 7919 + 1)).main_price
        assert price is not None
        prices.append(price)
        menu = menu._replace(price=price, share=float(price <= 2.0))
    return prices


def test_learner_finds_the_price_that_pays() -> None:
    prices = taught(learner(discount=0.0, learning_rate=0.5, exploration_decay=0.01), 800)
    assert np.mean(np.array(prices[-100:]) == pytest.approx(2.0)) > 0.9


def test_learner_draws_from_its_luck_alone_and_remembers_through_a_change_of_settings() -> None:
    one, other = learner(), learner()
    assert taught(one, 50) == taught(other, 50)
    changed = remembering(learner(discount=0.5), one)
    assert isinstance(changed, QLearner)
    assert changed.learnt is one.learnt
    assert learner().learnt == {}


@pytest.mark.parametrize("name", ["leader", "quality_premium", "equilibrium", "q_learner"])
def test_firm_that_does_not_sell_sets_no_price(name: str) -> None:
    absent = MENU._replace(price=math.nan)
    week: Observation = seen(market=MARKET, main=absent, flagship=absent)
    assert decide("pricing", name, week) == (None,) * len(decide("pricing", "hold", week))
