"""Advertising channels in columns: capacity, price, audience, who may buy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass
class Channels:
    """Channels, shape (K,) unless said.

    owner: position of the owning firm, -1 for nobody's; capacity: CNY a week at the base cost;
    base_cost: CNY a user; audience: (S, K) by segment; open: (A, K) may the app buy there;
    media, account that is paid.
    """

    ids: tuple[str, ...]
    owner: I64
    capacity: F64
    base_cost: F64
    audience: F64
    open: Flags
    media: I64

    def __len__(self) -> int:
        return len(self.ids)
