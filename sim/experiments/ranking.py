"""What matters: each claim, or each dated event, taken away alone, with the same luck.

A ranking is a sweep whose points are the scenario itself and the scenario without one thing each.
So it is kept run by run in a folder, goes on where it was stopped, and runs wherever sweeps run.
An effect is the outcome without the thing less the outcome with it, replicate by replicate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from sim.core.errors import SimError
from sim.evidence.mechanisms import MECHANISMS
from sim.experiments.design import Point
from sim.experiments.differences import FEWEST, Side, difference_table
from sim.experiments.ensemble import OnProgress, Simulate
from sim.experiments.executors import Where
from sim.experiments.judged import Judged, read_judged
from sim.experiments.points import Points
from sim.experiments.stored_sweep import Sweep
from sim.experiments.sweep import Plan, run_plan
from sim.experiments.sweep_runs import Job
from sim.scenario import Scenario
from sim.scenario.ranges import Varied

if TYPE_CHECKING:
    import polars as pl

Kind = Literal["mechanisms", "shocks"]
LEVEL = 0.9
DESIGN = "one thing away"


class RankingError(SimError):
    """A ranking that cannot be made."""


@dataclass(frozen=True)
class Thing:
    """What can be taken away: a claim by its switch, or a dated event by its id."""

    name: str
    label: str
    meaning: str
    key: str
    value: bool


@dataclass(frozen=True)
class Ranking:
    """Effects of taking things away.

    table: a row per thing and outcome: `alternative` is the thing, then as in a comparison, and
    `strength`, the effect over the spread that luck alone gives the outcome (null where luck gives
    none). order: names of things, strongest first.
    """

    scenario: Scenario
    kind: Kind
    things: tuple[Thing, ...]
    outcomes: tuple[Judged, ...]
    replicates: int
    table: pl.DataFrame
    order: tuple[str, ...]
    sweep: Sweep

    def thing(self, name: str) -> Thing:
        """Return a thing by its name."""
        return next(one for one in self.things if one.name == name)


def things_of(scenario: Scenario, kind: Kind, only: Sequence[str] = ()) -> tuple[Thing, ...]:
    """Return what can be taken away from a scenario: claims in force, or its dated events.

    Raises RankingError for a name in `only` that is none of them.
    """
    found = _claims(scenario) if kind == "mechanisms" else _events(scenario)
    known = {one.name: one for one in found}
    for name in only:
        if name not in known:
            raise RankingError(
                f"{name!r} is none of the {kind} in force; there are {', '.join(known)}"
            )
    if not known:
        raise RankingError(f"the scenario {scenario.name!r} has no {kind} to take away")
    return tuple(known[name] for name in only) if only else tuple(found)


def rank(
    scenario: Scenario,
    kind: Kind = "mechanisms",
    replicates: int = 100,
    seed: int | None = None,
    outcomes: Sequence[str] = (),
    only: Sequence[str] = (),
    executor: Where = "process",
    out: Path | str = "runs/mechanisms",
    resume: bool = True,
    on_progress: OnProgress | None = None,
    simulate: Simulate | None = None,
) -> Ranking:
    """Run a scenario with and without each thing and rank what taking it away does.

    Args:
        scenario: the future in which things are taken away.
        kind: causal claims of the articles, or the dated events of the scenario.
        replicates: pairs of runs, 2 or more.
        seed: the scenario's own by default.
        outcomes: as of `compare`.
        only: names of things; all by default.
        executor, out, resume, on_progress, simulate: as of `sweep`.

    Raises what `sweep` raises, and RankingError for fewer than two replicates or pairs.
    """
    if replicates < FEWEST:
        raise RankingError(f"replicates is {replicates}; an effect needs {FEWEST} or more")
    things = things_of(scenario, kind, only)
    judged = read_judged([scenario], outcomes)
    plan = _plan(scenario, things, judged, replicates, seed, simulate)
    sweep = run_plan(plan, Path(out), executor, resume, on_progress=on_progress)
    return read_ranking(scenario, kind, things, judged, replicates, sweep)


def read_ranking(
    scenario: Scenario,
    kind: Kind,
    things: tuple[Thing, ...],
    outcomes: tuple[Judged, ...],
    replicates: int,
    sweep: Sweep,
) -> Ranking:
    """Return the ranking that a sweep holds, finished or not; see `rank`."""
    points = _points(sweep, outcomes, len(things), replicates)
    sides = [Side(number, one.name) for number, one in enumerate(things, start=1)]
    table = _with_strength(difference_table(points, sides, LEVEL), points)
    if table["difference"].is_null().all():
        raise RankingError("no pair of runs finished; nothing can be ranked")
    return Ranking(scenario, kind, things, outcomes, replicates, table, _order(table), sweep)


def _claims(scenario: Scenario) -> list[Thing]:
    return [
        Thing(switch, claim.id, claim.claim, f"mechanisms.{switch}", value=False)
        for switch, claim in MECHANISMS.items()
        if claim.place and scenario.mechanisms[switch]
    ]


def _events(scenario: Scenario) -> list[Thing]:
    return [
        Thing(
            name,
            f"{shock.date:%Y-%m-%d}",
            f"{shock.kind.replace('_', ' ')}: {shock.who}" if shock.who else shock.kind,
            f"shock.{name}.remove",
            value=True,
        )
        for name, shock in scenario.shocks
    ]


def _plan(
    scenario: Scenario,
    things: tuple[Thing, ...],
    outcomes: tuple[Judged, ...],
    replicates: int,
    seed: int | None,
    simulate: Simulate | None,
) -> Plan:
    """Return the sweep whose points are the scenario itself, then one thing away each."""
    nothing: Point = (None,) * len(things)
    away = [
        (*nothing[:number], one.value, *nothing[number + 1 :]) for number, one in enumerate(things)
    ]
    inputs = tuple(Varied(one.key, "list", (one.value,)) for one in things)
    keys = tuple(one.key for one in things)
    seed = scenario.seed if seed is None else seed
    job = Job(scenario, keys, seed, tuple(one.outcome for one in outcomes), frozenset(), simulate)
    return Plan(job, inputs, (nothing, *away), replicates, DESIGN)


def _points(sweep: Sweep, outcomes: tuple[Judged, ...], things: int, replicates: int) -> Points:
    values = np.full((1 + things, replicates, len(outcomes)), np.nan)
    columns = [one.id for one in outcomes]
    frame = sweep.frame().select("point", "replicate", *columns).collect()
    if frame.height:
        numbers = frame.select(columns).fill_null(np.nan).to_numpy()
        values[frame["point"].to_numpy(), frame["replicate"].to_numpy()] = numbers
    finished = np.isfinite(values).any(axis=2)
    seed = int(sweep.description["seed"])
    return Points(outcomes, seed, values, finished, {}, ())


def _with_strength(table: pl.DataFrame, points: Points) -> pl.DataFrame:
    import polars as pl

    with np.errstate(invalid="ignore"):
        spread = np.nanstd(points.values[0], axis=0, ddof=1)
    by_outcome = {one.id: float(sd) for one, sd in zip(points.outcomes, spread, strict=True)}
    luck = pl.col("outcome").replace_strict(by_outcome, return_dtype=pl.Float64)
    return table.with_columns(
        strength=pl.when(luck > 0).then(pl.col("difference") / luck).otherwise(None)
    )


def _order(table: pl.DataFrame) -> tuple[str, ...]:
    """Return things by their strongest effect that is told from 0; without one, last."""
    import polars as pl

    clear = (pl.col("low") > 0) | (pl.col("high") < 0)
    strongest = pl.when(clear).then(pl.col("strength").abs()).otherwise(0.0)
    ranked = (
        table.with_columns(strongest=strongest.fill_nan(0.0).fill_null(0.0))
        .group_by("alternative", maintain_order=True)
        .agg(pl.col("strongest").max())
        .sort("strongest", descending=True, maintain_order=True)
    )
    return tuple(ranked["alternative"])
