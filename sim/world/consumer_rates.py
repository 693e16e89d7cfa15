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
    SOURCES,
    UNTIL,
    Rates,
)
from sim.world.consumer_thinning import BYTES
from sim.world.consumers import SOURCES as KNOWN_SOURCES
from sim.world.consumers import TIERS, ConsumerError, Consumers, Hazards

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]
U32 = NDArray[np.uint32]

YOUNG_WEEKS = 8
"""Weeks held up to which a person counts as young when people are thinned; speed only."""
PLACES = 8 * np.arange(BYTES)[:, None]
"""Of the four shared bytes in a word."""


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
    tier[1 : a + 1, :, 0] = (begin[:, 0] + begin[:, 1])[:, None]
    tier[1 : a + 1, :, 1 : len(TIERS)] = _units(hazards.lapse)[:, None]
    take_up = np.zeros((s, CODES, CODES), np.int64)
    first_until, take_up[:, 0, 0], _ = _until(first)
    second_until, any_second, second_by_app = _until(second)
    take_up[:, 1 : a + 1, 0] = any_second[:, None] - second_by_app
    table = hazards.leave_base
    start = np.minimum(np.maximum(week - 1 - np.arange(consumers.weeks), 0), table.shape[1] - 1)
    base = np.multiply(table.T[start], ONE, order="C")
    bounds, young = _bounds(consumers, base, factor, tier, take_up, week)
    return Rates(
        bounds=bounds,
        young=young,
        leave_base=base.ravel(),
        leave_factor=factor.ravel(),
        tier=tier.ravel(),
        take_up=take_up.ravel(),
        first=first_until,
        second=second_until,
        subscribe=subscribe,
        switch_share=round(hazards.switch_share * (1 << 32)),
        switch=_switch(hazards.switch_weight),
    )


def _switch(weight: F64) -> I64:
    """Return the weights (17,) of apps that leavers take up, cumulative from 0 by code."""
    until = np.zeros(CODES + 1, np.int64)
    largest = float(weight.max(initial=0.0)) or 1.0
    until[2 : len(weight) + 2] = np.rint(weight / largest * ONE)
    return np.add.accumulate(until, out=until)


def _bounds(
    consumers: Consumers, base: F64, factor: F64, tier: I64, take_up: I64, week: int
) -> tuple[U32, int]:
    """Return bounds (S, 4, 6) of the shared byte for each class, and the first young slot.

    A bound is the highest hazard of anybody in the class, in units of 2^-8 a week: the probability
    of an event is below its hazard. An app or tier that nobody holds does not count.
    """
    cut = max(week - YOUNG_WEEKS, 0)
    here = factor * (consumers.slots_by_kind > 0)
    by_tier = here.reshape(len(here), -1, here.shape[3]).max(axis=1)
    begin, change = tier[:, :, 0].max(), tier.max()
    old, young = base[:cut].max(initial=0.0), base[cut : week + 1].max()
    most = max(old, young)
    leave = np.outer((old, young, most), by_tier[:, 0])
    old_free, young_free, any_free = np.minimum(leave, LARGEST_LEAVE).astype(np.int64) + begin
    paying = np.minimum(most * by_tier.max(axis=1), LARGEST_LEAVE).astype(np.int64) + change
    second = take_up[:, 1:, 0].max(axis=1)
    highest = np.array(
        [
            take_up[:, 0, 0],
            old_free + second,
            young_free + second,
            2 * old_free,
            young_free + any_free,
            2 * paying + second,
        ]
    ).T
    byte = np.minimum(highest >> 32, 255) + 1
    return ((byte[:, None] << PLACES) - 1).astype(np.uint32), max(cut << 7, 1)


def _until(given: I64) -> tuple[I64, I64, I64]:
    """Return hazards (S x 129,), cumulative from 0 app by app, each in order of source; sums.

    The sums are (S,) over apps and (S, A) by app.
    """
    s, a, sources = given.shape
    hazards = np.zeros((s, a, SOURCES), np.int64)
    hazards[:, :, :sources] = given
    until = np.full((s, UNTIL), NEVER, np.int64)
    until[:, 0] = 0
    end = a * SOURCES
    np.add.accumulate(hazards.reshape(s, end), axis=1, out=until[:, 1 : 1 + end])
    ends = until[:, : end + 1 : SOURCES]
    return until.ravel(), until[:, end], ends[:, 1:] - ends[:, :-1]


def _units(hazard: F64) -> I64:
    """Return hazards per week in the kernel's units, at most its largest.

    Row-major whatever came in: for another layout numba would compile once more.
    """
    units: I64 = np.rint(np.minimum(hazard * ONE, LARGEST)).astype(np.int64, order="C")
    return units


def _check(consumers: Consumers, hazards: Hazards) -> None:
    """Refuse tables that the kernel would read beyond their end or turn into wrong integers."""
    s, a = len(consumers.segments), len(consumers.apps)
    # A researcher's own sources stand behind those of the model.
    own = min(max(hazards.adopt.shape[-1], len(KNOWN_SOURCES)), SOURCES)
    shapes = {
        "adopt": (s, a, own),
        "leave_base": (2, *hazards.leave_base.shape[1:2]),
        "leave_factor": (s, a, len(TIERS)),
        "switch_weight": (a,),
        "subscribe": (a, 2),
        "lapse": (a, 2),
    }
    tables: dict[str, F64] = {name: getattr(hazards, name) for name in shapes}
    for name, shape in shapes.items():
        if tables[name].shape != shape or tables[name].size == 0:
            raise ConsumerError(f"hazards.{name} has shape {tables[name].shape}; {shape} is needed")
    # All at once, because this is done every week; what is wrong is looked for afterwards.
    if not _possible(np.concatenate([table.ravel() for table in tables.values()])):
        for name, table in tables.items():
            if not _possible(table):
                raise ConsumerError(
                    f"hazards.{name} lies in {table.min()} to {table.max()}; "
                    "0 to finite is possible"
                )
    if not 0 <= hazards.second < np.inf:
        raise ConsumerError(f"hazards.second is {hazards.second}; 0 to finite is possible")
    if not 0 <= hazards.switch_share <= 1:
        raise ConsumerError(f"hazards.switch_share is {hazards.switch_share}; 0 to 1 is possible")


def _possible(hazard: F64) -> bool:
    return bool(hazard.min() >= 0 and hazard.max() < np.inf)
