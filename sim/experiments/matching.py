"""Where in the prior a calibration looks next, and what the data leave of it, by a surrogate.

A place is ruled out where more than a tenth of the figures are implausible: missed by more than
three standard deviations of what is uncertain about the miss. The posterior weighs what is left,
with a discrepancy of the model common to all figures, inferred with the parameters: no model of a
market is exact. Source: Vernon, Goldstein and Bower 2010 for the first, Kennedy and O'Hagan 2001
for the second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from sim.experiments.abc import Draws, log_kernel, sample
from sim.experiments.surrogate import Surrogate
from sim.experiments.targets import Target

F64 = NDArray[np.float64]

IMPLAUSIBLE = 3.0
"""Standard deviations beyond which a figure speaks against a place."""

ALLOWED = 0.1
"""Share of the figures that may speak against a place which is still not ruled out."""

DISCREPANCY = 0.2
"""Scale of the half-normal prior of the model's own discrepancy, in logs."""

WALL = 10.0
SEARCH_DRAWS = 400
"""Draws from which a wave takes its points; enough to find the place, few enough to be quick."""

ALMOST_ONE = 1.0 - 1e-9


@dataclass(frozen=True)
class Matching:
    """A surrogate of misses and the targets it is of, K each."""

    surrogate: Surrogate
    targets: tuple[Target, ...]
    inputs: int

    def implausibility(self, unit: F64) -> F64:
        """Return by how many standard deviations each figure is missed, (n, K), at (n, d)."""
        miss = self.surrogate.mean(unit)
        missed = np.where(self._at_least, np.maximum(-miss, 0.0), np.abs(miss))
        found: F64 = missed / np.sqrt(
            self.surrogate.spread**2 + self._panel**2 + self._tolerance**2 + DISCREPANCY**2
        )
        return found

    def ruled_out_by(self, unit: F64) -> F64:
        """Return the implausibility that all but a tenth of the figures stay under, (n,)."""
        most = int(ALLOWED * len(self.targets))
        found: F64 = -np.sort(-self.implausibility(unit), axis=1)[:, most]
        return found

    def not_ruled_out(self, points: int, seed: int) -> F64:
        """Return places that are not ruled out, (points, d), spread as the prior is there."""

        def log_density(unit: F64) -> F64:
            found: F64 = -WALL * np.maximum(self.ruled_out_by(unit) - IMPLAUSIBLE, 0.0)
            return found

        found = sample(log_density, self.inputs, max(points, SEARCH_DRAWS), seed).unit
        return _some(found, points)

    def posterior(self, draws: int, seed: int) -> tuple[F64, F64]:
        """Return equally likely places (draws, d) and the discrepancy (draws,) with each."""

        def log_density(unit: F64) -> F64:
            spread = np.sqrt(
                self.surrogate.spread**2 + self._panel**2 + _discrepancy(unit)[:, None] ** 2
            )
            miss = self.surrogate.mean(unit[:, :-1])
            # Heavy tails: a figure that the model cannot reach shall not bend the rest.
            kernel = log_kernel(miss, spread, self._tolerance, self._at_least, heavy=True)
            found: F64 = kernel.sum(axis=1)
            return found

        found: Draws = sample(log_density, self.inputs + 1, max(draws, SEARCH_DRAWS), seed)
        chosen = _some(found.unit, draws)
        return chosen[:, :-1], _discrepancy(chosen)

    @cached_property
    def _tolerance(self) -> F64:
        return _each(self.targets, "tolerance")

    @cached_property
    def _panel(self) -> F64:
        return _each(self.targets, "panel_spread")

    @cached_property
    def _at_least(self) -> NDArray[np.bool_]:
        return np.array([one.at_least for one in self.targets])


def _discrepancy(unit: F64) -> F64:
    """Return the discrepancy that the last coordinate of the cube stands for, (n,)."""
    found: F64 = DISCREPANCY * ndtri(0.5 + 0.5 * ALMOST_ONE * unit[:, -1])
    return found


def _each(targets: Sequence[Target], name: str) -> F64:
    return np.array([getattr(one, name) for one in targets], dtype=np.float64)


def _some(unit: F64, number: int) -> F64:
    """Return every n-th row: draws stand in the order of their resampling, so alike ones adjoin."""
    return unit[np.linspace(0, len(unit) - 1, number).round().astype(np.int64)]
