"""Push strategies of owners of a channel: answer rivals' additions, guard the field, or none."""

from dataclasses import dataclass
from typing import ClassVar

from sim.core.units import MILLION
from sim.strategies.base import Decision, Observation, setting


@dataclass(frozen=True)
class AnswerRivals:
    """Push min(inventory, base + response max(0, X - threshold)), X rivals' additions a week."""

    name: ClassVar[str] = "answer_rivals"
    block: ClassVar[str] = "push"
    push_base: float
    push_response: float
    push_threshold: float

    def decide(self, seen: Observation) -> Decision:
        return Decision(push=self._push(seen))

    def _push(self, seen: Observation) -> float:
        if not seen.own_channel:
            return 0.0
        excess = max(0.0, seen.rivals_adds_week / MILLION - self.push_threshold)
        wish = MILLION * (self.push_base + self.push_response * excess)
        return min(seen.push_inventory, wish)


@dataclass(frozen=True)
class GuardField(AnswerRivals):
    """As answer_rivals, and shut rivals out while the largest of them is near.

    Rivals may not advertise on own channels while the largest of them has over guard_share x the
    own users; they may again once it has less than half of that, so that access does not flicker.
    """

    name: ClassVar[str] = "guard_field"
    guard_share: float = setting(0.5, 0.1, 1.0, "rival's users over own ones", "ratio")

    def decide(self, seen: Observation) -> Decision:
        rivals = (one.users for one in seen.market if one.firm != seen.firm)
        threat = max(rivals, default=0.0) / max(seen.mau, 1.0)
        shut = True if threat > self.guard_share else None
        if threat < self.guard_share / 2.0:
            shut = False
        return Decision(push=self._push(seen), shut_out=shut)


@dataclass(frozen=True)
class NoPush:
    """Leave the own channel to others."""

    name: ClassVar[str] = "no_push"
    block: ClassVar[str] = "push"

    def decide(self, seen: Observation) -> Decision:  # noqa: ARG002
        return Decision(push=0.0)


SHIPPED = (NoPush, AnswerRivals, GuardField)
