"""Which inputs the outcomes depend on: a sweep made for it or a finished one, taken apart.

tornado   each input alone at both ends of its range: differences with paired intervals
morris    elementary effects over the whole space: strength mu* and spread sigma
sobol     shares of the variance: first order and total
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal, get_args

from sim.experiments.design import from_unit
from sim.experiments.ensemble import OnProgress, Simulate
from sim.experiments.executors import Where
from sim.experiments.judged import ASKED, Judged, read_judged
from sim.experiments.outcomes import read_outcomes
from sim.experiments.ranked_inputs import Grid, morris_rows, sobol_rows, tornado_rows
from sim.experiments.screening import morris_design, variance_split
from sim.experiments.sobol import SensitivityError, saltelli_design
from sim.experiments.space import Space, read_space
from sim.experiments.stored_sweep import Sweep
from sim.experiments.sweep import sweep
from sim.scenario import Scenario

if TYPE_CHECKING:
    import polars as pl

Method = Literal["tornado", "morris", "sobol"]
METHODS: tuple[Method, ...] = get_args(Method)

DEFAULT_OUTCOMES = ("market.users_any_app", *(one for one in ASKED if not one.startswith("apps.")))
"""What is ranked by default: what comparisons ask, with all users in place of each app's."""


NO_NUMBER = "no run has such a number"


@dataclass(frozen=True, repr=False, eq=False)
class Sensitivity:
    """How much the outcomes depend on each input.

    `table` has a row per outcome and input, the strongest first; its columns are those of the
    method (`sim.experiments.ranked_inputs`). `shares` has a row per outcome: which part of its
    variance is due to the inputs, to luck, and to both together; null where the runs cannot tell.
    """

    method: Method
    table: pl.DataFrame
    shares: pl.DataFrame
    manifest: Mapping[str, Any]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What should be known before the numbers are trusted."""
        return tuple(self.manifest["warnings"])

    def __repr__(self) -> str:
        told = self.manifest
        return (
            f"<Sensitivity of {told['scenario']} by {self.method}: {len(told['inputs'])} inputs, "
            f"{told['runs']['ok']} runs>"
        )

    def as_dict(self) -> dict[str, Any]:
        """Return manifest and rows as plain values for JSON."""
        return {
            **self.manifest,
            "rows": self.table.to_dicts(),
            "shares": self.shares.to_dicts(),
        }


def sensitivity(
    of: Scenario | Sweep,
    space: Space = (),
    method: Method = "tornado",
    points: int | None = None,
    replicates: int = 4,
    outcomes: Sequence[str] = (),
    seed: int | None = None,
    executor: Where = 1,
    out: Path | str | None = None,
    on_progress: OnProgress | None = None,
    simulate: Simulate | None = None,
) -> Sensitivity:
    """Return how much outcomes depend on inputs.

    Replicate r of every point has the same luck, so that luck never passes for an effect. A run
    that fails is left out and the effective sample size says so.

    Args:
        of: a scenario, which is swept, or a sweep that was. Of a sweep with another design than
            the method's own: `sobol` gives first-order indices from the points as they are, the
            others are refused.
        space: what varies, as `sweep` takes it; by default every parameter over its prior.
        method: "tornado", "morris" or "sobol".
        points: trajectories of morris (default 10); rows of sobol, a power of 2 (default 64), so
            points x (inputs + 2) runs; unused by tornado, which takes two ends for each input.
        replicates: of each point; 2 or more split the variance into inputs and luck.
        outcomes: such as "apps.kimi.mau@2025-06"; by default those of DEFAULT_OUTCOMES, of a sweep
            what it kept.
        seed: of design and runs; by default the scenario's.
        executor: where runs are done, as `sweep` takes it.
        out: folder in which the sweep is kept, so that it can be resumed; by default none is.
        on_progress: called with the fraction done.
        simulate: replaces the engine.

    Raises SensitivityError for an unknown method, a sweep that does not fit it, or too few runs;
    and what `sweep` raises. KeyboardInterrupt when the sweep was stopped; with `out`, the same
    call goes on from there.
    """
    if method not in METHODS:
        raise SensitivityError(f"there is no method {method!r}; there are {', '.join(METHODS)}")
    if isinstance(of, Sweep):
        if space or points is not None:
            raise SensitivityError("a finished sweep says what varies; give no ranges and points")
        return analyse(of, method, outcomes)
    seed = of.seed if seed is None else seed
    inputs = read_space(of, space or every_parameter(of))
    design: Any = "oat"
    if method == "morris":
        design = morris_design(len(inputs), points or 10, seed)
    elif method == "sobol":
        design = saltelli_design(len(inputs), points or 64, seed)
    names = [one.name for one in read_outcomes(of, [*(outcomes or DEFAULT_OUTCOMES)])]
    with TemporaryDirectory() as folder:
        done = sweep(
            of, inputs, design, points=2, replicates=replicates, executor=executor,
            out=out or Path(folder) / "sweep", seed=seed, outcomes=names, on_progress=on_progress,
            simulate=simulate,
        )  # fmt: skip
        if done.stopped:
            raise KeyboardInterrupt
        return analyse(done, method)


def every_parameter(scenario: Scenario) -> tuple[str, ...]:
    """Return the prior of every parameter of a scenario as a range."""
    from sim.core.parameters import PARAMETER_TABLE

    known = scenario.flat()
    return tuple(
        f"parameters.{name}={row.low!r}:{row.high!r}"
        for name, row in PARAMETER_TABLE.items()
        if row.low < row.high and f"parameters.{name}" in known
    )


def analyse(done: Sweep, method: Method, outcomes: Sequence[str] = ()) -> Sensitivity:
    """Return how much the outcomes of a sweep depend on its inputs; see `sensitivity`."""
    import polars as pl

    told = done.description
    judged = _judged(done.scenario, done, outcomes)
    grid = Grid.of(done)
    notes = _notes(done, grid)
    notes += [f"{one.id}: {NO_NUMBER}" for one in judged if not grid.known(one.id)]
    table, is_saltelli = _rows(done, method, grid, judged, notes)
    counts = done.counts()
    manifest = {
        "kind": "sensitivity",
        "schema_version": 1,
        "method": method,
        "scenario": told["scenario"],
        "seed": told["seed"],
        "design": told["design"],
        "points": grid.points,
        "replicates": told["replicates"],
        "runs": counts,
        "inputs": [one.key for one in grid.inputs],
        "ranges": [one.text for one in grid.inputs],
        "outcomes": [
            {"id": one.id, "unit": one.unit, "direction": one.direction, "meaning": one.meaning}
            for one in judged
        ],
        "warnings": notes,
        "hashes": told["hashes"],
        "versions": told["versions"],
        "git_commit": told["git_commit"],
        "scenario_text": told["scenario_text"],
    }
    # A Saltelli design is a sample in its first two blocks; what follows mixes them.
    sample = 2 * (grid.points // (len(grid.inputs) + 2)) if is_saltelli else grid.points
    splits = [(one, variance_split(grid.outcome(one.id)[:sample])) for one in judged]
    shares = pl.DataFrame(
        [
            {
                "outcome": one.id,
                "inputs": split.inputs if split else None,
                "luck": split.luck if split else None,
                "both": split.both if split else None,
            }
            for one, split in splits
        ],
        schema={"outcome": pl.String, **dict.fromkeys(("inputs", "luck", "both"), pl.Float64)},
    )
    return Sensitivity(method, table, shares, manifest)


def _rows(
    done: Sweep, method: Method, grid: Grid, judged: Sequence[Judged], notes: list[str]
) -> tuple[pl.DataFrame, bool]:
    seed, design = int(done.description["seed"]), str(done.description["design"])
    if method == "tornado":
        if design != "oat":
            raise SensitivityError(
                f"{done.folder}: tornado needs a sweep of design oat, one input at a time; "
                f"this one is {design}"
            )
        return tornado_rows(grid, judged, notes), False
    d = len(grid.inputs)
    per_row, make = (d + 1, morris_design) if method == "morris" else (d + 2, saltelli_design)
    cube = None
    if design == "given" and grid.points % per_row == 0:
        try:
            cube = make(d, grid.points // per_row, seed)
        except SensitivityError:
            cube = None
    if cube is not None and from_unit(grid.inputs, cube) != grid.values:
        cube = None
    if method == "morris":
        if cube is None:
            raise SensitivityError(
                f"{done.folder}: morris needs its own trajectories; llmsim sensitivity SCENARIO "
                "--method morris makes them"
            )
        return morris_rows(grid, cube, judged, notes), False
    if cube is None:
        notes.append(
            f"the sweep's design is {design}: first-order indices only, from the points as they are"
        )
    whole = cube is not None
    return sobol_rows(grid, judged, notes, whole), whole


def _judged(scenario: Scenario, done: Sweep, asked: Sequence[str]) -> tuple[Judged, ...]:
    judged = read_judged([scenario], asked or done.outcomes)
    missing = [one.id for one in judged if one.id not in done.outcomes]
    if missing:
        kept = ", ".join(done.outcomes[:6])
        raise SensitivityError(f"the sweep did not keep {', '.join(missing)}; it has {kept}")
    return judged


def _notes(done: Sweep, grid: Grid) -> list[str]:
    counts = done.counts()
    notes = []
    if counts["failed"]:
        notes.append(f"{counts['failed']} of {sum(counts.values())} runs failed and are left out")
    if counts["pending"]:
        notes.append(f"{counts['pending']} of {sum(counts.values())} runs are still to be done")
    if grid.replicates < 2:
        notes.append("one replicate: what luck contributes is not known")
    return notes
