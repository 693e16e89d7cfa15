"""Research strategies: how much compute to train with, on what, and when to stop."""

from dataclasses import dataclass
from math import exp, log
from typing import ClassVar

from sim.core.units import MILLION, WEEKS_PER_MONTH, WEEKS_PER_YEAR
from sim.markets.treasury import research_growth
from sim.strategies.base import Decision, Observation, setting


@dataclass(frozen=True)
class GrowWithRunway:
    """d ln R/dt = gamma clip((runway - r)/r, -1, 1) + race, halved when cold; R <= cash / months.

    race = rho x share of rivals that train x points behind the best rival / 100. Growth fades
    after 2024, halving over research_half_life years; shrinking does not. Stopping is left to
    chance (equation E11).
    """

    name: ClassVar[str] = "grow_with_runway"
    block: ClassVar[str] = "research"
    training_adjustment: float
    training_race: float
    research_half_life: float
    runway_target: float
    research_cash_months: float

    def decide(self, seen: Observation) -> Decision:
        return Decision(research_week=self.spend(seen, self.growth(seen)))

    def growth(self, seen: Observation) -> float:
        """Log growth a year of the research budget."""
        rate = research_growth(seen.runway_months, self.runway_target, self.training_adjustment)
        if not seen.market_hot and rate > 0:
            rate /= 2.0
        behind = max(seen.best_rival_quality - seen.quality, 0.0) / 100.0
        rate += self.training_race * seen.lab.rivals_training * behind
        if rate > 0:
            rate *= 2.0 ** (-seen.years_after_2024 / self.research_half_life)
        return rate

    def spend(self, seen: Observation, rate: float) -> float:
        """Research budget of the week after growing for a week, CNY."""
        wish = seen.research_week * exp(rate / WEEKS_PER_YEAR)
        if not seen.parent_backed:
            wish = min(wish, seen.cash / (self.research_cash_months * WEEKS_PER_MONTH))
        return max(wish, 0.0)


@dataclass(frozen=True)
class PretrainAlways(GrowWithRunway):
    """Train as long as there is cash; the budget never falls by choice."""

    name: ClassVar[str] = "pretrain_always"

    def decide(self, seen: Observation) -> Decision:
        rate = max(self.growth(seen), 0.0)
        return Decision(research_week=self.spend(seen, rate), pretraining=True)


@dataclass(frozen=True)
class StopOnRunway(GrowWithRunway):
    """Stop pre-training for good when the money no longer lasts as long as it should."""

    name: ClassVar[str] = "stop_on_runway"
    stop_below: float = setting(9.0, 1.0, 36.0, "runway under which pre-training stops", "months")

    def decide(self, seen: Observation) -> Decision:
        short = not seen.parent_backed and seen.runway_months < self.stop_below
        budget = self.spend(seen, self.growth(seen))
        return Decision(research_week=budget, pretraining=not short)


@dataclass(frozen=True)
class MakeOrBuy(GrowWithRunway):
    """Stop pre-training once open weights would serve almost as well for nothing.

    Own models are worth their lead over post-trained open weights, worth_per_point a month each;
    they are made while they cost less.
    """

    name: ClassVar[str] = "make_or_buy"
    worth_per_point: float = setting(
        2.0, 0.1, 20.0, "what a point of lead over open weights is worth a month", "M CNY"
    )

    def decide(self, seen: Observation) -> Decision:
        lead = max(seen.lab.own_quality - seen.lab.bought_quality, 0.0)
        worth = lead * self.worth_per_point * MILLION / WEEKS_PER_MONTH
        budget = self.spend(seen, self.growth(seen))
        return Decision(research_week=budget, pretraining=budget <= worth)


@dataclass(frozen=True)
class ReasoningShift(GrowWithRunway):
    """Move research from pre-training to reinforcement learning once reasoning can be copied."""

    name: ClassVar[str] = "reasoning_shift"
    reasoning_share: float = setting(
        0.4, 0.0, 0.9, "share of research compute for reinforcement learning", "share"
    )

    def decide(self, seen: Observation) -> Decision:
        budget = self.spend(seen, self.growth(seen))
        return Decision(research_week=budget, reasoning=self.reasoning_share)


@dataclass(frozen=True)
class EfficiencyFirst(GrowWithRunway):
    """Spend part of the compute on cheaper training, and save what that brings.

    The budget grows by what the runway allows less the growth of training efficiency, so that
    effective compute grows as it would have, at falling cost.
    """

    name: ClassVar[str] = "efficiency_first"
    engineering_return: float
    engineering_most: float
    engineering_share: float = setting(
        0.1, 0.0, 0.5, "share of research compute for cheaper training", "share"
    )

    def decide(self, seen: Observation) -> Decision:
        left = 1.0 - log(seen.lab.training_efficiency) / self.engineering_most
        saved = self.engineering_return * self.engineering_share * max(left, 0.0)
        budget = self.spend(seen, self.growth(seen) - saved)
        return Decision(research_week=budget, engineering=self.engineering_share)


@dataclass(frozen=True)
class HoardCompute(GrowWithRunway):
    """Buy accelerators ahead of need, at any price, while the money lasts."""

    name: ClassVar[str] = "hoard_compute"
    hoard_share: float = setting(
        0.25, 0.0, 2.0, "accelerators bought over the research budget", "ratio"
    )
    hoard_runway: float = setting(18.0, 6.0, 60.0, "runway above which it buys", "months")

    def decide(self, seen: Observation) -> Decision:
        budget = self.spend(seen, self.growth(seen))
        rich = seen.parent_backed or seen.runway_months > self.hoard_runway
        return Decision(research_week=budget, accelerators=self.hoard_share * budget * rich)


@dataclass(frozen=True)
class Level:
    """Keep research compute as it is."""

    name: ClassVar[str] = "level"
    block: ClassVar[str] = "research"

    def decide(self, seen: Observation) -> Decision:
        return Decision(research_week=seen.research_week)


SHIPPED = (
    GrowWithRunway,
    PretrainAlways,
    StopOnRunway,
    MakeOrBuy,
    ReasoningShift,
    EfficiencyFirst,
    HoardCompute,
    Level,
)
