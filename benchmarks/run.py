"""What one run costs: CPU and memory of the baseline, time to start. `python benchmarks/run.py`

Every figure is the median of several, each in a fresh process, with the compiled kernel in its
cache; the spread tells how noisy the machine is.
"""

import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter

REPEATS = 5
ROOT = Path(__file__).resolve().parent.parent
RUN = """
import resource, sys, time
from sim import Scenario, run
scenario = Scenario.load("baseline")
run(scenario, replicates=1)
before, clock = time.process_time(), time.perf_counter()
run(scenario, replicates=1)
print(time.process_time() - before, time.perf_counter() - clock,
      resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def python(*arguments: str) -> tuple[str, float]:
    """Run Python in the project's folder; return what it printed and the seconds it took."""
    started = perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout, perf_counter() - started


def main() -> None:
    """Print one line per quantity with its target."""
    runs = [[float(part) for part in python("-c", RUN)[0].split()] for _ in range(REPEATS)]
    starts = [python("-m", "sim", "--help")[1] for _ in range(REPEATS)]
    per_megabyte = 2**20 if sys.platform == "darwin" else 2**10
    cpu, wall, memory = (sorted(column) for column in zip(*runs, strict=True))
    starts.sort()
    print(f"medians of {REPEATS} [lowest, highest], on {os.cpu_count()} CPUs")
    print(f"{'baseline, one run, CPU':32}{_of(cpu, 1.0, 2)} s   target 1.00 s")
    print(f"{'baseline, one run, wall clock':32}{_of(wall, 1.0, 2)} s")
    print(f"{'peak memory':32}{_of(memory, 1 / per_megabyte, 0)} MB   target 600 MB")
    print(f"{'llmsim --help':32}{_of(starts, 1000, 0)} ms   target 150 ms")


def _of(values: list[float], scale: float, digits: int) -> str:
    low, middle, high = (scale * values[i] for i in (0, len(values) // 2, -1))
    return f"{middle:>8.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"


if __name__ == "__main__":
    main()
