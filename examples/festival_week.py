"""An event of one's own: in the week of the Spring Festival families show each other their apps.

    python examples/festival_week.py

A rule takes the week's hazards of people and the world, and returns the hazards that act. This
one adds a new way to take an app up: whoever lives with its users is shown it at the festival. It
is booked under the source `spread`, the nearest of the four that the tables know.
"""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from sim import Scenario, run
from sim.engine.simulation import simulate
from sim.world.consumers import SOURCES, Hazards
from sim.world.state import World

FESTIVAL = ((2024, 2, 10), (2025, 1, 29))
SEGMENT = "mass"
SHOWN = 0.05
"""Share of people whom a relative with the app shows it, times the share who hold it."""


def festival(hazards: Hazards, world: World) -> Hazards:
    """Add the festival's hazard to one segment; return the week's hazards as they are otherwise."""
    week = [world.monday + timedelta(days=day) for day in range(7)]
    if not any((day.year, day.month, day.day) in FESTIVAL for day in week):
        return hazards
    people = world.consumers
    assert people is not None
    adopt = hazards.adopt.copy()
    open_apps = adopt.sum(axis=(0, 2)) > 0
    shown = SHOWN * people.holders / people.population * open_apps
    adopt[people.segments.index(SEGMENT), :, SOURCES.index("spread")] += shown
    return replace(hazards, adopt=adopt)


def main() -> None:
    """Compare adds by word of mouth around the festival, with and without it."""
    base = Scenario.load("baseline").with_({"consumers.people_per_agent": 4000})
    plain = run(base, replicates=2, tables=["apps"])
    shown = run(base, replicates=2, tables=["apps"], simulate=partial(simulate, hazards=festival))
    for name, result in (("without", plain), ("with", shown)):
        people = float(result.apps["adds_spread"].sum()) / 2
        print(f"{name} the festival: {people / 1e6:.1f} M by word of mouth")


if __name__ == "__main__":
    main()
