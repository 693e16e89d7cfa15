"""Key people: who leaves, who wins them (equation E15)."""

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
Flags = NDArray[np.bool_]
LEAST_PAY = 0.1


def attraction(
    research_week: F64,
    cash: F64,
    quality: F64,
    present: Flags,
    compute_counts: bool,
    pay: F64 | float = 1.0,
) -> F64:
    """Probability that a mover joins each firm: logit over pay, compute and brand.

    U = ln pay + ln(1 + cash / 1 bn) / 2 + ln(1 + research / 10 M a week) + q / 100; the last two
    only when compute attracts talent; cash stands for how safe the pay is. pay: over the market.
    Returns (F,), sums to 1, 0 for absent firms. Source: assumption after M61 and M62.
    """
    utility = 0.5 * np.log1p(np.maximum(cash, 0.0) / 1e9) + np.log(np.maximum(pay, LEAST_PAY))
    if compute_counts:
        utility = utility + np.log1p(research_week / 10e6) + quality / 100.0
    weight = np.where(present, np.exp(utility - utility.max()), 0.0)
    return np.asarray(weight / weight.sum())


def leaving_hazard(base: float, pay: F64, present: Flags, power: float) -> F64:
    """Hazard that a firm loses a key person: lambda (best rival pay / own pay)^s; (F,), 1/year.

    base: lambda, where all pay alike; pay: over the market; present: whose offers count; power: s.
    Limit: equal pay or s = 0, base.
    """
    best = best_offers(pay, present)
    ratio = np.where(best > 0.0, best, pay) / np.maximum(pay, LEAST_PAY)
    return np.asarray(base * ratio**power)


def best_offers(pay: F64, present: Flags) -> F64:
    """Highest pay among the others that are present, for each; (F,), 0 without any."""
    offers = np.where(present, pay, 0.0)
    if len(offers) < 2:
        return np.zeros(len(offers))
    second, first = np.partition(offers, len(offers) - 2)[-2:]
    return np.asarray(np.where(offers < first, first, second))
