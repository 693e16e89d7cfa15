"""Few runs for many inputs: Morris's elementary effects, each input's two ends, shares of variance.

Outcomes are (points, replicates); replicate r of every point has the same luck.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.core.streams import Streams
from sim.experiments.sobol import SensitivityError

F64 = NDArray[np.float64]

LEVELS = 4
STEP = LEVELS / (2.0 * (LEVELS - 1.0))
"""The step of a trajectory on the unit scale, 2/3 for four levels."""

FEWEST_IN_BIN, MOST_BINS = 8, 20


@dataclass(frozen=True)
class Effects:
    """Elementary effects of each input, (d,) each: outcome per unit of the input's range.

    mean: their mean; strength: the mean of their sizes (mu*) with the ends of its interval; spread:
    their standard deviation, large for an input that acts in bends or together with others;
    count: effective sample size, effects that are there on average over the replicates.
    """

    mean: F64
    strength: F64
    strength_low: F64
    strength_high: F64
    spread: F64
    count: F64


@dataclass(frozen=True)
class Split:
    """Shares of an outcome's variance: by the inputs alone, by luck alone, by both together."""

    inputs: float
    luck: float
    both: float


def morris_design(inputs: int, trajectories: int, seed: int) -> F64:
    """Return trajectories through the unit cube, (trajectories (d + 1), d).

    Each starts on a grid of four levels and moves one input after the other by 2/3, in a random
    order. Raises SensitivityError for fewer than one input or two trajectories. Source: Morris
    1991, Technometrics 33.
    """
    if inputs < 1 or trajectories < 2:
        raise SensitivityError(
            f"{inputs} inputs, {trajectories} trajectories; 1 and 2 or more are needed"
        )
    ids = np.arange(inputs, dtype=np.uint64)
    points = []
    for number in range(trajectories):
        luck = Streams(seed, number)
        order = np.argsort(luck.uniforms("order", ids, 0))
        low = np.floor(luck.uniforms("start", ids, 0) * LEVELS / 2.0) / (LEVELS - 1.0)
        up = luck.uniforms("way", ids, 0) < 0.5
        x = np.where(up, low, low + STEP)
        points.append(x.copy())
        for i in order:
            x[i] += STEP if up[i] else -STEP
            points.append(x.copy())
    return np.array(points)


def morris_effects(
    cube: F64, outcomes: ArrayLike, level: float = 0.9, resamples: int = 500, seed: int = 0
) -> Effects:
    """Return the elementary effects of a design: (f(x + s e_i) - f(x)) / s, s the step taken.

    cube as of `morris_design`; outcomes (points,) or (points, R), NaN where a run failed; level
    of the interval of mu*; resamples of trajectories, drawn by seed. Raises SensitivityError when
    the outcomes do not belong to the design or an input has no effect that is known. Source:
    Campolongo et al. 2007 (mu*). Limit: a linear function, mu* its slopes and spread 0.
    """
    f = np.asarray(outcomes, dtype=np.float64)
    f = f[:, None] if f.ndim == 1 else f
    d = cube.shape[1]
    if len(f) != len(cube) or len(cube) % (d + 1):
        raise SensitivityError(f"{len(f)} outcomes for a design of {len(cube)} points")
    each = _elementary(cube.reshape(-1, d + 1, d), f.reshape(-1, d + 1, f.shape[1]))
    known = np.isfinite(each)
    if not known.any(axis=(0, 2)).all():
        raise SensitivityError("an input has no effect that is known; too many runs failed")
    strength, mean = np.nanmean(np.abs(each), axis=(0, 2)), np.nanmean(each, axis=(0, 2))
    trajectories = len(each)
    ids = np.arange(trajectories, dtype=np.uint64)
    sizes, counts = np.where(known, np.abs(each), 0.0).sum(axis=2), known.sum(axis=2)
    again = np.empty((resamples, d))
    for number in range(resamples):
        drawn = (Streams(seed, number).uniforms("bootstrap", ids, 0) * trajectories).astype(int)
        with np.errstate(invalid="ignore", divide="ignore"):
            again[number] = sizes[drawn].sum(axis=0) / counts[drawn].sum(axis=0)
    ends = np.nanquantile(again, [(1.0 - level) / 2.0, (1.0 + level) / 2.0], axis=0)
    # Over trajectories and not over luck: an input whose effect luck alone changes acts together
    # with luck, which the split of the variance says.
    of_trajectory = np.where(known, each, 0.0).sum(axis=2) / np.where(counts > 0, counts, np.nan)
    spread = np.nanstd(of_trajectory, axis=0, ddof=1)
    count = counts.sum(axis=0) / f.shape[1]
    return Effects(mean, strength, ends[0], ends[1], spread, count)


def variance_split(outcomes: ArrayLike) -> Split | None:
    """Return how the variance of outcomes splits into inputs, luck, and both together.

    Two-way analysis of variance with one value per cell: mean squares of points P, of replicates C
    and of the rest E give inputs (P - E)/R, luck (C - E)/N, both E; a negative part counts 0.

    outcomes (N, R) of points that are a sample of the inputs; points with a failed run are left
    out. Returns None with fewer than two points or replicates, or without any variance.
    Limits: f(x) + luck: both 0; luck the same for all: luck 0.
    """
    f = np.asarray(outcomes, dtype=np.float64)
    f = f[np.isfinite(f).all(axis=1)] if f.ndim == 2 else f[:, None]
    points, replicates = f.shape
    if points < 2 or replicates < 2:
        return None
    of_points, of_luck, mean = f.mean(axis=1), f.mean(axis=0), f.mean()
    rest = f - of_points[:, None] - of_luck[None, :] + mean
    both = float((rest**2).sum()) / ((points - 1) * (replicates - 1))
    inputs = max(0.0, float(of_points.var(ddof=1)) - both / replicates)
    luck = max(0.0, float(of_luck.var(ddof=1)) - both / points)
    whole = inputs + luck + both
    return Split(inputs / whole, luck / whole, both / whole) if whole > 0.0 else None


def first_from_data(
    values: Sequence[object],
    outcomes: ArrayLike,
    level: float = 0.9,
    resamples: int = 300,
    seed: int = 0,
) -> tuple[float, float, float, int]:
    """Return an input's first-order index from any sample: index, interval, number of points.

    Points are put in bins of like values (each word, or quantiles of a number): S = (B - (M - 1) W)
    / T, B and T the sums of squares between bins and in all, W the mean square within, M bins. The
    correction takes out what M random bins would explain.

    values (N,) of the input; outcomes (N,) or (N, R), averaged over the replicates that finished;
    level of the interval; resamples of points within their bins, drawn by seed, 0 where no interval
    is wanted (its ends are NaN). Raises
    SensitivityError with fewer than two bins. Source: Plischke et al. 2013 (given data), Hays 1963
    (the correction).
    """
    f = np.asarray(outcomes, dtype=np.float64)
    f = f[:, None] if f.ndim == 1 else f
    known = np.asarray(np.isfinite(f).any(axis=1))
    y = np.nansum(f[known], axis=1) / np.isfinite(f[known]).sum(axis=1)
    bins = _bins([value for value, good in zip(values, known, strict=True) if good])
    number = len(np.unique(bins))
    if number < 2 or len(y) <= number:
        raise SensitivityError(f"{len(y)} points are too few to tell what an input explains")
    order = np.argsort(bins, kind="stable")
    y, sizes = y[order], np.bincount(bins)
    starts = np.repeat(np.cumsum(sizes) - sizes, sizes)
    each = np.repeat(sizes, sizes)
    ids = np.arange(len(y), dtype=np.uint64)
    drawn = [
        starts + (Streams(seed, one).uniforms("bootstrap", ids, 0) * each).astype(np.int64)
        for one in range(resamples)
    ]
    again = [_explained(y[rows], sizes) for rows in drawn]
    if not again:
        return _explained(y, sizes), np.nan, np.nan, len(y)
    low, high = np.quantile(again, [(1.0 - level) / 2.0, (1.0 + level) / 2.0])
    return _explained(y, sizes), float(low), float(high), len(y)


def _explained(y: F64, sizes: NDArray[np.int64]) -> float:
    """Return the index of outcomes sorted by bin."""
    means = np.add.reduceat(y, np.cumsum(sizes) - sizes) / sizes
    whole = float(((y - y.mean()) ** 2).sum())
    between = float((sizes * (means - y.mean()) ** 2).sum())
    within = (whole - between) / (len(y) - len(sizes))
    return (between - (len(sizes) - 1) * within) / whole if whole > 0.0 else 0.0


def _elementary(cube: F64, f: F64) -> F64:
    """Return the effect of each input in each trajectory and replicate, (T, d, R)."""
    moved = np.diff(cube, axis=1)
    which = np.abs(moved).argmax(axis=2)
    step = np.take_along_axis(moved, which[:, :, None], axis=2)
    change = np.diff(f, axis=1) / step
    each = np.empty_like(change)
    np.put_along_axis(each, np.broadcast_to(which[:, :, None], change.shape), change, axis=1)
    return each


def _bins(values: Sequence[object]) -> NDArray[np.int64]:
    different = list(dict.fromkeys(values))
    is_number = all(isinstance(v, int | float) and not isinstance(v, bool) for v in different)
    if not is_number or len(different) <= MOST_BINS:
        place = {value: number for number, value in enumerate(different)}
        return np.array([place[value] for value in values], dtype=np.int64)
    x = np.asarray(values, dtype=np.float64)
    number = max(2, min(MOST_BINS, len(x) // FEWEST_IN_BIN))
    return (np.argsort(np.argsort(x)) * number // len(x)).astype(np.int64)
