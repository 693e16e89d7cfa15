"""Thinning: who may act this week, decided for whole vectors of people with one byte each.

The top eight bits of a person's uniform number are a byte of a hash that eight people share. A
person whose byte lies above the bound of people in the same class would have no event, whatever
the other bits. Bounds only spare work: a looser one lets more people through to the exact test and
changes nothing else.

A block is 2,048 people: 32 rows of 64, one bit of a 32-bit mask for each row. Hash h of a block
gives eight bytes; person i reads 32-bit half i mod 512 (low halves first), byte i div 512.

This module imports numba; import it only where consumers are advanced.
"""

from typing import Any

import numpy as np

from sim.core.compiled import compiled, mixed
from sim.world.consumer_bits import list_bits

COLUMNS = 64
ROWS = 32
BLOCK = COLUMNS * ROWS
HASHES = BLOCK // 8
HALVES = 2 * HASHES
HALF_ROWS = HALVES // COLUMNS
BYTES = 4
CLASSES = 6
"""No app; one free app, old or young; two free apps, old or young; somebody who pays."""

_S32 = np.uint64(32)
_ONE_APP = np.uint32(1)
_TWO_APPS = np.uint32(1 << 16)
_PAYING = np.uint32(0x00030003)
_NONE = np.uint32(0)
_BIT = np.uint32(1)


@compiled
def share_bytes(key: Any, first: Any, halves: Any) -> None:
    """Draw a block's hashes, numbered from first, into halves (512,) uint32."""
    for j in range(HASHES):
        drawn = mixed(key ^ (first + np.uint64(j)))
        halves[j] = np.uint32(drawn)
        halves[j + HASHES] = np.uint32(drawn >> _S32)


@compiled
def shared_byte(halves: Any, i: Any) -> Any:
    """Return the byte of person i in the block."""
    return (np.int64(halves[i & (HALVES - 1)]) >> ((i >> 9) << 3)) & 255


@compiled
def keep(
    words: Any, first: Any, halves: Any, young: Any, bounds: Any, segment: Any, masks: Any
) -> None:
    """Set bit r of masks[c] where person 64 r + c may act.

    words, of which the block begins at first; young, the slot from which a start is recent; bounds
    (S, 4, 6) uint32, for byte b of a half and each class: the bound in that byte, all bits below
    it set; masks (64,).
    """
    people = words[first : first + BLOCK]
    recent = np.uint32(young)
    recent_second = np.uint32(young << 16)
    for c in range(COLUMNS):
        masks[c] = _NONE
    for byte in range(BYTES):
        nobody, one = bounds[segment, byte, 0], bounds[segment, byte, 1]
        one_young, two = bounds[segment, byte, 2], bounds[segment, byte, 3]
        two_young, paying = bounds[segment, byte, 4], bounds[segment, byte, 5]
        lowest = np.uint32((np.int64(1) << (8 * byte + 8)) - 1)
        for row in range(HALF_ROWS):
            bit = np.uint32(_BIT << np.uint32(HALF_ROWS * byte + row))
            start, half = (HALF_ROWS * byte + row) * COLUMNS, row * COLUMNS
            # Selections, not branches: the compiler makes vector instructions of this loop.
            for c in range(COLUMNS):
                word = people[start + c]
                bound = one if word >= _ONE_APP else nobody
                bound = one_young if word >= recent else bound
                bound = two if word >= _TWO_APPS else bound
                bound = two_young if word >= recent_second else bound
                bound = paying if (word & _PAYING) != _NONE else bound
                masks[c] |= bit if (halves[half + c] & lowest) <= bound else _NONE


@compiled
def survivors(masks: Any, listed: Any, first: Any) -> Any:
    """List the people in the masks in listed[first:], 2,048 and 3 to spare; return how many."""
    count = first
    for pair in range(COLUMNS // 2):
        both = np.uint64(masks[2 * pair]) | (np.uint64(masks[2 * pair + 1]) << _S32)
        before = count
        count = list_bits(both, listed, count)
        for n in range(before, count):
            bit = listed[n]
            listed[n] = (bit & 31) * COLUMNS + 2 * pair + (bit >> 5)
    return count - first
