"""F3: how many of six firms exit within 18 months at a hazard of .25 a year."""

from math import sqrt

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.core.streams import Streams
from sim.markets.exits import happens

MARKETS = 20_000
FIRMS = np.arange(6 * MARKETS, dtype=np.uint64).reshape(MARKETS, 6)


def struck(steps: int) -> NDArray[np.int64]:
    """Return how many firms of each market exit within 18 months drawn in so many steps."""
    gone = np.zeros(FIRMS.shape, dtype=np.bool_)
    for step in range(steps):
        gone |= happens(0.25, 1.5 / steps, Streams(1).uniforms("exit", FIRMS, step))
    exits: NDArray[np.int64] = gone.sum(axis=1)
    return exits


@pytest.mark.parametrize("steps", [1, 78], ids=["at once", "weekly"])
def test_two_of_six_firms_exit_in_a_third_of_markets(steps: int) -> None:
    exits = struck(steps)
    for found, expected in (((exits == 2).mean(), 0.3273), ((exits >= 2).mean(), 0.6069)):
        standard_error = sqrt(expected * (1 - expected) / MARKETS)
        assert standard_error < 0.004
        assert abs(found - expected) < 4 * standard_error
