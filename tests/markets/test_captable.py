"""Cap tables: dilution, the option pool, and who is made whole in a down round."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.markets.captable import FOUNDERS, POOL, PUBLIC, issue, sell_to_public, weighted_average

F64 = NDArray[np.float64]


def table(*investors: float, pool: float = 0.0) -> F64:
    return np.array([*investors, 1.0 - sum(investors) - pool, pool, 0.0])


def test_broad_based_clause_gives_what_the_model_charter_gives() -> None:
    """Two million shares, bought at 1; a million new ones at .50: conversion price .8333."""
    k = weighted_average(np.array([2e6]), pre_money=1e6, money=0.5e6)
    assert 1.0 / k == pytest.approx([2.5 / 3.0])


def test_up_round_dilutes_all_alike_and_new_money_owns_its_part_of_post_money() -> None:
    stake, paid = issue(
        table(0.2, 0.0), np.array([50.0, 0.0]), np.array([0.0, 25.0]), 75.0, pool=0, protection=1
    )
    assert stake == pytest.approx([0.15, 0.25, 0.6, 0.0, 0.0])
    assert paid == pytest.approx([50.0 * 100 / 75, 100.0])


def test_pool_is_filled_up_by_those_who_were_there_before() -> None:
    stake, _ = issue(table(0.2), np.array([50.0]), np.array([20.0]), 80.0, pool=0.1, protection=1)
    assert stake[POOL] == pytest.approx(0.1)
    assert stake[0] == pytest.approx(0.2 * 0.7 + 0.2)
    assert stake[FOUNDERS] == pytest.approx(0.8 * 0.7)


def test_down_round_makes_investors_whole_at_the_founders_cost() -> None:
    old, paid = table(0.5, 0.0), np.array([2.0, 0.0])
    money = np.array([0.0, 0.5])
    plain, _ = issue(old, paid, money, 1.0, pool=0.0, protection=0.0)
    made_whole, _ = issue(old, paid, money, 1.0, pool=0.0, protection=1.0)
    assert plain == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0, 0])
    # 1.2 shares for each of the investor's, as in the model charter
    assert made_whole == pytest.approx([1.2 / 2.2 * 2 / 3, 1 / 3, 1.0 / 2.2 * 2 / 3, 0, 0])


def test_price_paid_follows_the_number_of_shares() -> None:
    """Two flat rounds: what a holder paid stays the value of the firm."""
    stake, paid = table(0.0), np.array([0.0])
    for pre in (90.0, 100.0):
        stake, paid = issue(stake, paid, np.array([10.0]), pre, pool=0.0, protection=1.0)
    assert stake[0] == pytest.approx(20 / 110)
    assert paid == pytest.approx([110.0])


@given(
    st.lists(st.floats(0, 0.3), min_size=3, max_size=3),
    st.lists(st.floats(0, 1e9), min_size=3, max_size=3),
    st.lists(st.floats(0, 1e9), min_size=3, max_size=3),
    st.floats(1e7, 1e11),
    st.floats(0, 0.3),
    st.floats(0, 1),
)
def test_whatever_the_round_shares_sum_to_one_and_none_is_negative(
    held: list[float],
    paid: list[float],
    money: list[float],
    pre: float,
    pool: float,
    protection: float,
) -> None:
    old, given_money = table(*held), np.array(money)
    stake, price = issue(old, np.array(paid), given_money, pre, pool=pool, protection=protection)
    assert stake.sum() == pytest.approx(1.0, abs=1e-12)
    assert (stake >= 0).all()
    assert (price >= 0).all()
    sold = given_money.sum() / (pre + given_money.sum())
    if sold < 0.3:
        assert stake[POOL] >= pool - 1e-12
    assert stake[FOUNDERS] <= old[FOUNDERS] + 1e-12


def test_listing_sells_new_shares_to_the_public() -> None:
    stake, paid = sell_to_public(table(0.4), np.array([10.0]), 0.2)
    assert stake == pytest.approx([0.32, 0.48, 0.0, 0.2])
    assert stake[PUBLIC] == pytest.approx(0.2)
    assert paid == pytest.approx([12.5])
