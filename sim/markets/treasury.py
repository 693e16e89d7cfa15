"""The treasury of a firm: what it pays first, what it plans, how long it lasts (equation E9)."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.core.ranges import within

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

LONGEST_RUNWAY_MONTHS = 120.0


def unforeseen_cost(burn_per_year: ArrayLike, volatility: float, years: float, normal: F64) -> F64:
    """Unforeseen cost of a period: v x yearly burn x sqrt(dt) x z; negative is a windfall.

    Limit (oracle F1): cash 1,000, burn 500 a year, spread 300 (v = .6), weekly, no income: ruined
    by year 1, 1.5, 2, 3 with .05814, .29046, .55965, .87281.
    """
    burn = np.asarray(burn_per_year, dtype=np.float64)
    spread: F64 = burn * (volatility * years**0.5)
    return spread * normal


def paid_in_order(available: I64, due: I64) -> I64:
    """Pay claims in order of rank as far as the money goes, fen; (F,), (ranks, F) -> (ranks, F).

    Limit: enough money, all of due; none or a debt, nothing.
    """
    # numba takes long to load, and who only needs the other functions does without.
    from sim.markets.settlement import in_order

    paid: I64 = in_order(np.atleast_1d(available), np.ascontiguousarray(due))
    return paid


def runway_months(cash: F64, burn_per_month: F64) -> F64:
    """Months until the money is gone at the present burn; 120 at most, also without burn."""
    positive = np.maximum(burn_per_month, 1e-9)
    return within(cash / positive, 0.0, LONGEST_RUNWAY_MONTHS)


def research_growth(runway: float, target: float, speed: float) -> float:
    """Log growth a year of research compute: gamma clip((runway - r)/r, -1, 1); months."""
    return speed * min(max((runway - target) / target, -1.0), 1.0)


def staff_growth(
    runway: F64, grow_above: float, stop_below: float, least: float, most: float
) -> F64:
    """Log growth a month of staff: none under stop_below, least to most above grow_above months."""
    ramp = within((runway - stop_below) / (grow_above - stop_below), 0.0, 1.0)
    richness = within((runway - grow_above) / 24.0, 0.0, 1.0)
    return np.asarray(ramp * (least + (most - least) * richness))
