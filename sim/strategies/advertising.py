"""Advertising strategies: return on investment with escalation, its careful kin, blitz, none."""

from dataclasses import dataclass
from math import exp
from typing import ClassVar

from sim.core.units import MILLION, WEEKS_PER_MONTH
from sim.strategies.base import Decision, Observation, setting


@dataclass(frozen=True)
class ReturnOnInvestment:
    """Move the budget toward what a user is worth, or toward a share of the largest rival's.

    ln B moves by ad_adjustment a week toward ln max(justified, xi_a x largest rival budget of the
    last eight weeks). Justified for a parent-backed firm is the spend at which crowding lifts the
    cost per acquisition c to the worth V of a user: C ((V/c)^(1/theta) - 1). A startup justifies a
    share of its cash a week times V/c, so it slows as users get dearer or money short. B stays
    under cash over ad_cash_months, and is 0 while c is above what investors tolerate.
    """

    name: ClassVar[str] = "return_on_investment"
    block: ClassVar[str] = "advertising"
    ad_adjustment: float
    ad_escalation: float
    ad_cash_months: float
    ad_cash_share: float
    ad_opening: float
    crowding: float

    def decide(self, seen: Observation) -> Decision:
        if not seen.cost_per_acquisition <= self._dearest(seen):
            return Decision(ad_budget=0.0)
        worth = seen.user_value / seen.cost_per_acquisition
        if seen.parent_backed:
            justified = seen.open_capacity * (max(worth, 1.0) ** (1.0 / self.crowding) - 1.0)
        else:
            justified = self.ad_cash_share * seen.cash * min(worth, 1.0)
        goal = max(justified, self.ad_escalation * seen.rival_ad_spend, self.ad_opening * MILLION)
        current = max(seen.ad_budget, self.ad_opening * MILLION)
        budget = float(current * (goal / current) ** (1.0 - exp(-self.ad_adjustment)))
        return Decision(ad_budget=_affordable(budget, seen, self.ad_cash_months))

    def _dearest(self, seen: Observation) -> float:
        """Cost per acquisition above which it stops buying, CNY."""
        return seen.dearest_user


@dataclass(frozen=True)
class StopOnUnitEconomics(ReturnOnInvestment):
    """As return_on_investment, but stop while a user costs over stop_ratio x what it is worth."""

    name: ClassVar[str] = "stop_on_unit_economics"
    stop_ratio: float = setting(1.0, 0.5, 3.0, "cost over worth at which it stops", "ratio")

    def _dearest(self, seen: Observation) -> float:
        return min(seen.dearest_user, self.stop_ratio * seen.user_value)


@dataclass(frozen=True)
class Blitz:
    """Buy the missing users within blitz_weeks, then keep the opening budget.

    B = max(target - MAU, 0) c / blitz_weeks, at least the opening budget and under cash over
    ad_cash_months; 0 while c is above what investors tolerate.
    """

    name: ClassVar[str] = "blitz"
    block: ClassVar[str] = "advertising"
    ad_cash_months: float
    ad_opening: float
    blitz_target: float = setting(20.0, 5.0, 100.0, "users at which it ends", "M people")
    blitz_weeks: float = setting(26.0, 8.0, 52.0, "time it takes", "weeks")

    def decide(self, seen: Observation) -> Decision:
        if not seen.cost_per_acquisition <= seen.dearest_user or seen.open_capacity == 0.0:
            return Decision(ad_budget=0.0)
        missing = max(self.blitz_target * MILLION - seen.mau, 0.0)
        budget = missing * seen.cost_per_acquisition / self.blitz_weeks
        budget = max(budget, self.ad_opening * MILLION)
        return Decision(ad_budget=_affordable(budget, seen, self.ad_cash_months))


@dataclass(frozen=True)
class NoAdvertising:
    """Buy no users."""

    name: ClassVar[str] = "no_advertising"
    block: ClassVar[str] = "advertising"

    def decide(self, seen: Observation) -> Decision:  # noqa: ARG002
        return Decision(ad_budget=0.0)


SHIPPED = (ReturnOnInvestment, StopOnUnitEconomics, Blitz, NoAdvertising)


def _affordable(budget: float, seen: Observation, cash_months: float) -> float:
    """Return the budget within what a firm that lives on its cash may spend, CNY a week."""
    if not seen.parent_backed:
        budget = min(budget, seen.cash / (cash_months * WEEKS_PER_MONTH))
    return max(budget, 0.0)
