"""What outcomes depend on as one HTML file that opens offline."""

import shlex
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from sim.experiments.sensitivity import Sensitivity
from sim.views.again import Again, again
from sim.views.basis import basis, parameters_among
from sim.views.outcomes import name_with_unit, outcome_name
from sim.views.report import HASH_DIGITS, drawn, rendered, write_page
from sim.views.sensitivities import (
    EXPLAINED,
    HEADS,
    cells,
    chart,
    idle_text,
    rows_of,
    shares_text,
    strongest_text,
)
from sim.views.sensitivity_summary import summary


def write_sensitivity_page(result: Sensitivity, folder: Path, path: Path) -> Path:
    """Write the page and return its path; raise ReportError if it cannot be written.

    folder: where the sweep is that it was taken from, as the page says.
    """
    return write_page(path, page(result, folder))


def page(result: Sensitivity, folder: Path) -> str:
    """Return the page as text; everything from the scenario is escaped."""
    told = result.manifest
    moved = [one for one in told["outcomes"] if rows_of(result, one["id"])]
    rests = basis(told["scenario_text"], here=parameters_among(told["inputs"]))
    return rendered(
        "sensitivity.html",
        title=f"What {told['scenario']} depends on",
        told=told,
        summary=summary(result, rests.sentence),
        warnings=told["warnings"],
        folder=folder,
        again=again_of(result, folder),
        chapters=[_chapter(result, i, one) for i, one in enumerate(moved)],
        still=[
            (outcome_name(one["id"]), idle_text(result, one["id"]))
            for one in told["outcomes"] if one not in moved
        ],
        heads=HEADS[result.method],
        explained=EXPLAINED[result.method],
        inputs=[
            (key, text, meaning_of(key))
            for key, text in zip(told["inputs"], told["ranges"], strict=True)
        ],
        outcomes=[{**one, "name": outcome_name(one["id"])} for one in told["outcomes"]],
        basis=rests,
        provenance={**sweep_facts(told), "Design": told["design"]},
    )  # fmt: skip


def again_of(result: Sensitivity, folder: Path) -> Again:
    """Return the command that makes the ranking again; of a sweep for other ends, from its runs."""
    told = result.manifest
    inputs, method = len(told["inputs"]), ["--method", result.method]
    each = {"morris": inputs + 1, "sobol": inputs + 2}.get(result.method, told["points"])
    if told["design"] not in ("oat", "given") or told["points"] % each:
        return Again(shlex.join(["llmsim", "sensitivity", str(folder), *method]))
    words = [*method]
    for key, text in zip(told["inputs"], told["ranges"], strict=True):
        words += ["-P", f"{key}={text}"]
    if result.method != "tornado":
        words += ["-N", str(told["points"] // each)]
    words += ["-n", str(told["replicates"]), "--seed", str(told["seed"]), "-o", str(folder)]
    return again("sensitivity", [told["scenario_text"]], *words)


def _chapter(result: Sensitivity, number: int, told: Mapping[str, Any]) -> dict[str, object]:
    outcome = told["id"]
    return {
        "anchor": f"outcome-{number + 1}",
        "name": name_with_unit(outcome, told["unit"]),
        "verdict": strongest_text(result, outcome),
        "shares": shares_text(result, outcome),
        "idle": idle_text(result, outcome),
        "figure": drawn(
            partial(chart, result, outcome), f"o{number}", source_of_sweep(result.manifest)
        ),
        "rows": [cells(result.method, row) for row in rows_of(result, outcome)],
    }


def meaning_of(key: str) -> str:
    """Return what an input is, in the words of `llmsim explain`."""
    from sim.scenario.describe import describe

    found = describe(key.split("."))
    return found.meaning if found else ""


def source_of_sweep(told: Mapping[str, Any]) -> str:
    """Return where the numbers of a sweep's figures come from, as one line."""
    ok = told["runs"]["ok"] if isinstance(told.get("runs"), Mapping) else None
    runs = f"{ok} runs" if ok is not None else f"{told['points']} points"
    return f"Source: llmsim, sweep of {told['scenario']}, {runs}, seed {told['seed']}."


def sweep_facts(told: Mapping[str, Any]) -> dict[str, str]:
    """Return where the numbers of a sweep come from, in the order to read it in."""
    return {
        "Seed": str(told["seed"]),
        "Runs": ", ".join(f"{number} {name}" for name, number in told["runs"].items() if number),
        "Code": str(told["hashes"]["code"])[:HASH_DIGITS],
        "Inputs": str(told["hashes"]["inputs"])[:HASH_DIGITS],
        "Commit": str(told["git_commit"] or "unknown"),
        "Versions": ", ".join(f"{name} {one}" for name, one in told["versions"].items() if one),
    }
