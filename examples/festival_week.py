"""An event of one's own: in the week of the Spring Festival families show each other their apps.

    python examples/festival_week.py

A rule takes the week's hazards of people and the world, and returns the hazards that act. This
one adds a new way to take an app up: whoever lives with its users is shown it at the festival. A
fifth column of `adopt` is an event of its own; the table `apps` counts it in `adds_own`.
"""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import numpy as np

from sim import Scenario, run
from sim.engine.simulation import simulate
from sim.world.consumers import Hazards
from sim.world.state import World

FESTIVAL = ((2024, 2, 10), (2025, 1, 29))
SEGMENT = "mass"
SHOWN = 0.05
"""Share of people whom a relative with the app shows it, times the share who hold it."""


def festival(hazards: Hazards, world: World) -> Hazards:
    """Add the festival's event, for one segment; leave what else can happen as it is."""
    week = [world.monday + timedelta(days=day) for day in range(7)]
    if not any((day.year, day.month, day.day) in FESTIVAL for day in week):
        return hazards
    people = world.consumers
    assert people is not None
    open_apps = hazards.adopt.sum(axis=(0, 2)) > 0
    shown = SHOWN * people.holders / people.population * open_apps
    event = np.zeros((*hazards.adopt.shape[:2], 1))
    event[people.segments.index(SEGMENT), :, 0] = shown
    return replace(hazards, adopt=np.concatenate([hazards.adopt, event], axis=2))


def main() -> None:
    """Count who takes an app up, with and without the festival, and who does because of it."""
    base = Scenario.load("baseline").with_({"consumers.people_per_agent": 4000})
    plain = run(base, replicates=2, tables=["apps"])
    shown = run(base, replicates=2, tables=["apps"], simulate=partial(simulate, hazards=festival))
    for name, result in (("without", plain), ("with", shown)):
        people, own = (float(result.apps[what].sum()) / 2e6 for what in ("adds", "adds_own"))
        print(f"{name} the festival: {people:.1f} M take an app up, {own:.1f} M at the festival")


if __name__ == "__main__":
    main()
