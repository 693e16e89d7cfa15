"""What a view needs of a run: tables by name and a manifest."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import polars as pl


class RunData(Protocol):
    """A run as views see it; `sim.results.run.Run` is one."""

    @property
    def tables(self) -> "Mapping[str, pl.DataFrame]":
        """Return the tables of `sim.core.tables` by name, all replicates in each."""

    @property
    def manifest(self) -> Mapping[str, Any]:
        """Return seeds, versions, hashes, timing, failures and the resolved scenario."""


class ScoreRow(Protocol):
    """One known figure beside its simulated distribution, as experiments compute it."""

    @property
    def id(self) -> str: ...
    @property
    def entity(self) -> str: ...
    @property
    def quantity(self) -> str: ...
    @property
    def period(self) -> str: ...
    @property
    def use(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def counts(self) -> bool:
        """Return whether coverage counts it."""

    @property
    def observed(self) -> float | None: ...
    @property
    def median(self) -> float | None: ...
    @property
    def lo50(self) -> float | None: ...
    @property
    def hi50(self) -> float | None: ...
    @property
    def lo90(self) -> float | None: ...
    @property
    def hi90(self) -> float | None: ...
    @property
    def inside_90(self) -> bool | None: ...
    @property
    def log_error(self) -> float | None: ...
    @property
    def absolute_error(self) -> float | None: ...
    @property
    def status(self) -> str: ...
    @property
    def reason(self) -> str | None: ...


Score = Sequence[ScoreRow]


def table(run: RunData, name: str) -> "pl.DataFrame":
    """Return a table of the run, or an empty one with the declared columns if it has none."""
    import polars as pl

    from sim.core.tables import TABLES

    if name in run.tables:
        return run.tables[name]
    types = {
        "int": pl.Int64, "float": pl.Float64, "text": pl.String, "flag": pl.Boolean, "date": pl.Date
    }  # fmt: skip
    return pl.DataFrame(schema={column.name: types[column.kind] for column in TABLES[name]})


def text_of(run: RunData) -> str:
    """Return the resolved scenario of a run as text; empty if its manifest has none."""
    return str(run.manifest.get("scenario_text", ""))


def horizon(run: RunData) -> tuple[date, date] | None:
    """Return the first and the last Monday of the run; None if nothing was recorded."""
    for name in ("market", "firms", "apps"):
        dates = table(run, name)["date"]
        if dates.len():
            first, last = dates.min(), dates.max()
            if isinstance(first, date) and isinstance(last, date):
                return first, last
    return None


def replicates(run: RunData) -> int:
    """Return how many replicates the run recorded."""
    return max(table(run, name)["replicate"].n_unique() for name in ("market", "firms", "apps"))


def source_of(run: RunData, *names: str) -> str:
    """Return where a figure's numbers come from: scenario, replicates, seed and tables."""
    number = replicates(run)
    parts = [
        str(run.manifest.get("scenario", "a run")),
        f"{number} replicate{'' if number == 1 else 's'}",
        *([f"seed {run.manifest['seed']}"] if "seed" in run.manifest else []),
        f"table{'' if len(names) == 1 else 's'} {', '.join(names)}",
    ]
    return f"Source: llmsim, {', '.join(parts)}."
