"""The week of every consumer, compiled: one pass over all people, block by block.

A block's people are thinned by one byte each (`consumer_thinning`); who is kept gets a whole
uniform number and the sum of its hazards; who acts is worked out (`consumer_events`), written
back and counted. Each of these is a loop of its own over notes on the block's people, because a
loop that does one thing to everybody is guessed rightly, and mostly done for several at once.

This module imports numba; import it only where consumers are advanced.
"""

from typing import Any

import numpy as np

from sim.core.compiled import compiled, inlined, mixed
from sim.world.consumer_events import (
    ADOPTIONS,
    CODES,
    KINDS,
    LOW_32,
    PAIRS,
    SLOT,
    SOURCES,
    act,
    any_event,
    chosen,
    code_of,
    happens,
    move,
    new_slot,
    next_code,
    part,
    picked,
    with_app,
)
from sim.world.consumer_thinning import (
    BLOCK,
    COLUMNS,
    HALVES,
    keep,
    share_bytes,
    shared_byte,
    survivors,
)

PITCH = BLOCK + 8
"""Between columns of notes: a cache line apart, or they would drive each other out of the cache."""
KEPT, OWN, WORD, SUM, UNIFORM, ORDER, WHO, BEFORE, AFTER, POINT, OUTCOME = range(
    0, 11 * PITCH, PITCH
)
NOTES = 11 * PITCH
"""Where the columns of notes on the people of a block begin."""

_S32 = np.uint64(32)


@inlined
def candidates(
    words: Any,
    row: Any,
    halves: Any,
    number: Any,
    start: Any,
    key: Any,
    segment: Any,
    base: Any,
    factor: Any,
    tier: Any,
    take_up: Any,
    notes: Any,
) -> Any:
    """Complete the uniform of who was kept; list whom it leaves below the sum of hazards.

    People without an app fill the list (ORDER) from the front, holders from the back, so that
    each kind is handled in a loop of its own. Returns how many of each. No branch depends on a
    person, and what can be is worked out for several at once.
    """
    for n in range(number):
        notes[WORD + n] = np.int64(words[row + notes[KEPT + n]])
    for n in range(number):
        notes[OWN + n] = np.int64(mixed(key ^ np.uint64(start + notes[KEPT + n])))
    for n in range(number):
        notes[SUM + n] = any_event(notes[WORD + n], base, factor, tier, take_up, segment)
    without, holders = 0, 0
    for n in range(number):
        byte, word, total = shared_byte(halves, notes[KEPT + n]), notes[WORD + n], notes[SUM + n]
        uniform = (byte << 32) | ((notes[OWN + n] >> 32) & LOW_32)
        notes[UNIFORM + n] = uniform
        place = chosen(word == 0, without, BLOCK - 1 - holders) & (BLOCK - 1)
        notes[ORDER + place] = n
        without += (uniform < total) & (word == 0)
        holders += (uniform < total) & (word != 0)
    return without, holders


@inlined
def adopt(
    words: Any,
    row: Any,
    inside: Any,
    week: Any,
    segment: Any,
    first: Any,
    without: Any,
    notes: Any,
    made: Any,
) -> None:
    """Let people without an app take one up; count them in made by segment and adoption."""
    acted = 0
    for place in range(without):
        n = notes[ORDER + place]
        i, total = notes[KEPT + n], notes[SUM + n]
        if i < inside and happens(notes[UNIFORM + n], total):
            adoption = picked(part(total, notes[OWN + n] & LOW_32), first, segment)
            slot = new_slot(week, adoption // SOURCES + 1, adoption % SOURCES)
            words[row + i] = np.uint32(slot)
            notes[OUTCOME + acted] = adoption
            acted += 1
    # Counted afterwards: a counter read right after another was written would wait for it.
    for n in range(acted):
        made[segment * ADOPTIONS + notes[OUTCOME + n]] += 1


@inlined
def holders_act(
    words: Any,
    row: Any,
    week: Any,
    segment: Any,
    base: Any,
    factor: Any,
    tier: Any,
    second: Any,
    subscribe: Any,
    holders: Any,
    notes: Any,
) -> Any:
    """Let holders act, but for switching; note who, the word before and after, and the outcome.

    An outcome is (16 code lost + code gained) 16 + kind. Returns how many acted.
    """
    acted = 0
    for place in range(BLOCK - holders, BLOCK):
        n = notes[ORDER + place]
        total = notes[SUM + n]
        if happens(notes[UNIFORM + n], total):
            notes[WHO + acted], notes[BEFORE + acted] = notes[KEPT + n], notes[WORD + n]
            notes[POINT + acted] = part(total, notes[OWN + n] & LOW_32)
            acted += 1
    for n in range(acted):
        word, x = notes[BEFORE + n], notes[POINT + n]
        after, lost, gained, kind = act(
            word, x, week, segment, base, factor, tier, second, subscribe
        )
        notes[AFTER + n] = after
        notes[OUTCOME + n] = (lost * CODES + gained) * KINDS + kind
    for n in range(acted):
        words[row + notes[WHO + n]] = np.uint32(notes[AFTER + n])
    return acted


@inlined
def settle(
    words: Any,
    row: Any,
    acted: Any,
    start: Any,
    key: Any,
    week: Any,
    segment: Any,
    share: Any,
    until: Any,
    notes: Any,
    pairs: Any,
    slots: Any,
    happened: Any,
) -> None:
    """Count what holders did, and let some of those who left an app take up another."""
    for n in range(acted):
        move(notes[BEFORE + n], notes[AFTER + n], segment, pairs, slots)
        happened[notes[OUTCOME + n]] += 1
    for n in range(acted):
        i, word, outcome = notes[WHO + n], notes[AFTER + n], notes[OUTCOME + n]
        random = mixed(key ^ np.uint64(start + i))
        lost, gained = outcome // (CODES * KINDS), (outcome // KINDS) % CODES
        if np.int64(random >> _S32) >= share or gained != 0:
            continue
        gained = next_code(random, lost, code_of(word), until)
        if gained != 0:
            after = with_app(word, new_slot(week, gained, outcome % KINDS))
            move(word, after, segment, pairs, slots)
            happened[outcome] -= 1
            happened[outcome + gained * KINDS] += 1
            words[row + i] = np.uint32(after)


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
    bytes, own bits, switching; events (16, 16, 16) by code lost, code gained, kind. Changes words,
    tally and events; no block reads what another wrote.
    """
    halves, masks = np.empty(HALVES, np.uint32), np.empty(COLUMNS, np.uint32)
    notes = np.empty(NOTES, np.int64)
    # Flat tables, unpacked once: a view or a field used in the loop would be counted as a
    # reference for each block or person.
    bounds, young, base, factor, tier, take_up, first, second = rates[:8]
    subscribe, share, switch = rates[8:]
    pairs, slots, happened = tally[0].ravel(), tally[1].ravel(), events.ravel()
    made = np.zeros(size.shape[0] * ADOPTIONS, np.int64)
    for block in range(first_block, last_block):
        segment = segment_of_block[block]
        row, start = block * BLOCK, (block - block_of_segment[segment]) * BLOCK
        share_bytes(keys[0, segment], np.uint64(start // 8), halves)
        keep(words, row, halves, young, bounds, segment, masks)
        number = survivors(masks, notes, KEPT)
        without, holders = candidates(
            words,
            row,
            halves,
            number,
            start,
            keys[1, segment],
            segment,
            base,
            factor,
            tier,
            take_up,
            notes,
        )
        inside = size[segment] - start
        adopt(words, row, inside, week, segment, first, without, notes, made)
        acted = holders_act(
            words, row, week, segment, base, factor, tier, second, subscribe, holders, notes
        )
        settle(
            words,
            row,
            acted,
            start,
            keys[2, segment],
            week,
            segment,
            share,
            switch,
            notes,
            pairs,
            slots,
            happened,
        )
    count_first(made, week, pairs, slots, happened)


@compiled
def count_first(made: Any, week: Any, pairs: Any, slots: Any, happened: Any) -> None:
    """Count people who took up their first app, made by segment and adoption."""
    for place in range(made.shape[0]):
        number = made[place]
        segment, adoption = place // ADOPTIONS, place % ADOPTIONS
        code, kind = adoption // SOURCES + 1, adoption % SOURCES
        if number:
            pairs[segment * PAIRS] -= number
            pairs[segment * PAIRS + CODES * code] += number
            slots[0] -= number
            slots[new_slot(week, code, kind)] += number
            happened[code * KINDS + kind] += number


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
