"""Paired differences: their interval, what pairing is worth, on numbers and on the market."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from small_market import small

from sim.core.streams import Streams
from sim.engine.simulation import simulate
from sim.experiments.paired import PairedError, paired_difference

F64 = NDArray[np.float64]
REPLICATES = 20


def test_interval_of_a_textbook_sample() -> None:
    # Differences 1, 2, 3, 4: mean 2.5, sd 1.29099, t(3, .95) = 2.35336.
    found = paired_difference([0.0, 1.0, 0.0, 1.0], [1.0, 3.0, 3.0, 5.0], level=0.9)
    assert found.mean == 2.5
    assert found.standard_error == pytest.approx(0.645497, abs=1e-6)
    assert (found.low, found.high) == pytest.approx((0.980909, 4.019091), abs=1e-5)
    assert found.better == 1.0


def test_ties_count_by_half() -> None:
    assert paired_difference([1.0, 2.0, 3.0, 4.0], [1.0, 3.0, 2.0, 4.0]).better == 0.5


def test_change_that_only_shifts_needs_no_luck_at_all() -> None:
    found = paired_difference([1.0, 5.0, 2.0], [2.0, 6.0, 3.0])
    assert (found.mean, found.low, found.high) == (1.0, 1.0, 1.0)
    assert found.variance_ratio == 0.0
    assert found.independent_replicates == np.inf


def test_outcome_that_does_not_vary_has_no_correlation() -> None:
    found = paired_difference([3.0, 3.0], [1.0, 2.0])
    assert np.isnan(found.correlation)
    assert found.variance_ratio == 1.0
    assert paired_difference([3.0, 3.0], [3.0, 3.0]).variance_ratio == 1.0


def test_interval_covers_the_truth_as_often_as_it_says() -> None:
    ids = np.arange(8 * 2000, dtype=np.uint64).reshape(2000, 8)
    base, effect = (Streams(2).normals("cover", ids, week) for week in range(2))
    covered = [
        (one.low <= 0.5 <= one.high)
        for one in map(paired_difference, base, base + 0.5 + 0.3 * effect)
    ]
    assert abs(np.mean(covered) - 0.9) < 4 * np.sqrt(0.9 * 0.1 / 2000)


samples = arrays(np.float64, 6, elements=st.floats(-1e3, 1e3).map(lambda x: round(x, 3)))


@given(samples, samples)
def test_swapping_the_two_mirrors_everything(one: F64, other: F64) -> None:
    there, back = paired_difference(one, other), paired_difference(other, one)
    assert back.mean == -there.mean
    assert (back.low, back.high) == (-there.high, -there.low)
    assert back.better == pytest.approx(1.0 - there.better)
    assert back.variance_ratio == there.variance_ratio
    assert 0.0 <= there.variance_ratio <= 2.0 + 1e-9


@cache
def users(seed: int, word_of_mouth: float) -> F64:
    """Return users of all apps after two months in each replicate of a small market."""
    scenario = small({"parameters.word_of_mouth": word_of_mouth}, weeks=9)
    runs = (simulate(scenario, seed, r, frozenset({"market"})) for r in range(REPLICATES))
    return np.array([np.asarray(run["market"]["users_any_app"])[-1] for run in runs])


def test_common_draws_make_a_difference_in_the_market_far_more_certain() -> None:
    base, paired = users(1, 0.012), paired_difference(users(1, 0.012), users(1, 0.03))
    apart = paired_difference(base, users(2, 0.03))
    spread = base.std() / users(1, 0.03).std()
    assert paired.correlation > 0.5
    # Equal spreads would make the ratio 1 - rho exactly.
    factor = 2.0 * spread / (1.0 + spread**2)
    assert paired.variance_ratio == pytest.approx(1.0 - factor * paired.correlation, abs=1e-9)
    assert paired.variance_ratio < 0.5 < apart.variance_ratio
    assert paired.independent_replicates == pytest.approx(REPLICATES / paired.variance_ratio)
    assert paired.standard_error < apart.standard_error


@pytest.mark.parametrize(
    ("one", "other"),
    [([1.0], [2.0]), ([1.0, 2.0], [1.0, 2.0, 3.0]), ([1.0, np.nan], [1.0, 2.0]), ([], [])],
)
def test_outcomes_that_are_no_pairs_are_refused(one: list[float], other: list[float]) -> None:
    with pytest.raises(PairedError):
        paired_difference(one, other)


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_level_lies_between_0_and_1(level: float) -> None:
    with pytest.raises(PairedError, match="between 0 and 1"):
        paired_difference([1.0, 2.0], [2.0, 1.0], level)
