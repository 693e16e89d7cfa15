"""Calibration: which parameters let runs say what is known, found in waves of runs.

    wave 1   points of the whole prior, quasi-random
    wave 2   points that the figures, seen through a surrogate of wave 1, do not rule out
    wave 3   draws of the posterior, seen through a surrogate of waves 1 and 2
    wave 4   draws of the posterior again, two runs each: the check, foretold before it is run

Then the posterior is drawn for good, with all waves behind the surrogate. Every wave is a sweep in
the folder, each run with luck of its own, so the same call goes on where it was interrupted.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.core.errors import SimError
from sim.core.parameters import PARAMETER_TABLE
from sim.evidence.figures import Figure
from sim.experiments.calibration import Calibration, Wave, read_wave
from sim.experiments.design import from_unit, unit_sample
from sim.experiments.ensemble import OnProgress, Simulate
from sim.experiments.executors import Where
from sim.experiments.matching import Matching
from sim.experiments.space import Space, read_space
from sim.experiments.surrogate import enough, fit
from sim.experiments.sweep import Plan, Sweep, run_plan
from sim.experiments.sweep_estimate import estimate
from sim.experiments.sweep_runs import Job
from sim.experiments.targets import Target, end_of, targets_of
from sim.experiments.weekly import F64
from sim.results.provenance import hash_of, inputs_hash
from sim.results.store import check_writable
from sim.results.whole import as_json, as_parquet, write_whole
from sim.scenario import Scenario
from sim.scenario.ranges import Varied
from sim.strategies.checks import check_strategies

if TYPE_CHECKING:
    from collections.abc import Iterable

PARTS = (0.4, 0.2, 0.2, 0.2)
"""Share of the runs that each wave has."""

SEARCH = 2
"""The wave that looks for what is not ruled out; later ones draw from the posterior."""

CHECK_REPLICATES = 2
DRAWS = 500
FEWEST_RUNS = 100
PLAN = "calibration.json"


class CalibrationError(SimError):
    """A calibration that cannot be made, or another one that is in the way."""


@dataclass(frozen=True)
class Setup:
    """What all waves share."""

    scenario: Scenario
    inputs: tuple[Varied, ...]
    targets: tuple[Target, ...]
    seed: int
    simulate: Simulate | None

    @property
    def job(self) -> Job:
        """What every run keeps: what it says of each figure."""
        keys = tuple(one.key for one in self.inputs)
        return Job(self.scenario, keys, self.seed, self.targets, frozenset(), self.simulate)


def prior() -> tuple[Varied, ...]:
    """Return the prior of every parameter of the table: triangular, likeliest at its default."""
    return tuple(
        Varied(f"parameters.{name}", "triangular", (row.low, row.default, row.high))
        for name, row in PARAMETER_TABLE.items()
        if row.low < row.high
    )


def calibrate(
    scenario: Scenario,
    figures: Iterable[Figure],
    runs: int = 2000,
    space: Space = (),
    executor: Where = "process",
    out: Path | str = "runs/calibration",
    resume: bool = True,
    seed: int | None = None,
    draws: int = DRAWS,
    on_progress: OnProgress | None = None,
    simulate: Simulate | None = None,
) -> Calibration:
    """Return the posterior of parameters, given the figures of use `fit`.

    Args:
        scenario: the market that is calibrated; it runs until the last figure is known.
        figures: of which those that may be fitted are aimed at.
        runs: of all waves together, 100 or more.
        space: what varies, as of `sweep`; by default every parameter over its prior.
        executor, resume, on_progress, simulate: as of `sweep`.
        out: folder of the waves and of what is found.
        seed: the scenario's own by default.
        draws: rows of the posterior sample.

    Raises CalibrationError if nothing can be aimed at or the folder holds another calibration, and
    what `sweep` raises. Interrupted, it raises KeyboardInterrupt; what was run is kept.
    """
    if runs < FEWEST_RUNS:
        raise CalibrationError(f"{runs} runs; {FEWEST_RUNS} or more are needed")
    from threadpoolctl import threadpool_limits

    setup = set_up(scenario, figures, space, seed, simulate)
    folder = Path(out)
    _claim(folder, _description(setup, runs), resume)
    # Small matrices: more threads would only wait for each other, and for the workers.
    with threadpool_limits(1):
        return _in_waves(setup, folder, runs, executor, draws, _Progress(on_progress, runs))


def _in_waves(
    setup: Setup, folder: Path, runs: int, executor: Where, draws: int, progress: _Progress
) -> Calibration:
    waves: list[Wave] = []
    for number, part in enumerate(PARTS, start=1):
        before = _matching(setup, waves) if waves else None
        repeat = CHECK_REPLICATES if number == len(PARTS) else 1
        unit = _points(setup, folder, number, int(part * runs) // repeat, before)
        wave = _wave(setup, folder, number, unit, repeat, executor, progress, before)
        if before is None:
            setup, wave = _known(setup, wave)
        waves.append(wave)
    final = _matching(setup, waves)
    unit, discrepancy = final.posterior(draws, _keyed(setup.seed, len(PARTS) + 1))
    return Calibration(
        folder, setup.scenario, setup.inputs, setup.targets, tuple(waves), final, unit, discrepancy
    )


def set_up(
    scenario: Scenario,
    figures: Iterable[Figure],
    space: Space = (),
    seed: int | None = None,
    simulate: Simulate | None = None,
) -> Setup:
    """Return what a calibration is of; raises as `calibrate` does before anything runs."""
    check_strategies(scenario)
    targets = targets_of(figures)
    if not targets:
        raise CalibrationError("no figure has the use `fit` and a value; nothing can be aimed at")
    end = min(end_of(targets), scenario.end)
    return Setup(
        scenario=scenario.with_({"end": end}),
        inputs=read_space(scenario, space) if space else prior(),
        targets=targets,
        seed=scenario.seed if seed is None else seed,
        simulate=simulate,
    )


def runs_in(
    scenario: Scenario,
    figures: Iterable[Figure],
    space: Space,
    seconds: float,
    executor: Where,
    out: Path | str,
    resume: bool = True,
) -> int:
    """Return about how many runs take so many seconds, measured by one; arguments as `calibrate`.

    Of a calibration that goes on in the folder, how many it was begun with.
    """
    begun = Path(out) / PLAN
    if resume and begun.exists():
        return int(json.loads(begun.read_text(encoding="utf-8"))["runs"])
    setup = set_up(scenario, figures, space)
    plan = Plan(
        setup.job, setup.inputs, from_unit(setup.inputs, [[0.5] * len(setup.inputs)]), 1, "one"
    )
    one = estimate(plan, Path(out), executor)
    return max(FEWEST_RUNS, int(seconds * (one.workers or 1) / one.seconds_per_run))


def _description(setup: Setup, runs: int) -> dict[str, Any]:
    return {
        "kind": "calibration",
        "scenario": setup.scenario.name,
        "runs": runs,
        "seed": setup.seed,
        "inputs": [f"{one.key}={one.text}" for one in setup.inputs],
        "figures": [one.figure.id for one in setup.targets],
        "hashes": {
            "inputs": inputs_hash(setup.scenario.to_toml()),
            "figures": hash_of(*(repr(one.figure) for one in setup.targets)),
        },
    }


def _claim(folder: Path, description: dict[str, Any], resume: bool) -> None:
    """Make a folder the calibration's own; raise CalibrationError if it is another's."""
    file = folder / PLAN
    if not file.exists():
        check_writable(folder)
    if file.exists() and not resume:
        for wave in folder.glob("wave-*"):
            rmtree(wave)
        for points in folder.glob("points-*.parquet"):
            points.unlink()
        file.unlink()
    if file.exists():
        before = json.loads(file.read_text(encoding="utf-8"))
        for name, now in description.items():
            if before.get(name) != now:
                raise CalibrationError(
                    f"{folder}: holds a calibration with other {name}; choose another folder, or "
                    "start anew there with --no-resume (resume=False), which removes it"
                )
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(file, as_json(description))


class _Progress:
    """How much of all waves is done."""

    def __init__(self, report: OnProgress | None, runs: int) -> None:
        self.report, self.runs, self.done = report, runs, 0

    def of_wave(self, runs: int) -> OnProgress:
        """Return what a wave of so many runs reports to."""
        before = self.done
        self.done += runs

        def said(fraction: float) -> None:
            if self.report is not None:
                self.report((before + fraction * runs) / self.runs)

        return said


def _points(setup: Setup, folder: Path, number: int, size: int, before: Matching | None) -> F64:
    """Return where a wave runs; what was chosen once is kept, so that a wave goes on as it was."""
    import polars as pl

    if before is None:
        return unit_sample("sobol", len(setup.inputs), size, setup.seed)
    file = folder / f"points-{number}.parquet"
    if file.exists():
        return np.asarray(pl.read_parquet(file).to_numpy(), dtype=np.float64)
    keyed = _keyed(setup.seed, number)
    is_search = number == SEARCH
    unit = before.not_ruled_out(size, keyed) if is_search else before.posterior(size, keyed)[0]
    frame = pl.DataFrame(unit, [str(place) for place in range(unit.shape[1])])
    write_whole(file, as_parquet(frame))
    return unit


def _wave(
    setup: Setup,
    folder: Path,
    number: int,
    unit: F64,
    replicates: int,
    executor: Where,
    progress: _Progress,
    before: Matching | None,
) -> Wave:
    """Run a wave and return it with what was foretold."""
    job = replace(setup.job, seed=_keyed(setup.seed, number))
    points = from_unit(setup.inputs, unit)
    plan = Plan(job, setup.inputs, points, replicates, f"wave {number}", fresh_luck=True)
    done = run_plan(
        plan, folder / f"wave-{number}", executor,
        on_progress=progress.of_wave(len(plan.runs)),
    )  # fmt: skip
    if done.stopped:
        raise KeyboardInterrupt
    _check_some(done, number)
    return read_wave(done, unit, replicates, setup.targets, before)


def _check_some(done: Sweep, number: int) -> None:
    """Raise CalibrationError if every run of a wave failed, with what the first one said."""
    counts = done.counts()
    if counts["ok"]:
        return
    first = done.runs().select("stage", "error").head(1).collect().row(0)
    raise CalibrationError(
        f"all {counts['failed']} runs of wave {number} failed, the first in {first[0]}: {first[1]}"
    )


def _known(setup: Setup, first: Wave) -> tuple[Setup, Wave]:
    """Return both with those figures only of which the first wave says enough to be fitted."""
    known = np.flatnonzero(enough(first.misses))
    if not len(known):
        raise CalibrationError("no run says anything about any of the figures")
    targets = tuple(setup.targets[column] for column in known)
    return replace(setup, targets=targets), replace(first, misses=first.misses[:, known])


def _matching(setup: Setup, waves: Sequence[Wave]) -> Matching:
    unit = np.vstack([np.repeat(one.unit, one.replicates, axis=0) for one in waves])
    misses = np.vstack([one.misses for one in waves])
    return Matching(fit(unit, misses), setup.targets, len(setup.inputs))


def _keyed(seed: int, number: int) -> int:
    """Return the seed of a wave; waves share no luck."""
    return seed * 1000 + number
