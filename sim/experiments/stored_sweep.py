"""A sweep that is in a folder, finished or not, read lazily."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.experiments.sweep_folder import PLAN, RUNS, TABLE_FOLDERS, done_runs, read_sweep
from sim.results.errors import TableError

if TYPE_CHECKING:
    import polars as pl

    from sim.scenario import Scenario


@dataclass(frozen=True)
class Sweep:
    """A sweep in its folder, finished or not; `stopped` says why it ended early, if it did."""

    folder: Path
    description: Mapping[str, Any] = field(repr=False)
    stopped: str = ""

    @classmethod
    def open(cls, folder: Path | str) -> Sweep:
        """Return the sweep in a folder; raise StoreError if there is none."""
        return cls(Path(folder), read_sweep(Path(folder)))

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario that was swept; parameters that were drawn stand at their medians."""
        from sim.scenario import Scenario
        from sim.scenario.posterior import without_draws

        return Scenario.loads(without_draws(self.description["scenario_text"]))

    @property
    def inputs(self) -> tuple[str, ...]:
        """The keys that vary."""
        return tuple(one["key"] for one in self.description["inputs"])

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The names of what is kept of each run."""
        return tuple(self.description["outcomes"])

    def plan(self) -> pl.LazyFrame:
        """Return every planned run: run, point, replicate, inputs."""
        import polars as pl

        return pl.scan_parquet(self.folder / PLAN, glob=False)

    def frame(self) -> pl.LazyFrame:
        """Return one row per run that went well, by point and replicate.

        Columns: run, point, replicate, the inputs, the outcomes, time_started, time_seconds.
        """
        import polars as pl

        good = self._shards().filter(pl.col("status") == "ok")
        outcomes = good.drop("status", "stage", "error", "traceback")
        return self.plan().join(outcomes, on="run").sort("point", "replicate")

    def runs(self) -> pl.LazyFrame:
        """Return one row per planned run, whatever became of it, by point and replicate.

        Columns: those of `frame` with status (ok, failed or pending), stage, error and traceback.
        """
        import polars as pl

        whole = self.plan().join(self._once(), on="run", how="left")
        said = whole.with_columns(pl.col("status").fill_null("pending"))
        return said.sort("point", "replicate")

    def ledger(self) -> pl.LazyFrame:
        """Return run, point, replicate, status, stage, error and traceback of every planned run."""
        return self.runs().select(
            "run", "point", "replicate", "status", "stage", "error", "traceback"
        )

    def table(self, name: str) -> pl.LazyFrame:
        """Return a table of all runs, where the sweep kept it: run, point, the table's columns."""
        import polars as pl

        if name not in self.description["tables"]:
            kept = ", ".join(self.description["tables"]) or "none"
            raise TableError(name, "is not kept by this sweep", f"kept are {kept}")
        shards = sorted((self.folder / TABLE_FOLDERS / name).glob("*.parquet"))
        done = self.frame().select("run", "point", "replicate")
        rows = pl.scan_parquet(shards, glob=False).drop("point", "replicate")
        return done.join(rows, on="run").sort("point", "replicate", "date", maintain_order=True)

    def counts(self) -> dict[str, int]:
        """Return how many runs are ok, failed and pending."""
        found = self.ledger().select("status").collect()["status"].value_counts()
        numbers = dict(found.iter_rows())
        return {status: numbers.get(status, 0) for status in ("ok", "failed", "pending")}

    def outside(self) -> int:
        """Return how many runs in the folder are not of this plan: of other ranges or code."""
        planned = self.plan().select("run").unique().collect()["run"]
        return len(done_runs(self.folder).keys() - set(planned))

    def _shards(self) -> pl.LazyFrame:
        import polars as pl

        shards = sorted((self.folder / RUNS).glob("*.parquet"))
        # A run is known by its id: it may be the run of several points, and of others than when
        # it was done, since a design can grow.
        return pl.scan_parquet(shards, glob=False).drop("point", "replicate", *self.inputs)

    def _once(self) -> pl.LazyFrame:
        """Runs that were done, each once; where one was tried again, what went better."""
        import polars as pl

        good = self._shards().filter(pl.col("status") == "ok")
        bad = self._shards().filter(pl.col("status") == "failed").unique("run")
        return pl.concat([good, bad.join(good.select("run"), on="run", how="anti")])
