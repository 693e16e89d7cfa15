"""API accounts in columns: size, kind, and which vendor serves which share of their tokens."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]
Flags = NDArray[np.bool_]


@dataclass
class Accounts:
    """API accounts, shape (N,) unless said; nests (2,) are bulk and flagship tokens.

    kind: position in kinds; size: share of the market's tokens (sums to 1); discount: share off the
    list price by volume; engineers: 1 where the account could serve a model itself; the weights are
    by kind, (kinds,); share: (2, N, F) vendor shares, each row sums to 1 once a vendor is chosen;
    preferred: (2, N) vendor that gets new demand, -1 before; demand: (2,) tokens a day of all
    accounts together; opening_price: (2,) effective market price on the first day.
    """

    entity: U64
    kind: I64
    kinds: tuple[str, ...]
    size: F64
    discount: F64
    engineers: F64
    price_weight: F64
    quality_weight: F64
    viability_weight: F64
    share: F64
    preferred: I64
    self_hosted: Flags
    demand: F64
    opening_price: F64
    reference_price: float = 1.0

    def __len__(self) -> int:
        return len(self.size)


def pareto_sizes(uniforms: F64, tail: float) -> F64:
    """Account sizes with a Pareto tail, normalised to sum to 1: u^(-1/tail).

    Limit (oracle D2): for tail < 1, E[sum / max] -> 1 / (1 - tail).
    """
    raw = (1.0 - uniforms) ** (-1.0 / tail)
    return np.asarray(raw / raw.sum())
