"""Investors in columns, the cap tables, and the mood of the market."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]
Flags = NDArray[np.bool_]

KINDS = ("rmb_vc", "usd_vc", "state", "strategic")
TRAITS = ("users", "revenue", "quality")
TASTES = {
    "rmb_vc": (0.5, 1.0, 0.0),
    "usd_vc": (1.0, 0.0, 0.5),
    "state": (0.0, 1.0, 0.5),
    "strategic": (0.5, 0.0, 1.0),
}
"""What kinds of investors look at, one weight a trait; assumption: dollar funds buy growth of
users, yuan and state money buys revenue, clouds buy models."""
HOLDERS = ("founders", "option_pool", "public")
"""Holders of a firm that are no investors, the last columns of a cap table."""


@dataclass
class Investors:
    """Investors, shape (I,) unless said.

    kind: index into KINDS; firm: position of the cloud behind a strategic investor, -1 for others;
    account: ledger account that pays; taste: (I, traits) weights of TRAITS; stake: (F, I + 3) cap
    tables, the last columns HOLDERS, each row sums to 1; paid: (F, I) CNY, value of the firm at
    the price a share that a holder paid; bridge: (F, I) fen lent until the next round.
    """

    ids: tuple[str, ...]
    entity: U64
    kind: I64
    firm: I64
    dry_powder: F64
    account: I64
    taste: F64
    stake: F64
    paid: F64
    bridge: I64

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def held(self) -> Flags:
        """Who holds shares of whom; (F, I)."""
        return np.asarray(self.stake[:, : len(self)] > 0)


@dataclass
class Mood:
    """Sentiment (0 = neutral), regime, when it turned cold, memory of rounds, window to list."""

    sentiment: float = 0.0
    hot: bool = True
    cold_since: int | None = None
    herd: float = 0.0
    listing_open: bool = False
