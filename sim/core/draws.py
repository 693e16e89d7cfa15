"""Uniform numbers of `sim.core.streams`, compiled: hashing a dozen firms takes under a microsecond.

This module imports numba; import it only where numbers are drawn.
"""

from typing import Any

import numpy as np

from sim.core.compiled import compiled, inlined, mixed
from sim.core.streams import UNIT

_S11 = np.uint64(11)
_S32 = np.uint64(32)
_LOW_32 = np.uint64(0xFFFFFFFF)


@inlined
def key_of(named: Any, week: Any, draw: Any) -> Any:
    """Return the key of a week from a decision's own bits, as `Streams.key` does."""
    return mixed(np.uint64(named) ^ ((np.uint64(week) & _LOW_32) << _S32 | np.uint64(draw)))


@inlined
def uniform(key: Any, entity: Any) -> Any:
    """Return the number in [0, 1) that an entity draws under a key."""
    return np.float64(mixed(entity ^ key) >> _S11) * UNIT


@compiled
def uniforms(named: Any, week: Any, draw: Any, entities: Any) -> Any:
    """Return one number in [0, 1) per entity, (n,); named: the decision's bits, signed."""
    key = key_of(named, week, draw)
    drawn = np.empty(entities.shape[0])
    for place in range(entities.shape[0]):
        drawn[place] = uniform(key, entities[place])
    return drawn
