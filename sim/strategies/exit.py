"""Exit strategies: when a startup is for sale and at what price, and whether it would list."""

from dataclasses import dataclass
from math import isfinite
from typing import ClassVar

from sim.strategies.base import Decision, Observation, setting


@dataclass(frozen=True)
class SellInDistress:
    """Take any offer once the runway is shorter than a round takes; list when possible."""

    name: ClassVar[str] = "sell_in_distress"
    block: ClassVar[str] = "exit"
    distress_runway: float

    def decide(self, seen: Observation) -> Decision:
        short = seen.runway_months < self.distress_runway
        return Decision(sale_effort=float(short), least_price=0.0, listing=True)


@dataclass(frozen=True)
class SellEarly:
    """Look for a buyer while there is still something to negotiate with."""

    name: ClassVar[str] = "sell_early"
    block: ClassVar[str] = "exit"
    sale_runway: float = setting(12.0, 3.0, 48.0, "runway under which it looks for one", "months")
    sale_effort: float = setting(2.0, 0.5, 5.0, "hazard of an offer over the usual one", "ratio")
    reserve: float = setting(0.4, 0.0, 1.5, "lowest price over the last valuation", "ratio")

    def decide(self, seen: Observation) -> Decision:
        effort = self.sale_effort if seen.runway_months < self.sale_runway else 0.0
        least = self.reserve * seen.valuation if isfinite(seen.valuation) else 0.0
        return Decision(sale_effort=effort, least_price=least, listing=True)


@dataclass(frozen=True)
class StayIndependent:
    """Sell to nobody: go on until the money is gone, or list."""

    name: ClassVar[str] = "stay_independent"
    block: ClassVar[str] = "exit"

    def decide(self, seen: Observation) -> Decision:  # noqa: ARG002
        return Decision(sale_effort=0.0, listing=True)


@dataclass(frozen=True)
class StayPrivate:
    """Take offers in distress, but never list."""

    name: ClassVar[str] = "stay_private"
    block: ClassVar[str] = "exit"
    distress_runway: float

    def decide(self, seen: Observation) -> Decision:
        short = seen.runway_months < self.distress_runway
        return Decision(sale_effort=float(short), least_price=0.0, listing=False)


SHIPPED = (SellInDistress, SellEarly, StayIndependent, StayPrivate)
