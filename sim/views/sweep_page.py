"""A sweep as one HTML file that opens offline: what varied, what depends on it, what failed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import polars as pl

from sim.experiments.judged import Judged, read_judged
from sim.experiments.ranked_inputs import Grid
from sim.experiments.stored_sweep import Sweep
from sim.experiments.strongest import Pair, strongest_pairs
from sim.views.again import Again, again
from sim.views.basis import basis, parameters_among
from sim.views.charts.labelled import short_key
from sim.views.charts.pairs import pairs as panels
from sim.views.format import percent
from sim.views.outcomes import interval_text, name_with_unit, outcome_name, outcome_value
from sim.views.report import drawn, rendered, write_page
from sim.views.sensitivity_page import meaning_of, source_of_sweep, sweep_facts
from sim.views.sweep_summary import summary

MOST_PAIRS, MOST_PANELS, MOST_OUTCOMES, MOST_FAILURES = 20, 9, 60, 10


def write_sweep_page(sweep: Sweep, path: Path) -> Path:
    """Write the page and return its path; raise ReportError if it cannot be written."""
    return write_page(path, page(sweep))


def page(sweep: Sweep) -> str:
    """Return the page as text; everything from the sweep is escaped."""
    told, counts, grid = sweep.description, sweep.counts(), Grid.of(sweep)
    judged = read_judged([sweep.scenario], sweep.outcomes)
    units = {one.id: one.unit for one in judged}
    found = strongest_pairs(grid, sweep.outcomes, MOST_PAIRS)
    shown = found[:MOST_PANELS]
    failures = _failures(sweep)
    rests = basis(told["scenario_text"], here=parameters_among(sweep.inputs))
    seen = [line for one in judged if (line := _outcome_line(grid, one))]
    return rendered(
        "sweep.html",
        title=f"{told['scenario']} at {told['points']} points of {_inputs(len(grid.inputs))}",
        told=told,
        summary=summary(counts, grid, judged, found, rests.sentence),
        inputs=[(one.key, one.text.replace(",", ", "), meaning_of(one.key)) for one in grid.inputs],
        figure=drawn(partial(panels, shown, units, _title(found)), "pairs", source_of_sweep(told)),
        pairs=[
            (name_with_unit(one.outcome, units[one.outcome]), one.key, percent(one.share))
            for one in found
        ],
        outcomes=seen[:MOST_OUTCOMES],
        outcomes_left=max(0, len(seen) - MOST_OUTCOMES),
        failures=failures[:MOST_FAILURES],
        failures_left=max(0, len(failures) - MOST_FAILURES),
        resume=(
            "The same command goes on where the sweep stopped and makes no finished run again; "
            "with more points it keeps those that are there."
        ),
        again=again_of(sweep),
        basis=rests,
        provenance={
            **sweep_facts({**told, "runs": counts}),
            "Started": str(told["started"]).replace("T", " "),
            "Tables kept": ", ".join(told["tables"]) or "none",
            "Folder": str(sweep.folder),
        },
    )  # fmt: skip


def again_of(sweep: Sweep) -> Again:
    """Return the command that makes the sweep again."""
    told = sweep.description
    words: list[str] = []
    if not str(told["design"]).endswith(".csv"):
        words += [part for one in Grid.of(sweep).inputs for part in ("-P", f"{one.key}={one.text}")]
    if told["design"] != "given":
        words += ["--design", told["design"]]
    if told["design"] in ("sobol", "lhs"):
        words += ["-N", str(told["points"])]
    words += ["-n", str(told["replicates"]), "--seed", str(told["seed"]), "-o", str(sweep.folder)]
    return again("sweep", [told["scenario_text"]], *words)


def _inputs(number: int) -> str:
    return "1 input" if number == 1 else f"{number} inputs"


def _title(found: Sequence[Pair]) -> str:
    if not found:
        return "No outcome is seen to depend on an input"
    return f"{outcome_name(found[0].outcome)}: {short_key(found[0].key)} matters most"


def _outcome_line(grid: Grid, one: Judged) -> dict[str, str] | None:
    values = grid.frame[one.id].drop_nulls()
    if values.is_empty():
        return None
    low, high = values.quantile(0.05), values.quantile(0.95)
    return {
        "name": name_with_unit(one.id, one.unit),
        "id": one.id,
        "mean": outcome_value(float(values.cast(pl.Float64).sum()) / len(values), one.unit),
        "range": interval_text(low, high, one.unit, sign=""),
        "runs": str(len(values)),
    }


def _failures(sweep: Sweep) -> list[dict[str, object]]:
    """Return the failures, alike ones once, the most frequent first."""
    failed = sweep.runs().filter(pl.col("status") == "failed").collect()
    found = []
    for same in failed.partition_by("stage", "error", maintain_order=True):
        first = same.row(0, named=True)
        found.append(
            {
                "number": same.height,
                "runs": f"{same.height} run{'' if same.height == 1 else 's'}",
                "stage": first["stage"],
                "error": str(first["error"]).splitlines()[0],
                "point": first["point"],
                "replicate": first["replicate"],
                "values": ", ".join(f"{key} = {first[key]}" for key in sweep.inputs),
                "traceback": first["traceback"] or "",
            }
        )
    return sorted(found, key=lambda one: -int(str(one["number"])))
