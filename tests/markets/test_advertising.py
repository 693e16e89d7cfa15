"""The advertising market: cost, crowding, lockout, inventory, lifetime value."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from sim.markets.advertising import (
    AdvertisingError,
    Clearing,
    allocate,
    audience_weight,
    calibrated_survival,
    clear_channels,
    cost_per_acquisition,
    lifetime_value,
    payback_weeks,
    redirect,
    scarcity,
)

F64 = NDArray[np.float64]

BASE = np.array([28.0, 32.0, 30.0])
CAPACITY = np.array([27.6e6, 16.1e6, 9.2e6])
INVENTORY = 2 * CAPACITY
APPEAL = np.array([[3.0, 2.0, 1.0], [1.0, 2.0, 3.0]])

spends = arrays(np.float64, (2, 3), elements=st.floats(0, 1e8))
doors = arrays(np.bool_, (2, 3))


def clear(
    desired: F64, open_channels: NDArray[np.bool_] | None = None, multiplier: float = 1.0
) -> Clearing:
    everything = np.ones((2, 3), dtype=bool)
    return clear_channels(
        desired,
        everything if open_channels is None else open_channels,
        APPEAL,
        BASE,
        CAPACITY,
        INVENTORY,
        0.33,
        app_scarcity=scarcity(600e6, [0.0, 150e6]),
        multiplier=[1.0, multiplier],
    )


def test_idle_channel_costs_its_base_and_thirty_becomes_fifty_under_crowding() -> None:
    assert cost_per_acquisition(30.0, 0.0, 9.2e6, 0.33, 600e6, 0.0) == 30.0
    crowded = cost_per_acquisition(30.0, 3.7 * 9.2e6, 9.2e6, 0.33, 600e6, 0.0)
    assert crowded == pytest.approx(50.0, rel=0.01)
    assert cost_per_acquisition(30.0, 0.0, 9.2e6, 0.33, 600e6, 300e6) == pytest.approx(60.0)


def test_cost_stays_finite_when_everybody_was_reached() -> None:
    assert scarcity(600e6, [600e6, 700e6]).tolist() == pytest.approx([100.0, 100.0])


@given(spends, doors)
def test_people_times_cost_is_spend_and_closed_channels_sell_nothing(
    desired: F64, open_channels: NDArray[np.bool_]
) -> None:
    cleared = clear(desired, open_channels)
    np.testing.assert_allclose(cleared.people * cleared.cpa, cleared.spend, rtol=1e-12, atol=1e-9)
    assert (cleared.spend[~open_channels] == 0).all()
    assert (cleared.spend.sum(axis=0) <= INVENTORY * (1 + 1e-12)).all()
    assert (cleared.spend.sum(axis=1) <= desired.sum(axis=1) * (1 + 1e-12) + 1e-9).all()


@given(spends, doors)
def test_redirected_money_is_all_kept_on_open_channels(
    desired: F64, open_channels: NDArray[np.bool_]
) -> None:
    spend = redirect(desired, open_channels, APPEAL)
    somewhere = open_channels.any(axis=1)
    np.testing.assert_allclose(
        spend.sum(axis=1), np.where(somewhere, desired.sum(axis=1), 0.0), rtol=1e-12, atol=1e-9
    )


def test_shut_out_budget_moves_to_the_next_best_channel_at_its_cost() -> None:
    desired = np.array([[6e6, 1e6, 1e6], [6e6, 0.0, 0.0]])
    locked = np.ones((2, 3), dtype=bool)
    locked[0, 0] = False
    free, shut = clear(desired), clear(desired, locked)
    assert shut.spend[0].tolist() == [0.0, 7e6, 1e6]
    assert shut.people[0].sum() < free.people[0].sum()
    # The owner's own app finds its channel less crowded.
    assert shut.people[1, 0] > free.people[1, 0]
    assert shut.cpa[0, 1] > free.cpa[0, 1]


def test_everybodys_spend_crowds_the_channel_for_all() -> None:
    alone = clear(np.array([[5e6, 0.0, 0.0], [0.0, 0.0, 0.0]]))
    both = clear(np.array([[5e6, 0.0, 0.0], [22.6e6, 0.0, 0.0]]), multiplier=1.8)
    assert both.cpa[0, 0] == pytest.approx(28.0 * 2**0.33)
    assert both.cpa[0, 0] > alone.cpa[0, 0]
    # A quarter of the people already hold the other app, and it pays its multiplier.
    assert both.cpa[1, 0] == pytest.approx(28.0 * 2**0.33 * 1.8 / 0.75)


def test_inventory_scales_all_buyers_back_in_proportion() -> None:
    cleared = clear(np.array([[60e6, 0.0, 0.0], [120e6, 0.0, 0.0]]))
    assert cleared.spend[:, 0] == pytest.approx([55.2e6 / 3, 2 * 55.2e6 / 3])
    # What was not sold does not crowd.
    assert cleared.cpa[0, 0] == pytest.approx(28.0 * 3**0.33)


def test_allocation_follows_attractiveness() -> None:
    spend = allocate([90.0, 0.0], [[3.0, 6.0, 0.0], [1.0, 1.0, 1.0]])
    assert spend.tolist() == [pytest.approx([30.0, 60.0, 0.0]), [0.0, 0.0, 0.0]]
    assert allocate([90.0], [3.0, 6.0, 0.0], concentration=0.0)[0] == pytest.approx([45, 45, 0])
    assert allocate([90.0], [0.0, 0.0]).tolist() == [[0.0, 0.0]]


def test_bad_budgets_and_channels_are_refused() -> None:
    with pytest.raises(AdvertisingError, match=r"\[-1.0\]; 0 or more"):
        allocate([-1.0], [1.0])
    with pytest.raises(AdvertisingError, match="spend on channels"):
        clear(np.full((2, 3), np.nan))
    with pytest.raises(AdvertisingError, match="capacity .* above 0"):
        clear_channels(np.ones((1, 1)), [[True]], [[1.0]], [30.0], [0.0], [1.0], 0.33, [1.0], [1.0])
    with pytest.raises(AdvertisingError, match="each needs some"):
        audience_weight([[1.0]], [[0.0, 0.0]])


def test_ads_reach_segments_as_the_channels_do() -> None:
    weight = audience_weight([[10.0, 0.0], [5.0, 5.0], [0.0, 0.0]], [[1.5, 0.5], [2.0, 6.0]])
    assert weight[:, 0].tolist() == pytest.approx([15.0, 5.0])
    assert weight[:, 1].tolist() == pytest.approx([10.0, 10.0])
    assert weight[:, 2].tolist() == [1.0, 1.0]


def test_lifetime_value_and_payback_at_constant_churn() -> None:
    survival = 0.9 ** np.arange(400)
    assert lifetime_value([2.0], survival) == pytest.approx([20.0])
    # 2 (1 - .9^n) / .1 >= 10 at n = 6.58, so in the seventh week.
    assert payback_weeks(10.0, 2.0, survival) == 7.0
    assert payback_weeks(20.5, 2.0, survival) == np.inf


@given(
    arrays(np.float64, 30, elements=st.floats(1e-3, 1.0)),
    st.integers(1, 30),
    st.floats(0.01, 0.99),
    st.integers(2, 60),
)
def test_survival_passes_through_what_was_measured(
    hazard: F64, weeks: int, measured: float, horizon: int
) -> None:
    survival = calibrated_survival(hazard, horizon, weeks, [measured, measured])
    assert survival.shape == (2, horizon)
    assert (survival[:, 0] == 1.0).all()
    assert (np.diff(survival, axis=1) <= 0).all()
    if weeks < horizon:
        assert survival[0, weeks] == pytest.approx(measured)


def test_survival_as_the_general_curve_says_is_the_general_curve() -> None:
    hazard = np.linspace(0.2, 0.02, 40)
    general = np.exp(-np.concatenate([[0.0], np.cumsum(hazard)[:39]]))
    survival = calibrated_survival(hazard, 40, 13, [general[13]])
    np.testing.assert_allclose(survival[0], general, rtol=1e-12)


budgets = arrays(np.float64, 2, elements=st.floats(1e3, 1e8))


@given(budgets, st.floats(1.0, 3.0))
def test_anybody_who_spends_more_makes_everybody_pay_more(budget: F64, factor: float) -> None:
    """Crowding: c = c0 (1 + E / C)^.33, E of all; below the inventory, in closed form."""
    low = clear(allocate(np.minimum(budget, 1e7), APPEAL))
    more = np.minimum(budget, 1e7) * [1.0, factor]
    high = clear(allocate(more, APPEAL))
    assert (high.cpa >= low.cpa * (1 - 1e-12)).all()
    total = allocate(more, APPEAL).sum(axis=0)
    assert high.cpa[0] == pytest.approx(BASE * (1 + total / CAPACITY) ** 0.33)


@given(st.floats(0, 0.98), st.floats(0, 0.98))
def test_cost_rises_as_the_inverse_of_those_not_yet_reached(one: float, other: float) -> None:
    low, high = scarcity(1e6, [one * 1e6, other * 1e6])
    assert low * (1 - one) == pytest.approx(1.0)
    assert (low <= high) == (one <= other) or low == pytest.approx(high)
