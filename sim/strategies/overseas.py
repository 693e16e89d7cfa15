"""Overseas strategies: when a startup takes its products abroad, and when it comes back."""

from dataclasses import dataclass
from math import isfinite
from typing import ClassVar

from sim.strategies.base import Decision, Observation, setting


@dataclass(frozen=True)
class PivotWhenCrowded:
    """Go abroad the sooner, the more a user at home costs over what it is worth.

    effort = cost per acquisition / worth of a user, between half and double; 1 without an app.
    """

    name: ClassVar[str] = "pivot_when_crowded"
    block: ClassVar[str] = "overseas"

    def decide(self, seen: Observation) -> Decision:
        return Decision(overseas_effort=_crowding(seen), leaves_abroad=False)


@dataclass(frozen=True)
class OverseasFirst:
    """Go abroad as soon as possible and stay there."""

    name: ClassVar[str] = "overseas_first"
    block: ClassVar[str] = "overseas"
    haste: float = setting(20.0, 1.0, 100.0, "hazard of going abroad over the usual one", "ratio")

    def decide(self, seen: Observation) -> Decision:  # noqa: ARG002
        return Decision(overseas_effort=self.haste, leaves_abroad=False)


@dataclass(frozen=True)
class FocusOnHome:
    """Go abroad when home is crowded, but give up what is abroad when money gets short."""

    name: ClassVar[str] = "focus_on_home"
    block: ClassVar[str] = "overseas"
    retreat_runway: float = setting(12.0, 3.0, 36.0, "runway under which it retreats", "months")

    def decide(self, seen: Observation) -> Decision:
        short = seen.runway_months < self.retreat_runway
        return Decision(overseas_effort=0.0 if short else _crowding(seen), leaves_abroad=short)


@dataclass(frozen=True)
class StayHome:
    """Never go abroad; keep what is there."""

    name: ClassVar[str] = "stay_home"
    block: ClassVar[str] = "overseas"

    def decide(self, seen: Observation) -> Decision:  # noqa: ARG002
        return Decision(overseas_effort=0.0, leaves_abroad=False)


def _crowding(seen: Observation) -> float:
    if not isfinite(seen.cost_per_acquisition) or seen.user_value <= 0.0:
        return 1.0
    return min(max(seen.cost_per_acquisition / seen.user_value, 0.5), 2.0)


SHIPPED = (PivotWhenCrowded, OverseasFirst, FocusOnHome, StayHome)
