"""Compiled sums end in the same last bit as numpy's."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.core.compiled import compiled
from sim.core.sums import summed


@compiled
def sum_of(row: NDArray[np.float64]) -> float:
    return float(summed(row))


@given(st.integers(0, 128), st.integers(0, 2**32 - 1))
def test_a_short_row_sums_as_numpy_does(length: int, seed: int) -> None:
    draws = np.random.default_rng(seed)
    row = draws.normal(size=length) * 10.0 ** draws.uniform(-8, 8, length)
    assert sum_of(row) == row.sum()
    assert sum_of(row) == row[None].sum(axis=1)[0]
