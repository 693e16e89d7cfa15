"""What firms see of the numbers of a week, compiled: one table for all of them, a column each.

This module imports numba; import it only where a market is simulated.
"""

from typing import Any

import numpy as np

from sim.core.compiled import compiled, inlined
from sim.core.units import FEN_PER_CNY, MILLION

(
    BEST_RIVAL, SPEND, RIVAL_SPEND, USERS, RIVALS_ADDS, PUSH_INVENTORY, RIVALS_TRAINING,
    USER_GROWTH, REVENUE_GROWTH, CASH, LOWEST,
) = range(11)  # fmt: skip
ROWS = LOWEST + 2
"""What is seen; the lowest price takes a row for each model class."""
SMALL_USERS, SMALL_REVENUE = 1e5, 1e6
"""What counts as nothing when growth is looked at: people, and CNY in a quarter."""


@inlined
def of_others(values: Any, result: Any, alone: Any) -> None:
    """Fill in the largest value among the others, for each, (n,); what one alone sees."""
    first, second = 0, -1
    for one in range(1, values.shape[0]):
        if values[one] > values[first]:
            first, second = one, first
        elif second < 0 or values[one] > values[second]:
            second = one
    for one in range(values.shape[0]):
        result[one] = alone if second < 0 else values[second if one == first else first]


@inlined
def grown(now: Any, then: Any, base: Any) -> Any:
    """Return growth as a factor, where what is small beside the base does not count."""
    return (max(now, 0.0) + base) / (max(then, 0.0) + base)


@inlined
def add_apps(
    seen: Any, firm: Any, budget: Any, users: Any, users_then: Any, rivals_adds: Any, spent: Any
) -> Any:
    """Add up apps over their owners; return users of a quarter ago and the largest spend, (F,)."""
    then, largest = np.zeros(seen.shape[1]), np.zeros(seen.shape[1])
    for app in range(firm.shape[0]):
        f = firm[app]
        seen[SPEND, f] += budget[app]
        seen[USERS, f] += users[app]
        then[f] += users_then[app]
        seen[RIVALS_ADDS, f] = max(seen[RIVALS_ADDS, f], rivals_adds[app])
        for week in range(spent.shape[0]):
            largest[f] = max(largest[f], spent[week, app])
    return then, largest


@inlined
def lowest_prices(
    seen: Any, price: Any, heeded: Any, quality: Any, apart: Any, niches: Any, gap: Any
) -> None:
    """Fill in the lowest list price of the rivals that each firm heeds, inf without any.

    A free tier serves part of demand only, so nobody can be undercut by it altogether.
    """
    for kind in range(price.shape[0]):
        for f in range(quality.shape[0]):
            lowest = np.inf
            for rival in range(quality.shape[0]):
                peer = rival != f and abs(quality[f] - quality[rival]) <= gap[kind]
                sells = heeded[kind, rival] and price[kind, rival] > 0.0
                if peer and sells and not (niches and apart[f, rival]):
                    lowest = min(lowest, price[kind, rival])
            seen[LOWEST + kind, f] = lowest


@compiled
def seen_by_firms(
    firm: Any, budget: Any, users: Any, users_then: Any, rivals_adds: Any, spent: Any,
    quality: Any, independent: Any, pretraining: Any, racing: Any,
    price: Any, entered: Any, apart: Any, niches: Any, gap: Any,
    owner: Any, capacity: Any, inventory: Any, revenue: Any, cash_fen: Any,
) -> Any:  # fmt: skip
    """Return what each firm sees, (ROWS, F): its apps added up, and what others do.

    firm, budget, users, users_then, rivals_adds (A,) of apps and their owners; spent (W, A) on ads
    in the last weeks, without a row where nobody answers that; quality, independent, pretraining
    (F,); racing: whether rivals' training drives the own; price, entered (2, F); apart (F, F) firms
    of other niches, if niches are; gap (2,) in quality over which models are no rivals; owner,
    capacity (K,); inventory: M people a week on the largest owned channel; revenue (2W, F);
    cash_fen (F,). Growth is a factor.
    """
    firms = quality.shape[0]
    seen = np.zeros((ROWS, firms))
    then, largest = add_apps(seen, firm, budget, users, users_then, rivals_adds, spent)
    of_others(largest, seen[RIVAL_SPEND], 0.0)
    of_others(np.where(independent, quality, -np.inf), seen[BEST_RIVAL], -np.inf)
    heeded = entered & independent
    lowest_prices(seen, price, heeded, quality, apart, niches, gap)
    widest = 0.0
    for k in range(owner.shape[0]):
        if owner[k] >= 0:
            seen[PUSH_INVENTORY, owner[k]] += capacity[k]
            widest = max(widest, capacity[k])
    training, others, half = 0, 0, revenue.shape[0] // 2
    for f in range(firms):
        training += pretraining[f] and independent[f]
        others += independent[f]
    for f in range(firms):
        if widest > 0.0:
            seen[PUSH_INVENTORY, f] = inventory * MILLION * seen[PUSH_INVENTORY, f] / widest
        own = pretraining[f] and independent[f]
        seen[RIVALS_TRAINING, f] = (training - own) / max(others - 1, 1) if racing else 0.0
        seen[USER_GROWTH, f] = grown(seen[USERS, f], then[f], SMALL_USERS)
        early, late = 0.0, 0.0
        for week in range(half):
            early += revenue[week, f]
        for week in range(half, revenue.shape[0]):
            late += revenue[week, f]
        seen[REVENUE_GROWTH, f] = grown(late, early, SMALL_REVENUE)
        seen[CASH, f] = cash_fen[f] / FEN_PER_CNY
    return seen
