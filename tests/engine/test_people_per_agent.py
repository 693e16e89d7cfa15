"""`people_per_agent` trades noise for speed: what is expected does not change."""

from math import sqrt

import numpy as np
import pytest
from small_market import small

from sim.engine.simulation import simulate
from sim.experiments.paired import paired_difference

REPLICATES = 12
PEOPLE = 600_000.0


def users(people_per_agent: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return users of all apps after a year, by replicate and app."""
    scenario = small(
        {
            "consumers.addressable_people": PEOPLE,
            "consumers.people_per_agent": people_per_agent,
        },
        weeks=52,
    )
    found = []
    for replicate in range(REPLICATES):
        apps = simulate(scenario, 1, replicate, frozenset({"apps"}))["apps"]
        mau = np.asarray(apps["mau"], dtype=np.float64)
        found.append([mau[-len(set(apps["app"])) :].sum()])
    return np.array(found)


@pytest.mark.slow
@pytest.mark.parametrize("people_per_agent", [10, 100])
def test_expected_users_are_the_same_however_many_people_an_agent_stands_for(
    people_per_agent: int,
) -> None:
    one, many = users(1)[:, 0], users(people_per_agent)[:, 0]
    found = paired_difference(one, many)
    assert abs(found.mean) <= 4.0 * found.standard_error
    # The difference is the luck of fewer agents: n agents are counted with an error of sqrt(n).
    luck = sqrt(float(one.mean()) * people_per_agent)
    assert found.standard_error * sqrt(REPLICATES) < 5.0 * luck
