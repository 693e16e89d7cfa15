"""The manifest of a run: everything needed to trust it and to repeat it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sim.results.provenance import code_hash, git_commit, hash_of, inputs_hash, versions
from sim.results.run import Failure
from sim.results.store import SCHEMA_VERSION


@dataclass(frozen=True)
class Timing:
    """When a run started and what it took; seconds of wall clock."""

    started: datetime
    seconds: float
    replicate_seconds: Mapping[int, float]


def manifest_of(
    *,
    scenario: str,
    scenario_text: str,
    seed: int,
    replicates: int,
    rows: Mapping[str, int],
    finished: Sequence[int],
    failures: Sequence[Failure],
    interrupted: bool,
    timing: Timing,
) -> dict[str, Any]:
    """Return the manifest of a run.

    `scenario_text` is the resolved scenario, `replicates` how many were asked for, `finished` the
    numbers of those that are in the tables, `rows` the length of each table.
    """
    inputs = inputs_hash(scenario_text)
    return {
        "kind": "run",
        "schema_version": SCHEMA_VERSION,
        "id": run_id(scenario_text, seed, replicates),
        "status": _status(failures, interrupted),
        "scenario": scenario,
        "seed": seed,
        "replicates": replicates,
        "finished": list(finished),
        "failures": [asdict(failure) for failure in failures],
        "tables": dict(rows),
        "versions": versions(),
        "git_commit": git_commit(),
        "hashes": {"code": code_hash(), "inputs": inputs},
        "timing": {
            "started": timing.started.isoformat(timespec="seconds"),
            "seconds": round(timing.seconds, 3),
            "replicate_seconds": [round(timing.replicate_seconds[n], 3) for n in finished],
        },
        "scenario_text": scenario_text,
    }


def run_id(scenario_text: str, seed: int, replicates: int) -> str:
    """Return the hash of all that decides a run's numbers: inputs, seed, replicates and code."""
    return hash_of(inputs_hash(scenario_text), seed, replicates, code_hash())


def _status(failures: Sequence[Failure], interrupted: bool) -> str:
    if interrupted:
        return "interrupted"
    return "failed" if failures else "finished"
