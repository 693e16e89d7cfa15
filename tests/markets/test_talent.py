"""Key people: they join by pay, compute and brand, and nobody joins a firm that is gone."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.markets.talent import attraction, leaving_hazard

F64 = NDArray[np.float64]

FOUR = np.ones(4, dtype=np.bool_)
columns = st.lists(st.floats(0, 1e11), min_size=4, max_size=4).map(np.array)
qualities = st.lists(st.floats(-500, 1000), min_size=4, max_size=4).map(np.array)


@given(columns, columns, qualities, st.lists(st.booleans(), min_size=3, max_size=3), st.booleans())
def test_odds_sum_to_one_over_firms_that_exist(
    research: F64,
    cash: F64,
    quality: F64,
    others: list[bool],
    compute_counts: bool,
) -> None:
    present = np.array([True, *others])
    odds = attraction(research, cash, quality, present, compute_counts)
    assert odds.sum() == pytest.approx(1)
    assert (odds[~present] == 0).all()
    assert (odds[present] > 0).all()


def test_equal_firms_attract_equally_and_debt_counts_as_no_cash() -> None:
    zero = np.zeros(4)
    assert attraction(zero, zero, zero, FOUR, True) == pytest.approx(np.full(4, 0.25))
    indebted = np.array([0.0, -1e9, -1e12, 0.0])
    assert attraction(zero, indebted, zero, FOUR, True) == pytest.approx(np.full(4, 0.25))


def odds_of_first_over_second(research: float, cash: float, quality: float, counts: bool) -> float:
    def column(first: float) -> F64:
        return np.array([first, 0.0, 0.0, 0.0])

    odds = attraction(column(research), column(cash), column(quality), FOUR, counts)
    return float(odds[0] / odds[1])


def test_pay_compute_and_brand_count_by_their_logs_and_points() -> None:
    assert odds_of_first_over_second(0, 3e9, 0, True) == pytest.approx(2)
    assert odds_of_first_over_second(30e6, 0, 0, True) == pytest.approx(4)
    assert odds_of_first_over_second(0, 0, 100, True) == pytest.approx(math.e)
    assert odds_of_first_over_second(30e6, 3e9, 100, True) == pytest.approx(8 * math.e)


def test_only_pay_counts_when_compute_does_not_attract() -> None:
    assert odds_of_first_over_second(30e6, 3e9, 100, False) == pytest.approx(2)


def test_equal_pay_leaves_the_base_hazard() -> None:
    assert leaving_hazard(0.4, np.full(4, 1.7), FOUR, 1.0) == pytest.approx(np.full(4, 0.4))
    bids = np.array([3.0, 1.0, 1.0, 1.0])
    assert leaving_hazard(0.4, bids, FOUR, 0.0) == pytest.approx(np.full(4, 0.4))


def test_best_offer_of_another_firm_draws_people_away() -> None:
    bids = np.array([2.0, 1.0, 0.5, 4.0])
    assert leaving_hazard(0.4, bids, FOUR, 1.0) == pytest.approx([0.8, 1.6, 3.2, 0.2])
    gone = np.array([True, True, True, False])
    assert leaving_hazard(0.4, bids, gone, 1.0)[:3] == pytest.approx([0.2, 0.8, 1.6])


def test_higher_pay_wins_in_proportion() -> None:
    pay = np.array([2.0, 1.0, 1.0, 1.0])
    odds = attraction(np.zeros(4), np.zeros(4), np.zeros(4), FOUR, True, pay)
    assert odds == pytest.approx([0.4, 0.2, 0.2, 0.2])
