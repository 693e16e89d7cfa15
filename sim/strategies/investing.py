"""Investing strategies: how keen a cloud is on stakes in startups, and what it pays with."""

from dataclasses import dataclass
from typing import ClassVar

from sim.strategies.base import Decision, Observation, setting


@dataclass(frozen=True)
class StakesForCompute:
    """Buy stakes partly with compute credits, which come back as cloud revenue."""

    name: ClassVar[str] = "stakes_for_compute"
    block: ClassVar[str] = "investing"
    credit_share: float

    def decide(self, seen: Observation) -> Decision:  # noqa: ARG002
        return Decision(lead_interest=1.0, credits_offered=self.credit_share)


@dataclass(frozen=True)
class StakesForCash:
    """Buy stakes with money alone."""

    name: ClassVar[str] = "stakes_for_cash"
    block: ClassVar[str] = "investing"

    def decide(self, seen: Observation) -> Decision:  # noqa: ARG002
        return Decision(lead_interest=1.0, credits_offered=0.0)


@dataclass(frozen=True)
class FearOfMissingOut:
    """Get keener with each round that another cloud has led in the last quarter."""

    name: ClassVar[str] = "fear_of_missing_out"
    block: ClassVar[str] = "investing"
    credit_share: float
    keenness: float = setting(1.0, 0.0, 5.0, "rise of interest with each such round", "ratio")
    memory: float = setting(13.0, 4.0, 26.0, "how long a rival's cheque counts", "weeks")

    def decide(self, seen: Observation) -> Decision:
        clouds = {one.firm for one in seen.market if one.kind == "cloud"} - {seen.firm}
        cheques = sum(
            one.lead in clouds and seen.week - one.week <= self.memory for one in seen.rounds
        )
        interest = 1.0 + self.keenness * cheques
        return Decision(lead_interest=interest, credits_offered=self.credit_share)


@dataclass(frozen=True)
class NoStakes:
    """Buy no stakes."""

    name: ClassVar[str] = "no_stakes"
    block: ClassVar[str] = "investing"

    def decide(self, seen: Observation) -> Decision:  # noqa: ARG002
        return Decision(lead_interest=0.0, credits_offered=0.0)


SHIPPED = (StakesForCompute, StakesForCash, FearOfMissingOut, NoStakes)
