"""The single changes that make one scenario another, and each of them alone.

What belongs together is one change: all that is said of a shock, a strategy and its parameters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sim.scenario import Scenario, ScenarioError
from sim.scenario.describe import describe
from sim.scenario.scenario import ABSENT, Difference

FEWEST, MOST = 2, 6
"""How many changes are looked at one by one: a single one is the whole, many are a sweep."""

SETTING = ("start", "end", "seed", "history")
"""Keys that set the stage; they are shown, but not taken apart."""


@dataclass(frozen=True)
class Change:
    """Values that change together, under the key that they share."""

    key: str
    differences: tuple[Difference, ...]

    @property
    def unit(self) -> str:
        """The unit of a change of one number; empty for any other."""
        known = describe(self.key.split(".")) if len(self.differences) == 1 else None
        return known.unit if known is not None else ""


@dataclass(frozen=True)
class Alone:
    """One change on its own: the scenario it makes, or why it makes none."""

    change: Change
    scenario: Scenario | None
    reason: str = ""


def changes_between(base: Scenario, alternative: Scenario) -> tuple[Change, ...]:
    """Return what the alternative changes, in the order of its keys."""
    together: dict[str, list[Difference]] = {}
    for one in alternative.differences(base):
        together.setdefault(_shared_key(one.key), []).append(one)
    return tuple(
        Change(found[0].key if len(found) == 1 else key, tuple(found))
        for key, found in together.items()
    )


def each_alone(base: Scenario, changes: Sequence[Change]) -> tuple[Alone, ...]:
    """Return the base with each change alone; nothing for fewer than 2 changes or more than 6.

    A change that makes no valid scenario without the others comes with the reason.
    """
    parts = [change for change in changes if change.key not in SETTING]
    if not FEWEST <= len(parts) <= MOST:
        return ()
    return tuple(_alone(base, change) for change in parts)


def _alone(base: Scenario, change: Change) -> Alone:
    try:
        return Alone(change, base.with_(_settings(change)))
    except ScenarioError as error:
        return Alone(change, None, error.diagnostics[0].message)


def _settings(change: Change) -> dict[str, Any]:
    if all(one.after == ABSENT for one in change.differences) and change.key.count(".") == 1:
        return {f"{change.key}.remove": True}
    return {
        one.key: None if isinstance(one.after, str) and one.after == ABSENT else one.after
        for one in change.differences
    }


def _shared_key(key: str) -> str:
    parts = key.split(".")
    if parts[0] == "shock":
        return ".".join(parts[:2])
    return ".".join(parts[:3]) if parts[0] == "firms" and len(parts) == 4 else key
