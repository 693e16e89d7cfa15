"""A scenario file goes in at one end, tables and a report come out at the other."""

import json
import os
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sim import Scenario, run
from sim.cli.main import main
from sim.core.tables import TABLES
from sim.results.store import read_run, write_run

ROOT = Path(__file__).resolve().parents[2]
SMALL = ("-S", "consumers.people_per_agent=100000", "-S", "end=2023-10-02", "-n", "2")
WEEKS = 13


def llmsim(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the command in `folder` as a person would."""
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, "-m", "sim", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def said(folder: Path, *arguments: str) -> Result:
    """Run the command in `folder`, in this process."""
    with chdir(folder):
        return CliRunner().invoke(main, [*arguments, "--processes", "1"])


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder in which `llmsim run baseline` ran, small, in one process."""
    folder = tmp_path_factory.mktemp("first")
    done = llmsim(folder, "run", "baseline", *SMALL, "--processes", "1")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "Next: llmsim" in done.stdout
    return folder


def tables_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.parquet")}


def test_run_records_every_table_for_every_week(first: Path) -> None:
    stored = read_run(first / "runs" / "baseline")
    assert list(stored.tables) == list(TABLES)
    assert stored.replicates == (0, 1)
    assert len(stored.market) == 2 * WEEKS
    assert (stored.market["users_any_app"] >= 0).all()


def test_report_is_one_file_that_asks_for_nothing(first: Path) -> None:
    text = (first / "runs" / "baseline" / "report.html").read_text(encoding="utf-8")
    assert "<html" in text
    for loading in ('src="http', 'href="http', "@import", "url(http"):
        assert loading not in text


@pytest.mark.slow
def test_processes_change_no_byte(first: Path) -> None:
    done = llmsim(first, "run", "baseline", *SMALL, "-o", "again", "--processes", "2")
    assert done.returncode == 0, done.stderr
    assert tables_of(first / "again") == tables_of(first / "runs" / "baseline")


def test_threads_change_no_byte(first: Path) -> None:
    result = run(Scenario.load("baseline", SMALL[1:4:2]), replicates=2, threads=2)
    write_run(result, first / "threads")
    assert tables_of(first / "threads") == tables_of(first / "runs" / "baseline")


@pytest.mark.usefixtures("undrawn")
def test_other_seed_is_another_market(first: Path) -> None:
    done = said(first, "run", "baseline", *SMALL, "--seed", "99", "-o", "other", "--json")
    assert json.loads(done.stdout)["data"]["seed"] == 99
    assert tables_of(first / "other") != tables_of(first / "runs" / "baseline")


def test_recording_less_changes_nothing_that_is_recorded(first: Path) -> None:
    stored = read_run(first / "runs" / "baseline")
    scenario = Scenario.load("baseline", SMALL[1:4:2])
    part = run(scenario, replicates=2, tables={"market"})
    assert list(part.tables) == ["market"]
    assert part.market.equals(stored.market)


def test_manifest_is_enough_to_repeat_the_run(first: Path, tmp_path: Path) -> None:
    stored = read_run(first / "runs" / "baseline")
    (tmp_path / "again.toml").write_text(stored.scenario_text, encoding="utf-8")
    result = run(Scenario.load(tmp_path / "again.toml"), replicates=2, seed=stored.seed)
    assert all(result.tables[name].equals(stored.tables[name]) for name in TABLES)


@pytest.mark.usefixtures("undrawn")
def test_number_changed_in_a_file_changes_the_market(first: Path) -> None:
    text = 'extends = "baseline"\n\n[parameters]\nword_of_mouth = 0.0\n'
    (first / "mine.toml").write_text(text, encoding="utf-8")
    done = said(first, "run", "mine.toml", *SMALL)
    assert done.exit_code == 0, done.stderr
    mine, base = (read_run(first / "runs" / name) for name in ("mine", "baseline"))
    assert mine.id != base.id
    assert not mine.apps.equals(base.apps)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ("colour = 1", 1),
        ("[consumers]\npeople_per_agent = 'many'", 1),
        ("[firms.nobody.pricing]\nstrategy = 'hold'", 1),
        ("[firms.moonshot.pricing]\nstrategy = 'no_such_strategy'", 1),
        ("end = 2020-01-06", 1),
        ("start = [", 1),
    ],
)
def test_bad_scenario_is_refused_by_file_and_line(tmp_path: Path, lines: str, code: int) -> None:
    (tmp_path / "bad.toml").write_text(f'extends = "baseline"\n{lines}\n', encoding="utf-8")
    done = said(tmp_path, "run", "bad.toml", *SMALL[4:])
    assert done.exit_code == code
    assert isinstance(done.exception, SystemExit), "no traceback"
    assert "bad.toml:" in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"bad.toml"}
