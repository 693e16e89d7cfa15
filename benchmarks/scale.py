"""What an agent stands for: spread of Kimi's users, time and memory, from 10,000 people to one.

    python benchmarks/scale.py [--scales 10000 1000 100 10 1] [--replicates 24 24 6 2 1]

Each scale runs the baseline in a process of its own with two threads, one replicate after another;
seconds are per replicate, wall time, and memory is the process's peak. The luck of firms and of
news is the same at all scales, so means differ by the luck of fewer agents only.
"""

import argparse
import json
import subprocess
import sys
from statistics import mean, median, stdev

CHILD = """
import json, resource, sys
from time import perf_counter
import numpy as np
from sim.engine.simulation import simulate
from sim.scenario import Scenario
scale, replicates = int(sys.argv[1]), int(sys.argv[2])
scenario = Scenario.load("baseline", [f"consumers.people_per_agent={scale}"])
users, seconds = [], []
for replicate in range(replicates):
    begin = perf_counter()
    apps = simulate(scenario, 1, replicate, frozenset({"apps"}), threads=2)["apps"]
    seconds.append(perf_counter() - begin)
    at = (np.array(apps["app"]) == "kimi") & (np.array(apps["date"]) == np.datetime64("2024-10-28"))
    users.append(float(np.array(apps["mau"])[at][0]))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"users": users, "seconds": seconds, "peak": peak}))
"""


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scales", type=int, nargs="+", default=[10_000, 1_000, 100, 10, 1])
    parser.add_argument("--replicates", type=int, nargs="+", default=[24, 24, 6, 2, 1])
    options = parser.parse_args()
    print("| people per agent | replicates | mean, M | sd, M | s a replicate | peak, MB |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    for scale, replicates in zip(options.scales, options.replicates, strict=True):
        command = [sys.executable, "-c", CHILD, str(scale), str(replicates)]
        told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        users = [value / 1e6 for value in told["users"]]
        spread = f"{stdev(users):.2f}" if len(users) > 1 else "-"
        print(
            f"| {scale:,} | {replicates} | {mean(users):.2f} | {spread} | "
            f"{median(told['seconds']):.1f} | {told['peak'] / 1e6:,.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
