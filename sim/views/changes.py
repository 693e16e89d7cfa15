"""What a run's scenario asks, and what it changes against the baseline."""

from dataclasses import dataclass
from datetime import date
from numbers import Real
from typing import Any

from sim.views.format import count, day
from sim.views.names import scenario_of
from sim.views.rundata import RunData

BASELINE = "baseline"
MOST_TEXT = 90


@dataclass(frozen=True)
class Change:
    """One value that differs from the baseline, in words."""

    key: str
    before: str
    after: str


def question(run: RunData) -> str:
    """Return the question the scenario asks; empty if it asks none."""
    asked = scenario_of(run).get("question", "")
    return asked if isinstance(asked, str) else ""


def changes(run: RunData) -> list[Change] | None:
    """Return what the scenario says differently from the shipped baseline.

    Seed and horizon count as well. None if the scenario cannot be read by this version: a run
    outlives the code that made it.
    """
    from sim.core.errors import SimError
    from sim.scenario import Scenario
    from sim.scenario.posterior import without_draws

    text = str(run.manifest.get("scenario_text", ""))
    if not text:
        return None
    try:
        differences = Scenario.loads(without_draws(text)).differences(Scenario.load(BASELINE))
    except SimError:
        return None
    return [
        Change(found.key, value_text(found.before), value_text(found.after))
        for found in differences
    ]


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
