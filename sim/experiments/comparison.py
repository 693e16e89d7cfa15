"""A comparison as a value: tables and a manifest, kept in a folder, shown by views."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.core.errors import SimError
from sim.experiments.attribution import Change
from sim.experiments.points import Points
from sim.results.provenance import code_hash, git_commit, hash_of, inputs_hash, versions
from sim.results.whole import as_json, as_parquet, try_writing, write_whole
from sim.scenario import Scenario
from sim.scenario.describe import describe

if TYPE_CHECKING:
    import polars as pl

SCHEMA_VERSION = 1
KIND = "comparison"
MANIFEST, REPORT = "manifest.json", "report.html"
TABLES = ("differences", "weeks", "outcomes")


class CompareError(SimError):
    """Scenarios that cannot be set side by side, or a folder that holds no comparison."""


@dataclass(frozen=True, repr=False, eq=False)
class Comparison:
    """What alternatives do against a base; as `compare` returns it or a folder holds it."""

    table: pl.DataFrame
    """A row per alternative, change and outcome; see `differences.difference_table`."""
    fans: pl.DataFrame
    """The differences week by week; see `differences.fan_table`."""
    outcomes: pl.DataFrame
    """Every value of every replicate; see `differences.outcome_table`."""
    manifest: Mapping[str, Any]
    """What was compared, with which seed, what changed, what failed, and with which code."""

    @property
    def base(self) -> str:
        """The name of the base."""
        return str(self.manifest["base"])

    @property
    def alternatives(self) -> tuple[str, ...]:
        """The names of the alternatives."""
        return tuple(one["name"] for one in self.manifest["alternatives"])

    @property
    def warnings(self) -> tuple[str, ...]:
        """What should be known before the numbers are trusted."""
        return tuple(self.manifest["warnings"])

    def __repr__(self) -> str:
        others = ", ".join(self.alternatives)
        return f"<Comparison of {self.base} with {others}: {self.manifest['pairs']} pairs>"

    def as_dict(self) -> dict[str, Any]:
        """Return manifest and rows as plain values for JSON."""
        return {**self.manifest, "rows": self.table.to_dicts()}

    def to_html(self, path: str | Path) -> Path:
        """Write the comparison as one HTML file that opens offline, and return its path."""
        return _page(self, Path(path))

    def _repr_html_(self) -> str:
        return _cell(self)


Page = Callable[[Comparison, Path], Path]
Cell = Callable[[Comparison], str]
_VIEWS: list[tuple[Page, Cell]] = []


def register_views(page: Page, cell: Cell) -> None:
    """Say how a comparison becomes a page and a notebook cell; `sim.views` calls this."""
    _VIEWS.append((page, cell))


def manifest_of(
    *,
    base: Scenario,
    alternatives: Sequence[tuple[str, Scenario, Sequence[Change]]],
    end: date,
    points: Points,
    pairs: int,
    level: float,
    warnings: Sequence[str],
) -> dict[str, Any]:
    """Return the manifest of a comparison: all that is needed to trust it and to repeat it.

    alternatives: name, scenario and changes of each; end: where all of them end; pairs:
    replicates that every scenario finished.
    """
    texts = [base.to_toml(), *(one.to_toml() for _, one, _ in alternatives)]
    inputs = hash_of(*map(inputs_hash, texts))
    status = "interrupted" if points.interrupted else "failed" if points.failures else "finished"
    places = [one.id for one in points.outcomes]
    return {
        "kind": KIND,
        "schema_version": SCHEMA_VERSION,
        "id": hash_of(inputs, points.seed, points.replicates, *places, code_hash()),
        "status": status,
        "base": base.name,
        "question": base.question,
        "start": base.start.isoformat(),
        "end": end.isoformat(),
        "seed": points.seed,
        "replicates": points.replicates,
        "pairs": pairs,
        "level": level,
        "interval": "paired t",
        "alternatives": [
            {
                "name": label,
                "question": one.question,
                "changes": [_described(change) for change in found],
                "scenario_text": text,
            }
            for (label, one, found), text in zip(alternatives, texts[1:], strict=True)
        ],
        "outcomes": [
            {"id": one.id, "unit": one.unit, "direction": one.direction, "meaning": one.meaning}
            for one in points.outcomes
        ],
        "failures": [
            {"scenario": number, "replicate": one.replicate, "stage": one.stage,
             "error": one.error, "traceback": one.traceback}
            for number, one in points.failures
        ],
        "warnings": list(warnings),
        "versions": versions(),
        "git_commit": git_commit(),
        "hashes": {"code": code_hash(), "inputs": inputs},
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "scenario_text": texts[0],
    }  # fmt: skip


def _described(change: Change) -> dict[str, Any]:
    return {
        "key": change.key,
        "unit": change.unit,
        "values": [
            {"key": one.key, "unit": _unit_of(one.key), "before": _plain(one.before),
             "after": _plain(one.after)}
            for one in change.differences
        ],
    }  # fmt: skip


def _unit_of(key: str) -> str:
    known = describe(key.split("."))
    return known.unit if known is not None else ""


def _plain(value: Any) -> Any:
    """Return a scenario's value as JSON has it; a date as text, what is not set as "absent"."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def write_comparison(comparison: Comparison, folder: Path | str) -> Path:
    """Write a comparison as `folder/<table>.parquet` and `folder/manifest.json`; return the folder.

    The manifest comes last, so a folder with one is whole. A comparison that was there is
    replaced, its report removed. Raises CompareError as `check_writable` does.
    """
    folder = check_writable(folder)
    for name in (MANIFEST, REPORT):
        (folder / name).unlink(missing_ok=True)
    for name, frame in zip(TABLES, _frames(comparison), strict=True):
        write_whole(folder / f"{name}.parquet", as_parquet(frame))
    write_whole(folder / MANIFEST, as_json(comparison.manifest))
    return folder


def check_writable(folder: Path | str) -> Path:
    """Make the folder and return it; raise CompareError if it holds anything but a comparison."""
    folder = Path(folder)
    own = {MANIFEST, REPORT, *(f"{name}.parquet" for name in TABLES)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try_writing(folder)
        names = {entry.name for entry in folder.iterdir() if not entry.name.startswith(".")}
    except OSError as error:
        raise CompareError(
            f"{folder}: cannot be written: {error.strerror}; choose another output folder"
        ) from error
    if names - own or (MANIFEST in names and not is_comparison(folder)):
        found = min(names - own, default=MANIFEST)
        raise CompareError(f"{folder}: holds {found!r} and no comparison; choose an empty folder")
    return folder


def is_comparison(folder: Path | str) -> bool:
    """Tell whether the folder holds the manifest of a comparison."""
    try:
        manifest = json.loads((Path(folder) / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and manifest.get("kind") == KIND


def read_comparison(folder: Path | str) -> Comparison:
    """Return the comparison stored in a folder; raise CompareError if it is none, or damaged."""
    import polars as pl

    folder = Path(folder)
    if not is_comparison(folder):
        raise CompareError(f"{folder}: is no comparison; llmsim compare writes one")
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    if manifest.get("schema_version") != SCHEMA_VERSION:
        found = manifest.get("schema_version")
        raise CompareError(
            f"{folder}: has schema version {found!r}; this release reads {SCHEMA_VERSION}"
        )
    try:
        differences, weeks, outcomes = (
            pl.read_parquet(folder / f"{name}.parquet") for name in TABLES
        )
    except (OSError, pl.exceptions.PolarsError) as error:
        raise CompareError(f"{folder}: cannot be read: {error}; compare again") from error
    return Comparison(differences, weeks, outcomes, manifest)


def _frames(comparison: Comparison) -> tuple[pl.DataFrame, ...]:
    return comparison.table, comparison.fans, comparison.outcomes


def _page(comparison: Comparison, path: Path) -> Path:
    if not _VIEWS:
        raise CompareError("no views are registered: call sim.views.comparison.register() first")
    return _VIEWS[-1][0](comparison, path)


def _cell(comparison: Comparison) -> str:
    return _VIEWS[-1][1](comparison) if _VIEWS else f"<pre>{comparison!r}</pre>"
