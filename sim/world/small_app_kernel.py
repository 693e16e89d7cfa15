"""The week of every small app startup, compiled: earn, pay wages, buy users, look back (E14).

In words, for each of them, in whole fen and as far as the cash goes:

    subscriptions in, wages out; ads up to a share of the cash, for at most half of whom the niche
    has left, and not at a loss once the trial is over; users leave at the general pace; those that
    find users dearer than they are worth, at the end of each trial, pivot or stop, as do those
    whose cash does not pay the wages.

This module imports numba; import it only where small apps are advanced.
"""

from typing import Any

import numpy as np

from sim.core.compiled import compiled
from sim.core.draws import key_of, uniform
from sim.core.units import FEN_PER_CNY, WEEKS_PER_MONTH

GOES_ON, PIVOTS, STOPS = 0, 1, 2
LEAST_LEFT = 0.01
"""Share of a niche below which nobody is cheaper to find than this."""


@compiled
def live_a_week(
    entity: Any, cash: Any, payment: Any, base_cost: Any, users: Any, weeks: Any, crowding: Any,
    weeks_worth: Any, staying: Any, wages: Any, niche: Any, ad_share: Any, careful: Any,
    trial: Any, pivot: Any, named: Any, week: Any, channels: Any,
) -> Any:  # fmt: skip
    """Advance cash (fen), users and weeks of (n,) small apps by a week, in place.

    entity, payment, base_cost: as in `products.SmallApps`; crowding: factor on costs; weeks_worth:
    weeks that a user pays on average; staying: share of users who stay a week; wages: fen a week;
    niche: people; ad_share: of cash spent on ads a week; careful: whether who finds users too dear
    stops buying, and then stops; trial: weeks between looks; pivot: chance of another niche; named,
    week: key of the draw; channels: how many there are. Returns fen earned, wages paid, ads by
    channel, and the fate of each, (n,).
    """
    earned, paid = np.int64(0), np.int64(0)
    ads = np.zeros(channels, np.int64)
    fate = np.zeros(entity.shape[0], np.int64)
    key = key_of(named, week, 0)
    for one in range(entity.shape[0]):
        income = np.int64(np.rint(users[one] * payment[one] / WEEKS_PER_MONTH * FEN_PER_CNY))
        cash[one] += income
        earned += income
        wage = min(wages, cash[one])
        cash[one] -= wage
        paid += wage
        crowded = base_cost[one] * crowding
        worth = payment[one] / WEEKS_PER_MONTH * weeks_worth
        # The next user is dearer as few of the niche are left.
        left = min(max(1.0 - users[one] / niche, LEAST_LEFT), 1.0)
        cost = crowded * (1.0 / left)
        bought = 0.0
        if channels > 0 and (cost <= worth or weeks[one] < trial or not careful):
            # Nobody buys more than half of whom a niche has left.
            room = max(niche - users[one], 0.0) / 2.0 * cost
            wish = min(ad_share * np.float64(cash[one]) / FEN_PER_CNY, room)
            spend = min(np.int64(np.rint(wish * FEN_PER_CNY)), cash[one])
            if spend > 0:
                cash[one] -= spend
                ads[np.int64(entity[one] % np.uint64(channels))] += spend
                bought = spend / FEN_PER_CNY / cost
        users[one] = users[one] * staying + bought
        weeks[one] += 1
        broke = cash[one] < wages
        if careful and crowded > worth and weeks[one] % trial == 0:
            fate[one] = PIVOTS if uniform(key, entity[one]) < pivot else STOPS
        if broke:
            fate[one] = STOPS
    return earned, paid, ads, fate
