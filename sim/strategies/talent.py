"""Talent strategies: what a firm pays its key people, over the market."""

from dataclasses import dataclass
from typing import ClassVar

from sim.strategies.base import Decision, Observation, setting


@dataclass(frozen=True)
class PayMarket:
    """Pay what the market pays."""

    name: ClassVar[str] = "pay_market"
    block: ClassVar[str] = "talent"

    def decide(self, seen: Observation) -> Decision:  # noqa: ARG002
        return Decision(key_pay=1.0)


@dataclass(frozen=True)
class KeepPeople:
    """Match the best offer that is known, up to a limit, while the money lasts."""

    name: ClassVar[str] = "keep_people"
    block: ClassVar[str] = "talent"
    most: float = setting(3.0, 1.0, 10.0, "highest pay over the market", "ratio")
    least_runway: float = setting(9.0, 0.0, 36.0, "runway under which it pays the market", "months")

    def decide(self, seen: Observation) -> Decision:
        poor = not seen.parent_backed and seen.runway_months < self.least_runway
        return Decision(key_pay=1.0 if poor else max(min(seen.lab.best_offer, self.most), 1.0))


@dataclass(frozen=True)
class BidForTalent:
    """Pay above the market, so that key people of others come and the own ones stay."""

    name: ClassVar[str] = "bid_for_talent"
    block: ClassVar[str] = "talent"
    premium: float = setting(2.0, 1.0, 10.0, "pay over the market", "ratio")
    least_runway: float = setting(
        12.0, 0.0, 36.0, "runway under which it pays the market", "months"
    )

    def decide(self, seen: Observation) -> Decision:
        rich = seen.parent_backed or seen.runway_months >= self.least_runway
        return Decision(key_pay=self.premium if rich else 1.0)


SHIPPED = (PayMarket, KeepPeople, BidForTalent)
