"""Fundraising strategies: when a startup seeks money, and in what form it takes it."""

from dataclasses import dataclass
from typing import ClassVar

from sim.strategies.base import Decision, Observation, setting


@dataclass(frozen=True)
class RaiseEarly:
    """Be in talks whenever investors are, whatever the runway."""

    name: ClassVar[str] = "raise_early"
    block: ClassVar[str] = "fundraising"

    def decide(self, seen: Observation) -> Decision:  # noqa: ARG002
        return Decision(round_effort=1.0, credit_lean=1.0, most_credits=1.0)


@dataclass(frozen=True)
class RaiseAtNeed:
    """Seek money only when the runway gets short, and then the harder."""

    name: ClassVar[str] = "raise_at_need"
    block: ClassVar[str] = "fundraising"
    need_runway: float = setting(12.0, 3.0, 36.0, "runway under which a firm seeks money", "months")
    need_effort: float = setting(2.0, 1.0, 5.0, "hazard of a round over the usual one then")

    def decide(self, seen: Observation) -> Decision:
        effort = self.need_effort if seen.runway_months < self.need_runway else 0.0
        return Decision(round_effort=effort, credit_lean=1.0, most_credits=1.0)


@dataclass(frozen=True)
class TakeCredits:
    """Prefer clouds, which pay partly in compute; good for a firm whose money goes into training.

    A firm that no longer pre-trains has no use for more than it can spend, and takes cash.
    """

    name: ClassVar[str] = "take_credits"
    block: ClassVar[str] = "fundraising"
    cloud_lean: float = setting(3.0, 1.0, 10.0, "odds of a cloud as lead over the usual ones")

    def decide(self, seen: Observation) -> Decision:
        lean, most = (self.cloud_lean, 1.0) if seen.pretraining else (1.0, 0.0)
        return Decision(round_effort=1.0, credit_lean=lean, most_credits=most)


SHIPPED = (RaiseEarly, RaiseAtNeed, TakeCredits)
