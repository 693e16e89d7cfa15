"""Key people: they join by pay, compute and brand, and nobody joins a firm that is gone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.markets.talent import attraction

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
    assert odds_of_first_over_second(0, 0, 100, True) == pytest.approx(np.e)
    assert odds_of_first_over_second(30e6, 3e9, 100, True) == pytest.approx(8 * np.e)


def test_only_pay_counts_when_compute_does_not_attract() -> None:
    assert odds_of_first_over_second(30e6, 3e9, 100, False) == pytest.approx(2)
