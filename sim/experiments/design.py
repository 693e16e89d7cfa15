"""Designs: at which points of a space of inputs a sweep runs.

A range is read on a unit scale: u in [0, 1] stands for low + u (high - low), for a log range
low (high/low)^u, for normal(mean, sd) and triangular(low, mode, high) the quantile u, for a list
its entry number floor(u n), and for an integer key the integers from low to high, each equally
likely.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from itertools import product
from math import exp, floor, log, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.core.errors import SimError
from sim.scenario import Scenario
from sim.scenario.ranges import Value, Varied

F64 = NDArray[np.float64]
Point = tuple[Value | None, ...]
"""One value per input; None leaves a key that is not set as it is."""

DESIGNS = ("sobol", "lhs", "grid", "oat")
MOST_POINTS = 1_000_000
ENDS_OF_NORMAL = (0.05, 0.95)
TINY = 2.0**-33
"""How near to 0 or 1 a quantile of a normal is taken: half a step of the Sobol sequence."""


class DesignError(SimError):
    """A design that cannot be made."""


def design_points(
    scenario: Scenario, space: Sequence[Varied], design: str, points: int, seed: int
) -> tuple[Point, ...]:
    """Return the points of a design, one value per input each.

    sobol: `points` of a scrambled Sobol sequence; more points keep the first ones, and powers of 2
    fill the space most evenly. lhs: a Latin hypercube. grid: every combination of `points` values
    per range, ends included, and of all entries of lists. oat (one at a time): the scenario itself,
    then each input alone at `points` values of its range (two are its ends, of a normal the 5 %
    and 95 % quantiles), or at each entry of its list.

    Raises DesignError for an unknown design or fewer than one point.
    """
    if design not in DESIGNS:
        raise DesignError(f"there is no design {design!r}; there are {', '.join(DESIGNS)}")
    if not space:
        raise DesignError("nothing varies; name a key and its range")
    if points < 1:
        raise DesignError(f"{points} points; 1 or more are needed")
    _check_size(points)
    if design == "grid":
        levels = [levels_of(one, points) for one in space]
        _check_size(int(np.prod([len(values) for values in levels], dtype=np.float64)))
        return tuple(product(*levels))
    if design == "oat":
        return _one_at_a_time(scenario, space, points)
    return from_unit(space, unit_sample(design, len(space), points, seed))


def from_unit(space: Sequence[Varied], cube: ArrayLike) -> tuple[Point, ...]:
    """Return the points that rows of the unit cube stand for.

    cube (n, d): d inputs in the order of `space`, from 0 to 1. Raises DesignError for another
    shape or numbers outside.
    """
    rows = np.asarray(cube, dtype=np.float64)
    if rows.ndim != 2 or rows.shape[1] != len(space):
        raise DesignError(f"a cube of shape {rows.shape} for {len(space)} inputs")
    if not ((rows >= 0) & (rows <= 1)).all():
        raise DesignError("the unit cube goes from 0 to 1")
    columns = [[at(one, float(u)) for u in rows[:, number]] for number, one in enumerate(space)]
    return tuple(zip(*columns, strict=True))


def at(varied: Varied, u: float) -> Value:
    """Return the value of an input at u of its unit scale."""
    if varied.shape == "list":
        entry = varied.values[min(floor(u * len(varied.values)), len(varied.values) - 1)]
        return int(entry) if varied.whole and isinstance(entry, float) else entry
    low, *middle, high = _numbers(varied)
    if varied.shape == "triangular":
        value = triangular(low, middle[0], high, u)
        return round(value) if varied.whole else value
    if varied.shape == "normal":
        from scipy.special import ndtri

        value = low + high * float(ndtri(min(max(u, TINY), 1.0 - TINY)))
        return round(value) if varied.whole else value
    if varied.whole:
        # Each integer has a slice of its own; on a log scale it reaches up to the next one.
        value = _between(varied.shape, low, high + 1.0, u)
        return int(min(max(floor(value), low), high))
    return _between(varied.shape, low, high, u)


def levels_of(varied: Varied, count: int) -> tuple[Value, ...]:
    """Return evenly spaced values of a range, ends included, or all entries of a list.

    Of a normal they are evenly spaced quantiles from 5 to 95 %; one value is the middle.
    """
    if varied.shape == "list":
        entries = len(varied.values)
        return tuple(at(varied, (i + 0.5) / entries) for i in range(entries))
    first, last = ENDS_OF_NORMAL if varied.shape == "normal" else (0.0, 1.0)
    units = [first + (last - first) * i / (count - 1) for i in range(count)] if count > 1 else [0.5]
    if varied.whole and varied.shape in ("uniform", "log"):
        low, high = _numbers(varied)
        spaced = (round(_between(varied.shape, low, high, u)) for u in units)
        return tuple(dict.fromkeys(spaced))
    return tuple(dict.fromkeys(at(varied, u) for u in units))


def _one_at_a_time(scenario: Scenario, space: Sequence[Varied], points: int) -> tuple[Point, ...]:
    flat = scenario.flat()
    base: Point = tuple(flat.get(one.key) for one in space)
    found = {base: None}
    for number, one in enumerate(space):
        for value in levels_of(one, points):
            found[*base[:number], value, *base[number + 1 :]] = None
    return tuple(found)


def unit_sample(design: str, inputs: int, points: int, seed: int) -> F64:
    """Return points of the unit cube, (points, inputs), by the design `sobol` or `lhs`."""
    from scipy.stats import qmc

    generator = np.random.default_rng(seed)
    sampler = (qmc.Sobol if design == "sobol" else qmc.LatinHypercube)(inputs, seed=generator)
    with warnings.catch_warnings():
        # Numbers of points that are no power of 2 are less even, which the help says.
        warnings.simplefilter("ignore", UserWarning)
        cube: F64 = sampler.random(points)
    return cube


def _between(shape: str, low: float, high: float, u: float) -> float:
    if shape == "log":
        return exp(log(low) + u * (log(high) - log(low)))
    return low + u * (high - low)


def triangular(low: float, mode: float, high: float, u: float) -> float:
    """Return the u-quantile of a triangular distribution, low <= mode <= high, low < high.

    What an expert gives with a smallest, a likeliest and a largest value. Source: Kotz and van Dorp
    2004, Beyond Beta, 1.1.
    """
    width = high - low
    if u < (mode - low) / width:
        return low + sqrt(u * width * (mode - low))
    return high - sqrt((1.0 - u) * width * (high - mode))


def _numbers(varied: Varied) -> list[float]:
    return [float(value) for value in varied.values if isinstance(value, int | float)]


def _check_size(points: float) -> None:
    if points > MOST_POINTS:
        raise DesignError(f"the design has {points:,.0f} points; at most {MOST_POINTS:,}")
