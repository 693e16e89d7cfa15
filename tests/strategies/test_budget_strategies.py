"""Advertising, push and research: what cash allows, what rivals provoke."""

import math

import pytest
from firms_that_see import FACE, OBSERVATION, PARAMETERS, decide, seen
from hypothesis import given
from hypothesis import strategies as st

from sim.core.units import WEEKS_PER_MONTH, WEEKS_PER_YEAR
from sim.strategies.base import Decision, Observation

budgets = st.floats(0, 1e9)
cash = st.floats(-1e9, 1e11)
users_cost = st.floats(1, 1e4)


def advertise(seen: Observation, **settings: float) -> float:
    decision = decide("advertising", "return_on_investment", seen, **settings)
    assert decision == Decision(ad_budget=decision.ad_budget)
    assert decision.ad_budget is not None
    return decision.ad_budget


@given(cash, budgets, budgets, users_cost, st.floats(0, 1e3))
def test_startup_never_budgets_more_than_cash_over_ten_months(
    cash: float, budget: float, rival: float, cost: float, value: float
) -> None:
    found = advertise(
        seen(
            cash=cash,
            ad_budget=budget,
            rival_ad_spend=rival,
            cost_per_acquisition=cost,
            user_value=value,
        )
    )
    assert 0 <= found <= max(cash, 0) / (PARAMETERS.ad_cash_months * WEEKS_PER_MONTH) * (1 + 1e-12)


def test_parent_backed_firm_is_not_bound_by_its_cash() -> None:
    rich = advertise(seen(parent_backed=True, cash=0.0, rival_ad_spend=1e9), ad_escalation=1.0)
    assert rich > OBSERVATION.ad_budget


@given(st.booleans(), budgets, budgets)
def test_budget_never_falls_when_a_rival_spends_more(backed: bool, one: float, two: float) -> None:
    low, high = sorted((one, two))
    rules = {"ad_escalation": 0.5}
    assert advertise(seen(parent_backed=backed, rival_ad_spend=low), **rules) <= advertise(
        seen(parent_backed=backed, rival_ad_spend=high), **rules
    )


def test_escalation_moves_a_budget_to_its_share_of_the_largest_rivals() -> None:
    far = seen(rival_ad_spend=20e6, cash=1e12, user_value=0.0)
    # ln B moves by 1 - e^-.15 of the way a week.
    step = 1 - math.exp(-0.15)
    assert advertise(far, ad_escalation=0.5) == pytest.approx(2e6 * (10 / 2) ** step)
    assert advertise(far, ad_escalation=0.5, ad_adjustment=50.0) == pytest.approx(10e6)
    assert advertise(far, ad_escalation=0.0, ad_adjustment=50.0) == pytest.approx(0.3e6)


def test_startup_justifies_less_as_users_get_dearer() -> None:
    def justified(cost: float) -> float:
        week = seen(rival_ad_spend=0.0, user_value=30.0, cost_per_acquisition=cost)
        return advertise(week, ad_adjustment=50.0, ad_cash_share=0.002)

    assert justified(10.0) == pytest.approx(2e6)
    assert justified(30.0) == pytest.approx(2e6)
    assert justified(60.0) == pytest.approx(1e6)


def test_parent_backed_firm_spends_until_crowding_eats_the_worth_of_a_user() -> None:
    week = seen(
        parent_backed=True,
        rival_ad_spend=0.0,
        user_value=60.0,
        cost_per_acquisition=30.0,
        open_capacity=10e6,
    )
    budget = advertise(week, ad_adjustment=50.0, crowding=0.5)
    # 30 (1 + B / C)^.5 = 60 at B = 3 C.
    assert budget == pytest.approx(30e6)
    dear = advertise(
        seen(parent_backed=True, rival_ad_spend=0.0, cost_per_acquisition=100.0),
        ad_adjustment=50.0,
    )
    assert dear == pytest.approx(0.3e6)


def test_app_without_an_open_channel_gets_no_more_than_the_opening_budget() -> None:
    week = seen(rival_ad_spend=0.0, cost_per_acquisition=math.inf, ad_budget=0.0)
    assert advertise(week) == pytest.approx(0.3e6)


def test_none_buys_no_users() -> None:
    assert decide("advertising", "no_advertising") == Decision(ad_budget=0.0)
    assert decide("push", "no_push", seen(own_channel=True)) == Decision(push=0.0)


@pytest.mark.parametrize(
    ("rivals", "pushed"),
    [(0.0, 0.86), (1.62e6, 0.86), (2.0e6, 0.86 + 2.59 * 0.38), (9e6, 4.0)],
)
def test_channel_owner_pushes_harder_as_rivals_grow_up_to_its_inventory(
    rivals: float, pushed: float
) -> None:
    week = seen(own_channel=True, rivals_adds_week=rivals)
    decision = decide("push", "answer_rivals", week)
    assert decision.push == pytest.approx(1e6 * pushed)
    assert decision == Decision(push=decision.push)


def test_firm_without_a_channel_cannot_push() -> None:
    assert decide("push", "answer_rivals", seen(own_channel=False, rivals_adds_week=9e6)).push == 0


def research(seen: Observation) -> float:
    decision = decide("research", "grow_with_runway", seen)
    assert decision.research_week is not None
    return decision.research_week


@pytest.mark.parametrize(
    ("runway", "hot", "rate"),
    [
        (6, True, 0),
        (12, True, 1.6),
        (60, True, 1.6),
        (12, False, 0.8),
        (3, True, -0.8),
        (3, False, -0.8),
    ],
)
def test_research_follows_the_runway_at_half_speed_up_in_a_cold_market(
    runway: float, hot: bool, rate: float
) -> None:
    found = research(seen(runway_months=runway, market_hot=hot))
    assert found == pytest.approx(4e6 * math.exp(rate / WEEKS_PER_YEAR))


@given(cash, st.floats(0, 1e9), st.floats(0, 120))
def test_research_of_a_startup_is_at_most_cash_over_seven_months(
    cash: float, spend: float, runway: float
) -> None:
    found = research(seen(cash=cash, research_week=spend, runway_months=runway))
    assert 0 <= found <= max(cash, 0) / (7 * WEEKS_PER_MONTH) * (1 + 1e-12)
    backed = research(seen(cash=0, research_week=spend, runway_months=120, parent_backed=True))
    assert backed >= spend


def test_level_keeps_research_as_it_is() -> None:
    assert decide("research", "level", seen(runway_months=1)) == Decision(research_week=4e6)


@given(budgets, cash, users_cost, st.floats(0, 1e3), st.floats(0.1, 10))
def test_careful_firm_buys_nobody_dearer_than_a_user_is_worth_to_it(
    budget: float, cash: float, cost: float, value: float, ratio: float
) -> None:
    week = seen(cash=cash, ad_budget=budget, cost_per_acquisition=cost, user_value=value)
    careful = decide("advertising", "stop_on_unit_economics", week, stop_ratio=ratio)
    usual = decide("advertising", "return_on_investment", week)
    assert careful == (usual if cost <= ratio * value else Decision(ad_budget=0.0))


@pytest.mark.parametrize("name", ["return_on_investment", "stop_on_unit_economics", "blitz"])
def test_nobody_buys_users_dearer_than_investors_tolerate(name: str) -> None:
    dear = seen(cost_per_acquisition=50.0, dearest_user=49.0, user_value=100.0)
    assert decide("advertising", name, dear) == Decision(ad_budget=0.0)
    assert decide("advertising", name, seen(cost_per_acquisition=50.0, user_value=100.0)) != (
        Decision(ad_budget=0.0)
    )


def test_blitz_buys_what_is_missing_in_time_and_then_keeps_an_opening_budget() -> None:
    def spends(**changes: float) -> float | None:
        settings = {"blitz_target": 20.0, "blitz_weeks": 10.0}
        return decide("advertising", "blitz", seen(**changes), **settings).ad_budget

    # 15 M people at 30 CNY in ten weeks.
    assert spends(mau=5e6, cash=1e12) == pytest.approx(45e6)
    assert spends(mau=20e6, cash=1e12) == pytest.approx(0.3e6)
    assert spends(mau=5e6, cash=1e9) == pytest.approx(1e9 / (10 * WEEKS_PER_MONTH))
    assert spends(mau=5e6, cash=-1.0) == 0.0
    assert spends(mau=5e6, open_capacity=0.0) == 0.0


@pytest.mark.parametrize(
    ("rival", "shut"), [(6e6, True), (5.1e6, True), (4e6, None), (2.6e6, None), (2e6, False)]
)
def test_owner_guards_its_field_while_a_rival_is_near(rival: float, shut: bool | None) -> None:
    market = (FACE._replace(users=1e6), FACE._replace(users=rival), FACE._replace(firm="moonshot"))
    week = seen(own_channel=True, mau=10e6, market=market, rivals_adds_week=0.0)
    decision = decide("push", "guard_field", week, guard_share=0.5)
    assert decision == Decision(push=0.86e6, shut_out=shut)
