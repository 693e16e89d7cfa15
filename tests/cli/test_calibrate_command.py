"""`llmsim calibrate`: files that other commands take, exit codes as the others."""

import json
from functools import partial
from pathlib import Path

import pytest
from calibration_engine import SPACE, figures, simulate
from click.testing import CliRunner, Result

pytest.importorskip("sklearn", reason="the extra `calibrate` is not installed")

from sim.cli.main import main
from sim.experiments import calibrate as calibrating


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(calibrating, "calibrate", partial(calibrating.calibrate, simulate=simulate))
    figures(tmp_path, 0.025, 0.012)


def llmsim(*arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments])


def calibrate(*more: str) -> Result:
    ranges = [part for text in SPACE for part in ("-P", text)]
    given = ("--figures", "mine.csv", "--draws", "50", "-o", "c", "--executor", "serial")
    return llmsim("calibrate", "baseline", "--budget", "100", *ranges, *given, *more)


def test_sample_is_left_as_a_scenario_and_the_page_says_how_to_make_it_again() -> None:
    result = calibrate()
    assert result.exit_code == 0, result.output
    assert "100 runs in 4 waves" in " ".join(result.stdout.split())
    assert "Next: llmsim score c/calibrated.toml" in result.stdout
    assert llmsim("validate", "c/calibrated.toml").exit_code == 0
    page = Path("c/report.html").read_text(encoding="utf-8")
    assert "llmsim calibrate baseline --budget 100 -P" in page
    again = calibrate("--json")
    assert again.exit_code == 0, again.output
    said = json.loads(again.stdout)["data"]
    assert (said["folder"], said["runs"], said["failed"]) == ("c", 100, 0)
    assert {row["key"] for row in said["parameters"]} == {key.split("=")[0] for key in SPACE}


def test_another_calibration_is_not_overwritten_unless_one_says_so() -> None:
    assert calibrate().exit_code == 0
    before = Path("c/posterior.parquet").read_bytes()
    refused = calibrate("--seed", "7")
    assert refused.exit_code == 2
    assert "other seed" in refused.stderr
    assert "--no-resume" in refused.stderr
    assert Path("c/posterior.parquet").read_bytes() == before
    anew = calibrate("--seed", "7", "--no-resume")
    assert anew.exit_code == 0, anew.stderr
    assert Path("c/posterior.parquet").read_bytes() != before


@pytest.mark.parametrize("budget", ["0", "many", "10h", "-5"])
def test_budget_that_is_none_is_named(budget: str) -> None:
    result = llmsim("calibrate", "baseline", f"--budget={budget}")
    assert result.exit_code == 2
    assert f"--budget is '{budget}'" in result.stderr
    assert not Path("runs").exists()
