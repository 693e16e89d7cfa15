"""Approximate Bayesian computation: a kernel around the data, and draws from what it leaves.

For a model that can be simulated but whose likelihood cannot be written down. What a run says is
known through a surrogate: its mean and how far single runs lie from it. The chance that a run comes
within the tolerance of the data is then a formula, so no draw is wasted on runs that do not.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from sim.core.errors import SimError

F64 = NDArray[np.float64]

LogDensity = Callable[[F64], F64]
"""Returns log densities (n,) up to a constant for rows of the unit cube (n, d)."""

SMALLEST_CHANCE = 1e-300
WANTED_ACCEPTANCE = 0.25
EFFECTIVE_SHARE = 0.5
MOST_STAGES = 200


class SamplingError(SimError):
    """Draws that cannot be made."""


@dataclass(frozen=True)
class Draws:
    """Draws from a posterior on the unit cube of the prior."""

    unit: F64
    """(n, d), equally likely rows."""
    log_density: F64
    """(n,) as the caller's function gives it."""
    stages: int
    """Steps in which the data were let in."""
    acceptance: float
    """Share of the last stage's moves that were made."""


def log_kernel(
    mean: ArrayLike,
    spread: ArrayLike,
    tolerance: ArrayLike,
    at_least: ArrayLike = False,
    heavy: bool = False,
) -> F64:
    """Return the log chance that a run comes within the tolerance of data at 0.

    ln[F((e - m)/s) - F((-e - m)/s)] - ln 2e, or ln F((m + e)/s) where the data are a lower bound. F
    is the normal distribution, or with `heavy` tails Student's t with four degrees of freedom. It
    is the uniform kernel of rejection with the run's chance summed up exactly.

    mean (..., k): what runs say on average, less the data; spread, above 0: how far single runs lie
    from it; tolerance, above 0: e; at_least: flags; all broadcast. Returns the broadcast shape.
    Raises SamplingError unless spread and tolerance are above 0. Source: Pritchard et al. 1999 for
    the kernel, Wood 2010 for the surrogate of the run. Limit: a normal mean with variance v, flat
    prior: posterior variance v + e^2/3.
    """
    m, s, e = (np.asarray(one, dtype=np.float64) for one in (mean, spread, tolerance))
    if not ((s > 0).all() and (e > 0).all()):
        raise SamplingError("spread and tolerance must be above 0")
    below = student_4 if heavy else ndtr
    # Taken on the side where both chances are small, so that their difference keeps its digits.
    far = np.abs(m)
    inside = (below((e - far) / s) - below((-e - far) / s)) / (2.0 * e)
    chance = np.where(at_least, below((m + e) / s), inside)
    found: F64 = np.log(np.maximum(chance, SMALLEST_CHANCE))
    return found


def sample(
    log_density: LogDensity,
    inputs: int,
    draws: int = 1000,
    seed: int = 0,
    moves: int = 50,
    last_moves: int = 300,
) -> Draws:
    """Return draws from the density on the unit cube, by sequential Monte Carlo.

    A cloud of draws from the uniform prior takes the density to powers that rise to 1, each by as
    much as leaves half of the draws effective; between them every draw makes `moves`
    Crank-Nicolson moves, which reach a posterior in any number of inputs of which few are known.

    log_density: see `LogDensity`; inputs d; draws n; last_moves are made at the power 1. Every
    number is a function of the arguments. Raises SamplingError for densities that are nowhere a
    number, or numbers below 1. Source: Del Moral, Doucet and Jasra 2006; Cotter, Roberts, Stuart
    and White 2013. Limit: a constant density returns the prior.
    """
    if min(inputs, draws, moves, last_moves) < 1:
        raise SamplingError(f"inputs {inputs}, draws {draws}, moves {moves}; 1 or more each")
    place = np.random.default_rng([seed, 0, 0]).standard_normal((draws, inputs))
    value = _checked(log_density(ndtr(place)))
    power, stage, step, taken = 0.0, 0, 0.5, 1.0
    while power < 1.0:
        stage += 1
        if stage > MOST_STAGES:
            raise SamplingError(f"the density is reached to the power {power:.3g} only")
        power, weights = _next_power(value, power)
        chosen = _resampled(weights, np.random.default_rng([seed, stage, 0]).random())
        place, value = place[chosen], value[chosen]
        for move in range(1, 1 + (moves if power < 1.0 else last_moves)):
            draw = np.random.default_rng([seed, stage, move])
            proposed = np.sqrt(1.0 - step**2) * place + step * draw.standard_normal(place.shape)
            new = _checked(log_density(ndtr(proposed)))
            made = np.log(draw.random(draws)) < power * (new - value)
            place[made], value[made] = proposed[made], new[made]
            taken = float(made.mean())
            step = float(np.clip(step * np.exp(0.3 * (taken - WANTED_ACCEPTANCE)), 1e-4, 1.0))
    return Draws(ndtr(place), value, stage, taken)


def student_4(value: F64) -> F64:
    """Return the distribution function of Student's t with four degrees of freedom.

    1/2 + 3/8 t/sqrt(1 + t^2/4) (1 - t^2/(12 (1 + t^2/4))). Source: Shaw 2006, eq. 20.
    """
    scaled = 1.0 + value**2 / 4.0
    found: F64 = 0.5 + 0.375 * value / np.sqrt(scaled) * (1.0 - value**2 / (12.0 * scaled))
    return found


def _checked(value: F64) -> F64:
    """Return log densities; raise SamplingError if one is no number."""
    if np.isnan(value).any():
        raise SamplingError("the density is no number somewhere")
    return value


def _next_power(value: F64, power: float) -> tuple[float, F64]:
    """Return the next power and the weights that lead to it: half of the draws stay effective."""

    def weights(to: float) -> F64:
        scaled: F64 = np.exp((to - power) * (value - value.max()))
        found: F64 = scaled / scaled.sum()
        return found

    def effective(to: float) -> float:
        return 1.0 / float(np.square(weights(to)).sum())

    enough = EFFECTIVE_SHARE * len(value)
    if effective(1.0) >= enough:
        return 1.0, weights(1.0)
    low, high = power, 1.0
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (middle, high) if effective(middle) >= enough else (low, middle)
    return low, weights(low)


def _resampled(weights: F64, uniform: float) -> NDArray[np.intp]:
    """Return which draws go on, each about as often as its weight says (systematic resampling)."""
    places = (np.arange(len(weights)) + uniform) / len(weights)
    found: NDArray[np.intp] = np.searchsorted(np.cumsum(weights), places).clip(0, len(weights) - 1)
    return found
