"""Which inputs an outcome depends on: Sobol indices from a Saltelli design.

A design is made of two independent samples A and B of n points and, for each input i, the sample
A with the column i of B. Outcomes come back in the order of the points.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.core.errors import SimError
from sim.core.streams import Streams

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]


class SensitivityError(SimError):
    """A design that cannot be made, or outcomes that do not belong to one."""


@dataclass(frozen=True)
class SobolIndices:
    """Shares of an outcome's variance by input, each (d,), with the ends of their intervals.

    first: what the input explains alone. total: what would remain if all others were known.
    """

    first: F64
    first_low: F64
    first_high: F64
    total: F64
    total_low: F64
    total_high: F64


def saltelli_design(inputs: int, points: int, seed: int) -> F64:
    """Return where to evaluate an outcome: points of the unit cube, (points (d + 2), d).

    Rows come as A, B, then A with column 1 of B, and so on to column d. A and B are halves of a
    scrambled Sobol sequence in 2 d dimensions, so they fill the cube evenly.

    inputs d, at least 1; points n, a power of 2; seed of the scrambling. Raises SensitivityError
    for other numbers. Source: Saltelli et al. 2010, Computer Physics Communications 181.
    """
    if inputs < 1:
        raise SensitivityError(f"{inputs} inputs; 1 or more are needed")
    if points < 2 or points & (points - 1):
        raise SensitivityError(f"{points} points; a power of 2 is needed, such as 1024")
    from scipy.stats import qmc

    both = qmc.Sobol(2 * inputs, seed=np.random.default_rng(seed)).random(points)
    a, b = both[:, :inputs], both[:, inputs:]
    mixed = np.broadcast_to(a, (inputs, points, inputs)).copy()
    for i in range(inputs):
        mixed[i, :, i] = b[:, i]
    return np.concatenate([a, b, mixed.reshape(-1, inputs)])


def sobol_indices(
    outcomes: ArrayLike, inputs: int, level: float = 0.9, resamples: int = 500, seed: int = 0
) -> SobolIndices:
    """Return first-order and total Sobol indices of an outcome with bootstrap intervals.

    S_i = mean(f_B (f_ABi - f_A)) / V, T_i = mean((f_A - f_ABi)^2) / (2 V), V the variance of f_A
    and f_B together; outcomes are taken from their mean first, which changes nothing but the noise.

    outcomes (n (d + 2),) in the order of `saltelli_design`; inputs d; level of the intervals;
    resamples of the n rows, drawn by seed. Raises SensitivityError for another number of outcomes,
    one that is not finite, or one that is the same everywhere. Source: Saltelli et al. 2010 (first
    order), Jansen 1999 (total). Limit: Ishigami's function, a = 7, b = .1: first .3139, .4424, 0;
    total .5576, .4424, .2437.
    """
    f = np.asarray(outcomes, dtype=np.float64)
    if inputs < 1 or f.ndim != 1 or len(f) == 0 or len(f) % (inputs + 2):
        raise SensitivityError(
            f"outcomes have shape {f.shape}; {inputs} inputs need a multiple of {inputs + 2}"
        )
    if not np.isfinite(f).all():
        raise SensitivityError(f"{int((~np.isfinite(f)).sum())} of {len(f)} outcomes are no number")
    if np.ptp(f) == 0.0:
        raise SensitivityError(f"the outcome is {f[0]:g} everywhere; nothing explains it")
    table = f.reshape(inputs + 2, -1)
    first, total = _indices(table)
    n = table.shape[1]
    rows = np.arange(n, dtype=np.uint64)
    again = np.array(
        [
            _indices(
                table[:, (Streams(seed, number).uniforms("bootstrap", rows, 0) * n).astype(int)]
            )
            for number in range(resamples)
        ]
    )
    ends = np.nanquantile(again, [(1.0 - level) / 2.0, (1.0 + level) / 2.0], axis=0)
    return SobolIndices(first, ends[0, 0], ends[1, 0], total, ends[0, 1], ends[1, 1])


def _indices(table: F64) -> tuple[F64, F64]:
    """First-order and total indices of outcomes (d + 2, n); nan where a resample is constant."""
    centred = table - table[:2].mean()
    a, b, mixed = centred[0], centred[1], centred[2:]
    variance = centred[:2].var() or np.nan
    first: F64 = (b * (mixed - a)).mean(axis=1) / variance
    total: F64 = ((a - mixed) ** 2).mean(axis=1) / (2.0 * variance)
    return first, total
