"""The week of every consumer, compiled: competing hazards, decided with integers.

A person is one 32-bit word of two slots. A slot is start week (9 bits), app code (4 bits, 0 for
none), bought by ads (1 bit), tier (2 bits). The low slot is filled first, so the word 0 is a
person without an app and a word below 2^16 a person with one.

A hazard is an integer in units of 2^-40 per week. A person's uniform number has 48 bits: the top
16 come from a hash that four people share (people j, j + 64, j + 128, j + 192 of each 256), the
rest from a hash of the person's own. The shared bits are compared with an upper bound of the
hazard first, so the second hash and the sum of hazards are computed for few people only. This
thinning is exact: whoever it drops would have had no event, whatever the bound.

This module imports numba; import it only where consumers are advanced.
"""

from collections.abc import Callable
from math import expm1
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.core.streams import GOLDEN, MULTIPLY_1, MULTIPLY_2

I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]
F64 = NDArray[np.float64]

BLOCK = 256
SHARED = BLOCK // 4
CODES = 16
SLOTS_PER_WEEK = 128
SLOT = 0xFFFF
ONE = float(1 << 40)
LARGEST = 1 << 46
LARGEST_LEAVE = 1 << 53
"""Largest hazards; leaving a closed app must outweigh everything else."""

SOURCES = 4
PAID = 0
LEFT_FREE, LEFT_PAYING, BEGAN_TO_PAY, CEASED_TO_PAY = 4, 5, 6, 7
KINDS = 8
"""Kinds of event: adoption by source (paid, pushed, organic, spread), then the four above."""

_GOLDEN = np.uint64(GOLDEN)
_MULTIPLY_1 = np.uint64(MULTIPLY_1)
_MULTIPLY_2 = np.uint64(MULTIPLY_2)
_S16, _S27, _S30, _S31, _S32 = (np.uint64(s) for s in (16, 27, 30, 31, 32))
_LOW_16 = np.uint64(0xFFFF)
_LOW_32 = np.uint64(0xFFFFFFFF)

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile with the result kept on disk and the interpreter lock released."""
    return cast(Function, njit(cache=True, nogil=True)(function))


class Rates(NamedTuple):
    """Hazards of one week as the kernel reads them; integers in units of 2^-40 per week.

    S segments, A apps, K weeks held.
    """

    limit: U64
    """(S, 4) bounds the shared 16 bits of people without an app; with one free app held for long;
    with one taken up lately (a slot of `young` or more); and of all others."""
    young: int
    adopt_until: I64
    """(S, 4 A) cumulative, app by app, each in order of source."""
    adopt_total: I64
    second: I64
    """(S, 4 A) of taking up a second app."""
    second_total: I64
    """(S, A) of taking up any other than the app held."""
    leave_base: F64
    """(2, K) by bought and weeks held; its product with the factor is cut to an integer."""
    leave_factor: F64
    """(S, A, 3)"""
    subscribe: I64
    """(A, 2)"""
    tier: I64
    """(A, 3) of leaving the tier."""
    switch_share: int
    """In units of 2^-32."""
    switch_weight: I64


class Tally(NamedTuple):
    """Who holds what, in agents, by the bits of the words, so that an event moves it unbranched."""

    pairs: I64
    """(S, 16, 16) people by code of the low and of the high slot."""
    slots: I64
    """(W, 16, 2, 4) slots by start week, code, bought by ads, tier."""


@compiled
def mixed(x: Any) -> Any:
    """Scramble 64 bits as `sim.core.streams.mix` does."""
    x = x + _GOLDEN
    x = (x ^ (x >> _S30)) * _MULTIPLY_1
    x = (x ^ (x >> _S27)) * _MULTIPLY_2
    return x ^ (x >> _S31)


@compiled
def thin(people: Any, key: Any, group: Any, limit: Any, young: Any, bits: Any, keep: Any) -> None:
    """Set keep[i] for each of 256 people whose top 16 bits leave an event possible."""
    for j in range(SHARED):
        bits[j] = mixed(key ^ (group + np.uint64(j)))
    nobody, settled, lately, other = limit[0], limit[1], limit[2], limit[3]
    for lane in range(4):
        shift = np.uint64(16 * lane)
        for j in range(SHARED):
            word = people[lane * SHARED + j]
            bound = settled
            if word >= young:
                bound = lately
            if word > np.uint32(SLOT) or (word & np.uint32(3)) != 0:
                bound = other
            if word == 0:
                bound = nobody
            keep[lane * SHARED + j] = ((bits[j] >> shift) & _LOW_16) <= bound


@compiled
def happens(uniform: Any, hazard: Any) -> Any:
    """Is a 48-bit uniform number below 1 - exp(-hazard)? The first test spares the exponential."""
    if uniform >= (hazard << 8):
        return False
    return uniform < np.int64(-expm1(-hazard / ONE) * (1 << 48))


@compiled
def part(total: Any, fraction: Any) -> Any:
    """Return floor(total x fraction / 2^32) exactly."""
    return (total >> 32) * fraction + (((total & 0xFFFFFFFF) * fraction) >> 32)


@compiled
def code_of(slot: Any) -> Any:
    """Return the app's code: its number plus 1, 0 of an empty slot."""
    return (slot >> 3) & 15


@compiled
def new_slot(week: Any, code: Any, kind: Any) -> Any:
    """Return a slot that starts this week in the free tier."""
    return (week << 7) | (code << 3) | (4 if kind == PAID else 0)


@compiled
def leaving(slot: Any, segment: Any, week: Any, base: Any, factor: Any) -> Any:
    """Return the hazard of leaving the app in a slot."""
    held = min(max(week - (slot >> 7) - 1, 0), base.shape[1] - 1)
    hazard = base[(slot >> 2) & 1, held] * factor[segment, code_of(slot) - 1, slot & 3]
    return np.int64(min(hazard, float(LARGEST_LEAVE)))


@compiled
def any_event(
    word: Any, segment: Any, week: Any, adopt: Any, second: Any, tier: Any, base: Any, factor: Any
) -> Any:
    """Return the sum of a person's hazards."""
    if word == 0:
        return adopt[segment]
    low = word & SLOT
    app = code_of(low) - 1
    total = leaving(low, segment, week, base, factor) + tier[app, low & 3]
    high = word >> 16
    if high == 0:
        return total + second[segment, app]
    return total + leaving(high, segment, week, base, factor) + tier[code_of(high) - 1, high & 3]


@compiled
def first_adoption(x: Any, until: Any) -> Any:
    """Return the adoption (4 x app + source) that x picks for a person without an app."""
    adoption = 0
    while until[adoption] <= x:
        adoption += 1
    return adoption


@compiled
def second_adoption(x: Any, held: Any, second: Any) -> Any:
    """Return the adoption (4 x app + source) that x picks for a person who holds one app."""
    for adoption in range(second.shape[0]):
        if adoption // SOURCES != held:
            x -= second[adoption]
            if x < 0:
                return adoption
    return -1


@compiled
def next_code(random: Any, left: Any, kept: Any, share: Any, weight: Any) -> Any:
    """Return the code of the app that a leaver takes up at once, or 0; not the left or kept one."""
    if np.int64(random >> _S32) >= share:
        return 0
    total = 0
    for app in range(weight.shape[0]):
        if app + 1 not in (left, kept):
            total += weight[app]
    x = part(total, np.int64(random & _LOW_32))
    for app in range(weight.shape[0]):
        if app + 1 not in (left, kept):
            x -= weight[app]
            if x < 0:
                return app + 1
    return 0


@compiled
def with_app(word: Any, slot: Any) -> Any:
    """Return the word of a person with at most one app who takes up another."""
    return slot if word == 0 else word | (slot << 16)


@compiled
def new_tier(slot: Any, x: Any, subscribe: Any) -> Any:
    """Return the slot after a change of tier; of a free one, x picks basic or premium."""
    if slot & 3:
        return slot & ~3
    return slot | (1 if x < subscribe[code_of(slot) - 1, 0] else 2)


@compiled
def act(
    word: Any,
    x: Any,
    random: Any,
    week: Any,
    segment: Any,
    until: Any,
    second: Any,
    base: Any,
    factor: Any,
    subscribe: Any,
    tier: Any,
    share: Any,
    weight: Any,
) -> Any:
    """Return (word after, code lost, code gained, kind) of the event that x picks.

    x lies below the sum of the person's hazards and walks through them until it falls into one.
    """
    if word == 0:
        adoption = first_adoption(x, until[segment])
        gained, kind = adoption // SOURCES + 1, adoption % SOURCES
        return new_slot(week, gained, kind), 0, gained, kind
    low, high = word & SLOT, word >> 16
    slot, rest = low, high
    leave = leaving(low, segment, week, base, factor)
    change = tier[code_of(low) - 1, low & 3]
    if high != 0 and x >= leave + change:
        x -= leave + change
        slot, rest = high, low
        leave = leaving(high, segment, week, base, factor)
    code = code_of(slot)
    if x < leave:
        gained = next_code(random, code, code_of(rest), share, weight)
        kind = LEFT_PAYING if slot & 3 else LEFT_FREE
        after = with_app(rest, new_slot(week, gained, kind)) if gained else rest
        return after, code, gained, kind
    if high != 0 or x < leave + change:
        kind = CEASED_TO_PAY if slot & 3 else BEGAN_TO_PAY
        changed = new_tier(slot, x - leave, subscribe)
        after = (high << 16) | changed if rest == high else low | (changed << 16)
        return after, code, code, kind
    adoption = second_adoption(x - leave - change, code - 1, second[segment])
    gained, kind = adoption // SOURCES + 1, adoption % SOURCES
    return with_app(low, new_slot(week, gained, kind)), 0, gained, kind


@compiled
def advance_blocks(
    words: Any,
    segment_of_block: Any,
    block_of_segment: Any,
    size: Any,
    keys: Any,
    week: Any,
    rates: Any,
    tally: Any,
    events: Any,
    first_block: Any,
    last_block: Any,
) -> None:
    """Advance the people of some blocks by one week.

    words (rows,) uint32; segment_of_block (blocks,); block_of_segment (S,) the first block of a
    segment; size (S,) people in a segment, the rows after them are padding; keys (3, S) of shared
    bits, own bits, switching; events (16, 16, 8) by code lost, code gained, kind. Changes words,
    tally and events; no block reads what another wrote.
    """
    bits = np.empty(SHARED, np.uint64)
    keep = np.empty(BLOCK, np.uint8)
    survivors = np.empty(BLOCK, np.int64)
    # Fields are unpacked once: an access inside the loop would count references for each person.
    limit, young, until, adopt, second, second_total, base, factor = rates[:8]
    subscribe, tier, share, weight = rates[8:]
    pairs, slots = tally[0], tally[1].ravel()
    for block in range(first_block, last_block):
        segment = segment_of_block[block]
        start = (block - block_of_segment[segment]) * BLOCK
        people = words[block * BLOCK : (block + 1) * BLOCK]
        shared_key, own_key, switch_key = keys[0, segment], keys[1, segment], keys[2, segment]
        group = np.uint64(start // 4)
        thin(people, shared_key, group, limit[segment], np.uint32(young), bits, keep)
        count = 0
        for i in range(min(BLOCK, size[segment] - start)):
            survivors[count] = i
            count += keep[i]
        for i in survivors[:count]:
            identity = np.uint64(start + i)
            own = mixed(own_key ^ identity)
            top = (bits[i % SHARED] >> np.uint64(16 * (i // SHARED))) & _LOW_16
            word = np.int64(people[i])
            total = any_event(word, segment, week, adopt, second_total, tier, base, factor)
            if not happens(np.int64((top << _S32) | (own >> _S32)), total):
                continue
            x = part(total, np.int64(own & _LOW_32))
            random = mixed(switch_key ^ identity)
            after, lost, gained, kind = act(
                word,
                x,
                random,
                week,
                segment,
                until,
                second,
                base,
                factor,
                subscribe,
                tier,
                share,
                weight,
            )
            low, high = word & SLOT, word >> 16
            pairs[segment, code_of(low), code_of(high)] -= 1
            pairs[segment, code_of(after & SLOT), code_of(after >> 16)] += 1
            slots[low] -= 1
            slots[high] -= 1
            slots[after & SLOT] += 1
            slots[after >> 16] += 1
            events[lost, gained, kind] += 1
            people[i] = np.uint32(after)


@compiled
def count_words(
    words: Any, segment_of_block: Any, block_of_segment: Any, size: Any, tally: Any
) -> None:
    """Add every person's state to the counts of an empty tally."""
    slots = tally.slots.ravel()
    for row in range(words.shape[0]):
        segment = segment_of_block[row // BLOCK]
        if row - block_of_segment[segment] * BLOCK < size[segment]:
            low, high = words[row] & SLOT, words[row] >> 16
            tally.pairs[segment, code_of(low), code_of(high)] += 1
            slots[low] += 1
            slots[high] += 1
