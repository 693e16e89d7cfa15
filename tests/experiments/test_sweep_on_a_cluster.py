"""A sweep on a real dask cluster gives what it gives in one process, whoever dies meanwhile."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sweep_engines
from sweep_engines import OUTCOMES, SPACE, cash_and_luck, first_rich_waits, process_that_waits

from sim.experiments.executors import ExecutorError, LostExecutorError
from sim.experiments.sweep import Sweep, sweep
from sim.scenario import Scenario

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")

ROOT = Path(__file__).resolve().parents[2]
SUPPORT = Path(sweep_engines.__file__).parent


class Cluster:
    """A scheduler and two workers on this machine, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "scheduler.json"
        path = os.pathsep.join((str(ROOT), str(SUPPORT)))
        self.environment = {**os.environ, "PYTHONPATH": path, sweep_engines.FOLDER: str(folder)}
        self.scheduler = self.start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(self.file)
        )
        wait_for(self.file.exists)
        self.address = json.loads(self.file.read_text())["address"]
        self.workers = [
            self.start("worker", self.address, "--nthreads", "1", "--no-nanny") for _ in range(2)
        ]

    def start(self, kind: str, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start a part of the cluster that listens on no port but its own."""
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *arguments]
        return subprocess.Popen(
            [*command, "--no-dashboard"],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


def wait_for(what: Callable[[], Any]) -> Any:
    """Return what a function returns once that is true."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.02)
    raise AssertionError("nothing came")


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    monkeypatch.setenv(sweep_engines.FOLDER, str(tmp_path))
    started = Cluster(tmp_path)
    yield started
    started.stop()


def run(out: Path, executor: Any, engine: Any = cash_and_luck) -> Sweep:
    return sweep(
        Scenario.load("baseline"), SPACE, points=16, replicates=2, executor=executor, out=out,
        outcomes=OUTCOMES, seed=5, simulate=engine,
    )  # fmt: skip


def numbers(found: Sweep) -> pl.DataFrame:
    return found.frame().select(pl.exclude("^time_.*$")).collect()


def test_sweep_goes_on_when_a_worker_of_the_cluster_is_killed(
    cluster: Cluster, tmp_path: Path
) -> None:
    with ThreadPoolExecutor(1) as aside:
        going = aside.submit(run, tmp_path / "s", f"dask:{cluster.address}", first_rich_waits)
        waiting = wait_for(process_that_waits)
        assert waiting in [worker.pid for worker in cluster.workers]
        os.kill(waiting, signal.SIGKILL)
        found = going.result(timeout=120)
    assert found.counts() == {"ok": 32, "failed": 0, "pending": 0}
    assert numbers(found).equals(numbers(run(tmp_path / "serial", "serial")))


@pytest.mark.slow
def test_lost_scheduler_ends_the_sweep_and_nothing_that_was_done_is_lost(
    cluster: Cluster, tmp_path: Path
) -> None:
    with ThreadPoolExecutor(1) as aside:
        going = aside.submit(run, tmp_path / "s", f"dask:{cluster.address}", first_rich_waits)
        wait_for(process_that_waits)
        wait_for(lambda: Sweep.open(tmp_path / "s").counts()["ok"])
        cluster.scheduler.kill()
        with pytest.raises(LostExecutorError, match="dask:tcp://127"):
            going.result(timeout=120)
    before = Sweep.open(tmp_path / "s").counts()
    assert before["ok"] > 0
    assert before["pending"] > 0
    assert before["failed"] == 0
    resumed = run(tmp_path / "s", "serial")
    assert numbers(resumed).equals(numbers(run(tmp_path / "serial", "serial")))


def test_scheduler_that_does_not_answer_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.experiments.executors.CONNECT_SECONDS", 0.5)
    with pytest.raises(ExecutorError, match="no dask scheduler answers at 'tcp://127.0.0.1:9'"):
        run(tmp_path / "s", "dask:tcp://127.0.0.1:9")


@pytest.mark.slow
def test_cluster_that_a_sweep_starts_itself_gives_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(sweep_engines.FOLDER, str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(ROOT), str(SUPPORT))))
    alone, together = run(tmp_path / "a", "serial"), run(tmp_path / "b", "dask")
    assert together.stopped == ""
    assert numbers(together).equals(numbers(alone))
