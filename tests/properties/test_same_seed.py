"""One seed, one result: whatever the threads, the process, the tables kept, or the replicates."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from small_market import START, small, tables

from sim.core.tables import TABLES
from sim.experiments import ensemble
from sim.results.store import write_run
from sim.scenario import Scenario

SUPPORT = Path(__file__).resolve().parents[1] / "support"
WEEKS = 50
PROGRAM = f"""
from pathlib import Path
import sys
from small_market import small
from sim.experiments import ensemble
from sim.results.store import write_run
threads, folder = int(sys.argv[1]), Path(sys.argv[2])
write_run(ensemble.run(small(weeks={WEEKS}), replicates=2, threads=threads), folder)
"""


def same(one: dict[str, pl.DataFrame], other: dict[str, pl.DataFrame]) -> list[str]:
    """Return the tables that differ."""
    return [name for name in one if not one[name].equals(other[name])]


def written(folder: Path, threads: int, hash_seed: str) -> dict[str, bytes]:
    """Simulate in a fresh process and return its Parquet files."""
    path = os.pathsep.join([str(SUPPORT), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": hash_seed}
    subprocess.run(
        [sys.executable, "-c", PROGRAM, str(threads), str(folder)], env=environment, check=True
    )
    return {file.name: file.read_bytes() for file in folder.glob("*.parquet")}


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return small(weeks=WEEKS)


@pytest.fixture(scope="module")
def whole(scenario: Scenario) -> dict[str, pl.DataFrame]:
    return tables(scenario)


def test_processes_and_threads_write_the_same_files(scenario: Scenario, tmp_path: Path) -> None:
    write_run(ensemble.run(scenario, replicates=2), tmp_path / "here")
    here = {file.name: file.read_bytes() for file in (tmp_path / "here").glob("*.parquet")}
    assert set(here) == {f"{name}.parquet" for name in TABLES}
    one = written(tmp_path / "one", 1, "1")
    two = written(tmp_path / "two", 2, "2")
    assert [name for name in here if one[name] != here[name]] == []
    assert [name for name in here if two[name] != here[name]] == []


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_change_nothing(
    scenario: Scenario, whole: dict[str, pl.DataFrame], threads: int
) -> None:
    assert same(whole, tables(scenario, threads=threads)) == []


@pytest.mark.parametrize("name", ["market", "stakes"])
def test_what_is_recorded_changes_nothing(
    scenario: Scenario, whole: dict[str, pl.DataFrame], name: str
) -> None:
    alone = tables(scenario, names=[name])
    assert list(alone) == [name]
    assert alone[name].equals(whole[name])


@pytest.mark.slow
def test_replicate_is_the_same_among_two_and_among_five(scenario: Scenario) -> None:
    few = ensemble.run(scenario, replicates=2, tables=["firms", "apps"])
    many = ensemble.run(scenario, replicates=5, tables=["firms", "apps"])
    for name in ("firms", "apps"):
        of_few, of_many = few.tables[name], many.tables[name]
        assert of_few.equals(of_many.filter(pl.col("replicate") < 2))
        assert of_many["replicate"].n_unique() == 5


def test_seeds_and_replicates_differ(scenario: Scenario, whole: dict[str, pl.DataFrame]) -> None:
    for other in (tables(scenario, seed=2), tables(scenario, replicate=1)):
        assert not other["market"]["sentiment"].equals(whole["market"]["sentiment"])
        assert not other["apps"]["adds"].equals(whole["apps"]["adds"])
        assert not other["firms"]["cost_other_cny"].equals(whole["firms"]["cost_other_cny"])


@pytest.mark.parametrize("weeks", [20, 45])
def test_end_of_the_horizon_does_not_reach_back(whole: dict[str, pl.DataFrame], weeks: int) -> None:
    end = START + timedelta(weeks=weeks)
    until = {name: table.filter(pl.col("date") < end) for name, table in whole.items()}
    assert same(until, tables(small(weeks=weeks))) == []
