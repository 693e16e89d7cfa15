"""Investors in columns, the cap tables, and the mood of the market."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]
Flags = NDArray[np.bool_]

KINDS = ("rmb_vc", "usd_vc", "state", "strategic")


@dataclass
class Investors:
    """Investors, shape (I,) unless said.

    kind: index into KINDS; firm: position of the cloud behind a strategic investor, -1 for others;
    account: ledger account that pays; stake: (F, I + 1) cap tables, last column the founders, each
    row sums to 1.
    """

    ids: tuple[str, ...]
    entity: U64
    kind: I64
    firm: I64
    dry_powder: F64
    account: I64
    stake: F64

    def __len__(self) -> int:
        return len(self.ids)


@dataclass
class Mood:
    """Sentiment (0 = neutral), regime, when it turned cold, memory of rounds, window to list."""

    sentiment: float = 0.0
    hot: bool = True
    cold_since: int | None = None
    herd: float = 0.0
    listing_open: bool = False
