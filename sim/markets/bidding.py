"""First-price bids where bidders' costs differ in range: two kinds of bidder, solved numerically.

Kind 1 is strong and kind 2 weak: costs uniform on [l1, h1] and [l2, h2], l1 <= l2, h1 <= h2, with
n1 and n2 bidders; the lowest bid wins. Inverse bids c_i(b) solve

    1/(b - c_i) = sum over the others j of y_j,   y_j = c_j'(b) / (h_j - c_j(b)),

from the lowest bid, where c_i = l_i, to the highest serious one, b* = (h2 + n2 h1)/(n2 + 1) for one
strong bidder and h1 for several, where c_1 = h1 and c_2 = b*: weak bidders above b* never win and
ask their cost. While a weak bidder would rather bid higher (y_2 < 0), only strong ones compete.
The lowest bid is found by shooting: too low, and a cost overtakes its bid before b*.

Accuracy: bids lie within 1e-4 of the range of costs of the known solutions (symmetric; common
highest cost, Griesmer, Levitan & Shubik 1967; two bidders with any ranges, Kaplan & Zamir 2012);
with three or more, not for costs in the top twentieth of a range, where nobody wins anything.
This module imports numba; import it only where bids are made.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.core.compiled import compiled
from sim.core.draws import key_of, uniform
from sim.core.errors import SimError
from sim.markets.tenders import equilibrium_bid

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

STEPS = 400
SHOTS = 40
GRID = 129
"""Costs at which a table keeps bids."""


class BiddingError(SimError):
    """Ranges of costs or numbers of bidders for which there is no such tender."""


@compiled
def slopes(b: Any, c1: Any, c2: Any, h1: Any, h2: Any, n1: Any, n2: Any, l2: Any) -> Any:
    """Return c_1' and c_2' at a bid."""
    one = 1.0 / (b - c1)
    active = b > c2
    y1 = y2 = 0.0
    if active:
        two = 1.0 / (b - c2)
        y1 = (n2 * two - (n2 - 1) * one) / (n1 + n2 - 1)
        y2 = (n1 * one - (n1 - 1) * two) / (n1 + n2 - 1)
    if c2 <= l2 and (not active or y2 < 0.0) and n1 > 1:
        y1, y2 = one / (n1 - 1), 0.0
    return (h1 - c1) * y1, (h2 - c2) * y2


@compiled
def shoot(
    low: Any, top: Any, l1: Any, h1: Any, n1: Any, l2: Any, h2: Any, n2: Any, path: Any
) -> Any:
    """Integrate from a lowest bid up; path (3, STEPS + 1) of b, c_1, c_2.

    Returns how many steps were taken before a cost overtook its bid; STEPS for none.
    """
    c1, c2 = l1, l2
    path[0, 0], path[1, 0], path[2, 0] = low, c1, c2
    for step in range(STEPS):
        # Steps shrink toward the top, where the slopes have no bound.
        b = top - (top - low) * (1.0 - step / STEPS) ** 2
        d = top - (top - low) * (1.0 - (step + 1) / STEPS) ** 2 - b
        p1, p2 = slopes(b, c1, c2, h1, h2, n1, n2, l2)
        q1, q2 = slopes(b + d / 2, c1 + d / 2 * p1, c2 + d / 2 * p2, h1, h2, n1, n2, l2)
        r1, r2 = slopes(b + d / 2, c1 + d / 2 * q1, c2 + d / 2 * q2, h1, h2, n1, n2, l2)
        s1, s2 = slopes(b + d, c1 + d * r1, c2 + d * r2, h1, h2, n1, n2, l2)
        c1 += d / 6 * (p1 + 2 * q1 + 2 * r1 + s1)
        c2 += d / 6 * (p2 + 2 * q2 + 2 * r2 + s2)
        if not (c1 < min(b + d, h1) and (c2 < b + d or c2 <= l2)):
            return step
        path[0, step + 1], path[1, step + 1], path[2, step + 1] = b + d, c1, c2
    return STEPS


def asymmetric_bids(
    cost: ArrayLike, low: tuple[float, float], high: tuple[float, float], bidders: tuple[int, int]
) -> tuple[F64, F64]:
    """Return the equilibrium bids of a strong and of a weak bidder at costs, see the module.

    cost: any shape, one unit; low, high: ends of the ranges of costs of strong and weak bidders;
    bidders: how many of each, 1 or more. Raises BiddingError unless the strong range lies lower at
    both ends. Limit: equal ranges, `equilibrium_bid`.
    """
    (l1, l2), (h1, h2), (n1, n2) = low, high, bidders
    if not (l1 <= l2 and h1 <= h2 and l1 < h1 and l2 < h2 and min(n1, n2) >= 1):
        found = f"costs in [{l1}, {h1}] x {n1} and [{l2}, {h2}] x {n2}"
        raise BiddingError(
            f"{found}; the first must lie lower at both ends, one bidder or more each"
        )
    c = np.asarray(cost, dtype=np.float64)
    if (l1, h1) == (l2, h2):
        same = equilibrium_bid(c, h1, n1 + n2)
        return same, same
    top = h1 if n1 > 1 else (h2 + n2 * h1) / (n2 + 1)
    if top <= l2:
        # No weak bidder can win: strong ones compete alone, and one alone asks the least weak cost.
        return (equilibrium_bid(c, h1, n1) if n1 > 1 else np.full(c.shape, l2)), c
    b, c1, c2 = _solved(l1, h1, n1, l2, h2, n2, top)
    strong = np.interp(c, np.append(c1, h1), np.append(b, top))
    first = int(np.flatnonzero(c2 <= l2)[-1])
    weak = np.interp(c, np.append(c2[first:], top), np.append(b[first:], top))
    return strong, np.where(c >= top, c, weak)


def _solved(l1: float, h1: float, n1: int, l2: float, h2: float, n2: int, top: float) -> F64:
    """Return the path from the lowest bid that lets all costs stay below their bids."""
    path, best = np.empty((3, STEPS + 1)), np.empty((3, STEPS + 1))
    low, high = l1 if n1 > 1 else l2, top
    for _ in range(SHOTS):
        middle = (low + high) / 2.0
        if not low < middle < high:
            break
        if shoot(middle, top, l1, h1, n1, l2, h2, n2, path) < STEPS:
            low = middle
        else:
            high, best = middle, path.copy()
    return best


@lru_cache(maxsize=64)
def bid_table(low: float, high: float, advantage: float, most: int) -> F64:
    """Return equilibrium bids by composition of a tender, over its budget.

    Costs are uniform on [low, high] for all, and the score of an incumbent is its bid times
    1 - advantage; so in scores incumbents are the strong bidders, with costs (1 - advantage) lower.
    Returns (most + 1, most + 1, 2, GRID): incumbents, others, of an incumbent or another, cost from
    low to high; nan where nobody bids. Limit: no advantage, `equilibrium_bid`.
    """
    table = np.full((most + 1, most + 1, 2, GRID), np.nan)
    cost = np.linspace(low, high, GRID)
    left = 1.0 - advantage
    for n1 in range(most + 1):
        for n2 in range(most + 1 - n1):
            if n1 and n2:
                ends = (left * low, low), (left * high, high)
                table[n1, n2, 0] = asymmetric_bids(left * cost, *ends, (n1, n2))[0] / left
                table[n1, n2, 1] = asymmetric_bids(cost, *ends, (n1, n2))[1]
            elif n1 + n2:
                table[n1, n2] = equilibrium_bid(cost, high, n1 + n2)
    table.setflags(write=False)
    return table


@compiled
def tabled_bid(table: Any, incumbents: Any, others: Any, kind: Any, place: Any) -> Any:
    """Return a bid over the budget by linear interpolation in a `bid_table`.

    place: where the cost lies between lowest and highest, 0 to 1.
    """
    at = place * (GRID - 1)
    step = min(int(at), GRID - 2)
    left, right = table[incumbents, others, kind, step], table[incumbents, others, kind, step + 1]
    return left + (at - step) * (right - left)


@compiled
def award(bids: Any, advantage: Any, present: Any) -> Any:
    """Winner of each tender: the lowest bid after its scoring advantage; (n, bidders) -> (n,)."""
    winner = np.zeros(bids.shape[0], np.int64)
    for one in range(bids.shape[0]):
        lowest = np.inf
        for seat in range(bids.shape[1]):
            score = bids[one, seat] * (1.0 - advantage[one, seat])
            if present[one, seat] and score < lowest:
                lowest = score
                winner[one] = seat
    return winner


@compiled
def seated(number: Any, drawn: Any, cumulative: Any) -> Any:
    """Return who sits where at tenders and who bids, (n, seats): firms by weight, or nobody's firm.

    number (n,) of seats taken; drawn (n, seats) in [0, 1); cumulative (F,) chance of a firm or one
    before it, the rest are integrators, the last position. A firm bids once, integrators are many.
    """
    firms = cumulative.shape[0]
    who = np.empty(drawn.shape, np.int64)
    present = np.empty(drawn.shape, np.bool_)
    for one in range(drawn.shape[0]):
        for seat in range(drawn.shape[1]):
            firm = np.searchsorted(cumulative, drawn[one, seat], side="right")
            present[one, seat] = seat < number[one]
            for earlier in range(seat):
                if firm < firms and who[one, earlier] == firm:
                    present[one, seat] = False
            who[one, seat] = firm
    return who, present


@compiled
def bid_for(
    number: Any, drawn: Any, place: Any, cumulative: Any, incumbent: Any, factor: Any, bonus: Any,
    table: Any,
) -> Any:  # fmt: skip
    """Seat bidders, let each bid its tabled bid times its factor, award the lowest.

    number, drawn, cumulative: as in `seated`; place (n, seats) of each cost between the ends of
    its range; incumbent, factor (F + 1,), integrators last; bonus: share by which the score of an
    incumbent is lower; table: a `bid_table`. Returns, each (n,): the winner's position, its bid
    over the budget, the place of its cost, and how many bid.
    """
    who, present = seated(number, drawn, cumulative)
    bids, advantage = np.zeros(who.shape), np.zeros(who.shape)
    bidders = np.zeros(who.shape[0], np.int64)
    for one in range(who.shape[0]):
        strong = 0
        for seat in range(who.shape[1]):
            bidders[one] += present[one, seat]
            strong += present[one, seat] and incumbent[who[one, seat]]
        for seat in range(who.shape[1]):
            firm = who[one, seat]
            kind = 0 if incumbent[firm] else 1
            bid = tabled_bid(table, strong, bidders[one] - strong, kind, place[one, seat])
            bids[one, seat] = bid * factor[firm]
            advantage[one, seat] = bonus if incumbent[firm] else 0.0
    winner = award(bids, advantage, present)
    firm, bid, cost = np.empty_like(winner), np.empty(len(winner)), np.empty(len(winner))
    for one in range(len(winner)):
        firm[one] = who[one, winner[one]]
        bid[one], cost[one] = bids[one, winner[one]], place[one, winner[one]]
    return firm, bid, cost, bidders


@compiled
def held(
    budget: Any, named: Any, week: Any, low: Any, high: Any, cumulative: Any, incumbent: Any,
    factor: Any, bonus: Any, table: Any,
) -> Any:  # fmt: skip
    """Hold the tenders of a week: draw who comes and what it would cost them, and award.

    budget (n,); named (3,) bits of the draws of how many bid, who, and at what cost, that are made
    for the week; low, high: ends of costs over the budget; cumulative, incumbent, factor, bonus,
    table: as in `bid_for`. Returns, each (n,): the winning firm, -1 for an integrator, price, cost,
    how many bid; and, each (F,): tenders won, their price, their cost.
    """
    tenders, seats, firms = budget.shape[0], table.shape[0] - 1, cumulative.shape[0]
    number, drawn = np.empty(tenders), np.empty((tenders, seats))
    place = np.empty((tenders, seats))
    how_many, who = key_of(named[0], week, 0), key_of(named[1], week, 0)
    at_cost = key_of(named[2], week, 0)
    for one in range(tenders):
        number[one] = 2.0 + np.floor((seats - 1) * uniform(how_many, np.uint64(one)))
        for seat in range(seats):
            chair = np.uint64(one * seats + seat)
            drawn[one, seat], place[one, seat] = uniform(who, chair), uniform(at_cost, chair)
    firm, bid, at, bidders = bid_for(
        number, drawn, place, cumulative, incumbent, factor, bonus, table
    )
    price, cost = np.empty(tenders), np.empty(tenders)
    wins, won, spent = np.zeros(firms, np.int64), np.zeros(firms), np.zeros(firms)
    for one in range(tenders):
        price[one] = budget[one] * bid[one]
        cost[one] = budget[one] * (low + (high - low) * at[one])
        if firm[one] < firms:
            wins[firm[one]] += 1
            won[firm[one]] += price[one]
            spent[firm[one]] += cost[one]
        else:
            firm[one] = -1
    return firm, price, cost, bidders, wins, won, spent
