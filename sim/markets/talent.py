"""Key people: who leaves, who wins them (equation E15)."""

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]


def attraction(
    research_week: F64, cash: F64, quality: F64, present: NDArray[np.bool_], compute_counts: bool
) -> F64:
    """Probability that a mover joins each firm: logit over pay, compute and brand.

    U = ln(1 + cash / 1 bn) / 2 + ln(1 + research / 10 M a week) + q / 100; the last two only when
    compute attracts talent. Returns (F,), sums to 1, 0 for absent firms.
    """
    utility = 0.5 * np.log1p(np.maximum(cash, 0.0) / 1e9)
    if compute_counts:
        utility = utility + np.log1p(research_week / 10e6) + quality / 100.0
    weight = np.where(present, np.exp(utility - utility.max()), 0.0)
    return np.asarray(weight / weight.sum())
