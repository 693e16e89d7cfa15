"""What the consumer kernel reads in a week: keys of the draws, hazards as integers, bounds.

Imports the kernel and with it numba; import it only where consumers are advanced.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.core.streams import Streams, stable_id
from sim.world.consumer_events import SOURCES, Rates
from sim.world.consumer_tables import integers, keys_of, possible
from sim.world.consumers import SOURCES as KNOWN_SOURCES
from sim.world.consumers import TIERS, ConsumerError, Consumers, Hazards

F64 = NDArray[np.float64]
U64 = NDArray[np.uint64]


def week_keys(streams: Streams, segments: tuple[str, ...], week: int) -> U64:
    """Return the keys (3, S) of the week's draws: shared bytes, own bits, switching."""
    keys: U64 = keys_of(streams.named("consumer"), week, _ids(segments))
    return keys


@lru_cache(maxsize=64)
def _ids(segments: tuple[str, ...]) -> U64:
    return np.array([stable_id(f"segment:{name}") for name in segments], dtype=np.uint64)


def week_rates(consumers: Consumers, hazards: Hazards, week: int) -> Rates:
    """Turn a week's hazards into the kernel's integers, with the bounds that thin.

    Raises ConsumerError when a table has the wrong shape, a negative or an infinite number.
    """
    _check(consumers, hazards)
    # Row-major whatever came in: for another layout numba would compile once more.
    row_major = np.ascontiguousarray
    bounds, young, base, factor, tier, take_up, first, second, subscribe, switch = integers(
        row_major(hazards.adopt),
        float(hazards.second),
        row_major(hazards.leave_base),
        row_major(hazards.leave_factor),
        row_major(hazards.switch_weight),
        row_major(hazards.subscribe),
        row_major(hazards.lapse),
        consumers.slots_by_kind,
        consumers.weeks,
        week,
    )
    return Rates(
        bounds=bounds,
        young=young,
        leave_base=base,
        leave_factor=factor,
        tier=tier,
        take_up=take_up,
        first=first,
        second=second,
        subscribe=subscribe,
        switch_share=round(hazards.switch_share * (1 << 32)),
        switch=switch,
    )


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
    for name, table in tables.items():
        if not possible(table.ravel()):
            raise ConsumerError(
                f"hazards.{name} lies in {table.min()} to {table.max()}; 0 to finite is possible"
            )
    if not 0 <= hazards.second < np.inf:
        raise ConsumerError(f"hazards.second is {hazards.second}; 0 to finite is possible")
    if not 0 <= hazards.switch_share <= 1:
        raise ConsumerError(f"hazards.switch_share is {hazards.switch_share}; 0 to 1 is possible")
