"""Cutting to a range and filling gaps do what numpy's slower functions do."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.core.ranges import known, within

NUMBERS = arrays(np.float64, st.integers(0, 20), elements=st.floats(allow_infinity=True))


@given(NUMBERS, st.floats(-1e3, 0.0), st.floats(0.0, 1e3))
def test_within_is_clip(values: np.ndarray, low: float, high: float) -> None:
    assert np.array_equal(within(values, low, high), np.clip(values, low, high), equal_nan=True)


@given(NUMBERS)
def test_only_gaps_are_filled(values: np.ndarray) -> None:
    filled = known(values, 7.0)
    assert not np.isnan(filled).any()
    assert np.array_equal(filled[~np.isnan(values)], values[~np.isnan(values)])
    assert (filled[np.isnan(values)] == 7.0).all()
