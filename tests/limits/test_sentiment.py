"""F2: spread and memory of sentiment, kappa 1.5, sigma .6, weekly."""

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from sim.core.streams import Streams
from sim.markets.funding import sentiment_step

F64 = NDArray[np.float64]

SPREAD, MEMORY = 0.346410, 0.971566
PATHS = 10_000


def step(sentiment: ArrayLike, normal: ArrayLike) -> F64:
    return sentiment_step(sentiment, 0.0, 1.5, 0.6, 1 / 52, normal)


def test_one_step_keeps_the_stationary_spread() -> None:
    memory, shock = float(step(1.0, 0.0)), float(step(0.0, 1.0))
    assert memory == pytest.approx(MEMORY, abs=5e-7)
    assert shock / np.sqrt(1.0 - memory**2) == pytest.approx(SPREAD, abs=5e-7)


def test_paths_of_four_years_have_the_spread_and_memory() -> None:
    ids = np.arange(PATHS, dtype=np.uint64)
    before: F64 = np.zeros(PATHS)
    now: F64 = before
    for week in range(208):
        before, now = now, step(now, Streams(1).normals("sentiment", ids, week))
    # Standard errors: sd / sqrt(2 n) of a spread, (1 - r^2) / sqrt(n) of a correlation.
    assert abs(now.mean()) < 4 * SPREAD / np.sqrt(PATHS)
    assert abs(now.std() - SPREAD) < 4 * SPREAD / np.sqrt(2 * PATHS)
    correlation = np.corrcoef(before, now)[0, 1]
    assert abs(correlation - MEMORY) < 4 * (1 - MEMORY**2) / np.sqrt(PATHS)
