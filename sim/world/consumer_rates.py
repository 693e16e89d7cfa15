"""What the consumer kernel reads in a week: keys of the draws, hazards as integers, bounds.

Imports the kernel and with it numba; import it only where consumers are advanced.
"""

import numpy as np
from numpy.typing import NDArray

from sim.core.streams import Streams, mix, stable_id
from sim.world.consumer_kernel import LARGEST, LARGEST_LEAVE, ONE, Rates
from sim.world.consumers import SOURCES, TIERS, ConsumerError, Consumers, Hazards

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

YOUNG_WEEKS = 8
"""Weeks held up to which a person counts as young when people are thinned; speed only."""


def week_keys(streams: Streams, segments: tuple[str, ...], week: int) -> NDArray[np.uint64]:
    """Return the keys (3, S) of the week's draws: shared bits, own bits, switching."""
    names = [stable_id(f"segment:{name}") for name in segments]
    keys = (streams.key("consumer", week, draw) for draw in range(3))
    return np.array([[mix(key ^ name) for name in names] for key in keys], dtype=np.uint64)


def week_rates(consumers: Consumers, hazards: Hazards, week: int) -> Rates:
    """Turn a week's hazards into the kernel's integers, with the bounds that thin.

    Raises ConsumerError when a table has the wrong shape, a negative or an infinite number.
    """
    _check(consumers, hazards)
    s, a = len(consumers.segments), len(consumers.apps)
    adopt = _units(hazards.adopt).reshape(s, a * len(SOURCES))
    second = _units(hazards.adopt * hazards.second)
    second_by_app = second.sum(axis=2)
    second_total = second_by_app.sum(axis=1, keepdims=True) - second_by_app
    subscribe, lapse = _units(hazards.subscribe), _units(hazards.lapse)
    tier = np.column_stack([subscribe.sum(axis=1), lapse])
    base = np.multiply(hazards.leave_base, ONE, order="C")
    largest_weight = float(hazards.switch_weight.max(initial=0.0)) or 1.0
    until = np.cumsum(adopt, axis=1)

    cut = min(YOUNG_WEEKS, base.shape[1] - 1)
    factor = np.where(consumers.tiers > 0, hazards.leave_factor, 0.0)
    free = factor[:, :, 0].max(axis=1)
    leave_settled = np.minimum(base[:, cut:].max() * free, LARGEST_LEAVE)
    leave_young = np.minimum(base.max() * free, LARGEST_LEAVE)
    leave_any = np.minimum(base.max() * factor.max(axis=(1, 2)), LARGEST_LEAVE)
    change = tier[:, 0].max() + second_total.max(axis=1)
    settled, young = (leave.astype(np.int64) + change for leave in (leave_settled, leave_young))
    other = 2 * (leave_any.astype(np.int64) + tier.max()) + second_total.max(axis=1)
    limit = np.minimum(np.column_stack([until[:, -1], settled, young, other]) >> 24, 0xFFFF)
    return Rates(
        limit=limit.astype(np.uint64),
        young=max(week - cut, 0) << 7,
        adopt_until=until,
        adopt_total=until[:, -1].copy(),
        second=second.reshape(s, a * len(SOURCES)),
        second_total=second_total,
        leave_base=base,
        leave_factor=np.array(hazards.leave_factor, dtype=np.float64, order="C"),
        subscribe=subscribe,
        tier=tier,
        switch_share=round(hazards.switch_share * (1 << 32)),
        switch_weight=np.rint(hazards.switch_weight / largest_weight * ONE).astype(np.int64),
    )


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
