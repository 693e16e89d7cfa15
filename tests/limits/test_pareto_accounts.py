"""D2: how much of a market with Pareto account sizes its largest account takes."""

from math import gamma, pi, sqrt

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.core.streams import Streams
from sim.world.accounts import pareto_sizes


def largest_shares(tail: float, accounts: int, markets: int) -> NDArray[np.float64]:
    """Return the share of the largest account in each of many markets."""
    ids = np.arange(accounts, dtype=np.uint64)
    return np.array(
        [
            pareto_sizes(Streams(1, market).uniforms("account size", ids, 0), tail).max()
            for market in range(markets)
        ]
    )


@pytest.mark.parametrize("tail", [0.4, 0.6])
def test_market_is_a_known_multiple_of_its_largest_account(tail: float) -> None:
    n = 2000
    multiple = 1.0 / largest_shares(tail, n, markets=4000)
    # n accounts lack tail / (1 - tail) Gamma(1 + 1/tail) n^(1 - 1/tail) of the limit.
    limit = 1.0 / (1.0 - tail)
    missing = tail / (1.0 - tail) * gamma(1.0 + 1.0 / tail) * n ** (1.0 - 1.0 / tail)
    standard_error = multiple.std() / sqrt(len(multiple))
    assert standard_error < 0.01 * limit
    assert abs(multiple.mean() - (limit - missing)) < 4 * standard_error
    assert missing < 0.02 * limit


def test_market_with_a_60_percent_user_on_average_has_tail_two_fifths() -> None:
    shares = largest_shares(0.4, 2000, markets=4000)
    inverse = 1.0 / shares
    assert abs(inverse.mean() - 1.0 / 0.6) < 4 * inverse.std() / sqrt(len(shares))


def test_chance_of_a_60_percent_user_at_tail_one_half() -> None:
    # Shares above one half have density x^(-3/2) (1 - x)^(-1/2) / pi (Pitman & Yor 1997).
    expected = 2.0 / pi * sqrt(0.4 / 0.6)
    shares = largest_shares(0.5, 5000, markets=3000)
    standard_error = sqrt(expected * (1.0 - expected) / len(shares))
    assert abs((shares >= 0.6).mean() - expected) < 4 * standard_error


def test_chance_of_a_60_percent_user_at_the_default_tail() -> None:
    shares = largest_shares(0.9, 20_000, markets=2500)
    # The published .105 has a standard error of .0025 itself.
    standard_error = sqrt(0.105 * 0.895 / len(shares) + 0.0025**2)
    assert standard_error < 0.01
    assert abs((shares >= 0.6).mean() - 0.105) < 4 * standard_error
