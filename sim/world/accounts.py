"""API accounts in columns: size, kind, and which vendors serve which share of their tokens."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
I16 = NDArray[np.int16]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]
Flags = NDArray[np.bool_]

NOBODY = -1
MOST_VENDORS = 8
"""An account uses eight vendors at once at most, so memory does not grow with the vendors."""


@dataclass
class Accounts:
    """API accounts, shape (N,) unless said; nests (2,) are bulk and flagship tokens; K slots.

    kind: position in kinds; size: share of the market's tokens (sums to 1); discount: share off the
    list price by volume; engineers: 1 where the account could serve a model itself; able: the same
    times how well its volume would fill a server; keep_above: share of its tokens below which a
    vendor is not worth its keep; the weights are by kind, (kinds,); vendor: (2, N, K) vendors in
    use, NOBODY in empty slots, which come last; share: (2, N, K) of the account's tokens, each row
    sums to 1 once a vendor is chosen; preferred: (2, N) vendor that gets new demand; bound_until:
    (2, N) week in which the contract ends; reference: share of the usual price that the account
    expects to pay; demand: (2,) tokens a day of all accounts together; opening_price: (2,)
    effective market price on the first day; price_factor: (2, F) paid over list price; sold:
    (2, F) who sold last week; offer, progress: (2,) what the best offer is worth, in utility, and
    by how much it rises a year; kind_volume: (kinds,) shares of the market's tokens.
    """

    entity: U64
    kind: I64
    kinds: tuple[str, ...]
    size: F64
    discount: F64
    engineers: F64
    able: F64
    keep_above: F64
    price_weight: F64
    quality_weight: F64
    viability_weight: F64
    vendor: I16
    share: F64
    preferred: I16
    bound_until: I32
    self_hosted: Flags
    reference: F64
    demand: F64
    opening_price: F64
    price_factor: F64
    sold: Flags
    offer: F64
    progress: F64
    kind_volume: F64

    def __len__(self) -> int:
        return len(self.size)

    def shares(self, nest: int, firms: int) -> F64:
        """Return the share of each vendor at each account of a nest, (N, firms)."""
        table = np.zeros((len(self), firms))
        account, slot = np.nonzero(self.vendor[nest] != NOBODY)
        table[account, self.vendor[nest, account, slot]] = self.share[nest, account, slot]
        return table


def pareto_sizes(uniforms: F64, tail: float) -> F64:
    """Account sizes with a Pareto tail, normalised to sum to 1: u^(-1/tail).

    Limit (oracle D2): for tail < 1, E[sum / max] -> 1 / (1 - tail).
    """
    raw = (1.0 - uniforms) ** (-1.0 / tail)
    return np.asarray(raw / raw.sum())
