"""Bid strategies for private deployments: to earn by each project, or to win the customer."""

from dataclasses import dataclass
from typing import ClassVar

from sim.strategies.base import Decision, Observation, setting


@dataclass(frozen=True)
class BidToEarn:
    """Bid the equilibrium bid, which earns most against rivals who do the same."""

    name: ClassVar[str] = "bid_to_earn"
    block: ClassVar[str] = "bids"

    def decide(self, seen: Observation) -> Decision:  # noqa: ARG002
        return Decision(bid_factor=1.0)


@dataclass(frozen=True)
class BidToWin:
    """Bid a part of the equilibrium bid, also below cost, as long as somebody pays for it.

    loss_leader_shade x the equilibrium bid; a firm that lives on its own cash bids to earn once its
    runway is shorter than win_runway_months.
    """

    name: ClassVar[str] = "bid_to_win"
    block: ClassVar[str] = "bids"
    loss_leader_shade: float
    win_runway_months: float = setting(12.0, 6.0, 24.0, "least runway to bid below", "months")

    def decide(self, seen: Observation) -> Decision:
        can_afford = seen.parent_backed or seen.runway_months >= self.win_runway_months
        return Decision(bid_factor=self.loss_leader_shade if can_afford else 1.0)


SHIPPED = (BidToEarn, BidToWin)
