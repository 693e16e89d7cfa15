"""A sweep survives what happens to it: dead workers, no memory, Ctrl-C, kill -9, a full disk."""

import errno
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sweep_engines
from sweep_engines import (
    OUTCOMES,
    SPACE,
    cash_and_luck,
    marks,
    memory_runs_out,
    richest_kills_its_process,
    third_is_interrupted,
)

from sim.experiments.executors import ExecutorError, LostExecutorError
from sim.experiments.sweep import Sweep, sweep
from sim.results import whole as files
from sim.results.errors import StoreError
from sim.scenario import Scenario

ROOT = Path(__file__).resolve().parents[2]
SUPPORT = Path(sweep_engines.__file__).parent


@pytest.fixture(autouse=True)
def marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "marks"
    folder.mkdir()
    monkeypatch.setenv(sweep_engines.FOLDER, str(folder))
    return folder


def run(out: Path, executor: Any = "serial", engine: Any = cash_and_luck) -> Sweep:
    return sweep(
        Scenario.load("baseline"), SPACE, points=8, replicates=2, executor=executor, out=out,
        outcomes=OUTCOMES, seed=5, simulate=engine,
    )  # fmt: skip


def numbers(found: Sweep) -> pl.DataFrame:
    return found.frame().select(pl.exclude("^time_.*$")).collect()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """What a sweep that nothing happens to gives."""
    return numbers(run(tmp_path_factory.mktemp("whole")))


@pytest.mark.parametrize("place", ["thread:2", "process:2"])
def test_results_are_the_same_wherever_runs_are_made(
    tmp_path: Path, whole: pl.DataFrame, place: str
) -> None:
    assert whole.height == 16
    assert numbers(run(tmp_path / "s", place)).equals(whole)


def test_executor_of_the_caller_serves_and_stays_open(tmp_path: Path, whole: pl.DataFrame) -> None:
    with ThreadPoolExecutor(3) as pool:
        assert numbers(run(tmp_path / "s", pool)).equals(whole)
        assert pool.submit(os.getpid).result() == os.getpid()


def test_only_runs_that_kill_their_worker_twice_are_failed(
    tmp_path: Path, whole: pl.DataFrame
) -> None:
    found = run(tmp_path / "s", "process:2", richest_kills_its_process)
    frame, counts = numbers(found), found.counts()
    failed = found.ledger().filter(pl.col("status") == "failed").collect()
    assert counts["pending"] == 0
    assert counts["failed"] > 0
    assert set(failed["stage"]) == {"worker"}
    assert failed["error"].str.contains("BrokenProcessPool").all()
    cash = "firms.moonshot.cash_mcny"
    assert frame.equals(whole.filter(pl.col(cash) <= 2800))


def test_broken_executor_of_the_caller_ends_the_sweep(tmp_path: Path, whole: pl.DataFrame) -> None:
    pool = ProcessPoolExecutor(1, get_context("spawn"))
    with pytest.raises(LostExecutorError, match="ProcessPoolExecutor broke"):
        run(tmp_path / "s", pool, richest_kills_its_process)
    assert numbers(run(tmp_path / "s")).equals(whole)


def test_run_without_enough_memory_is_a_failed_run(tmp_path: Path) -> None:
    found = run(tmp_path / "s", engine=memory_runs_out)
    assert found.counts() == {"ok": 0, "failed": 16, "pending": 0}
    assert found.frame().collect().height == 0
    (error,) = set(found.ledger().collect()["error"])
    assert "MemoryError" in error


def test_interrupted_sweep_says_so_and_goes_on_where_it_was(
    tmp_path: Path, whole: pl.DataFrame
) -> None:
    found = run(tmp_path / "s", engine=third_is_interrupted)
    assert found.stopped == "interrupted"
    assert found.counts() == {"ok": 2, "failed": 0, "pending": 14}
    resumed = run(tmp_path / "s")
    assert len([mark for mark in marks() if "pressed" not in mark]) == 16
    assert numbers(resumed).equals(whole)


def test_full_disk_ends_the_sweep_and_what_was_done_is_kept(
    tmp_path: Path, whole: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []

    def fills_up(descriptor: int) -> None:
        written.append(descriptor)
        if len(written) > 6:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(files, "flush", fills_up)
        with pytest.raises(StoreError, match=r"No space left on device; what was done .* is kept"):
            run(tmp_path / "s")
    counts = Sweep.open(tmp_path / "s").counts()
    assert counts["ok"] > 0
    assert counts["pending"] > 0
    assert not list((tmp_path / "s").rglob(".unfinished*"))
    assert numbers(run(tmp_path / "s")).equals(whole)


def test_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="file/s: cannot be written: Not a directory"):
        run(tmp_path / "file" / "s")
    assert marks() == []


def test_folder_that_turns_read_only_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tmp_path / "s")
    refused = OSError(errno.EROFS, os.strerror(errno.EROFS))

    def touch(*_: Any, **__: Any) -> None:
        raise refused

    monkeypatch.setattr(Path, "touch", touch)
    with pytest.raises(StoreError, match="cannot be written: Read-only file system"):
        run(tmp_path / "s")


@pytest.mark.parametrize(
    "name", ["proces:2", "process:0", "process:-1", "thread:x", "serial:2", ""]
)
def test_unknown_executor_is_refused_before_anything_is_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(ExecutorError, match="there is no executor"):
        run(tmp_path / "s", name)
    assert not (tmp_path / "s").exists()


PROGRAM = """
import sys
from pathlib import Path
from test_sweep_survives import run
from sweep_engines import waits_for_ever_after_three
if __name__ == "__main__":
    run(Path(sys.argv[1]), "process:2", waits_for_ever_after_three)
"""


def test_sweep_that_is_killed_loses_only_what_was_under_way(
    tmp_path: Path, marked: Path, whole: pl.DataFrame
) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    folders = (ROOT, SUPPORT, Path(__file__).parent)
    killed = subprocess.Popen(
        [sys.executable, str(program), str(tmp_path / "s")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, folders))},
    )
    while len(waiting := list(marked.glob("waiting-*"))) < 2:
        assert killed.poll() is None
        time.sleep(0.01)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    counts = Sweep.open(tmp_path / "s").counts()
    assert counts["ok"] >= 1
    assert counts["failed"] == 0
    before = len(marks())
    resumed = run(tmp_path / "s")
    assert len(marks()) - before == counts["pending"]
    assert numbers(resumed).equals(whole)
    for worker in waiting:
        ends(int(worker.name.partition("-")[2]))


def ends(process: int) -> None:
    """Return when a process is gone, which it is soon after its parent."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{process}/stat").exists():
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
            if state == "Z":
                return
        time.sleep(0.01)
    raise AssertionError(f"{process} lives on")
