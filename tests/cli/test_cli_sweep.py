"""`llmsim sweep` goes on where it stopped and says what became of every run; `runs` finds them."""

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sweep_engines
from click.testing import CliRunner, Result
from sweep_engines import marks

from sim.cli.main import main
from sim.experiments import sweep as sweeping
from sim.experiments.stored_sweep import Sweep

ROOT = Path(__file__).resolve().parents[2]
CASH, WAR = "firms.moonshot.cash_mcny", "mechanisms.price_war"
SPACE = ("-P", f"{CASH}=1000:3000", "-P", f"{WAR}=true,false")
KEPT = ("--outcome", "market.sentiment", "--outcome", "market.hhi_mau")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "marks").mkdir()
    monkeypatch.setenv(sweep_engines.FOLDER, str(tmp_path / "marks"))


def llmsim(*arguments: str, engine: str = "cash_and_luck") -> Result:
    """Run `llmsim sweep baseline` here, with a stand-in for the engine."""
    with pytest.MonkeyPatch.context() as patch:
        stand_in: Any = getattr(sweep_engines, engine)
        patch.setattr(sweeping, "plan_sweep", partial(sweeping.plan_sweep, simulate=stand_in))
        given = (*SPACE, *KEPT, "--executor", "serial", *arguments)
        return CliRunner().invoke(main, ["sweep", "baseline", *given])


def runs(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["runs", *arguments])


def test_sweep_says_what_became_of_its_runs_and_where_they_are() -> None:
    result = llmsim("-N", "4", "-n", "2")
    assert result.exit_code == 0, result.output
    assert "baseline: 8 runs, 8 ok; runs/baseline-sweep" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("Next: llmsim report runs/baseline-sweep")
    assert result.stderr == ""
    assert Sweep.open("runs/baseline-sweep").inputs == (CASH, WAR)


def test_same_command_again_does_nothing_again() -> None:
    llmsim("-N", "4")
    assert llmsim("-N", "4").exit_code == 0
    assert len(marks()) == 4
    llmsim("-N", "4", "--no-resume")
    assert len(marks()) == 8


def test_finished_with_failed_runs_is_exit_three() -> None:
    result = llmsim("-N", "4", engine="poor_fail")
    assert result.exit_code == 3
    assert "4 runs, 2 ok, 2 failed" in result.stdout
    assert "--status failed" in result.stdout
    shown = runs("runs/baseline-sweep", "--status", "failed").stdout
    assert "ZeroDivisionError" in shown
    assert "2 of 2 runs" in shown


@pytest.mark.parametrize(
    ("arguments", "failed"), [(("--fail-fast",), 1), (("--max-failures", "2"), 3)]
)
def test_sweep_stops_at_too_many_failures(arguments: tuple[str, ...], failed: int) -> None:
    result = llmsim("-N", "16", *arguments, engine="poor_fail")
    assert result.exit_code == 3
    assert f"{failed} runs failed; at most {failed - 1} may" in result.stderr
    assert "the same command goes on" in result.stderr


def test_interrupt_is_exit_130_with_state_saved() -> None:
    result = llmsim("-N", "8", engine="third_is_interrupted")
    assert result.exit_code == 130
    assert "interrupted: 6 runs are left; the same command goes on with them" in result.stderr
    assert Sweep.open("runs/baseline-sweep").counts() == {"ok": 2, "failed": 0, "pending": 6}


def test_dry_run_says_size_time_and_disk_and_leaves_nothing(tmp_path: Path) -> None:
    result = llmsim("-N", "128", "-n", "2", "--dry-run")
    assert result.exit_code == 0, result.output
    assert "128 points x 2 replicates = 256 runs" in result.stdout
    assert "on 1 at once (serial)" in result.stdout
    assert "MB free in runs/baseline-sweep" in result.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["marks"]


def test_dry_run_counts_what_is_done() -> None:
    llmsim("-N", "4")
    shown = json.loads(llmsim("-N", "16", "--dry-run", "--json").stdout)["data"]
    assert (shown["runs"], shown["done"], shown["left"]) == (16, 4, 12)
    assert shown["bytes"] > 0


def test_json_is_one_object_and_nothing_else() -> None:
    result = llmsim("-N", "2", "--json", "-o", "out")
    shown = json.loads(result.stdout)
    assert set(shown) == {"schema_version", "data", "warnings"}
    assert shown["data"]["folder"] == "out"
    assert shown["data"]["runs"] == {"ok": 2, "failed": 0, "pending": 0}
    assert result.stderr == ""


def test_quiet_sweep_prints_nothing() -> None:
    assert llmsim("-N", "2", "-q").output == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--executor", "quantum"), "there is no executor 'quantum'"),
        (("--design", "spiral"), "there is no design 'spiral'"),
        (("--outcome", "apps.kimmi.mau"), "did you mean 'kimi'"),
        (("--tables", "marked"), "there is no such table"),
        (("-o", "marks"), "holds 'ran"),
    ],
)
def test_what_cannot_be_done_is_exit_two_before_anything_runs(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "marks" / "ran").touch()
    result = llmsim("-N", "2", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert not (tmp_path / "runs").exists()


def test_wrong_range_is_exit_one_and_shown_at_its_place() -> None:
    result = llmsim("-P", "mechanisms.consumer_ads=true,fals")
    assert result.exit_code == 1
    assert "fals" in result.stderr
    assert "^^^^" in result.stderr


def test_points_of_a_file_are_the_points_of_the_sweep(tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text(f"{CASH},{WAR}\n1200,true\n2 bn CNY,false\n")
    with pytest.MonkeyPatch.context() as patch:
        stand_in: Any = sweep_engines.cash_and_luck
        patch.setattr(sweeping, "plan_sweep", partial(sweeping.plan_sweep, simulate=stand_in))
        result = CliRunner().invoke(
            main,
            ["sweep", "baseline", "--design", "points.csv", *KEPT, "--executor", "serial"],
        )
    assert result.exit_code == 0, result.output
    frame = Sweep.open("runs/baseline-sweep").frame().collect()
    assert frame.select(CASH, WAR).rows() == [(1200.0, True), (2000.0, False)]


def test_runs_of_a_sweep_are_filtered_and_listed() -> None:
    llmsim("-N", "16")
    folder = "runs/baseline-sweep"
    frame = Sweep.open(folder).frame().collect()
    shown = json.loads(runs(folder, "--where", f"{CASH} > 2000", "--json").stdout)["data"]
    assert shown["matching"] == frame.filter(frame[CASH] > 2000).height == 8
    assert all(row[CASH] > 2000 for row in shown["runs"])
    both = runs(folder, "--where", f"{CASH}>2000", "--where", f"{WAR}=true", "--limit", "1").stdout
    matching = frame.filter((frame[CASH] > 2000) & frame[WAR]).height
    assert f"1 of {matching} runs" in both


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("market.hhi_mao > 1", "did you mean `market.hhi_mau`"),
        ("point > some", "point is Int64"),
        (f"{WAR} = yes", "Boolean"),
        ("point", "write a column, one of"),
    ],
)
def test_condition_that_makes_no_sense_is_refused(condition: str, said: str) -> None:
    llmsim("-N", "2")
    result = runs("runs/baseline-sweep", "--where", condition)
    assert result.exit_code == 2
    assert said in result.stderr


def test_sweeps_are_listed_among_the_runs() -> None:
    llmsim("-N", "4", engine="poor_fail")
    listed = json.loads(runs("--json").stdout)["data"]["runs"]
    (row,) = listed
    assert (row["kind"], row["name"]) == ("sweep", "baseline-sweep")
    assert (row["finished"], row["replicates"], row["status"]) == (2, 4, "failed")
    assert "baseline-sweep" in runs().stdout
    assert runs("--status", "ok").exit_code == 2


PROGRAM = """
import signal
from functools import partial
import sweep_engines
from sim.cli.main import main
from sim.experiments import sweep
if __name__ == "__main__":
    # Whoever starts tests in the background has Ctrl-C ignored, which processes inherit.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    engine = sweep_engines.waits_for_ever_after_three
    sweep.plan_sweep = partial(sweep.plan_sweep, simulate=engine)
    main(prog_name="llmsim")
"""


def test_ctrl_c_ends_the_workers_and_keeps_what_they_finished(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    support = Path(sweep_engines.__file__).parent
    process = subprocess.Popen(
        [
            sys.executable, "program.py", "sweep", "baseline", *SPACE, *KEPT, "-N", "8",
            "--executor", "process:2",
        ],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(support)))},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )  # fmt: skip
    try:
        while len(waiting := list((tmp_path / "marks").glob("waiting-*"))) < 2:
            assert process.poll() is None
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 130
    assert "interrupted: " in errors
    assert "Traceback" not in errors
    counts = Sweep.open("runs/baseline-sweep").counts()
    assert counts["ok"] >= 1
    assert counts["pending"] >= 1
    for worker in waiting:
        with pytest.raises(ProcessLookupError):
            os.kill(int(worker.name.partition("-")[2]), 0)
