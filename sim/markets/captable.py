"""Cap tables: what a priced round does to everybody's share, in an up round and in a down round."""

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]

FOUNDERS, POOL, PUBLIC = -3, -2, -1
"""Last columns of a cap table, after the investors."""


def weighted_average(paid: F64, pre_money: float, money: float) -> F64:
    """Shares that one old share turns into under a broad-based weighted-average clause.

    k = (1 + M / pre) / (1 + M / paid) for who paid more than the new price, else 1

    paid: (I,) CNY, value of the whole firm at the price that a holder paid a share; pre_money,
    money M: CNY. Returns (I,), at least 1. Source: model charter of the US venture association
    (the conversion price falls to CP (A + B) / (A + C)). Limits: an up round, 1; a holder who paid
    twice the new price when half as many shares are issued as there were, 1.2.
    """
    higher = np.maximum(paid, pre_money)
    return np.asarray((1.0 + money / pre_money) / (1.0 + money / higher))


def issue(
    stake: F64, paid: F64, money: F64, pre_money: float, *, pool: float, protection: float
) -> tuple[F64, F64]:
    """Sell new shares: who holds what afterwards, and what holders have paid a share.

    New money owns m / (pre + M). The option pool is filled up to its share of the firm after the
    round, at the cost of the old holders; those who paid more than the new price get shares from
    the others, k^protection for one.

    stake: (I + 3,) shares of the firm, sum 1; paid: (I,) CNY, see `weighted_average`; money: (I,)
    CNY; pre_money: CNY, positive; pool: share; protection: 0 (none) to 1 (weighted average).
    Returns stake and paid after the round. Limits: no pool and an up round, old stakes shrink by
    pre / post; flat rounds leave `paid` at the firm's value.
    """
    total = float(money.sum())
    post = pre_money + total
    held = stake[: len(paid)]
    more = np.where(held > 0, weighted_average(paid, pre_money, total) ** protection, 1.0)
    old = stake.copy()
    old[: len(paid)] *= more
    old /= old.sum()
    sold = total / post
    kept = old * (1.0 - sold)
    # A round that sells nearly all leaves no room for a whole pool.
    pool = min(pool, 0.5 * (1.0 - sold))
    if kept[POOL] < pool:
        kept[POOL] = 0.0
        kept *= (1.0 - sold - pool) / kept.sum()
        kept[POOL] = pool
    # A founder's share shows by how much the number of shares has grown.
    growth = stake[FOUNDERS] / kept[FOUNDERS]
    after = kept.copy()
    after[: len(paid)] += money / post
    bought = money / post
    mine = after[: len(paid)]
    value = kept[: len(paid)] * (paid / more) * growth + bought * post
    return after / after.sum(), np.where(mine > 0, value / np.where(mine > 0, mine, 1.0), 0.0)


def sell_to_public(stake: F64, paid: F64, share: float) -> tuple[F64, F64]:
    """List: new shares for the public, `share` of the firm after it; old ones turn into common."""
    after = stake * (1.0 - share)
    after[PUBLIC] += share
    return after, paid / (1.0 - share)
