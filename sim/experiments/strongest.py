"""Which outcomes of a sweep depend most on which inputs: pairs of them, the strongest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.experiments.ranked_inputs import Grid
from sim.experiments.screening import first_from_data
from sim.experiments.sobol import SensitivityError
from sim.scenario.ranges import Value

F64 = NDArray[np.float64]

LOOKED_AT = 2000
"""Points among which pairs are looked for; a design is even in its first ones too."""

WEAKEST = 0.1
"""Share of the variance under which a pair is not told from chance."""


LEAST_SPREAD = 0.01
"""Standard deviation between points, beside the largest size, under which nothing varies."""


@dataclass(frozen=True)
class Pair:
    """An outcome and an input that explains a share of its variance between points."""

    outcome: str
    key: str
    share: float
    values: tuple[Value | None, ...]
    """(P,): of the input."""
    outcomes: F64
    """(P, R): of each point and replicate, NaN where there is none."""


def strongest_pairs(grid: Grid, outcomes: Sequence[str], most: int) -> tuple[Pair, ...]:
    """Return the pairs of which the input explains most, at most two for each outcome.

    The share is the first-order index from the points as they are (`first_from_data`). An outcome
    that differs by less than a hundredth of its size is left out, however well explained.

    grid: of a sweep; outcomes: names that it kept; most: how many pairs. Points of which no run is
    done count for nothing; too few points give no pairs.
    """
    found: list[Pair] = []
    for name in outcomes:
        whole = grid.outcome(name)
        if not _varies(whole):
            continue
        mine = [_pair(grid, whole, name, i, one.key) for i, one in enumerate(grid.inputs)]
        strong = sorted(filter(None, mine), key=lambda pair: -pair.share)
        found += [pair for pair in strong[:2] if pair.share >= WEAKEST]
    return tuple(sorted(found, key=lambda pair: -pair.share)[:most])


def _varies(whole: F64) -> bool:
    known = whole[np.isfinite(whole).any(axis=1)]
    if not known.size:
        return False
    # Replicates share their luck at every point, so their mean varies by the inputs alone.
    means = np.nanmean(known, axis=1)
    return bool(means.std() > LEAST_SPREAD * np.abs(means).max())


def _pair(grid: Grid, whole: F64, name: str, number: int, key: str) -> Pair | None:
    values = tuple(point[number] for point in grid.values)
    place = slice(0, LOOKED_AT)
    try:
        share, *_ = first_from_data(values[place], whole[place], resamples=0)
    except SensitivityError:
        return None
    return Pair(name, key, share, values, whole)
