"""Advertising strategies: return on investment with escalation, and none."""

from dataclasses import dataclass
from math import exp
from typing import ClassVar

from sim.core.units import WEEKS_PER_MONTH
from sim.strategies.base import Decision, Observation


@dataclass(frozen=True)
class ReturnOnInvestment:
    """Move the budget toward what a user is worth, or toward a share of the largest rival's.

    ln B moves by ad_adjustment a week toward ln max(justified, xi_a x largest rival budget of the
    last eight weeks). Justified for a parent-backed firm is the spend at which crowding lifts the
    cost per acquisition c to the worth V of a user: C ((V/c)^(1/theta) - 1). A startup justifies a
    share of its cash a week times V/c, so it slows as users get dearer or money short. B stays
    under cash over ad_cash_months.
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
        worth = seen.user_value / seen.cost_per_acquisition
        if seen.parent_backed:
            justified = seen.open_capacity * (max(worth, 1.0) ** (1.0 / self.crowding) - 1.0)
        else:
            justified = self.ad_cash_share * seen.cash * min(worth, 1.0)
        goal = max(justified, self.ad_escalation * seen.rival_ad_spend, self.ad_opening * 1e6)
        current = max(seen.ad_budget, self.ad_opening * 1e6)
        budget = float(current * (goal / current) ** (1.0 - exp(-self.ad_adjustment)))
        if not seen.parent_backed:
            budget = min(budget, seen.cash / (self.ad_cash_months * WEEKS_PER_MONTH))
        return Decision(ad_budget=max(budget, 0.0))


@dataclass(frozen=True)
class NoAdvertising:
    """Buy no users."""

    name: ClassVar[str] = "no_advertising"
    block: ClassVar[str] = "advertising"

    def decide(self, seen: Observation) -> Decision:  # noqa: ARG002
        return Decision(ad_budget=0.0)


SHIPPED = (ReturnOnInvestment, NoAdvertising)
