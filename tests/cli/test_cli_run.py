"""`llmsim run` checks first, then writes all of a run or nothing, and says what happened."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import stand_in_engine
from click.testing import CliRunner, Result

from sim.cli.main import main
from sim.core.tables import TABLES
from sim.experiments import ensemble
from sim.results.store import read_run

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in an empty folder, with views that only say that they were called."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sim.views.report.write_report", lambda run, path: path.write_text("html"))
    monkeypatch.setattr("sim.views.terminal.summary", lambda run, console: print("the verdict"))


def llmsim(*arguments: str, engine: str = "simulate", processes: int = 1) -> Result:
    """Run `llmsim run baseline` in this process with a stand-in engine."""
    with pytest.MonkeyPatch.context() as patch:
        stand_in: Any = getattr(stand_in_engine, engine)
        patch.setattr(ensemble, "run", partial(ensemble.run, simulate=stand_in))
        return CliRunner().invoke(
            main, ["run", "baseline", "--processes", str(processes), *arguments]
        )


def names(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()}


def test_run_leaves_tables_manifest_and_report(tmp_path: Path) -> None:
    result = llmsim("-n", "3", "--seed", "5")
    folder = tmp_path / "runs" / "baseline"
    assert result.exit_code == 0, result.output
    assert names(folder) == {f"{name}.parquet" for name in TABLES} | {
        "manifest.json",
        "report.html",
    }
    stored = read_run(folder)
    assert (stored.replicates, stored.seed, stored.name) == ((0, 1, 2), 5, "baseline")


def test_run_is_made_where_it_is_asked() -> None:
    assert llmsim("-n", "2", "-o", "one").exit_code == 0
    stand_in: Any = stand_in_engine.simulate
    patched = partial(ensemble.run, simulate=stand_in)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ensemble, "run", patched)
        command = ["run", "baseline", "-n", "2", "--executor"]
        assert CliRunner().invoke(main, [*command, "thread:2", "-o", "two"]).exit_code == 0
        assert CliRunner().invoke(main, [*command, "oven"]).exit_code == 2
    assert read_run(Path("one")).tables["apps"].equals(read_run(Path("two")).tables["apps"])
    both = llmsim("-n", "2", "--executor", "serial")
    assert both.exit_code == 2
    assert "not both" in both.stderr


def test_run_ends_with_the_verdict_the_folder_and_the_next_command() -> None:
    output = llmsim("-n", "1").stdout
    assert output.startswith("the verdict")
    assert "Tables and report: runs/baseline" in output
    assert output.splitlines()[-1].startswith("Next: llmsim ")


def test_json_is_one_object_and_nothing_else() -> None:
    result = llmsim("-n", "2", "--json", "-o", "out")
    shown = json.loads(result.stdout)
    assert set(shown) == {"schema_version", "data", "warnings"}
    assert shown["data"]["folder"] == "out"
    assert shown["data"]["finished"] == [0, 1]
    for sentence in shown["data"]["verdict"]:
        assert set(sentence) == {"topic", "text", "numbers"}
    assert shown["data"]["verdict"][-1]["topic"] == "Trust"
    assert shown["warnings"] == []
    assert result.stderr == ""


def test_quiet_run_prints_nothing() -> None:
    result = llmsim("-n", "1", "--quiet")
    assert (result.exit_code, result.output) == (0, "")


def test_failed_replicate_is_named_and_the_exit_code_is_three(tmp_path: Path) -> None:
    result = llmsim("-n", "3", engine="second_fails", processes=2)
    assert result.exit_code == 3
    assert "replicate 1 failed in simulate: ZeroDivisionError: no market left" in result.stderr
    assert read_run(tmp_path / "runs" / "baseline").replicates == (0, 2)


def test_invalid_scenario_leaves_nothing(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["run", "baseline", "-S", "no.such.key=1", "-o", "out"])
    assert result.exit_code == 1
    assert "no" in result.stderr
    assert "Traceback" not in result.output
    assert names(tmp_path) == set()


def test_scenario_that_is_not_there_is_one_error() -> None:
    result = CliRunner().invoke(main, ["run", "nowhere.toml"])
    assert result.exit_code in (1, 2)
    assert "nowhere.toml" in result.stderr


def test_output_that_cannot_be_written_is_refused_before_anything_runs(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = llmsim("-o", "file/run", engine="third_never_ends")
    assert result.exit_code == 2
    assert "file/run: cannot be written" in result.stderr


def test_folder_that_is_not_a_run_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("all my work")
    result = llmsim("-o", ".", engine="third_never_ends")
    assert result.exit_code == 2
    assert "holds 'thesis.tex' and no run" in result.stderr
    assert names(tmp_path) == {"thesis.tex"}


@pytest.mark.parametrize(
    "arguments", [["-n", "0"], ["--seed", "-1"], ["--processes", "none"], ["--replicas", "3"]]
)
def test_wrong_usage_is_exit_two(arguments: list[str]) -> None:
    assert CliRunner().invoke(main, ["run", "baseline", *arguments]).exit_code == 2


def test_interrupt_keeps_what_finished_and_says_so(tmp_path: Path) -> None:
    result = llmsim("-n", "5", engine="third_is_interrupted")
    assert result.exit_code == 130
    assert "interrupted: 2 of 5 replicates finished" in result.stderr
    assert "Next: llmsim report runs/baseline" in result.stdout
    folder = tmp_path / "runs" / "baseline"
    assert read_run(folder).status == "interrupted"
    assert "report.html" not in names(folder)


def test_interrupt_before_anything_finished_leaves_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(stand_in_engine, "at_once", interrupted, raising=False)
    result = llmsim("-o", "out", engine="at_once")
    assert result.exit_code == 130
    assert "nothing was saved" in result.stderr
    assert names(tmp_path) == set()


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """Start a run in a process group of its own whose third and fourth replicates never end."""
    command = [sys.executable, "-m", "llmsim_with_stand_in", "third_never_ends", "run", "baseline"]
    path = os.pathsep.join((str(ROOT), str(ROOT / "tests" / "support")))
    process = subprocess.Popen(
        [*command, "-n", "6", "--processes", "2", "-o", "out"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path, stand_in_engine.SIGNALS: str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    yield process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def test_ctrl_c_ends_workers_and_keeps_what_they_finished(
    waiting: "subprocess.Popen[str]", tmp_path: Path
) -> None:
    signs = [tmp_path / name for name in ("waiting-2", "waiting-3", "progress-33%")]
    while not all(sign.exists() for sign in signs):
        assert waiting.poll() is None, waiting.communicate()[1]
        time.sleep(0.01)
    os.killpg(waiting.pid, signal.SIGINT)
    _, errors = waiting.communicate(timeout=60)
    assert waiting.returncode == 130
    assert "interrupted: 2 of 6 replicates finished" in errors
    assert "Traceback" not in errors
    assert read_run(tmp_path / "out").replicates == (0, 1)
    for worker in ("waiting-2", "waiting-3"):
        with pytest.raises(ProcessLookupError):
            os.kill(int((tmp_path / worker).read_text()), 0)
