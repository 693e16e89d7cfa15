"""Inputs ranked by what they do to outcomes, from the runs of a sweep: rows for each method.

Columns beside outcome, unit, direction and input:
tornado  low_at, high_at (the input's ends as text), base, low, low_from, low_to, high, high_from,
         high_to (differences from the base with paired 90 % intervals), swing, pairs
         (effective sample size: replicates that both ends share with the base, the fewer of them)
morris   mu, mu_star, mu_star_low, mu_star_high, sigma, effects (effective sample size)
sobol    first, first_low, first_high, total, total_low, total_high, rows (effective sample size)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.experiments.design import Point
from sim.experiments.judged import Judged
from sim.experiments.paired import paired_difference
from sim.experiments.screening import first_from_data, morris_effects
from sim.experiments.sobol import SensitivityError, sobol_indices
from sim.experiments.stored_sweep import Sweep
from sim.scenario.ranges import Varied

if TYPE_CHECKING:
    import polars as pl

F64 = NDArray[np.float64]

TORNADO = (
    "base", "low", "low_from", "low_to", "high", "high_from", "high_to", "swing",
    "pairs",
)  # fmt: skip
MORRIS = ("mu", "mu_star", "mu_star_low", "mu_star_high", "sigma", "effects")
SOBOL = ("first", "first_low", "first_high", "total", "total_low", "total_high", "rows")
FEWEST = 2
LEVEL = 0.9


@dataclass(frozen=True)
class Grid:
    """The runs of a sweep by point and replicate; NaN where one failed or is not done."""

    inputs: tuple[Varied, ...]
    values: tuple[Point, ...]
    replicates: int
    frame: pl.DataFrame

    @classmethod
    def of(cls, done: Sweep) -> Grid:
        """Return the runs of a sweep."""
        plan = done.plan().sort("point", "replicate").collect()
        keys = list(done.inputs)
        firsts = plan.unique("point", keep="first").sort("point")
        inputs = tuple(
            Varied(one["key"], one["shape"], tuple(one["values"]), one["whole"])
            for one in done.description["inputs"]
        )
        return cls(
            inputs,
            tuple(firsts.select(keys).iter_rows()),
            int(done.description["replicates"]),
            done.frame().collect(),
        )

    @property
    def points(self) -> int:
        """How many points were planned."""
        return len(self.values)

    @cached_property
    def _places(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return (
            self.frame["point"].to_numpy().astype(np.int64),
            self.frame["replicate"].to_numpy().astype(np.int64),
        )

    def outcome(self, name: str) -> F64:
        """Return an outcome, (points, replicates)."""
        found = np.full((self.points, self.replicates), np.nan)
        found[self._places] = self.frame[name].cast(float).to_numpy()
        return found

    def known(self, name: str) -> int:
        """Return how many runs have an outcome."""
        return int(np.isfinite(self.outcome(name)).sum())


def tornado_rows(grid: Grid, judged: Sequence[Judged], notes: list[str]) -> pl.DataFrame:
    """Return what each input does at the ends of its range, from points one at a time.

    The first point is the scenario itself; each other point differs from it in one input. A run
    of more than two values per input gives its lowest and highest.
    """
    base = grid.values[0]
    ends: dict[str, list[int]] = {one.key: [] for one in grid.inputs}
    for number, point in enumerate(grid.values[1:], start=1):
        moved = [i for i, value in enumerate(point) if value != base[i]]
        if len(moved) == 1:
            ends[grid.inputs[moved[0]].key].append(number)
    rows = []
    for one in judged:
        values = grid.outcome(one.id)
        for i, (key, places) in enumerate(ends.items()):
            if not places:
                continue
            # The scenario itself may stand at one end, or between the two.
            low, high = (places[0], places[-1]) if len(places) > 1 else (0, places[0])
            at = [_text(grid.values[place][i]) for place in (low, high)]
            found = [_difference(values[0], values[place]) for place in (low, high)]
            rows.append(
                {
                    "input": key, "low_at": at[0], "high_at": at[1],
                    "base": _mean(values[0]),
                    **dict(zip(TORNADO[1:4], found[0], strict=True)),
                    **dict(zip(TORNADO[4:7], found[1], strict=True)),
                    "swing": abs(found[1][0] - found[0][0]),
                    "pairs": min(_pairs(values[0], values[place]) for place in (low, high)),
                }
            )  # fmt: skip
            rows[-1] |= _told(one)
    for key in (key for key, places in ends.items() if not places):
        notes.append(f"{key}: both ends are the scenario's own value")
    return _frame(rows, TORNADO, "swing", texts=("low_at", "high_at"))


def morris_rows(grid: Grid, cube: F64, judged: Sequence[Judged], notes: list[str]) -> pl.DataFrame:
    """Return the elementary effects of each input over its range."""
    rows = []
    for one in judged:
        try:
            found = morris_effects(cube, grid.outcome(one.id), LEVEL)
        except SensitivityError as error:
            notes.append(f"{one.id}: {error}")
            continue
        columns = (
            found.mean, found.strength, found.strength_low, found.strength_high, found.spread,
            found.count,
        )  # fmt: skip
        rows += _of_inputs(grid, one, MORRIS, columns)
    return _frame(rows, MORRIS, "mu_star")


def sobol_rows(grid: Grid, judged: Sequence[Judged], notes: list[str], whole: bool) -> pl.DataFrame:
    """Return the Sobol indices of each input; first order only unless it is a whole design."""
    rows = []
    for one in judged:
        values = grid.outcome(one.id)
        try:
            columns = _indices(grid, values) if whole else _first_only(grid, values)
        except SensitivityError as error:
            notes.append(f"{one.id}: {error}")
            continue
        rows += _of_inputs(grid, one, SOBOL, columns)
    return _frame(rows, SOBOL, "total" if whole else "first")


def _indices(grid: Grid, values: F64) -> tuple[F64, ...]:
    found = sobol_indices(values, len(grid.inputs), LEVEL)
    return (
        found.first, found.first_low, found.first_high,
        found.total, found.total_low, found.total_high, found.rows,
    )  # fmt: skip


def _first_only(grid: Grid, values: F64) -> tuple[F64, ...]:
    found = [
        first_from_data([point[i] for point in grid.values], values, LEVEL)
        for i in range(len(grid.inputs))
    ]
    unknown = np.full(len(found), np.nan)
    first, low, high, rows = (
        np.array(column, dtype=np.float64) for column in zip(*found, strict=True)
    )
    return first, low, high, unknown, unknown, unknown, rows


def _of_inputs(
    grid: Grid, one: Judged, names: Sequence[str], columns: Sequence[F64]
) -> list[dict[str, Any]]:
    return [
        {
            "input": varied.key,
            **{name: float(column[i]) for name, column in zip(names, columns, strict=True)},
            **_told(one),
        }
        for i, varied in enumerate(grid.inputs)
    ]


def _told(one: Judged) -> dict[str, Any]:
    return {"outcome": one.id, "unit": one.unit, "direction": one.direction}


def _difference(base: F64, other: F64) -> tuple[float, float, float]:
    """Return the mean paired difference and its interval; NaN ends for one pair."""
    known = np.isfinite(base) & np.isfinite(other)
    if not known.any():
        return np.nan, np.nan, np.nan
    if known.sum() < FEWEST:
        return float((other - base)[known][0]), np.nan, np.nan
    found = paired_difference(base[known], other[known], LEVEL)
    return found.mean, found.low, found.high


def _pairs(base: F64, other: F64) -> float:
    return float((np.isfinite(base) & np.isfinite(other)).sum())


def _mean(values: F64) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else np.nan


def _text(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value).lower()


def _frame(
    rows: Sequence[Mapping[str, Any]],
    numbers: Sequence[str],
    by: str,
    texts: Sequence[str] = (),
) -> pl.DataFrame:
    """Return the rows, outcomes in their order, the strongest input of each first."""
    import polars as pl

    schema: dict[str, Any] = {
        **dict.fromkeys(("outcome", "unit", "direction", "input", *texts), pl.String),
        **dict.fromkeys(numbers, pl.Float64),
    }
    order = {name: number for number, name in enumerate(dict.fromkeys(r["outcome"] for r in rows))}
    frame = pl.DataFrame([{name: row[name] for name in schema} for row in rows], schema=schema)
    return (
        frame.with_columns(
            pl.col(numbers).fill_nan(None),
            pl.col("outcome").replace_strict(order, return_dtype=pl.Int64).alias("_order"),
        )
        .sort(["_order", by], descending=[False, True], nulls_last=True, maintain_order=True)
        .drop("_order")
    )
