"""Where owners put their weight: apps, routes to revenue, and small app startups."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]
Flags = NDArray[np.bool_]


@dataclass
class Products:
    """What firms chose; engagement: (13, A) share of a month's users still there, newest first.

    app_weight: (A,) of its owner's budget and push; consumer_focus, business_focus: (F,) multiply
    advertising, and bids and deals for deployments; 1 = as at the start. agents_since: the week in
    which agents became a category, None before.
    """

    engagement: F64
    app_weight: F64
    consumer_focus: F64
    business_focus: F64
    agents_since: int | None = None

    @classmethod
    def empty(cls, apps: int, firms: int) -> "Products":
        """Return what was before the first decision."""
        return cls(np.ones((13, apps)), np.ones(apps), np.ones(firms), np.ones(firms))


COLUMNS = ("entity", "cash", "payment", "cost", "users", "weeks")


@dataclass
class SmallApps:
    """Small app startups that are at work, (n,), and what the week brought, in numbers and CNY.

    entity: identity in draws; cash: fen; payment: CNY a user and month; cost: CNY a user before
    crowding; users: people; weeks: since they began or pivoted; crowding: factor on all costs.
    """

    entity: U64
    cash: I64
    payment: F64
    cost: F64
    users: F64
    weeks: I64
    entrants: int = 0
    stopped: int = 0
    pivoted: int = 0
    raised: float = 0.0
    revenue: float = 0.0
    ad_spend: float = 0.0
    crowding: float = 1.0

    @classmethod
    def none(cls) -> "SmallApps":
        """Return a market without any."""
        whole, number = np.zeros(0, dtype=np.int64), np.zeros(0)
        identity = np.zeros(0, dtype=np.uint64)
        return cls(identity, whole, number, number.copy(), number.copy(), whole.copy())

    def __len__(self) -> int:
        return len(self.entity)

    def keep(self, which: Flags) -> None:
        """Drop all but some of them."""
        for name in COLUMNS:
            setattr(self, name, getattr(self, name)[which])

    def join(self, new: "SmallApps") -> None:
        """Add others behind them."""
        for name in COLUMNS:
            setattr(self, name, np.concatenate((getattr(self, name), getattr(new, name))))
