"""Randomness as a function: a draw is a hash of who decides what, when, and nothing else.

Every draw is keyed (seed, replicate, named decision, entity, week, draw index). There is no
state, so no draw depends on how many came before it, on threads, or on which mechanisms are on;
two scenarios with one seed share every draw that both of them make.

The mixer is the finaliser of splitmix64 (Steele, Lea & Flood 2014), applied once per key word.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import blake2b
from math import cos, exp, log, pi, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

U64 = NDArray[np.uint64]
F64 = NDArray[np.float64]

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
MULTIPLY_1 = 0xBF58476D1CE4E5B9
MULTIPLY_2 = 0x94D049BB133111EB
UNIT = 2.0**-53
GOLDENS, FIRST, SECOND = np.uint64(GOLDEN), np.uint64(MULTIPLY_1), np.uint64(MULTIPLY_2)
BY_27, BY_30, BY_31 = (np.uint64(bits) for bits in (27, 30, 31))


@lru_cache(maxsize=4096)
def stable_id(name: str) -> int:
    """Return 64 bits that depend on the name alone: the same in every process and release."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little")


def mix(x: int) -> int:
    """Scramble 64 bits (splitmix64 finaliser)."""
    x = (x + GOLDEN) & MASK
    x = ((x ^ (x >> 30)) * MULTIPLY_1) & MASK
    x = ((x ^ (x >> 27)) * MULTIPLY_2) & MASK
    return x ^ (x >> 31)


def mix_array(x: U64) -> U64:
    """Scramble each element as `mix` does."""
    x = x + GOLDENS
    x = (x ^ (x >> BY_30)) * FIRST
    x = (x ^ (x >> BY_27)) * SECOND
    return x ^ (x >> BY_31)


def entity_ids(names: tuple[str, ...]) -> U64:
    """Return the stable ids of names, shape (len(names),)."""
    return np.array([stable_id(name) for name in names], dtype=np.uint64)


@lru_cache(maxsize=4096)
def _named(root: int, decision: str) -> int:
    """Return the part of a decision's key that no week changes."""
    return mix(root ^ stable_id(decision))


@lru_cache(maxsize=4096)
def _signed(root: int, decision: str) -> int:
    """Return the same as a number of 64 bits with a sign, which compiled code takes at once."""
    named = _named(root, decision)
    return named - (named >> 63 << 64)


@dataclass(frozen=True)
class Streams:
    """All random numbers of one replicate."""

    seed: int
    replicate: int = 0

    @cached_property
    def root(self) -> int:
        return mix(mix(self.seed & MASK) ^ (self.replicate & MASK))

    def named(self, decision: str) -> int:
        """Return the bits of a decision that no week changes, as compiled code takes them."""
        return _signed(self.root, decision)

    def key(self, decision: str, week: int, draw: int = 0) -> int:
        """Return the 64-bit key of one decision in one week; entities are mixed into it."""
        return mix(_named(self.root, decision) ^ ((week & 0xFFFFFFFF) << 32 | draw))

    def uniform(self, decision: str, entity: str | int, week: int, draw: int = 0) -> float:
        """Return one number in [0, 1)."""
        identity = stable_id(entity) if isinstance(entity, str) else entity
        return (mix(self.key(decision, week, draw) ^ (identity & MASK)) >> 11) * UNIT

    def uniforms(self, decision: str, entities: ArrayLike, week: int, draw: int = 0) -> F64:
        """Return one number in [0, 1) per entity; entities are uint64 ids of any shape."""
        # numba takes long to load, and much of the package draws nothing.
        from sim.core.draws import uniforms

        identity = np.asarray(entities, dtype=np.uint64)
        drawn: F64 = uniforms(self.named(decision), week, draw, identity.ravel())
        return drawn if identity.ndim == 1 else drawn.reshape(identity.shape)

    def normal(self, decision: str, entity: str | int, week: int, draw: int = 0) -> float:
        """Return one standard normal number (Box and Muller 1958; uses draws 2i and 2i + 1)."""
        u = 1.0 - self.uniform(decision, entity, week, 2 * draw)
        return sqrt(-2.0 * log(u)) * cos(
            2.0 * pi * self.uniform(decision, entity, week, 2 * draw + 1)
        )

    def normals(self, decision: str, entities: ArrayLike, week: int, draw: int = 0) -> F64:
        """Return one standard normal number per entity."""
        first, second = (self.uniforms(decision, entities, week, 2 * draw + one) for one in (0, 1))
        radius: F64 = np.sqrt(-2.0 * np.log(1.0 - first))
        return np.asarray(radius * np.cos(2.0 * np.pi * second))

    def poisson(self, decision: str, entity: str | int, week: int, mean: float) -> int:
        """Return a Poisson count by inverting its distribution: monotone in mean for one key."""
        u = self.uniform(decision, entity, week)
        log_probability, count = -mean, 0
        cumulative = exp(log_probability)
        while u >= cumulative and count < 10 * mean + 50:
            count += 1
            log_probability += log(mean / count)
            cumulative += exp(log_probability)
        return count
