"""What a week of the baseline costs, step by step. `python benchmarks/week.py [--against FOLDER]`

CPU time of each line of `sim.engine.simulation.week`. Every repetition is a fresh process, with the
compiled kernels in their cache, that takes the median over the weeks of a run; shown is the median
of the repetitions. With --against, another checkout takes turns with this one, so that a noisy
machine disturbs both alike, and the ratio is the median over the turns. People are few, so that
what is timed is the rest.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
RUN = """
import inspect, json, re, sys, time
from statistics import median
from sim.engine import simulation
from sim.scenario import Scenario

scenario = Scenario.load("baseline").with_({"consumers.people_per_agent": 10_000})
tables = None if sys.argv[1] == "all" else frozenset({"market"})
spent = {}

def timed(name, function):
    def call(*args):
        before = time.process_time()
        function(*args)
        spent.setdefault(name, []).append(time.process_time() - before)
    return call

steps = re.findall(r"^    (\\w+)\\.(\\w+)\\(engine", inspect.getsource(simulation.week), re.M)
simulation.simulate(scenario, 1, 0, tables)
for module, step in steps:
    owner = simulation.Recorder if module == "recorder" else getattr(simulation, module)
    setattr(owner, step, timed(f"{module}.{step}", getattr(owner, step)))
simulation.check = timed("check", simulation.check)
simulation.publish = timed("publish", simulation.publish)
simulation.week = timed("week", simulation.week)
simulation.simulate(scenario, 1, 0, tables)
print(json.dumps({name: 1000 * median(times) for name, times in spent.items()}))
"""


def measure(folder: Path, tables: str) -> dict[str, float]:
    """Return the median CPU ms of each step and of the week, in one process."""
    command = [sys.executable, "-c", RUN, tables]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def main() -> None:
    """Print one line a step, the dearest first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", type=Path, help="another checkout, measured in turns")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--tables", choices=("all", "market"), default="all")
    given = parser.parse_args()
    folders = [ROOT] if given.against is None else [given.against, ROOT]
    turns = [
        [measure(folder, given.tables) for folder in folders] for _ in range(given.repetitions)
    ]
    print(
        f"{'CPU ms a week':24}{'before':>10}{'now':>10}{'ratio':>8}" if given.against else "CPU ms"
    )
    for name in sorted(turns[0][-1], key=lambda step: -turns[0][-1][step]):
        cells = [
            f"{median(turn[n].get(name, 0.0) for turn in turns):>10.3f}"
            for n in range(len(folders))
        ]
        if given.against and name in turns[0][0]:
            cells.append(f"{median(turn[1][name] / turn[0][name] for turn in turns):>8.2f}")
        print(f"{name:24}{''.join(cells)}")


if __name__ == "__main__":
    main()
