"""A pricing strategy of one's own: follow a cheaper market, but only once it has lasted."""

from dataclasses import dataclass, field
from statistics import median
from typing import ClassVar

from sim.strategies.base import KEEP, Decision, Observation, setting


@dataclass
class Patient:
    """Ask what the market asks after some weeks of being dearer, and never less than unit cost."""

    name: ClassVar[str] = "patient"
    block: ClassVar[str] = "pricing"
    calm_markup: float
    patience: float = setting(6, 0, 104, "how long a cheaper market must last", "weeks")
    dearer_since: int | None = field(default=None, init=False, compare=False)

    def decide(self, seen: Observation) -> Decision:
        own, rivals = seen.main, [one for one in seen.market if one.firm != seen.firm]
        if own.entering or seen.flagship.entering:
            return Decision(self.calm_markup * own.cost, self.calm_markup * seen.flagship.cost)
        market = median([one.main_price for one in rivals if one.main_price > 0] or [own.price])
        if not market < own.price:
            self.dearer_since = None
            return KEEP
        self.dearer_since = seen.week if self.dearer_since is None else self.dearer_since
        waited = seen.week - self.dearer_since >= self.patience
        return Decision(main_price=max(market, own.cost)) if waited else KEEP
