"""What happens to one person in a week, compiled: competing hazards, decided with integers.

A person is one 32-bit word of two slots. A slot is start week (9 bits), app code (4 bits, 0 for
none), bought by ads (1 bit), tier (2 bits). The low slot is filled first, so the word 0 is a
person without an app and a word below 2^16 a person with one.

A hazard is an integer in units of 2^-40 per week, and a person's one uniform number of the week
has 40 bits: a byte shared with nobody, from a hash that eight people share, then 32 bits of a hash
of the person's own. The byte alone rules out most people (`consumer_thinning`), the whole number
and the sum of hazards are made for the rest, and only who acts costs more.

Functions here are parts of `consumer_kernel`, which holds the loops over people. This module
imports numba; import it only where consumers are advanced.
"""

from math import expm1
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.compiled import inlined
from sim.world.consumer_bits import entry

I64 = NDArray[np.int64]
U32 = NDArray[np.uint32]
F64 = NDArray[np.float64]

CODES = 16
SLOT = 0xFFFF
KIND_OF_SLOT = 127
"""Code, bought and tier of a slot; what stands above is its start week."""
SLOT_KINDS = 128
PAIRS = CODES * CODES
ADOPTIONS = 128
"""8 x app + source, padded to a power of two."""
ONE = float(1 << 40)
UNTIL = ADOPTIONS + 1
LARGEST = 1 << 46
LARGEST_LEAVE = 1 << 53
"""Largest hazards; leaving a closed app must outweigh everything else."""
NEVER = 1 << 62

SOURCES = 8
PAID = 0
LEFT_FREE, LEFT_PAYING, BEGAN_TO_PAY, CEASED_TO_PAY = 8, 9, 10, 11
KINDS = 16
"""Kinds of event: adoption by source (paid, pushed, organic, spread, up to four of a researcher's
own), then the four above."""

LOW_32 = 0xFFFFFFFF
_S32 = np.uint64(32)
_LOW_32 = np.uint64(LOW_32)


class Rates(NamedTuple):
    """Hazards of one week as the kernel reads them; integers in units of 2^-40 per week.

    S segments, A apps, W weeks. A kind of slot is its low 7 bits: code, bought, tier.
    """

    bounds: NDArray[np.uint32]
    """(S, 4, 6) of the shared byte by its place in the word and class; see `keep`."""
    young: int
    """The slot from which a start is recent."""
    leave_base: F64
    """(2 W,) by start week and bought; its product with the factor is cut to an integer."""
    leave_factor: F64
    """(S x 128,) by kind of slot; 0 for an empty one."""
    tier: I64
    """(128,) of changing the tier, by kind of slot."""
    take_up: I64
    """(S x 256,) of taking up an app, by codes held (16 low + high); 0 for two apps."""
    first: I64
    """(S x 129,) hazards of a first app, cumulative from 0 over apps and their sources."""
    second: I64
    """(S x 129,) likewise of a second app, the one already held included."""
    subscribe: I64
    """(16,) of a free user to basic, by code."""
    switch_share: int
    """In units of 2^-32."""
    switch: I64
    """(17,) weights of the apps that a leaver may switch to, cumulative from 0 by code."""


class Tally(NamedTuple):
    """Who holds what, in agents, by the bits of the words, so that an event moves it unbranched."""

    pairs: I64
    """(S, 16, 16) people by code of the low and of the high slot."""
    slots: I64
    """(W, 16, 2, 4) slots by start week, code, bought by ads, tier."""


@inlined
def chosen(condition: Any, yes: Any, no: Any) -> Any:
    """Return one of two integers without a branch, which would be guessed wrongly too often."""
    return no ^ ((yes ^ no) & -np.int64(condition))


@inlined
def sure(hazard: Any) -> Any:
    """Return 1 - exp(-hazard), in units of 2^-40."""
    return np.int64(-expm1(-hazard / ONE) * ONE)


@inlined
def happens(uniform: Any, hazard: Any) -> Any:
    """Is a uniform number below 1 - exp(-hazard)? x - x^2 / 2 lies below it and mostly decides."""
    x = np.float64(hazard)
    if uniform < x - x * x * (0.5 / ONE) - x * 1e-12 - 2.0:
        return True
    return uniform < sure(hazard)


@inlined
def part(total: Any, fraction: Any) -> Any:
    """Return floor(total x fraction / 2^32) exactly."""
    # A product of two 32-bit numbers fits 64 bits only without a sign.
    low = (np.uint64(total) & _LOW_32) * np.uint64(fraction)
    return (total >> 32) * fraction + np.int64(low >> _S32)


@inlined
def code_of(slot: Any) -> Any:
    """Return the app's code: its number plus 1, 0 of an empty slot."""
    return (slot >> 3) & 15


@inlined
def codes_of(word: Any) -> Any:
    """Return both codes in one number: 16 times the low slot's plus the high slot's."""
    return ((word << 1) & 0xF0) | ((word >> 19) & 15)


@inlined
def new_slot(week: Any, code: Any, kind: Any) -> Any:
    """Return a slot that starts this week in the free tier."""
    return (week << 7) | (code << 3) | chosen(kind == PAID, 4, 0)


@inlined
def leaving(slot: Any, base: Any, factor: Any, of_segment: Any) -> Any:
    """Return the hazard of leaving the app in a slot; 0 of an empty one."""
    start_and_bought = ((slot >> 6) & 0x3FE) | ((slot >> 2) & 1)
    multiplier = entry(factor, of_segment * SLOT_KINDS + (slot & KIND_OF_SLOT))
    return np.int64(min(entry(base, start_and_bought) * multiplier, float(LARGEST_LEAVE)))


@inlined
def any_event(word: Any, base: Any, factor: Any, tier: Any, take_up: Any, segment: Any) -> Any:
    """Return the sum of a person's hazards, whatever the person holds, without a branch."""
    low, high = word & SLOT, word >> 16
    return (
        leaving(low, base, factor, segment)
        + leaving(high, base, factor, segment)
        + entry(tier, low & KIND_OF_SLOT)
        + entry(tier, high & KIND_OF_SLOT)
        + entry(take_up, segment * PAIRS + codes_of(word))
    )


@inlined
def picked(x: Any, until: Any, segment: Any) -> Any:
    """Return the first of 128 adoptions whose cumulative hazard, until[1 + it], exceeds x."""
    first = segment * UNTIL
    place = first + chosen(entry(until, first + 64) <= x, 64, 0)
    place += chosen(entry(until, place + 32) <= x, 32, 0)
    place += chosen(entry(until, place + 16) <= x, 16, 0)
    place += chosen(entry(until, place + 8) <= x, 8, 0)
    place += chosen(entry(until, place + 4) <= x, 4, 0)
    place += chosen(entry(until, place + 2) <= x, 2, 0)
    return place + chosen(entry(until, place + 1) <= x, 1, 0) - first


@inlined
def second_adoption(x: Any, held: Any, until: Any, segment: Any) -> Any:
    """Return the adoption that x picks for a person who holds one app: any but that app's."""
    place = segment * UNTIL + held * SOURCES
    before, after = entry(until, place), entry(until, place + SOURCES)
    return picked(x + chosen(x >= before, after - before, 0), until, segment)


@inlined
def next_code(random: Any, left: Any, kept: Any, until: Any) -> Any:
    """Return the code of the app that a leaver switches to: not the left or kept one; 0, none."""
    below, above = min(left, kept), max(left, kept)
    start, skipped = until[below], until[below + 1] - until[below]
    second_start, second_skipped = until[above], until[above + 1] - until[above]
    total = until[CODES] - skipped - second_skipped
    if total == 0:
        return 0
    x = part(total, np.int64(random & _LOW_32))
    x += chosen(x >= start, skipped, 0)
    x += chosen(x >= second_start, second_skipped, 0)
    code = 0
    while until[code + 1] <= x:
        code += 1
    return code


@inlined
def with_app(word: Any, slot: Any) -> Any:
    """Return the word of a person with at most one app who takes up another."""
    return word | (slot << chosen(word == 0, 0, 16))


@inlined
def new_tier(slot: Any, x: Any, subscribe: Any) -> Any:
    """Return the slot after a change of tier; of a free one, x picks basic or premium."""
    begun = slot | chosen(x < entry(subscribe, code_of(slot)), 1, 2)
    return chosen((slot & 3) != 0, slot & ~3, begun)


@inlined
def act(
    word: Any,
    x: Any,
    week: Any,
    segment: Any,
    base: Any,
    factor: Any,
    tier: Any,
    second: Any,
    subscribe: Any,
) -> Any:
    """Return (word after, code lost, code gained, kind) of the event that x picks for a holder.

    x lies below the sum of the person's hazards and walks through them until it falls into one:
    leaving or changing the tier of the low slot, then of the high one, then a second app. All
    outcomes are worked out and one is selected, because a branch on what somebody does is guessed
    wrongly every other time. A leaver is left without another app here; see `switch`.
    """
    low, high = word & SLOT, word >> 16
    leave, change = leaving(low, base, factor, segment), entry(tier, low & KIND_OF_SLOT)
    of_high = (high != 0) & (x >= leave + change)
    x -= chosen(of_high, leave + change, 0)
    slot, rest = chosen(of_high, high, low), chosen(of_high, low, high)
    leave = chosen(of_high, leaving(high, base, factor, segment), leave)
    change = chosen(of_high, entry(tier, high & KIND_OF_SLOT), change)
    code, pays = code_of(slot), (slot & 3) != 0
    gone, adopts = x < leave, (high == 0) & (x >= leave + change)
    adoption = second_adoption(max(x - leave - change, 0), code - 1, second, segment)
    source, adopted = adoption % SOURCES, adoption // SOURCES + 1
    tiered = new_tier(slot, x - leave, subscribe)
    with_tier = chosen(of_high, low | (tiered << 16), tiered | (high << 16))
    with_second = low | (new_slot(week, adopted, source) << 16)
    after = chosen(gone, rest, chosen(adopts, with_second, with_tier))
    gained = chosen(gone, 0, chosen(adopts, adopted, code))
    kind = chosen(adopts, source, chosen(gone, LEFT_FREE, BEGAN_TO_PAY) + pays)
    return after, chosen(adopts, 0, code), gained, kind


@inlined
def move(before: Any, after: Any, segment: Any, pairs: Any, slots: Any) -> None:
    """Count a person under the word after an event, no longer under the one before."""
    pairs[segment * PAIRS + codes_of(before)] -= 1
    pairs[segment * PAIRS + codes_of(after)] += 1
    slots[before & SLOT] -= 1
    slots[before >> 16] -= 1
    slots[after & SLOT] += 1
    slots[after >> 16] += 1
