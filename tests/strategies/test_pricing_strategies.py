"""Pricing strategies: who follows a cut and who holds comes out of cost and attach margin."""

import math

import pytest
from firms_that_see import MENU, PARAMETERS, decide, main_price, seen
from hypothesis import given
from hypothesis import strategies as st

from sim.markets.compute import serving_price
from sim.markets.technology import shadow_cost
from sim.strategies.base import EMPTY_MENU

prices = st.floats(0.2, 100)
costs = st.floats(0.01, 50)
responders = pytest.mark.parametrize("name", ["respond", "free_small_model"])
all_names = pytest.mark.parametrize(
    "name", ["respond", "free_small_model", "share_maximiser", "cost_plus", "hold"]
)


@responders
def test_alert_firm_matches_a_rival_that_still_covers_net_cost(name: str) -> None:
    # Net cost is 2 - .5; the optimal price of a firm without share is (1.6 x 1.5 + .3) / .6 = 4.5.
    assert main_price(name, alert=True, share=0.0, lowest=2.0) == 2.0
    assert main_price(name, alert=True, share=0.0, lowest=1.51) == 1.51
    assert main_price(name, alert=True, share=0.0, lowest=4.9) == pytest.approx(4.5)


@responders
def test_alert_firm_holds_when_matching_would_lose_money(name: str) -> None:
    assert main_price(name, alert=True, lowest=1.5) is None
    assert main_price(name, alert=True, lowest=0.2) is None


def test_attach_margin_alone_decides_who_follows() -> None:
    assert main_price("respond", alert=True, attach=0.0, lowest=1.8) is None
    assert main_price("respond", alert=True, attach=0.5, lowest=1.8) == 1.8


@given(prices, costs, st.floats(0, 3), st.floats(0, 1), prices)
def test_answer_covers_net_cost_and_never_raises_the_price(
    price: float, cost: float, attach: float, share: float, lowest: float
) -> None:
    answer = main_price(
        "respond", alert=True, price=price, cost=cost, attach=attach, share=share, lowest=lowest
    )
    follows = lowest > cost - attach
    if not follows:
        assert answer is None
    if answer is not None:
        assert answer <= price
        assert answer == 0 if cost - attach < PARAMETERS.free_below else answer >= cost - attach
        assert answer <= max(lowest, cost - attach)


@responders
def test_price_becomes_free_once_a_token_costs_less_than_billing_it(name: str) -> None:
    assert main_price(name, alert=True, cost=0.59, attach=0.5, lowest=1.0) == 0.0
    assert main_price(name, alert=True, cost=0.3, attach=0.5, lowest=1.0) == 0.0
    assert main_price(name, alert=True, cost=0.61, attach=0.5, lowest=0.8) == 0.8
    assert main_price(name, alert=True, cost=0.59, attach=0.5, lowest=0.05) is None


@pytest.mark.parametrize("alert", [True, False])
def test_free_model_stays_free(alert: bool) -> None:
    assert main_price("respond", price=0.0, alert=alert, lowest=5.0) in (None, 0.0)


def test_small_changes_are_not_made() -> None:
    # The smallest change is 18 %.
    assert main_price("respond", alert=True, share=0.0, price=2.4, lowest=2.0) is None
    assert main_price("respond", alert=True, share=0.0, price=2.5, lowest=2.0) == 2.0
    assert main_price("cost_plus", price=4.6, cost=2.0) is None
    assert main_price("cost_plus", price=5.0, cost=2.0) == 4.0


@given(prices, st.floats(0.2, 50), st.floats(0, 3))
def test_every_change_made_is_a_visible_one(price: float, cost: float, attach: float) -> None:
    goal = main_price("respond", price=price, cost=cost, attach=attach)
    if goal is not None:
        assert abs(goal - price) >= PARAMETERS.smallest_change * price


def test_calm_review_ignores_rivals() -> None:
    expected = 12.0**0.65 * (3 * 2.0) ** 0.35
    for lowest in (0.1, 5.0, math.inf):
        assert main_price("respond", price=12.0, lowest=lowest) == pytest.approx(expected)


def test_calm_review_raises_a_price_far_below_cost() -> None:
    goal = main_price("respond", price=0.5, cost=4.0, attach=0.0)
    assert goal == pytest.approx(0.5**0.65 * 12**0.35)


def test_attach_margin_makes_up_for_a_rise_of_cost() -> None:
    assert main_price("respond", price=0.5, cost=4.0, attach=3.5) == pytest.approx(
        0.5**0.65 * 1.5**0.35
    )
    assert main_price("respond", price=0.5, cost=4.0, attach=3.9) is None


@given(prices, costs, st.floats(0, 3))
def test_calm_review_moves_toward_three_times_cost_if_at_all(
    price: float, cost: float, attach: float
) -> None:
    goal = main_price("respond", price=price, cost=cost, attach=attach)
    if goal is not None:
        assert min(price, 3 * cost) <= goal <= max(price, 3 * cost)


def test_entry_lies_between_cost_and_three_times_cost_at_the_lowest_rival() -> None:
    def enter(lowest: float) -> float | None:
        return main_price("respond", price=math.nan, entering=True, lowest=lowest)

    assert enter(math.inf) == 6.0
    assert enter(4.0) == 4.0
    assert enter(0.5) == 2.0


def test_share_maximiser_enters_a_fifth_below_the_lowest_rival() -> None:
    def enter(lowest: float) -> float | None:
        return main_price("share_maximiser", price=math.nan, entering=True, lowest=lowest)

    assert enter(1.0) == pytest.approx(0.8)
    assert enter(5.0) == pytest.approx(4.0)
    # Without a rival near, it asks what others ask at entry.
    assert enter(math.inf) == pytest.approx(6.0)


@given(prices, costs, st.floats(0, 3), prices, st.booleans())
def test_share_maximiser_never_raises_and_never_sells_under_net_cost_in_answer(
    price: float, cost: float, attach: float, lowest: float, alert: bool
) -> None:
    goal = main_price(
        "share_maximiser", price=price, cost=cost, attach=attach, lowest=lowest, alert=alert
    )
    if goal is not None:
        assert goal <= price
        if alert:
            assert goal >= cost - attach
            assert goal == pytest.approx(0.8 * lowest)


def test_share_maximiser_answers_only_when_undercut() -> None:
    assert main_price("share_maximiser", price=4.0, lowest=3.0, alert=True) == pytest.approx(2.4)
    assert main_price("share_maximiser", price=4.0, lowest=4.5, alert=True) is None
    assert main_price("share_maximiser", price=4.0, lowest=1.8, alert=True) is None


def test_cost_plus_follows_cost_and_no_rival() -> None:
    for lowest in (0.1, math.inf):
        assert main_price("cost_plus", price=math.nan, entering=True, lowest=lowest) == 4.0
        assert main_price("cost_plus", price=9.0, lowest=lowest, alert=True) == 4.0
        assert main_price("cost_plus", price=2.0, lowest=lowest, alert=True) == 4.0


def test_hold_enters_at_three_times_cost_and_then_never_moves() -> None:
    assert main_price("hold", price=math.nan, entering=True, lowest=0.1) == 6.0
    for alert in (True, False):
        assert main_price("hold", alert=alert, lowest=0.1) is None


@all_names
def test_model_that_is_not_on_sale_gets_no_price(name: str) -> None:
    decision = decide("pricing", name, seen(main=EMPTY_MENU, flagship=EMPTY_MENU))
    assert decision.main_price is None
    assert decision.flagship_price is None


@all_names
def test_models_are_priced_apart_and_nothing_else_is_decided(name: str) -> None:
    entering = MENU._replace(price=math.nan, entering=True)
    decision = decide("pricing", name, seen(main=EMPTY_MENU, flagship=entering))
    assert decision.main_price is None
    assert decision.flagship_price is not None
    assert decision.ad_budget is decision.push is decision.research_week is None


def test_settings_of_a_scenario_replace_the_models_parameters() -> None:
    entry = {"price": math.nan, "entering": True, "lowest": 5.0}
    assert main_price("share_maximiser", {"undercut": 0.6}, **entry) == pytest.approx(3.0)
    assert main_price("cost_plus", {"cost_plus_markup": 3.0}, **entry) == pytest.approx(6.0)


def test_prices_rise_when_capacity_runs_short() -> None:
    idle, tight = (2.0 * float(shadow_cost(used, PARAMETERS.shadow_cost)) for used in (0.5, 1.0))
    assert tight == pytest.approx(1.5 * idle)
    assert main_price("cost_plus", price=2.0 * idle, cost=idle) is None
    assert main_price("cost_plus", price=2.0 * idle, cost=tight) == pytest.approx(2.0 * tight)
    # A calm review moves part of the way, and rises only as far as nothing else makes up for it.
    visible = {"smallest_change": 0.05}
    risen = main_price("respond", visible, price=6.0, cost=tight, attach=0.0)
    assert risen == pytest.approx(6.0**0.65 * 9.0**0.35)
    assert main_price("respond", visible, price=6.0, cost=tight, attach=2.0) is None


def test_full_capacity_alone_is_no_visible_step_but_with_dearer_compute_it_is() -> None:
    full = 2.0 * float(shadow_cost(1.0, PARAMETERS.shadow_cost))
    dearer = full * serving_price(1.5, PARAMETERS.gpu_cost_share)
    assert main_price("respond", price=6.0, cost=full, attach=0.0) is None
    risen = main_price("respond", price=6.0, cost=dearer, attach=0.0)
    assert risen == pytest.approx(6.0**0.65 * (3 * dearer) ** 0.35)
