"""The market for accelerators: calm without scarcity, dear under limits, supply that catches up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.markets.compute import next_price, next_supply, run_down, serving_price

amounts = st.floats(1e-3, 1e9)


def settled(price: float, demand: float, supply: float, limit: float) -> float:
    for _ in range(400):
        price = next_price(price, demand, supply, limit, 0.3, 0.1)
    return price


@given(amounts, st.floats(1.0, 100.0))
def test_price_stays_where_it_was_without_scarcity(demand: float, slack: float) -> None:
    assert next_price(1.0, demand, demand * slack, 1.0, 0.3, 0.1) == pytest.approx(1)


def test_price_settles_at_scarcity_to_its_power_times_the_export_limit() -> None:
    assert settled(1.0, 2.0, 1.0, 1.0) == pytest.approx(2**0.3)
    assert settled(1.0, 1.0, 1.0, 2.0) == pytest.approx(2)
    assert settled(5.0, 3.0, 1.0, 2.0) == pytest.approx(2 * 3**0.3)


@given(st.floats(0.1, 10.0), amounts, amounts, st.floats(1.01, 10))
def test_more_demand_never_makes_compute_cheaper(
    price: float, demand: float, supply: float, factor: float
) -> None:
    less, more = (
        next_price(price, wanted, supply, 1.0, 0.3, 0.1) for wanted in (demand, factor * demand)
    )
    assert more >= less


@given(amounts, amounts)
def test_supply_grows_toward_demand_and_is_not_taken_away(supply: float, demand: float) -> None:
    after = next_supply(supply, demand, 0.1)
    assert supply <= after <= max(supply, demand)
    assert after - supply == pytest.approx(0.1 * max(demand - supply, 0.0), abs=1e-6)


def test_own_machines_yield_their_worth_over_their_life() -> None:
    left, drawn = 208.0, 0.0
    for _ in range(208):
        week = float(run_down(left, 208.0))
        left, drawn = left - week, drawn + week
    assert left + drawn == pytest.approx(208)
    assert left == pytest.approx(208 * (1 - 1 / 208) ** 208)


def test_serving_costs_less_than_proportionally_more() -> None:
    assert serving_price(1.0, 0.5) == 1
    assert serving_price(4.0, 0.5) == pytest.approx(2)
