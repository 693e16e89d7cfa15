"""Strategies for money: when to raise, what a cloud offers, when to sell, when to go abroad."""

import math

import pytest
from firms_that_see import FACE, OBSERVATION, decide

from sim.strategies.base import PublicRound

SHORT = OBSERVATION._replace(runway_months=3.0, valuation=10e9)
ROUND = PublicRound(week=35, firm="zhipu", size=1e9, post_money=9e9, lead="alibaba")


def test_raising_early_does_not_ask_for_the_runway() -> None:
    assert decide("fundraising", "raise_early").round_effort == 1.0
    assert decide("fundraising", "raise_early", SHORT).round_effort == 1.0


@pytest.mark.parametrize(("months", "effort"), [(24.0, 0.0), (12.0, 0.0), (11.9, 2.0), (0.0, 2.0)])
def test_raising_at_need_waits_until_the_runway_is_short(months: float, effort: float) -> None:
    seen = OBSERVATION._replace(runway_months=months)
    assert decide("fundraising", "raise_at_need", seen).round_effort == effort


def test_taking_credits_leans_to_clouds_while_there_is_training_to_pay() -> None:
    trains = decide("fundraising", "take_credits")
    assert (trains.credit_lean, trains.most_credits) == (3.0, 1.0)
    stopped = decide("fundraising", "take_credits", OBSERVATION._replace(pretraining=False))
    assert (stopped.credit_lean, stopped.most_credits) == (1.0, 0.0)


def test_clouds_pay_stakes_with_compute_or_cash_or_not_at_all() -> None:
    assert decide("investing", "stakes_for_compute").credits_offered == 0.5
    assert decide("investing", "stakes_for_cash").credits_offered == 0.0
    assert decide("investing", "no_stakes").lead_interest == 0.0


def test_fear_of_missing_out_grows_with_cheques_of_other_clouds_in_the_last_quarter() -> None:
    clouds = tuple(FACE._replace(firm=one, kind="cloud") for one in ("alibaba", "tencent"))
    rounds = (
        ROUND,
        ROUND._replace(lead="tencent"),
        ROUND._replace(week=10),
        ROUND._replace(lead="state_fund_01"),
    )
    seen = OBSERVATION._replace(firm="tencent", market=clouds, rounds=rounds)
    assert decide("investing", "fear_of_missing_out", seen).lead_interest == 2.0
    calm = seen._replace(rounds=())
    assert decide("investing", "fear_of_missing_out", calm).lead_interest == 1.0


def test_distress_makes_a_firm_take_any_offer() -> None:
    assert decide("exit", "sell_in_distress").sale_effort == 0.0
    sold = decide("exit", "sell_in_distress", SHORT)
    assert (sold.sale_effort, sold.least_price) == (1.0, 0.0)


def test_selling_early_has_a_reserve_price() -> None:
    seen = SHORT._replace(runway_months=11.0)
    early = decide("exit", "sell_early", seen)
    assert (early.sale_effort, early.least_price) == (2.0, 4e9)
    assert decide("exit", "sell_early", seen._replace(valuation=math.nan)).least_price == 0.0
    assert decide("exit", "sell_early").sale_effort == 0.0


def test_some_sell_to_nobody_and_some_never_list() -> None:
    assert decide("exit", "stay_independent", SHORT).sale_effort == 0.0
    assert decide("exit", "stay_independent", SHORT).listing is True
    assert decide("exit", "stay_private").listing is False


@pytest.mark.parametrize(
    ("cost", "effort"), [(25.0, 1.0), (40.0, 1.6), (500.0, 2.0), (1.0, 0.5), (math.inf, 1.0)]
)
def test_a_crowded_home_drives_firms_abroad(cost: float, effort: float) -> None:
    seen = OBSERVATION._replace(cost_per_acquisition=cost)
    assert decide("overseas", "pivot_when_crowded", seen).overseas_effort == effort


def test_retreat_comes_when_money_gets_short() -> None:
    assert decide("overseas", "focus_on_home").leaves_abroad is False
    retreat = decide("overseas", "focus_on_home", SHORT)
    assert (retreat.overseas_effort, retreat.leaves_abroad) == (0.0, True)
    assert decide("overseas", "stay_home").overseas_effort == 0.0
    assert decide("overseas", "overseas_first").overseas_effort == 20.0
