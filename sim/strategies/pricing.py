"""Pricing strategies: respond, free small model, share maximiser, leader, cost plus, hold.

A strategy is asked when a review is due: calm reviews come at a low hazard, alert ones soon after
a rival's deep cut or low entry. Whether a firm then follows or holds comes out of its unit cost
and attach margin, not from a label.
"""

from dataclasses import dataclass
from typing import ClassVar

from sim.markets.pricing import alert_price, calm_price, monopoly_price
from sim.strategies.base import Decision, Menu, Observation
from sim.strategies.pricing_games import Equilibrium, QLearner, QualityPremium


@dataclass(frozen=True)
class Respond:
    """Review calmly; when alert, match the lowest rival if that still covers cost less attach.

    A calm price moves toward a markup on cost. It rises only as far as what a token brings
    elsewhere does not make up for the rise of cost.
    """

    name: ClassVar[str] = "respond"
    block: ClassVar[str] = "pricing"
    price_inertia: float
    calm_markup: float
    smallest_change: float
    conduct_elasticity: float
    price_elasticity: float
    elasticity_floor: float
    loss_fear: float
    free_below: float

    def decide(self, seen: Observation) -> Decision:
        return Decision(
            main_price=self._price(seen.main), flagship_price=self._price(seen.flagship)
        )

    def _price(self, menu: Menu) -> float | None:
        if menu.entering:
            return max(menu.cost, min(self.calm_markup * menu.cost, menu.lowest))
        if not menu.price >= 0.0:
            return None
        goal = self._answer(menu) if menu.alert else self._calm(menu)
        if goal is None:
            return None
        small = abs(goal - menu.price) < self.smallest_change * max(menu.price, self.free_below)
        return None if small else goal

    def _calm(self, menu: Menu) -> float | None:
        if menu.price == 0.0:
            return None
        goal = calm_price(menu.price, menu.cost, self.price_inertia, self.calm_markup)
        if goal <= menu.price:
            return goal
        net_cost = max(menu.cost - menu.attach, self.free_below)
        needed = calm_price(menu.price, net_cost, self.price_inertia, self.calm_markup)
        return max(menu.price, needed)

    def _answer(self, menu: Menu) -> float | None:
        optimal = monopoly_price(
            menu.cost,
            menu.attach,
            menu.share,
            conduct=self.conduct_elasticity,
            market_elasticity=self.price_elasticity,
            floor=self.elasticity_floor,
            fear=self.loss_fear,
        )
        goal = alert_price(menu.cost, menu.attach, optimal, menu.lowest, self.free_below)
        return None if goal is None or goal > menu.price else goal


@dataclass(frozen=True)
class FreeSmallModel(Respond):
    """Respond with a small main model (a low main_cost_factor), which may become free."""

    name: ClassVar[str] = "free_small_model"


@dataclass(frozen=True)
class ShareMaximiser(Respond):
    """Enter under the lowest rival and stay under it while net cost allows; never raise."""

    name: ClassVar[str] = "share_maximiser"
    undercut: float

    def _price(self, menu: Menu) -> float | None:
        if menu.entering:
            return min(self.undercut * menu.lowest, self.calm_markup * menu.cost)
        goal = super()._price(menu)
        return None if goal is None or goal > menu.price else goal

    def _answer(self, menu: Menu) -> float | None:
        goal = self.undercut * menu.lowest
        undercut_by_rival = menu.lowest <= menu.price
        return goal if undercut_by_rival and goal >= menu.cost - menu.attach else None


@dataclass(frozen=True)
class CostPlus:
    """Ask a fixed multiple of unit cost, whatever rivals do."""

    name: ClassVar[str] = "cost_plus"
    block: ClassVar[str] = "pricing"
    cost_plus_markup: float
    smallest_change: float

    def decide(self, seen: Observation) -> Decision:
        return Decision(
            main_price=self._price(seen.main), flagship_price=self._price(seen.flagship)
        )

    def _price(self, menu: Menu) -> float | None:
        goal = self.cost_plus_markup * menu.cost
        if menu.entering:
            return goal
        if not menu.price >= 0.0 or abs(goal - menu.price) < self.smallest_change * menu.price:
            return None
        return goal


@dataclass(frozen=True)
class Hold:
    """Never change a list price; enter at a multiple of unit cost."""

    name: ClassVar[str] = "hold"
    block: ClassVar[str] = "pricing"
    calm_markup: float

    def decide(self, seen: Observation) -> Decision:
        return Decision(
            main_price=self._price(seen.main), flagship_price=self._price(seen.flagship)
        )

    def _price(self, menu: Menu) -> float | None:
        return self.calm_markup * menu.cost if menu.entering else None


@dataclass(frozen=True)
class Leader(Respond):
    """Cut before others do: pass on falling unit cost at once, and otherwise respond.

    A calm review goes straight to markup x cost where that is lower than the price; no other firm
    has to move first.
    """

    name: ClassVar[str] = "leader"
    cost_plus_markup: float

    def _calm(self, menu: Menu) -> float | None:
        goal = self.cost_plus_markup * menu.cost
        return goal if goal < menu.price else super()._calm(menu)


SHIPPED = (
    Respond,
    FreeSmallModel,
    ShareMaximiser,
    Leader,
    CostPlus,
    Hold,
    QualityPremium,
    Equilibrium,
    QLearner,
)
