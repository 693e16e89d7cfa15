"""The kernel against exact cohort counting: each count is binomial with the exact chance."""

from collections import defaultdict
from math import sqrt
from typing import Any

import numpy as np
import pytest
from one_person import Event, State
from one_person import advance as exact_week

from sim.core.streams import Streams
from sim.world.consumer_week import advance
from sim.world.consumers import Consumers, Hazards, WeekCounts, populate

APPS, WEEKS, PEOPLE, REPLICATES = 2, 6, 3000, 200
FAR = 4.9
"""Standard errors that one of some forty counts exceeds in one of 20,000 runs of the test."""


def hazards() -> Hazards:
    """Return a lively market in which everything happens."""
    return Hazards(
        adopt=np.array([[[0.03, 0.02, 0.01, 0.02], [0.02, 0.0, 0.03, 0.01]]]),
        second=2.5,
        leave_base=np.array([[0.30, 0.15, 0.08], [0.50, 0.25, 0.12]]),
        leave_factor=np.array([[[1.0, 0.5, 0.25], [1.3, 0.6, 0.3]]]),
        switch_share=0.4,
        switch_weight=np.array([1.0, 2.0]),
        subscribe=np.array([[0.05, 0.02], [0.03, 0.04]]),
        lapse=np.array([[0.2, 0.1], [0.15, 0.1]]),
    )


def expected() -> tuple[dict[State, float], dict[Event, float]]:
    """Return the chances of states after the last week, and of events in it."""
    chances: dict[State, float] = {(): 1.0}
    seen: dict[Event, float] = {}
    for week in range(WEEKS):
        chances, seen = exact_week(chances, hazards(), week)
    return chances, seen


def chances_of_counts() -> dict[str, float]:
    """Return the chance that one person is counted in each number."""
    chances, seen = expected()
    total: dict[str, float] = defaultdict(float)
    for state, chance in chances.items():
        total[f"{len(state)} apps"] += chance
        for held in state:
            total[f"holders {held.app}"] += chance
            total[f"tier {held.app} {held.tier}"] += chance
            total[f"cohort {held.app} {held.start} {held.bought}"] += chance
    for (kind, one, other), chance in seen.items():
        total[f"{kind} {one} {other}"] += chance
    return dict(total)


def counts_of(people: Consumers, week: WeekCounts) -> dict[str, int]:
    """Return the same numbers of a simulated population."""
    alone, both = int(people.one_app.sum()), int(people.overlap.sum()) // 2
    found: dict[str, Any] = {"0 apps": people.no_app.sum(), "1 apps": alone, "2 apps": both}
    adds = (week.adds_paid, week.adds_pushed, week.adds_organic, week.adds_spread,
            week.adds_switched)  # fmt: skip
    for app in range(APPS):
        found[f"holders {app}"] = people.holders[app]
        found[f"losses {app} -1"] = week.losses[app]
        for tier in range(3):
            found[f"tier {app} {tier}"] = people.tiers[app, tier]
        for start in range(WEEKS):
            for bought in (False, True):
                found[f"cohort {app} {start} {bought}"] = people.cohorts[app, start, int(bought)]
        for source, joined in enumerate(adds):
            found[f"adds {app} {source}"] = joined[app]
        for other in range(APPS):
            found[f"flows {app} {other}"] = week.flows[app, other]
    return {name: int(value) for name, value in found.items()}


@pytest.fixture(scope="module")
def simulated() -> dict[str, np.ndarray[Any, np.dtype[np.float64]]]:
    """Return each count in every replicate."""
    rows: dict[str, list[int]] = defaultdict(list)
    for replicate in range(REPLICATES):
        people = populate({"all": PEOPLE}, ("a", "b"), WEEKS)
        streams = Streams(7, replicate)
        for week in range(WEEKS):
            counts = advance(people, hazards(), streams, week)
        for name, value in counts_of(people, counts).items():
            rows[name].append(value)
    return {name: np.array(values, dtype=np.float64) for name, values in rows.items()}


def test_chances_are_those_of_one_person() -> None:
    chances, _ = expected()
    assert sum(chances.values()) == pytest.approx(1.0, abs=1e-12)


def test_mean_of_every_count_is_the_exact_one(simulated: dict[str, Any]) -> None:
    exact = chances_of_counts()
    for name, values in simulated.items():
        chance = exact.get(name, 0.0)
        error = sqrt(PEOPLE * chance * (1.0 - chance) / REPLICATES)
        assert abs(values.mean() - PEOPLE * chance) <= FAR * error, name


def test_spread_of_every_count_is_binomial(simulated: dict[str, Any]) -> None:
    exact = chances_of_counts()
    for name, values in simulated.items():
        chance = exact.get(name, 0.0)
        if chance * PEOPLE < 20:
            continue
        variance = PEOPLE * chance * (1.0 - chance)
        squares = ((values - PEOPLE * chance) ** 2).sum() / variance
        # A chi-square of n degrees of freedom has mean n and variance 2 n.
        assert abs(squares - REPLICATES) <= FAR * sqrt(2.0 * REPLICATES), name


def test_oracle_counts_all_that_can_happen() -> None:
    _, seen = expected()
    assert {event for event, chance in seen.items() if chance > 0} >= {
        ("adds", 0, 0), ("adds", 1, 4), ("losses", 1, -1), ("flows", 0, 1),
    }  # fmt: skip
