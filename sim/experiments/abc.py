"""Approximate Bayesian computation by rejection: keep the draws whose outcome is close to the data.

For a model that can be simulated but whose likelihood cannot be written down.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.core.errors import SimError
from sim.core.streams import Streams, mix_array

F64 = NDArray[np.float64]
U64 = NDArray[np.uint64]

Prior = Callable[[F64], F64]
"""Turns uniform numbers (n, d) into parameters (n, d): the quantile function of the prior."""

Simulate = Callable[[F64, U64], F64]
"""Returns summaries (n, k) for parameters (n, d) and one 64-bit key of randomness per draw (n,)."""


class RejectionError(SimError):
    """A tolerance that accepts too little, or shapes that do not fit."""


@dataclass(frozen=True)
class Posterior:
    """Draws from the approximate posterior."""

    parameters: F64
    """(accepted, d) in the order they were drawn."""
    distance: F64
    """(accepted,) of each draw's summaries to the data, in tolerances; at most 1."""
    tried: int
    """Draws from the prior that it took."""

    @property
    def acceptance(self) -> float:
        """Share of draws that were accepted."""
        return len(self.parameters) / self.tried


def distance(summaries: ArrayLike, observed: ArrayLike, tolerance: ArrayLike) -> F64:
    """Return how far summaries lie from the data: max_k |s_k - o_k| / tolerance_k.

    summaries (n, k); observed and tolerance (k,), tolerance above 0. Returns (n,); a summary that
    is no number is infinitely far. A draw is accepted at 1 or less: a uniform kernel.
    """
    gap = np.asarray(summaries, dtype=np.float64) - np.asarray(observed, dtype=np.float64)
    away = np.abs(gap) / np.asarray(tolerance, dtype=np.float64)
    far: F64 = np.where(np.isnan(away), np.inf, away).max(axis=1)
    return far


def rejection(
    prior: Prior,
    simulate: Simulate,
    observed: ArrayLike,
    tolerance: ArrayLike,
    inputs: int,
    accepted: int,
    seed: int,
    batch: int = 10_000,
    most: int = 10_000_000,
) -> Posterior:
    """Draw parameters from the prior until enough of them simulate something like the data.

    prior, simulate: see `Prior` and `Simulate`; observed (k,); tolerance scalar or (k,), above 0;
    inputs d; accepted, draws wanted; seed; batch, draws at a time; most, draws at which to give up.
    Every draw is a function of seed and its number, so the result does not depend on batch.
    Returns exactly `accepted` draws. Raises RejectionError when they cannot be had, or tolerance
    is not above 0. Source: Pritchard et al. 1999. Limit: mean of n normals with spread 1, flat
    prior, tolerance e: a normal posterior widened by the kernel, variance 1/n + e^2/3.
    """
    data = np.atleast_1d(np.asarray(observed, dtype=np.float64))
    width = np.broadcast_to(np.asarray(tolerance, dtype=np.float64), data.shape)
    if not (width > 0).all():
        raise RejectionError(f"tolerance is {width.tolist()}; above 0 is needed")
    if min(inputs, accepted, batch) < 1:
        raise RejectionError(f"inputs {inputs}, accepted {accepted}, batch {batch}; 1 or more each")
    streams, columns = Streams(seed), np.arange(inputs, dtype=np.uint64)
    kept: list[F64] = []
    away: list[F64] = []
    found, tried = 0, 0
    while found < accepted and tried < most:
        number = np.arange(tried, min(tried + batch, most), dtype=np.uint64)
        cell = mix_array(number)[:, None] ^ columns
        parameters = prior(streams.uniforms("prior", cell, 0))
        keys = mix_array(number ^ np.uint64(streams.key("simulated data", 0)))
        far = distance(simulate(parameters, keys), data, width)
        close = np.flatnonzero(far <= 1.0)[: accepted - found]
        kept.append(parameters[close])
        away.append(far[close])
        found += len(close)
        tried += len(number) if found < accepted else int(close[-1]) + 1
    if found < accepted:
        raise RejectionError(
            f"{found} of {tried} draws were accepted, {accepted} were wanted;"
            " widen the tolerance or the prior, or allow more draws"
        )
    return Posterior(np.concatenate(kept), np.concatenate(away), tried)
