"""A calibration as found: what was run, the posterior, which figure pins what, and the check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.experiments.design import from_unit, unit_sample
from sim.experiments.matching import IMPLAUSIBLE, Matching
from sim.experiments.scoring import ScoreRow, score_row
from sim.experiments.stored_sweep import Sweep
from sim.experiments.targets import Target
from sim.scenario import Scenario
from sim.scenario.ranges import Varied

if TYPE_CHECKING:
    import polars as pl

F64 = NDArray[np.float64]

DIGITS = 5
"""Significant digits of the posterior sample: far finer than the posterior is known."""

LEVELS = (0.05, 0.5, 0.95)
PINNED = 0.9
"""A parameter whose spread stays above this share of its prior's is not told by the figures."""

PRIOR_PLACES = 4096


@dataclass(frozen=True)
class Wave:
    """The runs of a wave, one row a run, points first.

    unit (P, d): its points; misses (P * replicates, K): what runs said, less the figures, NaN
    where one failed or said nothing; foretold (P, K): what the surrogate said before, without the
    first wave.
    """

    unit: F64
    replicates: int
    misses: F64
    failed: int
    seconds: float
    foretold: F64 | None


def read_wave(
    done: Sweep,
    unit: F64,
    replicates: int,
    targets: Sequence[Target],
    before: Matching | None,
) -> Wave:
    """Return a wave from the sweep it was run as."""
    frame = done.frame().collect()
    misses = np.full((len(unit) * replicates, len(targets)), np.nan)
    rows = frame["point"].to_numpy() * replicates + frame["replicate"].to_numpy()
    for column, target in enumerate(targets):
        misses[rows, column] = target.miss(frame[target.name].fill_null(np.nan).to_numpy())
    return Wave(
        unit=unit,
        replicates=replicates,
        misses=misses,
        failed=done.counts()["failed"],
        seconds=float(frame["time_seconds"].sum()),
        foretold=None if before is None else before.surrogate.mean(unit),
    )


@dataclass(frozen=True, repr=False, eq=False)
class Calibration:
    """The posterior of a scenario's parameters, and how it came about."""

    folder: Path
    scenario: Scenario
    """As it was run: until the last figure is known."""
    inputs: tuple[Varied, ...]
    targets: tuple[Target, ...]
    waves: tuple[Wave, ...]
    matching: Matching
    unit: F64
    """(n, d): draws on the unit scale of the prior, rows equally likely."""
    discrepancy: F64
    """(n,): the model's own discrepancy with each draw, in logs."""

    def __repr__(self) -> str:
        return (
            f"<Calibration of {self.scenario.name}: {len(self.inputs)} inputs, "
            f"{len(self.targets)} figures, {self.runs} runs>"
        )

    @property
    def runs(self) -> int:
        """Runs of all waves."""
        return sum(len(one.misses) for one in self.waves)

    @property
    def seconds(self) -> float:
        """Time that the runs took, one after the other."""
        return sum(one.seconds for one in self.waves)

    @cached_property
    def sample(self) -> pl.DataFrame:
        """The posterior: a column a parameter, a row a joint draw."""
        import polars as pl

        points = from_unit(self.inputs, self.unit)
        return pl.DataFrame(
            {
                one.key.removeprefix("parameters."): [_rounded(row[number]) for row in points]
                for number, one in enumerate(self.inputs)
            }
        )

    @cached_property
    def not_ruled_out(self) -> float:
        """Share of the prior that the figures do not rule out, as the surrogate sees it."""
        unit = unit_sample("sobol", len(self.inputs), PRIOR_PLACES, 0)
        return float((self.matching.ruled_out_by(unit) <= IMPLAUSIBLE).mean())

    @cached_property
    def by_parameter(self) -> pl.DataFrame:
        """Each parameter: prior, posterior, how much narrower, and the figure that tells most.

        Columns: key, low, mode, high (prior), q05, q50, q95 (posterior), narrowed (1 less the
        posterior's spread over the prior's on the unit scale), figure, share (of what all figures
        together tell about it), told (whether it is narrowed beyond chance).
        """
        import polars as pl

        told = self._information()
        total = told.sum(axis=1)
        narrowed = 1.0 - self.unit.std(axis=0) * np.sqrt(12.0)
        best = told.argmax(axis=1)
        rows = []
        for number, one in enumerate(self.inputs):
            points = from_unit([one], np.quantile(self.unit[:, number], LEVELS)[:, None])
            low, *mode, high = (float(value) for value in one.values)  # type: ignore[arg-type]
            share = told[number, best[number]] / total[number] if total[number] > 0 else 0.0
            rows.append(
                {
                    "key": one.key,
                    "low": low,
                    "mode": mode[0] if mode else (low + high) / 2.0,
                    "high": high,
                    **dict(zip(("q05", "q50", "q95"), (p[0] for p in points), strict=True)),
                    "narrowed": float(narrowed[number]),
                    "figure": self.targets[best[number]].figure.id if share > 0 else None,
                    "share": float(share),
                    "told": bool(narrowed[number] > 1.0 - PINNED),
                }
            )
        return pl.DataFrame(rows, infer_schema_length=None).sort("narrowed", descending=True)

    @cached_property
    def check(self) -> tuple[ScoreRow, ...]:
        """What the runs of the last wave say of each figure that was aimed at."""
        said = self.waves[-1].misses.T
        return tuple(
            score_row(one.figure, one.said(misses[~np.isnan(misses)]), "fitted", "")
            for one, misses in zip(self.targets, said, strict=True)
        )

    @cached_property
    def by_figure(self) -> pl.DataFrame:
        """Each figure that was aimed at, what the check says of it, and what is known of that.

        Columns: those of a score row, and foretold (median that the surrogate said before the
        check was run), explained (share of the variance between runs that the surrogate
        foretells), luck and by_parameters (spread of misses between replicates and between draws,
        in logs), reached (whether any run of any wave came within the tolerance).
        """
        import polars as pl

        check = self.waves[-1]
        luck, by_parameters = spreads(check)
        every = np.vstack([one.misses for one in self.waves])
        rows = [
            {
                **asdict(self.check[number]),
                "foretold": _foretold(target, check, number),
                "explained": float(self.matching.surrogate.explained[number]),
                "luck": float(luck[number]),
                "by_parameters": float(by_parameters[number]),
                "reached": _reached(target, every[:, number]),
            }
            for number, target in enumerate(self.targets)
        ]
        return pl.DataFrame(rows, infer_schema_length=None)

    def as_dict(self) -> dict[str, Any]:
        """Return what was found as plain values for JSON."""
        low, middle, high = np.quantile(self.discrepancy, LEVELS)
        return {
            "scenario": self.scenario.name,
            "runs": self.runs,
            "failed": sum(one.failed for one in self.waves),
            "seconds_of_runs": self.seconds,
            "not_ruled_out": self.not_ruled_out,
            "discrepancy": {"low": low, "median": middle, "high": high},
            "parameters": self.by_parameter.to_dicts(),
            "figures": self.by_figure.to_dicts(),
        }

    def _information(self) -> F64:
        """Return how much each figure tells about each input, (d, K): squared slope over noise."""
        surrogate = self.matching.surrogate
        some = self.unit[:: max(1, len(self.unit) // 100)]
        squared: F64 = (surrogate.slopes(some) ** 2).mean(axis=0)
        noise = surrogate.spread**2 + float(np.median(self.discrepancy)) ** 2
        return squared / noise


def spreads(check: Wave) -> tuple[F64, F64]:
    """Return the spread of misses by luck and by parameters, (K,) each.

    The variance within points estimates luck; that between their means, less luck's part in it,
    the parameters. Source: one-way analysis of variance with random effects.
    """
    by_point = check.misses.reshape(len(check.unit), check.replicates, -1)
    with np.errstate(invalid="ignore"):
        known = ~np.isnan(by_point).any(axis=1)
        within = np.where(known, by_point.var(axis=1, ddof=1), np.nan)
        means = np.where(known, by_point.mean(axis=1), np.nan)
        luck = np.nanmean(within, axis=0)
        between = np.nanvar(means, axis=0, ddof=1) - luck / check.replicates
    return np.sqrt(luck), np.sqrt(np.maximum(between, 0.0))


def _foretold(target: Target, check: Wave, number: int) -> float:
    assert check.foretold is not None
    return float(target.said(np.median(check.foretold[:, number])))


def _reached(target: Target, misses: F64) -> bool:
    known = misses[~np.isnan(misses)]
    if target.at_least:
        return bool((known >= -target.tolerance).any())
    return bool(known.min() <= target.tolerance and known.max() >= -target.tolerance)


def _rounded(value: Any) -> float:
    return float(f"{float(value):.{DIGITS}g}")
