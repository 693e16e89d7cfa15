"""What came out of the replicates of one scenario: tables, manifest, failures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.core.display import cell_of
from sim.core.tables import TABLES
from sim.results.errors import MissingExtraError, ResultError, TableError

if TYPE_CHECKING:
    import pandas
    import polars as pl
    import xarray


@dataclass(frozen=True)
class Failure:
    """A replicate that did not finish: where it stopped and why."""

    replicate: int
    stage: str
    error: str
    traceback: str


@dataclass(frozen=True, repr=False, eq=False)
class Run:
    """Tables of all finished replicates, below one another, and the manifest that explains them.

    Each table is also an attribute: `run.apps` is `run.tables["apps"]`, a polars DataFrame with
    the columns of `sim.core.tables`.
    """

    tables: Mapping[str, pl.DataFrame]
    manifest: Mapping[str, Any]

    def __getattr__(self, name: str) -> pl.DataFrame:
        if name.startswith("_") or name in type(self).__dataclass_fields__:
            raise AttributeError(name)
        tables = self.tables
        if name in tables:
            return tables[name]
        if name in TABLES:
            raise AttributeError(f"table {name!r} was not recorded; {_listed(tables)}")
        raise AttributeError(f"a run has no {name!r}; {_listed(tables)}")

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.tables})

    def __repr__(self) -> str:
        return (
            f"<Run {self.name}: {len(self.replicates)} of {self.manifest['replicates']} "
            f"replicates, seed {self.seed}, {self.status}>"
        )

    def _repr_html_(self) -> str | None:
        return cell_of(self)

    @property
    def id(self) -> str:
        """The hash of resolved scenario, inputs, seed, replicates and code."""
        return str(self.manifest["id"])

    @property
    def name(self) -> str:
        """The scenario's name."""
        return str(self.manifest["scenario"])

    @property
    def scenario_text(self) -> str:
        """The resolved scenario as TOML."""
        return str(self.manifest["scenario_text"])

    @property
    def seed(self) -> int:
        """The seed that all replicates share."""
        return int(self.manifest["seed"])

    @property
    def status(self) -> str:
        """`finished`, `failed` (some replicates did) or `interrupted`."""
        return str(self.manifest["status"])

    @property
    def replicates(self) -> tuple[int, ...]:
        """The numbers of the replicates that finished, ascending."""
        return tuple(self.manifest["finished"])

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The replicates that failed, ascending."""
        return tuple(Failure(**failure) for failure in self.manifest["failures"])

    @property
    def plot(self) -> Any:
        """The charts of this run, as registered by `sim.views`.

        Raises ResultError if nothing registered itself.
        """
        if not _ACCESSORS:
            raise ResultError("no charts are registered: call sim.views.accessor.register() first")
        return _ACCESSORS[-1](self)

    def to_pandas(self, table: str) -> pandas.DataFrame:
        """Return one table as a pandas DataFrame.

        Raises TableError for an unknown table, MissingExtraError without pandas and pyarrow.
        """
        frame = self._table(table)
        try:
            return frame.to_pandas()
        except ImportError as error:
            raise MissingExtraError("to_pandas", "pandas") from error

    def to_xarray(self) -> xarray.Dataset:
        """Return firms, apps and market as one dataset over replicate, date, firm and app.

        The owner of an app, column `firm` of `apps`, is the variable `app_firm`. Raises
        MissingExtraError without xarray.
        """
        try:
            from sim.results.dataset import to_dataset

            return to_dataset(self.tables)
        except ImportError as error:
            raise MissingExtraError("to_xarray", "xarray") from error

    def _table(self, name: str) -> pl.DataFrame:
        if name not in self.tables:
            raise TableError(name, "is not in this run", _listed(self.tables))
        return self.tables[name]


def register_accessor(factory: Callable[[Run], Any]) -> None:
    """Make `factory(run)` the value of `run.plot`; the last one registered counts."""
    _ACCESSORS.append(factory)


_ACCESSORS: list[Callable[[Run], Any]] = []


def _listed(tables: Mapping[str, object]) -> str:
    return f"tables are {', '.join(tables)}"
