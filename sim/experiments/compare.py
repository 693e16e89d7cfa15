"""Scenarios side by side with the same luck: what changed, what it does, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from sim.core.diagnostics import shorten
from sim.experiments.attribution import changes_between, each_alone
from sim.experiments.comparison import CompareError, Comparison, manifest_of
from sim.experiments.differences import (
    FEWEST,
    WHOLE,
    Side,
    difference_table,
    fan_table,
    outcome_table,
)
from sim.experiments.ensemble import OnProgress, Simulate
from sim.experiments.executors import Where
from sim.experiments.judged import read_judged
from sim.experiments.points import evaluate
from sim.scenario import Scenario

if TYPE_CHECKING:
    import polars as pl

LEVEL = 0.9
LABEL_WIDTH = 48


def compare(
    base: Scenario,
    *alternatives: Scenario,
    replicates: int = 20,
    seed: int | None = None,
    outcomes: Sequence[str] = (),
    attribution: bool = True,
    executor: Where = 1,
    on_progress: OnProgress | None = None,
    simulate: Simulate | None = None,
) -> Comparison:
    """Run scenarios with the same luck and return what the alternatives do against the base.

    All run with one seed (the base's by default) and the same replicate numbers, so that a
    difference holds what was changed and little else: common random numbers. Where horizons end
    on different days, all end on the earliest. With `attribution`, each single change of an
    alternative that has two to six of them is run alone as well.

    Args:
        base: what the others are held against.
        alternatives: one or more; of one name, their changes tell them apart.
        replicates: pairs of runs, 2 or more.
        seed: of all runs.
        outcomes: such as "apps.kimi.mau@2025-06"; by default those of `sim.experiments.judged`.
        attribution: whether to run single changes alone.
        executor: where runs are done: a number of processes, or as `sim.experiments.executors`.
        on_progress: called with the fraction done.
        simulate: replaces the engine.

    Raises CompareError without alternatives, with fewer than two replicates, different first days,
    or fewer than two pairs that finished; OutcomeError for an outcome that a scenario has not.
    After Ctrl-C whole pairs are kept and the status is `interrupted`; without two of them
    KeyboardInterrupt goes on.
    """
    _check(base, alternatives, replicates)
    seed = base.seed if seed is None else seed
    end = min(one.end for one in (base, *alternatives))
    everyone = [_ending(one, end) for one in (base, *alternatives)]
    asked = read_judged(everyone, outcomes)
    labels = _labels(base, alternatives)
    changes = [changes_between(base, one) for one in alternatives]
    sides = [Side(number, label) for number, label in enumerate(labels, start=1)]
    runs, notes = list(everyone), _said_of_ends(base, alternatives, end)
    for label, found in zip(labels, changes if attribution else [], strict=attribution):
        for alone in each_alone(everyone[0], found):
            if alone.scenario is None:
                notes.append(f"{label}: {alone.change.key} alone is no scenario: {alone.reason}")
                continue
            sides.append(Side(len(runs), label, alone.change.key))
            runs.append(alone.scenario)
    points = evaluate(
        runs, asked, replicates, seed, executor, on_progress, with_series=True, simulate=simulate
    )
    whole = np.asarray(points.finished.all(axis=0))
    if points.interrupted and whole.sum() < FEWEST:
        raise KeyboardInterrupt
    if whole.sum() < FEWEST:
        reason = points.failures[0][1].error
        raise CompareError(f"{whole.sum()} pairs finished; 2 or more are needed ({reason})")
    if points.interrupted:
        points = replace(points, values=np.where(whole[None, :, None], points.values, np.nan))
    names = [(base.name, WHOLE), *((side.alternative, side.change) for side in sides)]
    table = difference_table(points, sides, LEVEL)
    notes += points.says([_spoken(*name) for name in names])
    notes += _said_of_pairs(table, replicates)
    manifest = manifest_of(
        base=base,
        alternatives=tuple(zip(labels, alternatives, changes, strict=True)),
        end=end,
        points=points,
        pairs=int(whole.sum()),
        level=LEVEL,
        warnings=notes,
    )
    return Comparison(table, fan_table(points, sides), outcome_table(points, names), manifest)


def _check(base: Scenario, alternatives: Sequence[Scenario], replicates: int) -> None:
    if not alternatives:
        raise CompareError("there is nothing to compare with; name one alternative or more")
    if replicates < FEWEST:
        raise CompareError(f"replicates is {replicates}; a paired interval needs 2 or more")
    for one in alternatives:
        if one.start != base.start:
            raise CompareError(
                f"{one.name} starts on {one.start}, {base.name} on {base.start};"
                " only scenarios that start on one day share their luck"
            )


def _ending(scenario: Scenario, end: date) -> Scenario:
    return scenario if scenario.end == end else scenario.with_({"end": end})


def _labels(base: Scenario, alternatives: Sequence[Scenario]) -> list[str]:
    """Return names; where two are the same, with what is changed or, failing that, a number."""
    taken, labels = {base.name}, []
    for number, one in enumerate(alternatives, start=2):
        label = one.name
        if label in taken:
            found = one.differences(base)
            said = ", ".join(f"{d.key.split('.')[-1]}={d.after}" for d in found[:2])
            label = shorten(f"{one.name} with {said}", LABEL_WIDTH) if found else label
        if label in taken:
            label = f"{label} ({number})"
        taken.add(label)
        labels.append(label)
    return labels


def _said_of_ends(base: Scenario, alternatives: Sequence[Scenario], end: date) -> list[str]:
    longer = [one.name for one in (base, *alternatives) if one.end != end]
    return [f"compared until {end}, before the end of {', '.join(longer)}"] if longer else []


def _said_of_pairs(table: pl.DataFrame, replicates: int) -> list[str]:
    import polars as pl

    fewer = table.filter((pl.col("change") == WHOLE) & (pl.col("pairs") < replicates))
    return [
        f"{row['outcome']}: {row['pairs']} of {replicates} pairs have a number for both, "
        f"{row['alternative']}"
        for row in fewer.iter_rows(named=True)
    ]


def _spoken(name: str, change: str) -> str:
    return name if change == WHOLE else f"{name}, {change} alone"
