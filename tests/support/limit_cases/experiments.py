"""Limit cases of experiments: Sobol indices (S1), ABC (S2), common random numbers (S3)."""

from collections.abc import Callable
from datetime import date, timedelta
from math import pi, sqrt

import numpy as np

from limit_cases.rows import F64, Row, columns, limit
from sim.core.streams import Streams, mix_array
from sim.core.units import WEEKS_PER_YEAR
from sim.experiments.abc import log_kernel, sample
from sim.experiments.paired import paired_difference
from sim.experiments.sobol import saltelli_design, sobol_indices
from sim.experiments.surrogate import fit

START = date(2023, 7, 3)
FIRST = (0.313905, 0.442411, 0.0)
TOTAL = (0.557589, 0.442411, 0.243684)


def ishigami(points: F64) -> F64:
    """Return Ishigami's function, a = 7, b = .1, of points in the unit cube."""
    x = pi * (2.0 * points - 1.0)
    value: F64 = np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    return value


def sobol(points: int = 4096, designs: int = 20) -> list[Row]:
    """S1: mean over scrambled designs, with their own standard error."""
    found = [
        sobol_indices(ishigami(saltelli_design(3, points, one)), 3, resamples=1)
        for one in range(designs)
    ]
    rows = []
    for name, kind, theory in (
        ("first-order", [one.first for one in found], FIRST),
        ("total", [one.total for one in found], TOTAL),
    ):
        values = np.array(kind)
        for i in range(3):
            error = float(values[:, i].std(ddof=1)) / sqrt(designs)
            what = f"{name} index of x{i + 1}"
            rows.append(
                Row("S1 Ishigami", what, theory[i], float(values[:, i].mean()), error, 5e-7)
            )
    return rows


def normal_mean(runs: int = 20_000, draws: int = 40_000) -> list[Row]:
    """S2: the mean of 25 normals of spread 1, prior flat from -2 to 2, kernel .3.

    Once with the mean's spread known, once through a surrogate of simulated data sets.
    """
    rows = _posterior_rows("S2 kernel", lambda unit: 4.0 * unit - 2.0, np.array([0.2]), 0, draws)
    unit = Streams(3).uniforms("prior", mix_array(np.arange(runs, dtype=np.uint64)), 0)[:, None]
    person = np.arange(25, dtype=np.uint64)
    cell = mix_array(np.arange(runs, dtype=np.uint64))[:, None] ^ mix_array(person)
    means = 4.0 * unit[:, 0] - 2.0 + Streams(3).normals("datum", cell, 0).mean(axis=1)
    seen = fit(unit, means[:, None])
    return rows + _posterior_rows("S2 surrogate", seen.mean, seen.spread, runs, draws)


def _posterior_rows(
    case: str, mean: Callable[[F64], F64], spread: F64, runs: int, draws: int
) -> list[Row]:
    """Return what draws say; runs: behind the surrogate, whose own errors count then, else 0."""

    def log_density(unit: F64) -> F64:
        return log_kernel(mean(unit) - 0.1, spread, 0.3)[:, 0]

    found = 4.0 * sample(log_density, 1, draws, seed=1).unit[:, 0] - 2.0
    fourth = float(((found - found.mean()) ** 4).mean())
    of_mean, of_variance = (0.04 / runs, 0.08**2 / (2.0 * runs)) if runs else (0.0, 0.0)
    error = sqrt((fourth - float(found.var()) ** 2) / draws + of_variance)
    shift = sqrt(0.07 / draws + of_mean)
    return [
        Row(case, "posterior mean", 0.1, float(found.mean()), shift),
        Row(case, "posterior variance", 0.07, float(found.var()), error),
    ]


def correlated_normals(pairs: int = 200_000, rho: float = 0.8) -> list[Row]:
    """S3: normals of one spread with a known correlation, and with none."""
    ids = np.arange(pairs, dtype=np.uint64)
    one, own = (Streams(1).normals("pair", ids, week) for week in range(2))
    shared = paired_difference(one, rho * one + sqrt(1.0 - rho**2) * own).variance_ratio
    apart = paired_difference(one, own).variance_ratio
    case, error = "S3 common random numbers", sqrt(2.0 / pairs)
    return [
        Row(case, "variance ratio, rho = .8", 1.0 - rho, shared, (1.0 - rho) * error),
        Row(case, "variance ratio, rho = 0", 1.0, apart, error),
    ]


def engine_pairs(replicates: int = 400, weeks: int = 26) -> list[Row]:
    """S3: mood after half a year with pull 1.5 and 3, by the engine with one seed.

    Mood is a sum of the same shocks under other weights, a = sd e^(-kappa age), so the ratio is
    sum (a - b)^2 / (sum a^2 + sum b^2).
    """

    def mood(pull: float) -> F64:
        changes = {
            "parameters.sentiment_hot": 0.0,
            "parameters.sentiment_return": pull,
            "end": START + timedelta(weeks=weeks),
        }
        scenario = limit("alone", changes)
        paths = [columns(scenario, "market", "sentiment", replicate=r) for r in range(replicates)]
        return np.array([path[-1] for (path,) in paths])

    age = np.arange(weeks) / WEEKS_PER_YEAR
    a, b = (
        np.sqrt((1.0 - np.exp(-2.0 * k / WEEKS_PER_YEAR)) / (2.0 * k)) * np.exp(-k * age)
        for k in (1.5, 3.0)
    )
    theory = float(((a - b) ** 2).sum() / ((a**2).sum() + (b**2).sum()))
    paired = paired_difference(mood(1.5), mood(3.0))
    rho = float((a * b).sum() / sqrt((a**2).sum() * (b**2).sum()))
    case = "S3 common random numbers, engine"
    error = sqrt(2.0 / replicates)
    return [
        Row(case, "correlation of two moods", rho, paired.correlation, (1 - rho**2) * error),
        Row(case, "variance ratio, one seed", theory, paired.variance_ratio, 1.5 * theory * error),
    ]
