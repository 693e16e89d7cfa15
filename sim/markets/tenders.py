"""Private deployment: public tenders won at the lowest scored bid, and negotiated deals (E8)."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

F64 = NDArray[np.float64]


def equilibrium_bid(cost: ArrayLike, highest_cost: ArrayLike, bidders: ArrayLike) -> F64:
    """Symmetric first-price bid for costs uniform up to H: b(c) = c + (H - c)/n.

    cost, highest_cost: one unit; bidders n >= 1 (a single bidder asks H). Limit (oracle B1):
    c ~ U[0, 1]: b = ((n - 1) c + 1)/n, expected price 2/(n + 1), winner's profit 1/(n + 1).
    Source: Krishna 2010, Auction Theory, chapter 2.
    """
    c = np.asarray(cost, dtype=np.float64)
    return c + (np.asarray(highest_cost) - c) / np.asarray(bidders, dtype=np.float64)


def spread_around(normal: F64, spread: float) -> F64:
    """Lognormal factors with mean 1: e^(s z - s^2/2); z standard normal. Limit: s = 0, 1."""
    return np.exp(spread * normal - spread**2 / 2.0)


def part_of(amounts: F64) -> F64:
    """Return each amount's share of the sum, or zeros if there is nothing."""
    total = amounts.sum()
    return amounts / total if total > 0 else np.zeros_like(amounts)


def tenders_per_year(years: float, first: float, second: float, growth: float) -> float:
    """Arrival rate of public tenders, 1/year: first in 2023, second in 2024, then slowing growth.

    Between the mid-year points n = first^(1 - t) second^t; growth is the factor from 2024 to 2025,
    and its log halves in each year after. years: calendar years since 2023-01-01. Limit: 0 where
    there are none.
    """
    later = max(years - 1.5, 0.0)
    return between(years, first, second) * float(growth ** (2.0 * (1.0 - 0.5**later)))


def mean_budget(years: float, first: float, second: float) -> float:
    """Mean budget of a tender: first in 2023, second in 2024 and after; unit of first."""
    return between(years, first, second)


def between(years: float, first: float, second: float) -> float:
    """Geometric interpolation from mid 2023 to mid 2024, constant outside; years since 2023."""
    t = min(max(years - 0.5, 0.0), 1.0)
    return float(first ** (1.0 - t) * second**t)
