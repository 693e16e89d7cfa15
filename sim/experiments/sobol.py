"""Which inputs an outcome depends on: Sobol indices from a Saltelli design, replicate by replicate.

A design is made of two independent samples A and B of n points and, for each input i, the sample
A with the column i of B. Outcomes come back in the order of the points. Replicate r of every point
has the same luck, so that each replicate is a function of the inputs alone; its sums are taken
apart, then averaged, and luck never passes for an effect.

Own code of a page, and not scipy.stats.sobol_indices or SALib: neither takes replicates with common
luck or points that failed. On complete points without luck the numbers agree with theirs.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.core.errors import SimError
from sim.core.streams import Streams

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

FEWEST_ROWS = 2


class SensitivityError(SimError):
    """A design that cannot be made, or outcomes that do not belong to one."""


@dataclass(frozen=True)
class SobolIndices:
    """Shares of an outcome's variance by input, each (d,), with the ends of their intervals.

    first: what the input explains alone. total: what would remain if all others were known.
    rows: effective sample size (d,), rows of the design that are complete, on average over the
    replicates.
    """

    first: F64
    first_low: F64
    first_high: F64
    total: F64
    total_low: F64
    total_high: F64
    rows: F64


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
    With replicates, numerators and V are those of each replicate, averaged.

    outcomes (n (d + 2),) or (n (d + 2), R) in the order of `saltelli_design`, NaN where a run
    failed: a row of the design counts where the three points an index needs are there. inputs d;
    level of the intervals; resamples of rows, and of replicates, drawn by seed. Raises
    SensitivityError for another number of outcomes, fewer than two complete rows, or an outcome
    that is the same everywhere or in every replicate. Source: Saltelli et al. 2010 (first order),
    Jansen 1999 (total).
    Limit: Ishigami's function, a = 7, b = .1: first .3139, .4424, 0; total .5576, .4424, .2437.
    """
    f = np.asarray(outcomes, dtype=np.float64)
    f = f[:, None] if f.ndim == 1 else f
    if inputs < 1 or f.ndim != 2 or f.size == 0 or len(f) % (inputs + 2):
        raise SensitivityError(
            f"outcomes have shape {f.shape}; {inputs} inputs need a multiple of {inputs + 2}"
        )
    table = np.where(np.isfinite(f), f, np.nan).reshape(inputs + 2, -1, f.shape[1])
    known = np.isfinite(table)
    complete = known[0] & known[1] & known[2:]
    if complete.sum(axis=(1, 2)).min() < FEWEST_ROWS:
        failed = int((~np.isfinite(f)).sum())
        raise SensitivityError(
            f"{failed} of {f.size} outcomes are no number; fewer than two rows are complete"
        )
    if np.nanmin(f) == np.nanmax(f):
        raise SensitivityError(f"the outcome is {np.nanmax(f):g} everywhere; nothing explains it")
    sums = _Sums(table, complete)
    n, replicates = table.shape[1:]
    first, total = sums.indices(np.ones(n), np.ones(replicates))
    if not np.isfinite(total).any():
        raise SensitivityError("the outcome differs by luck alone; no input moves it")
    again = np.array(
        [
            sums.indices(
                _counts(Streams(seed, number), "bootstrap", n),
                _counts(Streams(seed, number), "bootstrap luck", replicates),
            )
            for number in range(resamples)
        ]
    )
    ends = np.nanquantile(again, [(1.0 - level) / 2.0, (1.0 + level) / 2.0], axis=0)
    rows = complete.sum(axis=(1, 2)) / replicates
    return SobolIndices(first, ends[0, 0], ends[1, 0], total, ends[0, 1], ends[1, 1], rows)


class _Sums:
    """The summands of the indices by row and replicate, to be weighted as often as wanted."""

    def __init__(self, table: F64, complete: NDArray[np.bool_]) -> None:
        with np.errstate(invalid="ignore"):
            middle = np.nanmean(table[:2], axis=(0, 1))
        a, b, mixed = (part - middle for part in (table[0], table[1], table[2:]))
        self.complete = complete
        self.first = np.where(complete, b * (mixed - a), 0.0)
        self.total = np.where(complete, 0.5 * (a - mixed) ** 2, 0.0)
        self.ends = np.stack([a, b])
        self.known = np.isfinite(self.ends)
        self.ends = np.where(self.known, self.ends, 0.0)

    def indices(self, rows: F64, luck: F64) -> tuple[F64, F64]:
        """Return both indices, (d,) each; NaN where a resample is constant."""
        count = np.einsum("inr,n,r->i", self.complete, rows, luck)
        variance = self._variance(rows, luck) or np.nan
        with np.errstate(divide="ignore", invalid="ignore"):
            first, total = (
                np.einsum("inr,n,r->i", part, rows, luck) / count / variance
                for part in (self.first, self.total)
            )
        return first, total

    def _variance(self, rows: F64, luck: F64) -> float:
        """Return the variance over the rows of each replicate, averaged."""
        weight = np.einsum("knr,n->r", self.known, rows)
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = np.einsum("knr,n->r", self.ends, rows) / weight
            square = np.einsum("knr,n->r", self.ends**2, rows) / weight
        each = np.where(weight > 0, square - mean**2, 0.0)
        return float((each * luck).sum() / luck[weight > 0].sum()) if (weight > 0).any() else 0.0


def _counts(streams: Streams, name: str, size: int) -> F64:
    """Return how often a resample draws each of so many; one alone is always drawn."""
    drawn = (streams.uniforms(name, np.arange(size, dtype=np.uint64), 0) * size).astype(np.int64)
    counts: F64 = np.bincount(drawn, minlength=size).astype(np.float64)
    return counts
