"""The difference between two scenarios run with the same luck: estimate, interval, and its gain."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.core.errors import SimError

F64 = NDArray[np.float64]


class PairedError(SimError):
    """Outcomes that cannot be compared in pairs."""


@dataclass(frozen=True)
class PairedDifference:
    """What a change does to an outcome, over replicates that share their random numbers."""

    mean: float
    """Mean of alternative less base."""
    standard_error: float
    low: float
    """Lower end of the interval of the mean."""
    high: float
    """Upper end of the interval of the mean."""
    better: float
    """P(better): share of replicates in which the alternative gives more, ties counted by half."""
    correlation: float
    """Between the outcomes of both; nan where one of them does not vary."""
    variance_ratio: float
    """Variance of a difference over that with independent seeds; 1 - rho for equal spreads."""
    replicates: int
    independent_replicates: float
    """Replicates of each that independent seeds would need for this standard error; may be inf."""


def paired_difference(
    base: ArrayLike, alternative: ArrayLike, level: float = 0.9
) -> PairedDifference:
    """Compare two scenarios replicate by replicate.

    d = alternative - base; mean d +- t sd(d) / sqrt(n), t of n - 1 degrees of freedom. With common
    random numbers var(d) = var(base) + var(alternative) - 2 cov, with independent seeds the
    covariance is 0. The ratio of the two says how many replicates pairing is worth.

    base, alternative (n,): one outcome per replicate in the same order, of runs with one seed;
    level of the interval. Raises PairedError for fewer than two pairs, different lengths, or
    outcomes that are not finite. Source: Law 2015, Simulation Modeling and Analysis, section 11.2.
    Limits: equal spreads with correlation rho, ratio 1 - rho; no effect on luck, d constant.
    """
    one = np.asarray(base, dtype=np.float64)
    other = np.asarray(alternative, dtype=np.float64)
    if one.ndim != 1 or one.shape != other.shape or len(one) < 2:
        raise PairedError(
            f"{one.shape} outcomes against {other.shape}; two or more pairs are needed"
        )
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        raise PairedError("an outcome is no finite number; drop its replicate from both")
    if not 0.0 < level < 1.0:
        raise PairedError(f"level is {level}; between 0 and 1 is possible")
    from scipy.special import stdtrit

    n, d = len(one), other - one
    spread = float(d.var(ddof=1))
    apart = float(one.var(ddof=1) + other.var(ddof=1))
    error = sqrt(spread / n)
    mean, reach = float(d.mean()), error * float(stdtrit(n - 1, (1.0 + level) / 2.0))
    ratio = spread / apart if apart > 0.0 else 1.0
    steady = min(float(np.ptp(one)), float(np.ptp(other))) == 0.0
    return PairedDifference(
        mean=mean,
        standard_error=error,
        low=mean - reach,
        high=mean + reach,
        better=float((d > 0.0).mean() + 0.5 * (d == 0.0).mean()),
        correlation=np.nan if steady else float(np.corrcoef(one, other)[0, 1]),
        variance_ratio=ratio,
        replicates=n,
        independent_replicates=n / ratio if ratio > 0.0 else np.inf,
    )
