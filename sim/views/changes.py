"""What a scenario changes against the baseline, in words."""

import re
from dataclasses import dataclass
from datetime import date
from numbers import Real
from typing import Any

from sim.views.format import count, day

BASELINE = "baseline"
MOST_TEXT = 90


@dataclass(frozen=True)
class Change:
    """One value that differs from the baseline, in words."""

    key: str
    before: str
    after: str


def changes(scenario_text: str) -> list[Change] | None:
    """Return what a scenario, as it ran, says differently from the shipped baseline.

    Seed and horizon count as well. None if the scenario cannot be read by this version: a run
    outlives the code that made it.
    """
    from sim.core.errors import SimError
    from sim.scenario import Scenario
    from sim.scenario.posterior import without_draws

    if not scenario_text:
        return None
    try:
        told = Scenario.loads(without_draws(scenario_text))
    except SimError:
        return None
    return _whole_events([
        Change(found.key, value_text(found.before), value_text(found.after))
        for found in told.differences(Scenario.load(BASELINE))
    ])  # fmt: skip


def _whole_events(found: list[Change]) -> list[Change]:
    """Say in one line each which dated events are gone: an earlier end takes many with it."""
    from sim.scenario.scenario import ABSENT

    gone = {
        one.key.removesuffix(".date"): one.before
        for one in found
        if one.after == ABSENT and re.fullmatch(r"shock\..+\.date", one.key)
    }
    kept = [one for one in found if one.key.rpartition(".")[0] not in gone]
    return kept + [Change(event, before, ABSENT) for event, before in gone.items()]


def value_text(value: Any) -> str:
    """Write a scenario's value as a reader would: on, off, none, 600 M, 6 May 2024."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, date):
        return day(value)
    if isinstance(value, Real):
        number = float(value)
        return count(number) if abs(number) >= 1e5 else f"{number:g}"
    text = ", ".join(map(value_text, value)) if isinstance(value, list | tuple) else str(value)
    return text if len(text) <= MOST_TEXT else f"{text[: MOST_TEXT - 1]}…"
