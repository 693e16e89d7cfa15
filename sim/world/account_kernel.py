"""The week of every API account, compiled: review, choose, prune, grow, host, add up (E7).

One pass over the accounts, whatever the number of vendors: an account holds few vendors, in slots,
and a choice is one search in cumulative logit shares. In words, for each account and nest:

    leave vendors that are gone; without a contract, review at the hazards of switching, adding
    and growing; whoever reviews, or has lost a vendor, draws a vendor by the logit, drops vendors
    that are not worth their keep, and signs for Exp(mean contract) whole weeks;
    s <- (s + g e_preferred) / (1 + g) for growth g; a vendor's tokens times 1 + lift when it
    replaces its model.

This module imports numba; import it only where accounts are advanced.
"""

from math import expm1, log
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from sim.core.compiled import compiled, inlined
from sim.core.draws import key_of, uniform

F64 = NDArray[np.float64]
I16 = NDArray[np.int16]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]
Flags = NDArray[np.bool_]

REVIEWING, NEW = 0, 1
"""Occasions of a choice: an old user looks around, or demand is new."""

REVIEW, CHOICE, CONTRACT = 0, 1, 2
"""Positions of a nest's own keys, which alternate with the other nest's."""
HOSTING, FREE_USE = 6, 7
KEYS = 8
"""Positions of the keys that nests share, and how many keys there are."""


class Static(NamedTuple):
    """What does not change from week to week, shape (N,)."""

    entity: U64
    kind: I64
    size: F64
    discount: F64
    able: F64
    keep_above: F64


class State(NamedTuple):
    """What changes, see `sim.world.accounts.Accounts`; K slots."""

    vendor: I16
    share: F64
    preferred: I16
    bound_until: I32
    self_hosted: Flags
    reference: F64


class Rules(NamedTuple):
    """The week's rules."""

    cumulative: F64
    """(2 nests, 2 occasions, kinds, F) cumulative choice shares."""
    gone: Flags
    """(2, F) vendors that do not sell."""
    leaving: Flags
    """(2,) whether one of them sold the week before."""
    review: F64
    """(2, 3) probabilities of switching; of that or adding; of that or new demand."""
    growth: F64
    """(2,) of demand this week, at least 0."""
    lift: F64
    """(2, F) extra use of a vendor that replaces its model."""
    free: Flags
    """(2, F) vendors whose use is free and flooded."""
    contract_weeks: F64
    """(2,) mean length of a contract."""
    week: int
    host_hazard: float
    """Of self-hosting, a week, for a fully able account."""
    recovery: float
    """Part of the gap to the usual price that an account's expectation closes a week."""
    free_tail: float
    free_most: float
    """Pareto tail and upper end of the use of a free tier over its usual use."""


class Totals(NamedTuple):
    """What the accounts add up to, in shares of the market's tokens; without those self-hosted."""

    volume: F64
    """(2, kinds, F)"""
    paid: F64
    """(2, F) volume times the share of the list price that is paid."""
    flooded: F64
    """(2, F) volume with the week's use of free vendors."""
    lifted: F64
    """(2,) use that models replaced this week added, self-hosted accounts included."""
    bound: F64
    """(2,) volume under contract."""
    customers: I64
    """(2, F) accounts."""


@compiled
def keys(named: Any, week: Any) -> Any:
    """Return the keys of a week's named draws, (KEYS,), from the decisions' own bits."""
    found = np.empty(named.shape[0], np.uint64)
    for draw in range(named.shape[0]):
        found[draw] = key_of(named[draw], week, 0)
    return found


@compiled
def pick(cumulative: Any, x: Any) -> Any:
    """Return the first vendor whose cumulative share, of the whole, exceeds x."""
    low, high = 0, cumulative.shape[0] - 1
    x = x * cumulative[high]
    while low < high:
        middle = (low + high) // 2
        if cumulative[middle] > x:
            high = middle
        else:
            low = middle + 1
    return low


@compiled
def add(vendor: Any, share: Any, firm: Any, part: Any) -> None:
    """Give tokens to a vendor; without a free slot it takes the place of the smallest."""
    smallest = 0
    for slot in range(vendor.shape[0]):
        if vendor[slot] == firm:
            share[slot] += part
            return
        if vendor[slot] < 0:
            vendor[slot] = firm
            share[slot] = part
            return
        if share[slot] < share[smallest]:
            smallest = slot
    vendor[smallest] = firm
    share[smallest] += part


@compiled
def freed(vendor: Any, share: Any, gone: Any, below: Any, keep: Any) -> Any:
    """Leave vendors that are gone and, but for one to keep, those below a share.

    Returns the share of tokens that is free then.
    """
    held, loose = 0, 0.0
    for slot in range(vendor.shape[0]):
        firm, part = vendor[slot], share[slot]
        if firm < 0:
            break
        vendor[slot] = -1
        share[slot] = 0.0
        if gone[firm] or (part < below and firm != keep):
            loose += part
        else:
            vendor[held] = firm
            share[held] = part
            held += 1
    return loose if held > 0 else 1.0


@compiled
def settled(vendor: Any, gone: Any, preferred: Any) -> Any:
    """Does an account have all the vendors it had? Those that are gone lose their tokens."""
    if preferred < 0:
        return False
    there = not gone[preferred]
    for slot in range(vendor.shape[0]):
        if vendor[slot] >= 0 and gone[vendor[slot]]:
            there = False
    return there


@compiled
def free_use(x: Any, tail: Any, most: Any) -> Any:
    """Return how many times the usual a free user takes this week: Pareto from 1, up to most."""
    return min((1.0 - x) ** (-1.0 / tail), most)


@compiled
def _host(
    entity: Any, discount: Any, able: Any, reference: Any, hosted: Any, key: Any, hazard: Any,
    recovery: Any,
) -> Any:  # fmt: skip
    """Let expected prices recover and able accounts begin to serve themselves.

    Returns the share of the list price that each account pays.
    """
    pays = np.empty(entity.shape[0])
    for a in range(entity.shape[0]):
        reference[a] += (1.0 - reference[a]) * recovery
        pays[a] = (1.0 - discount[a]) * reference[a]
        # A probability is below its hazard, so that few need the exponential.
        x, own = uniform(key, entity[a]), hazard * able[a]
        if x < own and not hosted[a]:
            hosted[a] = x < -expm1(-own)
    return pays


@compiled
def _review(
    entity: Any, kind: Any, keep_above: Any, cumulative: Any, gone: Any, review: Any, leaving: Any,
    weeks: Any, week: Any, keys: Any, vendor: Any, share: Any, preferred: Any, bound_until: Any,
) -> None:  # fmt: skip
    """Let the accounts of a nest leave vendors that are gone, and review if it is time."""
    for a in range(entity.shape[0]):
        x = uniform(keys[REVIEW], entity[a])
        if not leaving and (x >= review[2] or bound_until[a] > week):
            continue
        homeless = not settled(vendor[a], gone, preferred[a])
        if not homeless and (x >= review[2] or bound_until[a] > week):
            continue
        occasion = NEW if homeless or x >= review[1] else REVIEWING
        chosen = pick(cumulative[occasion, kind[a]], uniform(keys[CHOICE], entity[a]))
        below = 2.0 if x < review[0] else keep_above[a]
        add(vendor[a], share[a], chosen, freed(vendor[a], share[a], gone, below, chosen))
        preferred[a] = chosen
        length = -log(1.0 - uniform(keys[CONTRACT], entity[a])) * weeks
        bound_until[a] = week + 1 + np.int32(length)


@inlined
def _grow(vendor: Any, share: Any, preferred: Any, rate: Any) -> None:
    """Give an account's new demand, a share of all it then has, to its preferred vendor."""
    found = False
    for slot in range(vendor.shape[0]):
        if vendor[slot] < 0:
            break
        mine = vendor[slot] == preferred
        share[slot] = share[slot] * (1.0 - rate) + rate * mine
        found |= mine
    if not found:
        add(vendor, share, preferred, rate)


@inlined
def _replace(vendor: Any, share: Any, lift: Any) -> Any:
    """Raise an account's use of vendors that replace their model; return the factor on all use."""
    total = 0.0
    for slot in range(vendor.shape[0]):
        if vendor[slot] >= 0:
            share[slot] *= 1.0 + lift[vendor[slot]]
            total += share[slot]
    for slot in range(vendor.shape[0]):
        share[slot] /= total
    return total


@compiled
def _use(
    entity: Any, kind: Any, size: Any, vendor: Any, share: Any, preferred: Any, bound_until: Any,
    hosted: Any, pays: Any, growth: Any, lift: Any, free: Any, tail: Any, most: Any, key: Any,
    week: Any, volume: Any, paid: Any, flooded: Any, customers: Any,
) -> Any:  # fmt: skip
    """Let the use of a nest grow and rise with new models, and add it up.

    Returns by how much new models raised all use, and the volume under contract. In one pass with
    few turns that depend on the account: wrong guesses of the processor took most of the time.
    """
    lifted, bound = 0.0, 0.0
    rate, lifts = growth / (1.0 + growth), lift.any()
    for a in range(entity.shape[0]):
        usual = False
        for slot in range(vendor.shape[1]):
            usual |= vendor[a, slot] == preferred[a]
        kept, gained = 1.0 - rate, rate
        if lifts or hosted[a] or not usual:
            if growth > 0.0:
                _grow(vendor[a], share[a], preferred[a], rate)
            if lifts:
                lifted += size[a] * (_replace(vendor[a], share[a], lift) - 1.0)
            kept, gained = 1.0, 0.0
        if hosted[a]:
            continue
        bound += size[a] if bound_until[a] > week + 1 else 0.0
        for slot in range(vendor.shape[1]):
            firm = vendor[a, slot]
            if firm < 0:
                break
            share[a, slot] = share[a, slot] * kept + gained * (firm == preferred[a])
            part = size[a] * share[a, slot]
            volume[kind[a], firm] += part
            paid[firm] += part * pays[a]
            customers[firm] += 1
            if free[firm]:
                flooded[firm] += part * free_use(uniform(key, entity[a]), tail, most)
    return lifted, bound


@compiled
def uneven_nest(share: Any, preferred: Any, tolerance: Any) -> Any:
    """Return the first nest in which an account's vendor shares do not sum to 1, -1 for none.

    Who chose nobody holds nothing at all.
    """
    for nest in range(share.shape[0]):
        for a in range(share.shape[1]):
            total = 0.0
            for slot in range(share.shape[2]):
                total += share[nest, a, slot]
            chosen = preferred[nest, a] >= 0
            if not abs(total - (1.0 if chosen else 0.0)) <= (tolerance if chosen else 0.0):
                return nest
    return -1


@compiled
def _advance(
    entity: Any, kind: Any, size: Any, discount: Any, able: Any, keep_above: Any,
    vendor: Any, share: Any, preferred: Any, bound_until: Any, hosted: Any, reference: Any,
    cumulative: Any, gone: Any, leaving: Any, review: Any, growth: Any, lift: Any, free: Any,
    weeks: Any, week: Any, host_hazard: Any, recovery: Any, tail: Any, most: Any, keys: Any,
) -> Any:  # fmt: skip
    # All arguments are arrays or numbers: taking a tuple apart costs a call 15 microseconds.
    kinds, firms = cumulative.shape[2], gone.shape[1]
    volume = np.zeros((2, kinds, firms))
    paid, flooded = np.zeros((2, firms)), np.zeros((2, firms))
    lifted, bound = np.zeros(2), np.zeros(2)
    customers = np.zeros((2, firms), np.int64)
    pays = _host(
        entity, discount, able, reference, hosted, keys[HOSTING], host_hazard, recovery
    )  # fmt: skip
    for n in range(2):
        if gone[n].all():
            vendor[n], share[n], preferred[n] = -1, 0.0, -1
            continue
        new = leaving[n] or preferred[n].min() < 0
        _review(
            entity, kind, keep_above, cumulative[n], gone[n], review[n], new, weeks[n], week,
            keys[n:HOSTING:2], vendor[n], share[n], preferred[n], bound_until[n],
        )  # fmt: skip
        lifted[n], bound[n] = _use(
            entity, kind, size, vendor[n], share[n], preferred[n], bound_until[n], hosted, pays,
            growth[n], lift[n], free[n], tail, most, keys[FREE_USE], week, volume[n], paid[n],
            flooded[n], customers[n],
        )  # fmt: skip
    return volume, paid, flooded, lifted, bound, customers


def advance(static: Static, state: State, rules: Rules, keys: U64) -> Totals:
    """Advance the accounts by a week, in place; return what they add up to.

    keys: (KEYS,) from `Streams.key`, one for each named draw, so that a draw is the one that
    `Streams.uniforms` makes.
    Limit: no hazards, no growth, nothing gone: the state stays as it was.
    """
    return Totals(*cast(tuple[Any, ...], _advance(*static, *state, *rules, keys)))
