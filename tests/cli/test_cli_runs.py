"""`llmsim runs` and `llmsim report` find what `llmsim run` left."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from click.testing import CliRunner
from stand_in_engine import StandInScenario, second_fails, simulate

from sim.cli.main import main
from sim.experiments import ensemble
from sim.results.store import write_run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Store an older run without failures and a newer one with a failed replicate."""
    for name, engine, day in (("older", simulate, "01"), ("newer", second_fails, "02")):
        run = ensemble.run(
            cast("Any", StandInScenario()), replicates=2, seed=3, simulate=cast("Any", engine)
        )
        timing = {**run.manifest["timing"], "started": f"2026-01-{day}T10:30:00+00:00"}
        write_run(replace(run, manifest={**run.manifest, "timing": timing}), tmp_path / name)
    return tmp_path


def test_runs_are_listed_newest_first(folder: Path) -> None:
    lines = CliRunner().invoke(main, ["runs", str(folder)]).stdout.splitlines()
    assert lines[1].split() == ["newer", "stand-in", "3", "1/2", "2026-01-02", "10:30", "failed"]
    assert lines[2].split() == ["older", "stand-in", "3", "2/2", "2026-01-01", "10:30", "finished"]
    assert any(line.startswith("Next: llmsim report") for line in lines)


def test_runs_as_json_skip_damaged_ones_with_a_warning(folder: Path) -> None:
    (folder / "broken").mkdir()
    (folder / "broken" / "manifest.json").write_text("{")
    (folder / "notes").mkdir()
    shown = json.loads(CliRunner().invoke(main, ["runs", str(folder), "--json"]).stdout)
    assert [run["name"] for run in shown["data"]["runs"]] == ["newer", "older"]
    assert shown["data"]["runs"][0]["finished"] == 1
    (warning,) = shown["warnings"]
    assert "broken" in warning


def test_folder_without_runs_says_how_to_make_one(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["runs", str(tmp_path / "runs")])
    assert result.exit_code == 0
    assert "No runs under" in result.stdout
    assert "llmsim run baseline" in result.stdout


def test_report_of_a_run_goes_where_asked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "sim.views.report.write_report", lambda run, path: path.write_text(repr(run))
    )
    target = folder / "mail.html"
    result = CliRunner().invoke(main, ["report", str(folder / "older"), "-o", str(target)])
    assert result.exit_code == 0
    assert "2 of 2 replicates" in target.read_text()


def test_report_of_something_else_is_one_error(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["report", str(tmp_path)])
    assert result.exit_code == 2
    assert "is not a run: no manifest.json" in result.stderr
