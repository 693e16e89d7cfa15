"""The market for accelerators: a price that answers demand, supply that follows, own machines."""

from math import exp, log

import numpy as np
from numpy.typing import ArrayLike, NDArray

F64 = NDArray[np.float64]


def next_price(
    price: float, demand: float, supply: float, limit: float, elasticity: float, speed: float
) -> float:
    """Price of compute a week later, over that of the opening beside its general fall.

    ln P <- ln P + k (ln X + eta max(0, ln(D / S)) - ln P)

    demand, supply: compute a week in any one unit, > 0; limit: X, the factor that export limits
    put on the price; elasticity: eta; speed: k, 1/week. Idle machines are switched off rather than
    let below cost, so that slack does not lower the price. Limit: D <= S, no limits: P stays 1.
    """
    scarcity = max(log(demand / supply), 0.0)
    return exp(log(price) + speed * (log(limit) + elasticity * scarcity - log(price)))


def next_supply(supply: float, demand: float, speed: float) -> float:
    """Compute on offer a week later: it grows toward demand and is not taken away."""
    return supply + speed * max(demand - supply, 0.0)


def run_down(accelerators: ArrayLike, weeks: float) -> F64:
    """Compute that own machines yield in a week: their worth over the weeks that they last."""
    return np.asarray(np.asarray(accelerators, dtype=np.float64) / weeks)


def serving_price(price: float, share: float) -> float:
    """Factor on the cost of serving, P^s: accelerators are a share s of it. Limit: P = 1, 1."""
    return float(price**share)
