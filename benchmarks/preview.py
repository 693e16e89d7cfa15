"""What a visitor of the dashboard waits for once a lever is moved. `python benchmarks/preview.py`

The first page has been shown: its preview is made and its figures are drawn, as the dashboard does
while a browser opens. Then a lever takes another value each time: the scenario is read, the preview
made, the figures drawn. What the browser and the connection need is not part of it.
"""

import argparse
import os
from statistics import median
from time import perf_counter, process_time

from sim.results.run import Run
from sim.strategies.loading import load_checked
from sim.views.dashboard.figures import FIRST_FIGURES, Drawings, beside
from sim.views.dashboard.preview import previewed
from sim.views.dashboard.server import ready

LEVER, LOWEST, STEP = "firms.moonshot.cash_mcny", 1000, 100


def moved(a: Run, value: int, kept: Drawings) -> tuple[float, float, Drawings]:
    """Return seconds of CPU and on the clock from a lever's new value to the figures, and these."""
    cpu, clock = process_time(), perf_counter()
    scenario = load_checked("baseline", (f"{LEVER}={value}",))
    _, kept = beside(FIRST_FIGURES, a, previewed(scenario, scenario.seed), kept)
    return process_time() - cpu, perf_counter() - clock, kept


def main() -> None:
    """Print the medians and the ends of all repetitions."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repetitions", type=int, default=5)
    asked = parser.parse_args()
    ready(None)
    scenario = load_checked("baseline")
    a = previewed(scenario, scenario.seed)
    _, kept = beside(FIRST_FIGURES, a, a, {})
    spent = []
    for number in range(asked.repetitions):
        cpu, clock, kept = moved(a, LOWEST + STEP * number, kept)
        spent.append((cpu, clock))
    print(f"medians of {asked.repetitions} [lowest, highest], on {os.cpu_count()} CPUs")
    for name, values in zip(("CPU", "clock"), zip(*spent, strict=True), strict=True):
        print(
            f"{name:6} {median(values):.2f} s [{min(values):.2f}, {max(values):.2f}]   target 2 s"
        )


if __name__ == "__main__":
    main()
