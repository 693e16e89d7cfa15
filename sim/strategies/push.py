"""Push strategies of owners of a channel: answer rivals' additions, or none."""

from dataclasses import dataclass
from typing import ClassVar

from sim.strategies.base import Decision, Observation


@dataclass(frozen=True)
class AnswerRivals:
    """Push min(inventory, base + response max(0, X - threshold)), X rivals' additions a week."""

    name: ClassVar[str] = "answer_rivals"
    block: ClassVar[str] = "push"
    push_inventory: float
    push_base: float
    push_response: float
    push_threshold: float

    def decide(self, seen: Observation) -> Decision:
        if not seen.own_channel:
            return Decision(push=0.0)
        excess = max(0.0, seen.rivals_adds_week / 1e6 - self.push_threshold)
        return Decision(
            push=1e6 * min(self.push_inventory, self.push_base + self.push_response * excess)
        )


@dataclass(frozen=True)
class NoPush:
    """Leave the own channel to others."""

    name: ClassVar[str] = "no_push"
    block: ClassVar[str] = "push"

    def decide(self, seen: Observation) -> Decision:  # noqa: ARG002
        return Decision(push=0.0)


SHIPPED = (NoPush, AnswerRivals)
