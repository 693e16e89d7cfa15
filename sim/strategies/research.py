"""Research strategies: grow compute with the runway, or keep it level."""

from dataclasses import dataclass
from math import exp
from typing import ClassVar

from sim.core.units import WEEKS_PER_MONTH, WEEKS_PER_YEAR
from sim.markets.treasury import research_growth
from sim.strategies.base import Decision, Observation


@dataclass(frozen=True)
class GrowWithRunway:
    """d ln R/dt = gamma clip((runway - r)/r, -1, 1), halved when cold; R <= cash / months.

    Growth fades after 2024, halving over research_half_life years; shrinking does not.
    """

    name: ClassVar[str] = "grow_with_runway"
    block: ClassVar[str] = "research"
    training_adjustment: float
    research_half_life: float
    runway_target: float
    research_cash_months: float

    def decide(self, seen: Observation) -> Decision:
        rate = float(
            research_growth(seen.runway_months, self.runway_target, self.training_adjustment)
        )
        if not seen.market_hot and rate > 0:
            rate /= 2.0
        if rate > 0:
            rate *= 2.0 ** (-seen.years_after_2024 / self.research_half_life)
        spend = seen.research_week * exp(rate / WEEKS_PER_YEAR)
        if not seen.parent_backed:
            spend = min(spend, seen.cash / (self.research_cash_months * WEEKS_PER_MONTH))
        return Decision(research_week=max(spend, 0.0))


@dataclass(frozen=True)
class Level:
    """Keep research compute as it is."""

    name: ClassVar[str] = "level"
    block: ClassVar[str] = "research"

    def decide(self, seen: Observation) -> Decision:
        return Decision(research_week=seen.research_week)


SHIPPED = (GrowWithRunway, Level)
