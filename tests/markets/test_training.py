"""Training runs: what money buys, how large the best model is, how efficiency grows."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.markets.training import best_size, engineered, training_loss, useful_compute


def test_size_with_the_least_loss_for_1e24_operations() -> None:
    """Oracle T1: N* = 9.586e10, L* = 1.9597."""
    parameters, tokens = best_size(1e24)
    assert parameters == pytest.approx(9.586e10, rel=1e-4)
    assert 6.0 * parameters * tokens == pytest.approx(1e24)
    assert training_loss(parameters, tokens) == pytest.approx(1.9597, abs=5e-5)


@given(st.floats(1e20, 1e27), st.floats(0.2, 5.0))
def test_no_other_size_loses_less(operations: float, factor: float) -> None:
    parameters, tokens = best_size(operations)
    other = training_loss(parameters * factor, tokens / factor)
    assert training_loss(parameters, tokens) <= other + 1e-12


@given(st.floats(1e6, 1e12), st.floats(1e8, 1e14), st.floats(1.01, 100))
def test_loss_falls_with_size_and_data_but_not_below_the_irreducible(
    parameters: float, tokens: float, factor: float
) -> None:
    loss = training_loss(parameters, tokens)
    assert loss > training_loss(parameters * factor, tokens) > 1.8172
    assert loss > training_loss(parameters, tokens * factor) > 1.8172


def test_money_buys_compute_at_the_price_of_the_day() -> None:
    assert useful_compute(100.0, 1.0, 0.0, 1.0, 1.0) == 100
    assert useful_compute(100.0, 2.0, 0.0, 1.0, 1.0) == 50
    assert useful_compute(100.0, 1.0, 0.25, 1.0, 1.0) == 75
    assert useful_compute(100.0, 1.0, 0.0, 3.0, 0.2) == pytest.approx(60)


def test_efficiency_grows_with_its_share_ever_more_slowly() -> None:
    assert engineered(1.0, 0.0, 3.0, 1.0, 5.0) == 1
    first = math.log(float(engineered(1.0, 0.1, 3.0, 1.0, 1e-6))) / 1e-6
    assert first == pytest.approx(0.3, rel=1e-4)
    assert engineered(1.0, 0.1, 3.0, 1.0, 1e3) == pytest.approx(math.e)


@given(st.floats(1.0, 2.5), st.floats(0.0, 0.5), st.floats(0.0, 3.0), st.floats(0.0, 3.0))
def test_efficiency_does_not_depend_on_how_often_it_is_counted(
    start: float, share: float, first: float, second: float
) -> None:
    halves = engineered(engineered(start, share, 3.0, 1.0, first), share, 3.0, 1.0, second)
    assert halves == pytest.approx(float(engineered(start, share, 3.0, 1.0, first + second)))


def test_columns_stay_columns() -> None:
    spend = np.array([1.0, 2.0])
    assert useful_compute(spend, 1.0, np.zeros(2), np.ones(2), 0.2) == pytest.approx([0.2, 0.4])
