"""What firms cost: Python work of a week by firms and accounts. `python benchmarks/firms.py`

Firms beyond the baseline's are copies of them, without apps; people are few, so that what is timed
is the supply side. Each size runs in fresh processes with the compiled kernels in their cache: the
weeks of a run are timed step by step and their median is taken, then the median of the runs.
"""

import os
import subprocess
import sys
from pathlib import Path
from statistics import median

REPEATS = 3
ROOT = Path(__file__).resolve().parent.parent
SIZES = ((13, 3_000), (13, 100_000), (50, 12_000), (100, 25_000), (200, 3_000), (200, 100_000))
RUN = """
import resource, sys, time
from itertools import cycle
from statistics import median
from sim.engine import simulation
from sim.scenario import Scenario
from sim.scenario.model import BLOCKS
from sim.scenario.writing import toml_value

firms, accounts = int(sys.argv[1]), int(sys.argv[2])
base = Scenario.load("baseline")
text = ['extends = "baseline"', "end = 2024-12-30"]
text += ["[consumers]", "people_per_agent = 100_000", "[accounts]", f"count = {accounts}"]
for number, (name, firm) in zip(range(firms - len(base.firms)), cycle(base.firms.items())):
    text.append(f"[firms.copy_{number}]")
    for key, value in firm.model_dump(exclude={*BLOCKS, "internal_lead"}).items():
        text.append(f"{key} = {toml_value(value)}")
scenario = Scenario.loads("\\n".join(text))
spent = {}

def timed(name, function):
    def call(*args):
        before = time.process_time()
        function(*args)
        spent.setdefault(name, []).append(time.process_time() - before)
    return call

simulation.simulate(base.with_({"consumers.people_per_agent": 100_000}), 1, 0, frozenset())
simulation.week = timed("week", simulation.week)
simulation.api.serve = timed("api", simulation.api.serve)
simulation.tenders.award = timed("tenders", simulation.tenders.award)
simulation.simulate(scenario, 1, 0, frozenset())
print(*(1000 * median(spent[name]) for name in ("week", "api", "tenders")),
      resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def run(firms: int, accounts: int) -> list[float]:
    """Return CPU ms of a week, of its API step, of its tender step, and peak memory."""
    command = [sys.executable, "-c", RUN, str(firms), str(accounts)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [float(part) for part in done.stdout.split()]


def main() -> None:
    """Print one line per size, and how cost grew over the size."""
    per_megabyte = 2**20 if sys.platform == "darwin" else 2**10
    print(f"medians of {REPEATS} runs of 78 weeks [lowest, highest], on {os.cpu_count()} CPUs")
    print(
        "firms accounts   week, ms               API, ms    tenders, ms   memory, MB   us per firm"
    )
    for firms, accounts in SIZES:
        runs = [run(firms, accounts) for _ in range(REPEATS)]
        week, api, tenders, memory = (median(column) for column in zip(*runs, strict=True))
        ends = f"[{min(one[0] for one in runs):.2f}, {max(one[0] for one in runs):.2f}]"
        print(
            f"{firms:>5} {accounts:>8} {week:>8.2f} {ends:<16} {api:>7.2f} {tenders:>10.2f}"
            f" {memory / per_megabyte:>12.0f} {1000 * week / firms:>10.0f}"
        )


if __name__ == "__main__":
    main()
