"""What one run costs: CPU and memory of the baseline, time to start. `python benchmarks/run.py`

Every figure is the best of several, in a fresh process, with the compiled kernel in its cache.
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
    print(f"{'':32}{'best':>10}{'target':>10}   on {os.cpu_count()} CPUs")
    print(f"{'baseline, one run, CPU':32}{min(r[0] for r in runs):>8.2f} s{1.0:>8.2f} s")
    print(f"{'baseline, one run, wall clock':32}{min(r[1] for r in runs):>8.2f} s")
    print(f"{'peak memory':32}{max(r[2] for r in runs) / per_megabyte:>7.0f} MB{600:>7} MB")
    print(f"{'llmsim --help':32}{min(starts) * 1000:>7.0f} ms{150:>7} ms")


if __name__ == "__main__":
    main()
