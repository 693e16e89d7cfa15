"""Speed of the consumer kernel: person-weeks a second, median of repetitions.

    python benchmarks/consumers.py [--agents 600000] [--weeks 130] [--threads 1] [--repetitions 7]

Fourteen apps; adds of some 3 M people a week among 600 M, churn of the default retention curve,
second apps, switching and subscriptions. The first, untimed repetition compiles or loads the
kernel.
"""

import argparse
from statistics import median
from time import perf_counter

import numpy as np

from sim.core.parameters import Parameters
from sim.core.streams import Streams
from sim.markets import retention
from sim.world.consumer_week import advance
from sim.world.consumers import Hazards, populate, split

SEGMENTS = {"student": 0.20, "office": 0.30, "developer": 0.02, "mass": 0.48}
APPS = tuple(f"app {number}" for number in range(14))
ADDS_PER_WEEK = 0.005


def week_hazards(weeks: int) -> Hazards:
    """Return constant hazards of a busy week of the default market."""
    p = Parameters()
    popularity = 1.0 / np.arange(1, len(APPS) + 1)
    adopt = np.zeros((len(SEGMENTS), len(APPS), 4))
    by_source = np.array([0.2, 0.5, 0.1, 0.2]) * ADDS_PER_WEEK
    adopt[:] = (popularity / popularity.sum())[:, None] * by_source
    return Hazards(
        adopt=adopt,
        second=p.second_app,
        leave_base=retention.leave_base(
            p.retention_alpha, p.retention_beta, p.bought_beta_ratio, weeks
        ),
        leave_factor=np.ones((len(SEGMENTS), len(APPS), 3)),
        switch_share=p.switch_share,
        switch_weight=popularity,
        subscribe=retention.subscribe_hazard(np.full(len(APPS), p.conversion), p.premium_share),
        lapse=retention.lapse_hazard(np.full((len(APPS), 2), p.renewal)),
    )


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agents", type=int, default=600_000)
    parser.add_argument("--weeks", type=int, default=130)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repetitions", type=int, default=7)
    options = parser.parse_args()
    hazards = week_hazards(options.weeks)
    seconds = []
    for repetition in range(options.repetitions + 1):
        people = populate(split(options.agents, SEGMENTS), APPS, options.weeks)
        begin = perf_counter()
        acted = 0
        for week in range(options.weeks):
            counts = advance(people, hazards, Streams(repetition), week, options.threads)
            acted += int(counts.adds.sum() + counts.losses.sum() - counts.adds_switched.sum())
        seconds.append(perf_counter() - begin)
    typical = median(seconds[1:])
    person_weeks = options.agents * options.weeks
    print(f"{options.agents:,} agents x {options.weeks} weeks, {options.threads} threads")
    print(f"median {typical * 1e3:.1f} ms, best {min(seconds[1:]) * 1e3:.1f} ms")
    print(f"{person_weeks / typical / 1e6:,.0f} M person-weeks a second")
    print(f"{acted / person_weeks:.2%} of them took up or left an app")
    print(f"{typical / acted * 1e9:.0f} ns per person who did")


if __name__ == "__main__":
    main()
