"""Ways out: stopping pre-training, selling, listing, being taken over, closing (equation E11)."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.core.ranges import within

F64 = NDArray[np.float64]


def stop_hazard(
    quality: F64,
    open_frontier: float,
    runway_months: F64,
    sentiment: float,
    *,
    base: float,
    by_quality: float,
    by_runway: float,
    by_sentiment: float,
) -> F64:
    """Hazard a year of stopping pre-training.

    l0 exp(-b1 (q - q_O)/100 - b2 ln(clip(runway, 1, 60)/12) - b3 S); quality in Elo.
    """
    runway = np.log(within(runway_months, 1.0, 60.0) / 12.0)
    lead = (quality - open_frontier) / 100.0
    return np.asarray(
        base * np.exp(-by_quality * lead - by_runway * runway - by_sentiment * sentiment)
    )


def listing_hazard(
    revenue: F64,
    years: float,
    *,
    hot: bool,
    base: float,
    least_revenue: float,
    least_years: float,
    cold: float,
) -> F64:
    """Hazard a year of listing while the window is open.

    h0 sqrt(R / R0) from R0 on and after some years of business, less in a cold market; at most 2 h0

    revenue R, least_revenue R0: M CNY a year; years, least_years: of business since the opening;
    cold: factor in a cold market. Returns (F,). Limit: revenue R0 in a hot market, h0.
    """
    if years < least_years:
        return np.zeros(len(revenue))
    size = np.sqrt(np.maximum(revenue, 0.0) / max(least_revenue, 1e-9))
    hazard = base * np.minimum(size, 2.0) * (1.0 if hot else cold)
    return np.asarray(np.where(revenue >= least_revenue, hazard, 0.0))


def licence_price(people: float, price_per_head: float, discount: float, valuation: float) -> float:
    """Licence-and-hire price, CNY: max(heads x price, phi V)."""
    return max(people * price_per_head, discount * valuation)


def shared_out(fen: int, weight: F64) -> NDArray[np.int64]:
    """Divide whole fen in proportion to weights, to the last fen; the largest takes the rest.

    weight: (n,), not negative. Returns (n,) fen that sum to fen; zeros without any weight.
    """
    total = weight.sum()
    if total <= 0:
        return np.zeros(len(weight), dtype=np.int64)
    part: NDArray[np.int64] = np.floor(fen * (weight / total)).astype(np.int64)
    part[int(weight.argmax())] += fen - part.sum()
    return part


def happens(hazard_per_year: ArrayLike, years: float, uniform: ArrayLike) -> NDArray[np.bool_]:
    """Whether an event with a hazard falls into a period: u < 1 - exp(-h dt).

    Limit (oracle F3): six firms at .25 a year over 18 months: P(exactly two) = .327.
    """
    probability = -np.expm1(-np.asarray(hazard_per_year, dtype=np.float64) * years)
    return np.asarray(np.asarray(uniform) < probability)
