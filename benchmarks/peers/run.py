"""The same adoption model in other frameworks: speed beside llmsim's, alternated in one run.

    python benchmarks/peers/run.py [--repetitions 5] [--scale 1.0]

Needs the extra `peers`, a C compiler, and mesa-frames, which asks for an older numpy than it needs:

    pip install -e '.[peers]' && pip install --no-deps mesa-frames typing-extensions pyarrow

Each repetition plays every framework once, so that what
else the machine does falls on all alike. A ratio is llmsim's speed over the peer's in the same
repetition. Counts are held against exact cohort counting: the largest distance of any count, in
standard errors, over all repetitions. The first, untimed round compiles or loads.
"""

import argparse
from collections.abc import Callable
from importlib import import_module
from statistics import median
from time import perf_counter

from adoption import WEEKS, Outcome, deviation

PEERS = {
    "mesa": 20_000,
    "agentpy": 20_000,
    "mesa_frames": 500_000,
    "numpy": 2_000_000,
    "c": 20_000_000,
    "llmsim": 20_000_000,
}
"""People of each: enough for its speed to settle, few enough to wait for."""


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.0, help="people over those listed")
    options = parser.parse_args()
    people = {name: round(number * options.scale) for name, number in PEERS.items()}
    speeds: dict[str, list[float]] = {name: [] for name in PEERS}
    furthest = dict.fromkeys(PEERS, 0.0)
    for repetition in range(options.repetitions + 1):
        for name in PEERS:
            simulate: Callable[[int, int], Outcome] = import_module(f"peer_{name}").simulate
            number = people[name] if repetition else min(people[name], 20_000)
            begin = perf_counter()
            outcome = simulate(number, repetition)
            took = perf_counter() - begin
            if repetition:
                speeds[name].append(number * WEEKS / took)
                furthest[name] = max(furthest[name], deviation(outcome, number))
    print(f"{WEEKS} weeks, {options.repetitions} repetitions, median [least, most]\n")
    print(f"{'':<12}{'people':>12}{'M person-weeks/s':>32}{'llmsim is faster by':>28}{'off':>8}")
    for name, found in speeds.items():
        ratios = [ours / theirs for ours, theirs in zip(speeds["llmsim"], found, strict=True)]
        speed = f"{median(found) / 1e6:,.2f} [{min(found) / 1e6:,.2f}, {max(found) / 1e6:,.2f}]"
        ratio = f"{median(ratios):,.1f} [{min(ratios):,.1f}, {max(ratios):,.1f}]"
        print(f"{name:<12}{people[name]:>12,}{speed:>32}{ratio:>28}{furthest[name]:>7.1f}s")


if __name__ == "__main__":
    main()
