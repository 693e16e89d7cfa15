"""The API market: choice by utility, demand and its trend, vendor shares, free tiers."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.core.units import WEEKS_PER_YEAR
from sim.markets.api import (
    adjusted,
    contract_length,
    demand_response,
    demand_target,
    fills_a_server,
    herfindahl,
    progress,
    replacement_lift,
    served_tokens,
    vendor_utility,
    volume_discount,
    worth_keeping,
)
from sim.markets.trends import trend_growth

F64 = NDArray[np.float64]

amounts = st.floats(1e-3, 1e6)
ALL = np.ones(3, dtype=np.bool_)


def utility(**changes: Any) -> F64:
    """Return the utility of three equal vendors to two kinds of account, but for the changes."""
    zero = np.zeros(3)
    arguments: dict[str, Any] = {
        "quality": zero,
        "intercept": zero,
        "runway_months": np.full(3, 120.0),
        "openness": zero,
        "tooling": zero,
        "effective_price": np.full(3, 1.0),
        "share": zero,
        "entered": ALL,
        "quality_weight": np.array([[0.01], [0.02]]),
        "price_weight": np.array([[1.0], [0.5]]),
        "viability_weight": np.array([[0.5], [1.0]]),
        "price_floor": 0.3,
        "inertia": 0.5,
    }
    return vendor_utility(**(arguments | changes))


def gap(**changes: Any) -> list[float]:
    """Return by how much the second vendor's utility changes, by kind."""
    difference: list[float] = (utility(**changes) - utility())[:, 1].tolist()
    return difference


def at_second(value: float, others: float = 0.0) -> F64:
    return np.array([others, value, others])


def test_utility_counts_each_advantage_by_its_weight() -> None:
    assert gap(quality=at_second(-100.0)) == pytest.approx([-1.0, -2.0])
    assert gap(effective_price=at_second(0.0, 1.0)) == pytest.approx(
        [math.log(1.3 / 0.3), 0.5 * math.log(1.3 / 0.3)]
    )
    assert gap(runway_months=at_second(6.0, 120.0)) == pytest.approx([-0.25, -0.5])
    assert gap(runway_months=at_second(13.0, 120.0)) == [0.0, 0.0]
    assert gap(share=at_second(0.4)) == pytest.approx([0.2, 0.2])
    for name in ("intercept", "openness", "tooling"):
        assert gap(**{name: at_second(0.7)}) == pytest.approx([0.7, 0.7])


def test_quality_counts_against_the_best_on_sale_only() -> None:
    absent = np.array([True, True, False])
    value = utility(quality=np.array([0.0, -50.0, 400.0]), entered=absent)
    assert value[0, 0] - value[0, 1] == pytest.approx(0.5)
    assert value[0, 0] == pytest.approx(utility()[0, 0])
    assert (value[:, 2] == -np.inf).all()


def test_nests_are_ranked_each_by_itself() -> None:
    price = np.array([[1.0, 2.0, 3.0], [9.0, 1.0, 1.0]])
    entered = np.array([[True, True, False], [False, True, True]])
    both = utility(effective_price=price, entered=entered, quality=at_second(-40.0))
    one = [
        utility(effective_price=price[n], entered=entered[n], quality=at_second(-40.0))
        for n in range(2)
    ]
    assert both.shape == (2, 2, 3)
    assert np.array_equal(both, np.array(one))


def test_nobody_on_sale_is_chosen_by_nobody() -> None:
    assert (utility(entered=~ALL) == -np.inf).all()


@given(amounts, amounts, st.floats(0, 2), st.floats(0, 3), st.floats(-1, 2))
def test_demand_target_is_the_opening_at_the_opening_price(
    opening: float, price: float, elasticity: float, floor: float, trend: float
) -> None:
    target = demand_target(opening, trend, price, price, elasticity, floor)
    assert target == pytest.approx(opening * math.exp(trend))


def test_floor_keeps_demand_at_no_price_finite() -> None:
    assert demand_target(1.0, 0.0, 0.0, 5.7, 0.8, 0.3) == pytest.approx(20**0.8)
    assert demand_target(1.0, 0.0, 2.0, 4.0, 1.5, 0.0) == pytest.approx(2**1.5)


@given(st.floats(0.01, 100), st.floats(0.01, 100), st.floats(0, 2))
def test_price_changes_compound(one: float, two: float, elasticity: float) -> None:
    both = demand_response(one, elasticity) * demand_response(two, elasticity)
    assert both == pytest.approx(demand_response(one * two, elasticity))


@given(amounts, amounts, st.floats(0.001, 1), st.floats(0.001, 1))
def test_partial_adjustment_adds_up_over_time(
    current: float, target: float, one: float, two: float
) -> None:
    tokens, goal = np.array([current]), np.array([target])
    stepwise = adjusted(adjusted(tokens, goal, one), goal, two)
    assert stepwise == pytest.approx(adjusted(tokens, goal, one + two))
    assert min(current, target) * 0.999999 <= stepwise[0] <= max(current, target) * 1.000001
    assert adjusted(goal, goal, one) == pytest.approx(goal)
    assert adjusted(tokens, goal, 60.0) == pytest.approx(goal)


def trend(time: float) -> float:
    return trend_growth(time, turn=12.0, decline=18.0, early=0.2, late=0.1, half_life=12.0)


@pytest.mark.parametrize(
    ("time", "grown"),
    [
        (-6.0, -1.2),
        (0.0, 0.0),
        (10.0, 2.0),
        (12.0, 2.4),
        (15.0, 2.7),
        (18.0, 3.0),
        # The rate halves every twelve months: .1 x 12 / ln 2 x (1 - 1/2).
        (30.0, 3.0 + 0.6 / math.log(2)),
        (1e4, 3.0 + 1.2 / math.log(2)),
    ],
)
def test_trend_grows_early_then_late_then_fades(time: float, grown: float) -> None:
    assert trend(time) == pytest.approx(grown)


@given(st.floats(-50, 200), st.floats(0, 1))
def test_trend_has_no_jump_and_never_turns_down(time: float, step: float) -> None:
    assert -1e-12 <= trend(time + step) - trend(time) <= 0.2 * step + 1e-12


sizes = st.lists(amounts, min_size=1, max_size=9).map(np.array)


@given(sizes, st.floats(0.01, 0.15))
def test_an_account_of_ten_times_the_volume_keeps_vendors_a_tenth_as_small(
    size: F64, cost: float
) -> None:
    below = worth_keeping(size, cost)
    assert below.max() <= 0.5
    assert worth_keeping(np.array([1.0, 1.0, 10.0]), cost) == pytest.approx([cost, cost, cost / 10])
    assert (np.diff(below[np.argsort(size)]) <= 0).all()
    assert not worth_keeping(size, 0.0).any()


@given(sizes, st.floats(1, 50))
def test_larger_accounts_fill_a_server_more_often(size: F64, half: float) -> None:
    chance = fills_a_server(size, half)
    assert ((chance > 0) & (chance < 1)).all()
    assert (np.diff(chance[np.argsort(size)]) >= 0).all()
    assert fills_a_server(np.array([1.0, 1.0, half]), half)[[0, 2]] == pytest.approx(
        [1 / (1 + half), 0.5]
    )


def test_steady_progress_is_known_in_the_end() -> None:
    rate = np.zeros(2)
    for _ in range(400):
        rate = progress(np.array([0.02, -0.01]), rate, 26.0)
    assert rate == pytest.approx([0.02 * WEEKS_PER_YEAR, -0.01 * WEEKS_PER_YEAR], rel=1e-5)


def test_who_expects_better_signs_for_less() -> None:
    weeks = contract_length(13.0, 0.5, np.array([0.0, 2.0, -3.0]))
    assert weeks == pytest.approx([13.0, 13.0 / math.e, 13.0])
    assert contract_length(13.0, 0.0, np.array([5.0])) == pytest.approx([13.0])


def test_replacing_a_model_closes_part_of_the_gap_to_wanted_use() -> None:
    replaced = np.array([True, False])
    lift = replacement_lift(0.3, np.array([20.0, 5.0]), np.array([10.0, 10.0]), replaced)
    assert lift.tolist() == [[pytest.approx(0.3), 0.0], [0.0, 0.0]]
    assert not replacement_lift(0.3, np.array([1.0]), np.array([0.0]), replaced).any()


def test_discount_rises_by_each_tenfold_over_the_median_up_to_the_most() -> None:
    size = np.array([0.1, 1.0, 1.0, 10.0, 1e9])
    assert volume_discount(size, 0.12, 0.9) == pytest.approx([0.0, 0.0, 0.0, 0.12, 0.9])


@given(
    st.lists(
        st.tuples(amounts, amounts, st.booleans(), st.booleans(), amounts), min_size=1, max_size=6
    ),
    st.floats(0, 1),
)
def test_paid_demand_is_served_and_free_demand_within_the_room_of_its_firm(
    vendors: list[tuple[float, float, bool, bool, float]], share: float
) -> None:
    main, flagship, free_main, free_flagship, capacity = zip(*vendors, strict=True)
    demand, free = np.array([main, flagship]), np.array([free_main, free_flagship])
    room = np.array(capacity)
    served = served_tokens(demand, free, room, share)
    assert (served[~free] == demand[~free]).all()
    given_away = np.where(free, served, 0.0).sum(axis=0)
    wanted = np.where(free, share * demand, 0.0).sum(axis=0)
    assert given_away == pytest.approx(np.minimum(wanted, room))


def test_concentration_in_its_limits() -> None:
    assert herfindahl([5.0]) == 1
    assert herfindahl([2.0, 2.0, 2.0, 2.0]) == pytest.approx(0.25)
    assert herfindahl([3.0, 1.0, 0.0]) == pytest.approx(10 / 16)
    assert herfindahl([0.0, 0.0]) == 0
