"""Whether a scenario's people fit their state words and the machine's memory, before a run."""

import os
from math import ceil
from pathlib import Path

from sim.core.units import first_monday, week_of
from sim.scenario import Scenario
from sim.world.consumers import MOST_APPS, MOST_WEEKS

BYTES_PER_AGENT = 4
RESERVE_BYTES = 400 << 20
"""What a run needs besides its people: the interpreter, compiled code, tables."""
MEMORY = Path("/proc/meminfo")
_GIGABYTE = 1e9


def check_fit(scenario: Scenario, available: int | None = None) -> None:
    """Refuse a scenario whose people cannot be simulated here, pointing at the line that says so.

    available: bytes of memory; what the system reports without. Raises ScenarioError when a
    person's state word cannot hold the apps or the weeks, or the people do not fit the memory.
    """
    apps = sum(app.market == "china" for app in scenario.apps.values())
    if apps > MOST_APPS:
        message = f"{apps} apps on the home market; a person's state holds {MOST_APPS}"
        raise scenario.refuse("apps", message, (f"at most {MOST_APPS} apps with market china",))
    weeks = week_of(scenario.end, first_monday(scenario.start))
    if apps and weeks > MOST_WEEKS:
        message = f"{weeks} weeks from start to end; a person's state holds {MOST_WEEKS}"
        raise scenario.refuse("end", message, (f"at most {MOST_WEEKS} weeks after the start",))
    available = available_memory() if available is None else available
    people, each = scenario.consumers.addressable_people, scenario.consumers.people_per_agent
    needed = round(people / each) * BYTES_PER_AGENT + RESERVE_BYTES
    if not apps or available is None or needed <= available:
        return
    message = (
        f"the people need {needed / _GIGABYTE:.1f} GB of memory, "
        f"{available / _GIGABYTE:.1f} GB are available"
    )
    room = max(available - RESERVE_BYTES, BYTES_PER_AGENT)
    fits = max(ceil(people * BYTES_PER_AGENT / room), each + 1)
    raise scenario.refuse("consumers.people_per_agent", message, (f"{fits} or more fits",))


def available_memory() -> int | None:
    """Return the bytes that a new process can have, or None where the system does not tell.

    Linux says what it would free for us; elsewhere the installed memory stands for it.
    """
    if MEMORY.exists():
        for line in MEMORY.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    if "SC_PHYS_PAGES" in getattr(os, "sysconf_names", {}):
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return None
