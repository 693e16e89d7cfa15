"""Draws from what data leave of a prior: the kernel by hand, the cloud against known posteriors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import stdtr
from scipy.stats import norm

from sim.experiments.abc import SamplingError, log_kernel, sample, student_4

F64 = NDArray[np.float64]


@given(st.floats(-30, 30))
def test_heavy_tails_are_those_of_student(value: float) -> None:
    assert student_4(np.array(value)) == pytest.approx(stdtr(4, value), abs=1e-14)


@given(st.floats(-3, 3), st.floats(0.05, 2), st.floats(0.01, 1))
def test_kernel_is_the_share_of_runs_near_the_data(m: float, s: float, e: float) -> None:
    upper, lower = norm.logcdf((e - abs(m)) / s), norm.logcdf((-e - abs(m)) / s)
    share = upper + np.log1p(-np.exp(lower - upper))
    least = np.log(1e-300)
    assert log_kernel(m, s, e) == pytest.approx(max(share - np.log(2 * e), least), abs=1e-6)
    assert log_kernel(m, s, e) == pytest.approx(float(log_kernel(-m, s, e)))


def test_kernel_far_from_the_data_keeps_its_digits_on_both_sides() -> None:
    above, below = log_kernel([6.0, -6.0], 1.0, 0.1)
    assert above == below
    assert above == pytest.approx(np.log(norm.pdf(6.0)), rel=0.01)


def test_more_than_a_lower_bound_is_no_miss() -> None:
    below, at, above = log_kernel([-2.0, 0.0, 9.0], 0.5, 0.1, at_least=True)
    assert above == pytest.approx(0.0, abs=1e-9)
    assert at == pytest.approx(np.log(norm.cdf(0.2)))
    assert below < -6.0


@pytest.mark.parametrize(("spread", "tolerance"), [(0.0, 1.0), (1.0, 0.0), (np.nan, 1.0)])
def test_kernel_needs_width(spread: float, tolerance: float) -> None:
    with pytest.raises(SamplingError, match="above 0"):
        log_kernel(0.0, spread, tolerance)


def test_constant_density_returns_the_prior() -> None:
    found = sample(lambda unit: np.zeros(len(unit)), 3, 4000, seed=2)
    assert found.stages == 1
    assert found.unit.mean(axis=0) == pytest.approx(0.5, abs=0.02)
    assert found.unit.std(axis=0) == pytest.approx(np.sqrt(1 / 12), abs=0.01)


def test_few_known_directions_among_many_inputs_are_found() -> None:
    """Two inputs of sixty are told by normal data, independent of each other and of the rest."""

    def log_density(unit: F64) -> F64:
        away = (unit[:, :2] - np.array([0.3, 0.6])) / np.array([0.02, 0.1])
        found: F64 = -0.5 * (away**2).sum(axis=1)
        return found

    found = sample(log_density, 60, 2000, seed=3).unit
    assert found[:, :2].mean(axis=0) == pytest.approx((0.3, 0.6), abs=0.01)
    assert found[:, :2].std(axis=0) == pytest.approx((0.02, 0.1), rel=0.1)
    assert np.abs(np.asarray(np.corrcoef(found[:, :2].T))[0, 1]) < 0.1
    assert found[:, 2:].std(axis=0).mean() == pytest.approx(np.sqrt(1 / 12), rel=0.03)


def test_two_peaks_keep_their_weights() -> None:
    def log_density(unit: F64) -> F64:
        left = np.exp(-0.5 * ((unit[:, 0] - 0.2) / 0.02) ** 2)
        right = 3.0 * np.exp(-0.5 * ((unit[:, 0] - 0.8) / 0.02) ** 2)
        found: F64 = np.log(np.maximum(left + right, 1e-300))
        return found

    found = sample(log_density, 1, 4000, seed=4).unit[:, 0]
    assert (found > 0.5).mean() == pytest.approx(0.75, abs=0.05)


def test_same_arguments_give_the_same_draws() -> None:
    one, other = (sample(lambda unit: -9.0 * unit[:, 0], 2, 100, seed=7) for _ in range(2))
    assert (one.unit == other.unit).all()


def test_density_that_is_no_number_is_refused() -> None:
    with pytest.raises(SamplingError, match="no number"):
        sample(lambda unit: np.full(len(unit), np.nan), 1, 10)


def test_numbers_of_draws_must_be_positive() -> None:
    with pytest.raises(SamplingError, match="1 or more"):
        sample(lambda unit: unit[:, 0], 1, 0)
