"""What the consumer kernel reads in a week: keys of the draws, hazards as integers, bounds.

Imports the kernel and with it numba; import it only where consumers are advanced.
"""

import numpy as np
from numpy.typing import NDArray

from sim.core.streams import Streams, mix, stable_id
from sim.world.consumer_events import (
    CODES,
    LARGEST,
    LARGEST_LEAVE,
    NEVER,
    ONE,
    UNTIL,
    Rates,
)
from sim.world.consumer_thinning import BYTES
from sim.world.consumers import SOURCES, TIERS, ConsumerError, Consumers, Hazards

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]
U32 = NDArray[np.uint32]

YOUNG_WEEKS = 8
"""Weeks held up to which a person counts as young when people are thinned; speed only."""


def week_keys(streams: Streams, segments: tuple[str, ...], week: int) -> NDArray[np.uint64]:
    """Return the keys (3, S) of the week's draws: shared bytes, own bits, switching."""
    names = [stable_id(f"segment:{name}") for name in segments]
    keys = (streams.key("consumer", week, draw) for draw in range(3))
    return np.array([[mix(key ^ name) for name in names] for key in keys], dtype=np.uint64)


def week_rates(consumers: Consumers, hazards: Hazards, week: int) -> Rates:
    """Turn a week's hazards into the kernel's integers, with the bounds that thin.

    Raises ConsumerError when a table has the wrong shape, a negative or an infinite number.
    """
    _check(consumers, hazards)
    s, a = len(consumers.segments), len(consumers.apps)
    first = _units(hazards.adopt)
    second = _units(hazards.adopt * hazards.second)
    factor = np.zeros((s, CODES, 2, 4))
    factor[:, 1 : a + 1, :, : len(TIERS)] = hazards.leave_factor[:, :, None]
    subscribe, tier = np.zeros(CODES, np.int64), np.zeros((CODES, 2, 4), np.int64)
    begin = _units(hazards.subscribe)
    subscribe[1 : a + 1] = begin[:, 0]
    tier[1 : a + 1, :, 0] = begin.sum(axis=1, keepdims=True)
    tier[1 : a + 1, :, 1 : len(TIERS)] = _units(hazards.lapse)[:, None]
    take_up = np.zeros((s, CODES, CODES), np.int64)
    by_app = second.sum(axis=2)
    take_up[:, 1 : a + 1, 0] = by_app.sum(axis=1, keepdims=True) - by_app
    take_up[:, 0, 0] = first.sum(axis=(1, 2))
    weight = hazards.switch_weight
    largest_weight = float(weight.max(initial=0.0)) or 1.0
    switch = np.zeros(CODES + 1, np.int64)
    switch[2 : a + 2] = np.rint(weight / largest_weight * ONE).astype(np.int64)
    np.cumsum(switch, out=switch)
    held = np.clip(week - 1 - np.arange(consumers.weeks), 0, hazards.leave_base.shape[1] - 1)
    base = np.multiply(hazards.leave_base[:, held].T, ONE, order="C")
    bounds, young = _bounds(consumers, base, factor, tier, take_up, week)
    return Rates(
        bounds=bounds,
        young=young,
        leave_base=base.ravel(),
        leave_factor=factor.ravel(),
        tier=tier.ravel(),
        take_up=take_up.ravel(),
        first=_until(first),
        second=_until(second),
        subscribe=subscribe,
        switch_share=round(hazards.switch_share * (1 << 32)),
        switch=switch,
    )


def _bounds(
    consumers: Consumers, base: F64, factor: F64, tier: I64, take_up: I64, week: int
) -> tuple[U32, int]:
    """Return bounds (S, 4, 6) of the shared byte for each class, and the first young slot.

    A bound is the highest hazard of anybody in the class, in units of 2^-8 a week: the probability
    of an event is below its hazard. An app or tier that nobody holds does not count.
    """
    cut = max(week - YOUNG_WEEKS, 0)
    here = np.where(consumers.slots_by_kind > 0, factor, 0.0)
    free, any_tier = here[:, :, :, 0].max(axis=(1, 2)), here.max(axis=(1, 2, 3))
    begin = tier[:, :, 0].max()
    old, young = base[:cut].max(initial=0.0), base[cut : week + 1].max()
    most = max(old, young)
    second = take_up[:, 1:, 0].max(axis=1)
    highest = np.column_stack(
        [
            take_up[:, 0, 0],
            _leave(old * free) + begin + second,
            _leave(young * free) + begin + second,
            2 * (_leave(old * free) + begin),
            _leave(young * free) + _leave(most * free) + 2 * begin,
            2 * (_leave(most * any_tier) + tier.max()) + second,
        ]
    )
    byte = np.minimum(highest >> 32, 255)
    place = 8 * np.arange(BYTES)[:, None]
    return (((byte[:, None] + 1) << place) - 1).astype(np.uint32), max(cut << 7, 1)


def _leave(hazard: F64) -> I64:
    """Cut hazards of leaving to the kernel's integers."""
    return np.minimum(hazard, LARGEST_LEAVE).astype(np.int64)


def _until(hazards: I64) -> I64:
    """Return hazards (S x 65,), cumulative from 0 app by app, each in order of source."""
    flat = hazards.reshape(len(hazards), -1)
    until = np.full((len(flat), UNTIL), NEVER, np.int64)
    until[:, 0] = 0
    np.cumsum(flat, axis=1, out=until[:, 1 : 1 + flat.shape[1]])
    return until.ravel()


def _units(hazard: F64) -> I64:
    """Return hazards per week in the kernel's units, at most its largest.

    Row-major whatever came in: for another layout numba would compile once more.
    """
    units: I64 = np.rint(np.minimum(hazard * ONE, LARGEST)).astype(np.int64, order="C")
    return units


def _check(consumers: Consumers, hazards: Hazards) -> None:
    """Refuse tables that the kernel would read beyond their end or turn into wrong integers."""
    s, a = len(consumers.segments), len(consumers.apps)
    shapes = {
        "adopt": (s, a, len(SOURCES)),
        "leave_base": (2, *hazards.leave_base.shape[1:2]),
        "leave_factor": (s, a, len(TIERS)),
        "switch_weight": (a,),
        "subscribe": (a, 2),
        "lapse": (a, 2),
    }
    for name, shape in shapes.items():
        table: F64 = getattr(hazards, name)
        if table.shape != shape or table.size == 0:
            raise ConsumerError(f"hazards.{name} has shape {table.shape}; {shape} is needed")
        if not (table.min() >= 0 and table.max() < np.inf):
            raise ConsumerError(
                f"hazards.{name} lies in {table.min()} to {table.max()}; 0 to finite is possible"
            )
    if not 0 <= hazards.second < np.inf:
        raise ConsumerError(f"hazards.second is {hazards.second}; 0 to finite is possible")
    if not 0 <= hazards.switch_share <= 1:
        raise ConsumerError(f"hazards.switch_share is {hazards.switch_share}; 0 to 1 is possible")
