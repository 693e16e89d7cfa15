"""What a sweep gives: runs a second, efficiency of two processes, resuming, listing 100,000 runs.

    python benchmarks/sweep.py [--runs 48] [--repetitions 3]

One run is the baseline, 130 weeks, with 60,000 consumers. Runs a second are counted after start-up:
from the first run's start to the last one's end, as the folder's own times say. Efficiency sets
what two processes do at once against twice what one does, measured in turns, so that a noisy
machine disturbs both alike. Every figure is the median of the repetitions, with the lowest and the
highest.
"""

import argparse
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import polars as pl

from sim import Scenario, Sweep, sweep
from sim.experiments.sweep import plan_sweep
from sim.experiments.sweep_folder import write_description, write_plan, write_shard
from sim.experiments.sweep_runs import Result

SPACE = ("firms.moonshot.cash_mcny=1000:3000", "firms.zhipu.cash_mcny=1000:3000")
AGENTS = ("consumers.people_per_agent=10000",)
LISTED, SHARD = 100_000, 100
OUTCOMES = ("apps.*.mau", "firms.*.cash_cny", "market.hhi_mau")


def pace(scenario: Scenario, runs: int, executor: str, folder: Path) -> float:
    """Return runs a second of a sweep once its workers have started."""
    done = sweep(scenario, SPACE, points=runs, executor=executor, out=folder)
    times = done.frame().select("time_started", "time_seconds").collect()
    ends = [start.timestamp() + seconds for start, seconds in times.iter_rows()]
    # The first run of every process loads the compiled kernel; it is start-up.
    workers = int(executor.partition(":")[2] or 1)
    later = sorted(times["time_started"])[workers:]
    return (runs - workers) / (max(ends) - later[0].timestamp())


def resumed(scenario: Scenario, runs: int, folder: Path) -> tuple[int, float]:
    """Return how many finished runs a half-done sweep does again, and how long nothing takes."""
    first = sweep(scenario, SPACE, points=runs // 2, executor="serial", out=folder)
    before = first.frame().collect()
    whole = sweep(scenario, SPACE, points=runs, executor="serial", out=folder).frame().collect()
    kept = whole.join(before, on=["run", "time_started"], how="semi").height
    begin = perf_counter()
    sweep(scenario, SPACE, points=runs, executor="serial", out=folder)
    return runs // 2 - kept, perf_counter() - begin


def large_folder(scenario: Scenario, folder: Path) -> None:
    """Write a sweep of 100,000 runs, as if they had been made."""
    plan = plan_sweep(scenario, SPACE, points=LISTED, outcomes=OUTCOMES)
    (folder / "runs").mkdir(parents=True)
    write_plan(folder, plan.runs, plan.inputs)
    numbers = np.random.default_rng(1).random((LISTED, len(plan.job.outcomes)))
    now = datetime.now(UTC)
    for first in range(0, LISTED, SHARD):
        results = [
            Result(run, now, 0.1, tuple(numbers[first + place].tolist()))
            for place, run in enumerate(plan.runs[first : first + SHARD])
        ]
        write_shard(folder, results, plan.job, plan.inputs)
    write_description(folder, plan.describe())


def listing(folder: Path) -> None:
    """Do what `llmsim runs FOLDER --where 'market.hhi_mau > 0.5'` does."""
    found = Sweep.open(folder).runs().filter(pl.col("market.hhi_mau") > 0.5).collect()
    assert 0.4 * LISTED < found.height < 0.6 * LISTED


def timed(function: Callable[[], object]) -> float:
    """Return the seconds that a call takes."""
    begin = perf_counter()
    function()
    return perf_counter() - begin


def main() -> None:
    """Print one line per quantity with its target."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=48)
    parser.add_argument("--repetitions", type=int, default=3)
    options = parser.parse_args()
    scenario = Scenario.load("baseline", AGENTS)
    ones, twos, ratios, again, idle = [], [], [], [], []
    with tempfile.TemporaryDirectory() as name:
        for turn in range(options.repetitions):
            folder = Path(name) / str(turn)
            ones.append(pace(scenario, options.runs // 2, "process:1", folder / "one"))
            twos.append(pace(scenario, options.runs, "process:2", folder / "two"))
            ratios.append(twos[-1] / ones[-1] / 2)
            redone, nothing = resumed(scenario, 8, folder / "half")
            again.append(float(redone))
            idle.append(nothing)
        large_folder(scenario, Path(name) / "large")
        lists = [timed(lambda: listing(Path(name) / "large")) for _ in range(options.repetitions)]
    print(f"medians of {options.repetitions} [lowest, highest]; {options.runs} runs in a sweep")
    show("runs a second, one process", ones, "")
    show("runs a second, two processes", twos, "target 6, aim 20")
    show("efficiency of two processes", ratios, "target 0.9")
    show("finished runs made again on resume", again, "target 0")
    show("seconds to resume a finished sweep", idle, "")
    show("seconds to list 100,000 runs, filtered", lists, "target 2")


def show(what: str, values: list[float], target: str) -> None:
    """Print a quantity with its median, its range and its target."""
    said = f"{median(values):8.2f} [{min(values):.2f}, {max(values):.2f}]"
    print(f"{what:40}{said}   {target}".rstrip())


if __name__ == "__main__":
    main()
