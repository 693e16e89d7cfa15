"""How long money lasts, as a distribution: first passage of cash that burns and fluctuates."""

from functools import lru_cache
from math import erfc, exp, log, pi, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.core.units import WEEKS_PER_YEAR
from sim.markets.treasury import LONGEST_RUNWAY_MONTHS

F64 = NDArray[np.float64]

MONTHS_PER_YEAR = 12
WEEKLY_BARRIER = 0.5825971579390107
"""-zeta(1/2)/sqrt(2 pi): how far discrete monitoring moves a barrier, in step deviations."""
WEEK = 1.0 / WEEKS_PER_YEAR
QUANTILES = (0.1, 0.9)
GRID = np.concatenate([[0.0], np.geomspace(0.02, LONGEST_RUNWAY_MONTHS / MONTHS_PER_YEAR, 160)])
STEPS = 40


def ruin_probability(
    cash: ArrayLike, burn_per_year: ArrayLike, spread_per_year: ArrayLike, years: ArrayLike
) -> F64:
    """Chance that cash, looked at once a week, has run out by some time without new money.

    P(T <= t) = Phi((b u - a)/(s sqrt u)) + exp(2 a b/s^2) Phi(-(b u + a)/(s sqrt u)),
    u = t + w/2, a = cash + .5826 s sqrt w + b w/4, w one week

    The walk oversteps the barrier by .5826 s sqrt w + b w/4 on average, and a ruin in week n is
    anywhere within it.

    cash: CNY; burn b: CNY a year, 0 or more; spread s: CNY a year, positive; years t: positive.
    All broadcast; returns their shape. Source: inverse Gaussian first passage; Siegmund 1985,
    chapter X, for the overshoot. Limits: within .0005 of oracle F1, which is exact for weekly
    monitoring; no cash left, 1.
    """
    arrays = np.broadcast_arrays(cash, burn_per_year, spread_per_year, years)
    result = np.empty(arrays[0].shape)
    for place in np.ndindex(*result.shape):
        result[place] = _ruined(*(float(one[place]) for one in arrays))
    return result


def _ruined(cash: float, burn: float, spread: float, years: float) -> float:
    if cash <= 0.0:
        return 1.0
    distance = cash + WEEKLY_BARRIER * spread * sqrt(WEEK) + burn * WEEK / 4.0
    years += WEEK / 2.0
    root = spread * sqrt(years)
    late = exp(
        min(2.0 * distance * burn / spread**2 + _log_tail((burn * years + distance) / root), 0.0)
    )
    return min(0.5 * erfc((distance - burn * years) / (root * sqrt(2.0))) + late, 1.0)


def _log_tail(z: float) -> float:
    """Log of Phi(-z); far out by its expansion, where Phi itself is no number any more."""
    if z < 20.0:
        return log(0.5 * erfc(z / sqrt(2.0)))
    return -0.5 * z * z - log(z * sqrt(2.0 * pi)) + log(1.0 - 1.0 / (z * z))


def runway_quantile(
    cash: float, burn_per_year: float, spread_per_year: float, share: float
) -> float:
    """Years until which cash has run out with probability `share`, by bisection; see above."""
    low, high = 0.0, 10.0 * LONGEST_RUNWAY_MONTHS / MONTHS_PER_YEAR
    for _ in range(STEPS):
        middle = (low + high) / 2.0
        if _ruined(cash, burn_per_year, spread_per_year, middle) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0


def runway_distribution(runway_months: F64, volatility: float) -> tuple[F64, F64]:
    """Quantiles of the time until ruin, and the chance of ruin within a year, for all firms.

    The law depends on cash over burn alone when unforeseen cost scales with burn, so it is read
    off a table made once for each volatility.

    runway_months: (F,) cash over burn; volatility: yearly spread of unforeseen cost over burn.
    Returns (2, F) months at QUANTILES and (F,) chances. A runway of 120 months means no end in
    sight: the quantiles are 120 too, the chance 0.
    """
    quantiles, ruin = _table(volatility)
    years = runway_months / MONTHS_PER_YEAR
    endless = runway_months >= LONGEST_RUNWAY_MONTHS
    months = np.array([np.interp(years, GRID, one) for one in quantiles])
    return np.where(endless, LONGEST_RUNWAY_MONTHS, months), np.where(
        endless, 0.0, np.interp(years, GRID, ruin)
    )


@lru_cache(maxsize=8)
def _table(volatility: float) -> tuple[F64, F64]:
    """Months at QUANTILES (2, grid) and ruin within a year (grid,), by years of cash over burn."""
    spread = max(volatility, 1e-3)
    months = [
        [runway_quantile(years, 1.0, spread, share) * MONTHS_PER_YEAR for years in GRID]
        for share in QUANTILES
    ]
    ruin = ruin_probability(GRID, 1.0, spread, 1.0)
    return np.minimum(np.array(months), LONGEST_RUNWAY_MONTHS), ruin
