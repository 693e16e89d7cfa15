"""The API market: who buys tokens, from whom, at what effective price (equation E7)."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
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

    All vendor arguments (F,); weights (kinds, 1). Returns (kinds, F), -inf for absent vendors.
    """
    behind = quality - quality[entered].max(initial=-np.inf) if entered.any() else quality
    short = np.maximum(0.0, 1.0 - runway_months / 12.0)
    value = (
        np.asarray(quality_weight) * np.where(entered, behind, 0.0)
        + intercept
        - np.asarray(viability_weight) * short
        + openness
        + tooling
        - np.asarray(price_weight) * np.log(np.where(entered, effective_price + price_floor, 1.0))
        + inertia * share
    )
    return np.where(entered, value, -np.inf)


def choose(utility: F64, uniforms: F64) -> I64:
    """Draw one vendor per account from the logit, by inverting the cumulative shares.

    utility: (n, F) with at least one finite entry a row; uniforms: (n,). Returns positions (n,).
    """
    weight = np.exp(utility - utility.max(axis=1, keepdims=True))
    cumulative = np.cumsum(weight, axis=1)
    return np.asarray(
        (uniforms[:, None] * cumulative[:, -1:] >= cumulative).sum(axis=1), dtype=np.int64
    )


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


def grown_shares(share: F64, growth: F64, preferred: I64) -> F64:
    """Vendor shares after new demand went to each account's preferred vendor.

    s <- (s + g e_preferred) / (1 + g); share (2, N, F), growth (2,) >= 0, preferred (2, N).
    """
    rate = growth / (1.0 + growth)
    result: F64 = share * (1.0 - rate)[:, None, None]
    account = np.arange(share.shape[1])
    for nest, part in enumerate(rate):
        result[nest, account, preferred[nest]] += part
    return result


def pruned(share: F64, keep: I64, below: float) -> F64:
    """Drop vendors with less than a share; their tokens go to the vendor to keep. (n, F), (n,)."""
    small = (share < below) & (share > 0.0)
    small[np.arange(len(share)), keep] = False
    result = np.where(small, 0.0, share)
    result[np.arange(len(share)), keep] += 1.0 - result.sum(axis=1)
    return result


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
