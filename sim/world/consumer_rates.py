"""What the consumer kernel reads in a week: keys of the draws, hazards as integers, bounds.

Imports the kernel and with it numba; import it only where consumers are advanced.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.core.streams import Streams, stable_id
from sim.world.consumer_events import SOURCES, Rates
from sim.world.consumer_tables import impossible, integers, keys_of
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
    tables = _checked(consumers, hazards)
    bounds, young, base, factor, tier, take_up, first, second, subscribe, switch = integers(
        tables["adopt"],
        float(hazards.second),
        tables["leave_base"],
        tables["leave_factor"],
        tables["switch_weight"],
        tables["subscribe"],
        tables["lapse"],
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


def _checked(consumers: Consumers, hazards: Hazards) -> dict[str, F64]:
    """Return the tables by name, row by row whatever came in.

    Refuses those that the kernel would read beyond their end or turn into wrong integers.
    """
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
    # For another layout numba would compile once more.
    tables: dict[str, F64] = {name: np.ascontiguousarray(getattr(hazards, name)) for name in shapes}
    for name, shape in shapes.items():
        if tables[name].shape != shape or tables[name].size == 0:
            raise ConsumerError(f"hazards.{name} has shape {tables[name].shape}; {shape} is needed")
    wrong = impossible(*tables.values())
    if wrong >= 0:
        name, table = list(tables.items())[wrong]
        raise ConsumerError(
            f"hazards.{name} lies in {table.min()} to {table.max()}; 0 to finite is possible"
        )
    if not 0 <= hazards.second < np.inf:
        raise ConsumerError(f"hazards.second is {hazards.second}; 0 to finite is possible")
    if not 0 <= hazards.switch_share <= 1:
        raise ConsumerError(f"hazards.switch_share is {hazards.switch_share}; 0 to 1 is possible")
    return tables
