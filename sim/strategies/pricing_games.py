"""Pricing strategies that reckon with all rivals or learn: premium, equilibrium, Q-learner."""

from dataclasses import dataclass, field
from math import exp
from statistics import median
from typing import ClassVar

import numpy as np

from sim.core.streams import mix, stable_id
from sim.markets.pricing import equilibrium
from sim.strategies.base import Decision, Menu, Observation, setting

ACTIONS = 7
STATES = 3


@dataclass(frozen=True)
class QualityPremium:
    """Ask the median public price, more by what buyers give for being better, less if worse.

    p = max(c - m, median rival price x exp(premium (q - q_median) / 100)); rivals are those that
    charge for the class.
    """

    name: ClassVar[str] = "quality_premium"
    block: ClassVar[str] = "pricing"
    calm_markup: float
    smallest_change: float
    premium: float = setting(0.5, 0.0, 1.2, "log price per quality lead", "per 100 Elo")

    def decide(self, seen: Observation) -> Decision:
        return Decision(
            main_price=self._price(seen, seen.main, "main_price"),
            flagship_price=self._price(seen, seen.flagship, "flagship_price"),
        )

    def _price(self, seen: Observation, menu: Menu, offer: str) -> float | None:
        rivals = [one for one in seen.market if one.firm != seen.firm and getattr(one, offer) > 0]
        if not rivals:
            return self.calm_markup * menu.cost if menu.entering else None
        lead = seen.quality - median(one.quality for one in rivals)
        market = median(getattr(one, offer) for one in rivals)
        goal = max(menu.cost - menu.attach, market * exp(self.premium * lead / 100.0))
        return goal if _worth_it(menu, goal, self.smallest_change) else None


@dataclass(frozen=True)
class Equilibrium:
    """Ask one's price in the logit Bertrand-Nash equilibrium of all that is on sale.

    The game is that of `sim.markets.pricing.equilibrium`: a product per firm and class, an owner
    per firm; quality is worth `worth` CNY/Mtok a point, tastes spread by `spread`, and not buying
    is worth `outside` against the best product at its cost. A rival's cost is not known: it is
    taken to be one's own of that class.
    """

    name: ClassVar[str] = "equilibrium"
    block: ClassVar[str] = "pricing"
    smallest_change: float
    worth: float = setting(0.02, 0.0, 0.2, "what a point of quality is worth", "CNY/Mtok/Elo")
    spread: float = setting(1.0, 0.1, 5.0, "spread of tastes in money", "CNY/Mtok")
    outside: float = setting(-2.0, -10.0, 2.0, "not buying against the best product", "CNY/Mtok")

    def decide(self, seen: Observation) -> Decision:
        return Decision(
            main_price=self._price(seen, seen.main, "main_price"),
            flagship_price=self._price(seen, seen.flagship, "flagship_price"),
        )

    def _price(self, seen: Observation, menu: Menu, offer: str) -> float | None:
        if not (menu.entering or menu.price >= 0.0):
            return None
        rivals = [one for one in seen.market if one.firm != seen.firm and getattr(one, offer) >= 0]
        quality = np.array([seen.quality, *(one.quality for one in rivals)]) - seen.quality
        attach = np.zeros(len(quality))
        attach[0] = menu.attach
        best = self.worth * float(quality.max()) - menu.cost
        price, _ = equilibrium(
            self.worth * quality,
            np.full(len(quality), menu.cost),
            np.arange(len(quality)),
            attach,
            self.spread,
            best + self.outside,
        )
        goal = max(float(price[0]), 0.0)
        return goal if _worth_it(menu, goal, self.smallest_change) else None


@dataclass(frozen=True)
class QLearner:
    """Learn by trial what price pays: Q-learning on margins over unit cost.

    Q(s, a) <- Q + alpha (r + delta max Q(s', .) - Q); the state is how one stood to the lowest
    rival (dearer, alike, cheaper), an action a markup on unit cost from 1 to `widest`, the reward
    the class's share of tokens x (markup - 1) at the next review; a random markup with probability
    e^(-beta n) at the n-th review of a class. Draws are of the observation's luck, so none depends
    on another. Source: Calvano et al. 2020; `sim.markets.q_learning` is their experiment.
    """

    name: ClassVar[str] = "q_learner"
    block: ClassVar[str] = "pricing"
    learning_rate: float = setting(0.15, 0.01, 1.0, "weight of what was just learnt", "share")
    exploration_decay: float = setting(0.1, 0.0, 1.0, "fall of exploration", "per review")
    discount: float = setting(0.95, 0.0, 0.99, "weight of the next review", "share")
    widest: float = setting(4.0, 1.5, 8.0, "largest markup tried", "ratio")
    learnt: dict[str, "Learnt"] = field(default_factory=dict, init=False, compare=False)

    def decide(self, seen: Observation) -> Decision:
        return Decision(
            main_price=self._price(seen, "main", seen.main),
            flagship_price=self._price(seen, "flagship", seen.flagship),
        )

    def _price(self, seen: Observation, name: str, menu: Menu) -> float | None:
        if not (menu.entering or menu.price >= 0.0):
            return None
        own = self.learnt.setdefault(name, Learnt())
        state = _standing(menu)
        if own.reviews and own.week != seen.week:
            reward = menu.share * (self._markup(own.action) - 1.0)
            own.learn(state, reward, self.learning_rate, self.discount)
        luck = mix(seen.luck ^ stable_id(name))
        exploring = (luck >> 32) < exp(-self.exploration_decay * own.reviews) * 2**32
        best = max(range(ACTIONS), key=lambda action: own.value[state][action])
        own.act(seen.week, state, (luck & 0xFFFFFFFF) * ACTIONS >> 32 if exploring else best)
        return self._markup(own.action) * menu.cost

    def _markup(self, action: int) -> float:
        return 1.0 + (self.widest - 1.0) * action / (ACTIONS - 1)


@dataclass
class Learnt:
    """What a Q-learner keeps of one class: values of (state, action), and its last review."""

    value: list[list[float]] = field(
        default_factory=lambda: [[0.0] * ACTIONS for _ in range(STATES)]
    )
    week: int = -1
    state: int = 0
    action: int = 0
    reviews: int = 0

    def learn(self, state: int, reward: float, rate: float, discount: float) -> None:
        """Move the value of the last action toward what came of it."""
        row = self.value[self.state]
        row[self.action] += rate * (reward + discount * max(self.value[state]) - row[self.action])

    def act(self, week: int, state: int, action: int) -> None:
        """Remember what is done now."""
        self.week, self.state, self.action = week, state, action
        self.reviews += 1


def _standing(menu: Menu) -> int:
    """Say how a price stands to the lowest rival's: 0 dearer, 1 within a tenth, 2 cheaper."""
    if not (menu.price >= 0.0 and np.isfinite(menu.lowest)):
        return 1
    return 0 if menu.price > 1.1 * menu.lowest else 2 if menu.price < 0.9 * menu.lowest else 1


def _worth_it(menu: Menu, goal: float, smallest: float) -> bool:
    """Whether a price is new, or a visible change of an old one."""
    if menu.entering:
        return True
    return menu.price >= 0.0 and abs(goal - menu.price) >= smallest * max(menu.price, 1e-9)
