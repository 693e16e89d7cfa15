"""The sign of a claim: what its mechanism adds to an outcome, over pairs of runs with one luck."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import polars as pl
from small_market import NOTHING, START, small, switched_off, tables

from sim.experiments.paired import PairedDifference, paired_difference

Run = Mapping[str, pl.DataFrame]
Measure = Callable[[Run], float]


def added(
    switch: str,
    *measures: Measure,
    names: tuple[str, ...],
    changes: Mapping[str, Any] = NOTHING,
    weeks: int = 40,
    start: date = START,
    replicates: int = 3,
) -> list[PairedDifference]:
    """Return what a mechanism adds to each outcome: with it less without it, 90 % interval."""

    def runs(extra: Mapping[str, Any]) -> list[Run]:
        scenario = small({**changes, **extra}, weeks, start)
        return [tables(scenario, replicate=one, names=names) for one in range(replicates)]

    without, with_it = runs(switched_off(switch)), runs(NOTHING)
    return [
        paired_difference([measure(run) for run in without], [measure(run) for run in with_it])
        for measure in measures
    ]
