"""Fans: quantiles over replicates, week by week, in memory that does not grow with replicates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.core.tables import TABLES
from sim.core.units import first_monday, week_of
from sim.experiments.ensemble import (
    EnsembleError,
    OnProgress,
    Simulate,
    chunks_of,
    engine_of,
)
from sim.experiments.executors import Where, place_of
from sim.experiments.failures import trouble_of
from sim.experiments.tasks import run_all
from sim.results.errors import TableError
from sim.results.run import Failure
from sim.results.tables import wanted_tables
from sim.scenario import Scenario, ScenarioError

if TYPE_CHECKING:
    import polars as pl

F64 = NDArray[np.float64]
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
KEPT = 256
"""Values kept of each number and level: quantiles are exact for as many replicates."""


class QuantileSketch:
    """Quantiles of many numbers at once from values that come one after another.

    For each cell the values are kept as they are until there are `kept` of them. Then they are
    sorted and every second one goes up a level, where it stands for two, and so on: memory grows
    with the logarithm of how many came. NaN means no value. The rank of a quantile is off by less
    than 1 % for a million values and 256 kept. Source: Karnin, Lang, Liberty 2016 (KLL), with
    alternating halves in the place of random ones. Limit: up to `kept` values it is exact.
    """

    def __init__(self, cells: int, kept: int = KEPT) -> None:
        self._cells, self._kept = cells, kept
        self._levels: list[list[F64]] = [[]]
        self._odd: list[bool] = [False]

    def add(self, values: F64) -> None:
        """Add one value per cell, (cells,)."""
        self._put(0, [values])

    def quantiles(self, levels: Sequence[float]) -> F64:
        """Return quantiles, (levels, cells); NaN where a cell has had no value."""
        parts = [np.stack(held, axis=1) for held in self._levels if held]
        if not parts:
            return np.full((len(levels), self._cells), np.nan)
        values = np.concatenate(parts, axis=1)
        weights = np.concatenate(
            [np.full(len(held), 2.0**i) for i, held in enumerate(self._levels) if held]
        )
        order = np.argsort(values, axis=1)
        values = np.take_along_axis(values, order, axis=1)
        weight = np.where(np.isnan(values), 0.0, weights[order])
        return _weighted(values, weight, levels)

    def _put(self, level: int, columns: list[F64]) -> None:
        held = self._levels[level]
        held.extend(columns)
        if len(held) <= self._kept:
            return
        spare = [held.pop()] if len(held) % 2 else []
        ordered = np.sort(np.stack(held, axis=1), axis=1)
        self._levels[level] = spare
        if level + 1 == len(self._levels):
            self._levels.append([])
            self._odd.append(False)
        taken = ordered[:, int(self._odd[level]) :: 2]
        self._odd[level] = not self._odd[level]
        self._put(level + 1, list(taken.T.copy()))


def _weighted(values: F64, weight: F64, levels: Sequence[float]) -> F64:
    """Return quantiles of sorted values; between two of them linear, as numpy's for weights 1."""
    total = weight.sum(axis=1)
    # The place of a value is the middle of the ranks it stands for, counted from 0.
    place = weight.cumsum(axis=1) - weight / 2 - 0.5
    result = np.full((len(levels), len(values)), np.nan)
    for cell in np.flatnonzero(total > 0):
        known = weight[cell] > 0
        wanted = np.asarray(levels) * (total[cell] - 1)
        result[:, cell] = np.interp(wanted, place[cell][known], values[cell][known])
    return result


@dataclass(frozen=True)
class Fan:
    """Quantiles over replicates: columns table, who, column, date, and one per level (`q05`)."""

    frame: pl.DataFrame
    replicates: int
    """How many came to their end."""
    failures: tuple[Failure, ...]
    interrupted: bool = False


@dataclass(frozen=True)
class _Grid:
    """The cells of a fan: who, and in which week, of each column."""

    columns: tuple[tuple[str, str], ...]
    who: Mapping[str, tuple[str, ...]]
    weeks: int
    start: np.datetime64

    @property
    def tables(self) -> frozenset[str]:
        return frozenset(table for table, _ in self.columns)

    @property
    def sizes(self) -> list[int]:
        return [len(self.who[table]) * self.weeks for table, _ in self.columns]


@dataclass(frozen=True)
class _Chunk:
    scenario: Scenario
    seed: int
    replicates: tuple[int, ...]
    grid: _Grid
    simulate: Simulate | None


def fan(
    scenario: Scenario,
    columns: Mapping[str, Sequence[str]],
    replicates: int = 100,
    seed: int | None = None,
    executor: Where = 1,
    levels: Sequence[float] = LEVELS,
    on_progress: OnProgress | None = None,
    simulate: Simulate | None = None,
) -> Fan:
    """Return quantiles over replicates of columns of the tables firms, apps and market.

    columns: such as {"apps": ["mau"], "market": ["hhi_api"]}. Memory does not grow with the
    replicates, since no run is kept; up to 256 replicates quantiles are exact. The result is the
    same wherever replicates are made. A replicate that fails is one of `failures`; Ctrl-C keeps
    those that finished. Raises EnsembleError for fewer than one replicate, TableError for a column
    that is none of numbers.
    """
    if replicates < 1:
        raise EnsembleError(f"replicates is {replicates}; must be 1 or more")
    seed = scenario.seed if seed is None else seed
    grid, place = _grid(scenario, columns), place_of(executor)
    gathered = _Gathered(grid, replicates, on_progress)
    chunks = (
        _Chunk(scenario, seed, numbers, grid, simulate) for numbers in chunks_of(replicates, place)
    )
    interrupted = False
    try:
        run_all(_cells_of_chunk, chunks, place, gathered.add, _worker_died, _each)
    except KeyboardInterrupt:
        interrupted = True
    frame = _frame(grid, gathered.sketch.quantiles(levels), levels)
    failures = tuple(gathered.failures[number] for number in sorted(gathered.failures))
    return Fan(frame, gathered.finished, failures, interrupted)


Found = list[tuple[int, F64 | Failure]]


class _Gathered:
    """Replicates taken in order, so that the sketch does not depend on which finished first."""

    def __init__(self, grid: _Grid, replicates: int, on_progress: OnProgress | None) -> None:
        self.sketch = QuantileSketch(sum(grid.sizes))
        self.failures: dict[int, Failure] = {}
        self.finished = 0
        self._early: dict[int, F64 | Failure] = {}
        self._next, self._replicates, self._on_progress = 0, replicates, on_progress

    def add(self, found: Found) -> None:
        self._early |= dict(found)
        while self._next in self._early:
            one = self._early.pop(self._next)
            if isinstance(one, Failure):
                self.failures[self._next] = one
            else:
                self.sketch.add(one)
                self.finished += 1
            self._next += 1
        if self._on_progress is not None:
            self._on_progress((self._next + len(self._early)) / self._replicates)


def _grid(scenario: Scenario, columns: Mapping[str, Sequence[str]]) -> _Grid:
    home = tuple(name for name, app in scenario.apps.items() if app.market == "china")
    who = {"firms": tuple(scenario.firms), "apps": home, "market": ("",)}
    wanted_tables(columns)
    for table, names in columns.items():
        if table not in who:
            raise TableError(table, "has no fan", f"fans are of {', '.join(who)}")
        numbers = [one.name for one in TABLES[table][2:] if one.kind in ("float", "int", "flag")]
        for name in names:
            if name not in numbers:
                raise TableError(table, f"{name} is no column of numbers", ", ".join(numbers))
    start = first_monday(scenario.start)
    wanted = tuple((table, name) for table, names in columns.items() for name in names)
    return _Grid(wanted, who, week_of(scenario.end, start), np.datetime64(start, "D"))


def _cells_of_chunk(chunk: _Chunk) -> Found:
    return [(number, _cells(chunk, number)) for number in chunk.replicates]


def _cells(chunk: _Chunk, number: int) -> F64 | Failure:
    grid = chunk.grid
    try:
        recorded = engine_of(chunk.simulate)(
            chunk.scenario, chunk.seed, number, grid.tables, None, 1
        )
        parts = [_column(grid, table, name, recorded[table]) for table, name in grid.columns]
    except ScenarioError:
        raise
    except Exception as error:
        return Failure(number, *trouble_of(error))
    return np.concatenate(parts)


def _column(grid: _Grid, table: str, name: str, rows: Mapping[str, object]) -> F64:
    """Return a column by who and week, flattened; NaN without a row."""
    cells = np.full((len(grid.who[table]), grid.weeks), np.nan)
    week = (np.asarray(rows["date"], dtype="datetime64[D]") - grid.start).astype(int) // 7
    number = {one: place for place, one in enumerate(grid.who[table])}
    if table == "market":
        place = np.zeros(len(week), dtype=np.int64)
    else:
        named: Sequence[str] = rows[table[:-1]]  # type: ignore[assignment]
        place = np.array([number[one] for one in named], dtype=np.int64)
    cells[place, week] = np.asarray(rows[name], dtype=np.float64)
    return cells.ravel()


def _each(chunk: _Chunk) -> list[_Chunk]:
    return [
        _Chunk(chunk.scenario, chunk.seed, (number,), chunk.grid, chunk.simulate)
        for number in chunk.replicates
    ]


def _worker_died(chunk: _Chunk, error: BaseException) -> Found:
    return [(number, Failure(number, *trouble_of(error, "worker"))) for number in chunk.replicates]


def _frame(grid: _Grid, quantiles: F64, levels: Sequence[float]) -> pl.DataFrame:
    import polars as pl

    dates = grid.start + 7 * np.arange(grid.weeks)
    heads = [
        pl.DataFrame(
            {
                "table": [table] * size,
                "who": np.repeat(grid.who[table], grid.weeks).tolist(),
                "column": [name] * size,
                "date": np.tile(dates, len(grid.who[table])),
            }
        )
        for (table, name), size in zip(grid.columns, grid.sizes, strict=True)
    ]
    said = {f"q{round(100 * one):02d}": row for one, row in zip(levels, quantiles, strict=True)}
    return pl.concat(heads).with_columns(
        *(pl.Series(name, row).fill_nan(None) for name, row in said.items())
    )
