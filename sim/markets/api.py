"""The API market: who buys tokens, from whom, at what effective price (equation E7)."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.core.units import WEEKS_PER_YEAR

F64 = NDArray[np.float64]
Flags = NDArray[np.bool_]


def vendor_utility(
    quality: F64,
    intercept: F64,
    runway_months: F64,
    openness: F64,
    tooling: F64,
    effective_price: F64,
    share: F64,
    entered: Flags,
    *,
    quality_weight: ArrayLike,
    price_weight: ArrayLike,
    viability_weight: ArrayLike,
    price_floor: float,
    inertia: float,
) -> F64:
    """Utility of each vendor to each kind of account, in logit units.

    V = w_q (q - q_best) + intercept - v max(0, 1 - runway/12) + openness + tooling
        - a ln(p + floor) + inertia x share

    Vendor arguments (..., F), weights (..., kinds, 1) with the same leading axes, nests for
    instance. Returns (..., kinds, F), -inf for absent vendors.
    """
    best = np.where(entered, quality, -np.inf).max(axis=-1, keepdims=True, initial=-np.inf)
    behind = np.where(entered, quality - np.where(np.isfinite(best), best, 0.0), 0.0)
    short = np.maximum(0.0, 1.0 - runway_months / 12.0)
    price = np.log(np.where(entered, effective_price + price_floor, 1.0))
    liked = intercept + openness + tooling + inertia * share
    value = (
        np.asarray(quality_weight) * behind[..., None, :]
        + liked[..., None, :]
        - np.asarray(viability_weight) * short[..., None, :]
        - np.asarray(price_weight) * price[..., None, :]
    )
    return np.where(entered[..., None, :], value, -np.inf)


def demand_target(
    opening: float,
    trend: float,
    price: float,
    opening_price: float,
    elasticity: float,
    floor: float,
) -> float:
    """Tokens a day that buyers want: T* = T0 exp(g) ((P + floor)/(P0 + floor))^(-eps).

    opening T0: tokens a day at price P0; trend g: log growth since; price P, opening_price P0: CNY
    per Mtok, effective. Limit: floor 0 and no trend: constant elasticity.
    """
    ratio = (price + floor) / (opening_price + floor)
    return opening * float(np.exp(trend)) * demand_response(ratio, elasticity)


def demand_response(price_ratio: float, elasticity: float) -> float:
    """Factor on quantity when a price is multiplied: ratio^(-elasticity)."""
    return float(price_ratio ** (-elasticity))


def adjusted(current: F64, target: F64, speed: float) -> F64:
    """Partial adjustment in logs: ln T <- ln T + (1 - e^(-k)) (ln T* - ln T), per week."""
    return np.asarray(current * (target / current) ** (1.0 - np.exp(-speed)))


def worth_keeping(size: F64, cost: float) -> F64:
    """Share of an account's tokens below which a vendor is not worth its keep.

    min(1/2, cost x median size / size): keeping a vendor costs an engineer's time, the same
    everywhere, so a large account keeps vendors that a small one drops. cost: share of the median
    account's tokens. Returns (N,). Limit: no cost, every vendor is kept.
    """
    return np.minimum(0.5, cost * np.median(size) / size)


def fills_a_server(size: F64, half: float) -> F64:
    """Share of accounts of a size that could fill a server of their own: s/(s + half), (N,).

    half: size, over the median account's, at which one in two could. Limit: 0, everybody.
    """
    ratio = size / np.median(size)
    return np.asarray(ratio / (ratio + half))


def progress(change: F64, before: F64, memory_weeks: float) -> F64:
    """What a year adds to the best offer, in utility: a moving average of its weekly change.

    r <- r + (52 x change - r)/memory. Limit: constant change, 52 x change.
    """
    return np.asarray(before + (WEEKS_PER_YEAR * change - before) / memory_weeks)


def contract_length(longest: float, aversion: float, rate: F64) -> F64:
    """Mean length of contracts, weeks: L0 exp(-aversion x max(0, rate)).

    rate: what a year adds to the best offer, utility. Who expects something better soon waits for
    it and does not prepay. Limit: no progress or no aversion, L0.
    """
    return np.asarray(longest * np.exp(-aversion * np.maximum(rate, 0.0)))


def replacement_lift(reset: float, wanted: F64, current: F64, replaced: Flags) -> F64:
    """Extra use of vendors that replace a model: the part of the gap closed at once.

    l = reset x max(0, T*/T - 1) where a new model takes the old one's place, else 0; wanted T*,
    current T: (2,) tokens a day; replaced (F,). Returns (2, F). Limit: demand as wanted, 0.
    """
    gap = np.maximum(wanted / np.where(current > 0, current, 1.0) - 1.0, 0.0) * (current > 0)
    return np.asarray(reset * gap[:, None] * replaced)


def volume_discount(size: F64, per_tenfold: float, most: float) -> F64:
    """Share off the list price: d = min(most, slope max(0, log10(size / median size)))."""
    ratio = size / np.median(size)
    return np.minimum(most, per_tenfold * np.maximum(0.0, np.log10(ratio)))


def served_tokens(demand: F64, free: Flags, room: F64, free_share: float) -> F64:
    """Tokens served: all of paid demand; of free demand at most a share, and within the room left.

    demand: (2, F) tokens a day by class; free: (2, F); room: (F,) tokens a day, shared by a firm's
    free classes in proportion. Returns (2, F). Limit: nothing free, demand.
    """
    wanted = np.where(free, free_share * demand, 0.0)
    total = wanted.sum(axis=0)
    short = total > room
    part = np.where(short, room / np.where(short, total, 1.0), 1.0)
    return np.where(free, wanted * part, demand)


def herfindahl(amounts: ArrayLike) -> float:
    """Concentration: sum of squared shares; 0 for nothing at all."""
    amounts = np.asarray(amounts, dtype=np.float64)
    total = amounts.sum()
    return float(((amounts / total) ** 2).sum()) if total > 0 else 0.0
