"""Product strategies: weigh routes and apps, one route first, or leave everything as it is."""

from dataclasses import dataclass
from math import hypot
from typing import ClassVar

from sim.strategies.base import Decision, Observation, setting

NEAR_NOTHING = 1e-3


@dataclass(frozen=True)
class WeighRoutes:
    """Lean to the route that pays better now, add the other once it saturates; feed the next app.

    Consumers pay V/c, worth over cost of a user; business pays p/c, price over cost of a token.
    The focus on consumers is 1 + tilt tanh ln(consumers / business), on business 1 - the same. If
    the better route grew less than saturated_growth in a quarter, the other counts for
    second_route times as much. An app whose engagement stayed below engagement_least for a quarter
    passes moved_share of its budget and push on to the owner's next one.
    """

    name: ClassVar[str] = "weigh_routes"
    block: ClassVar[str] = "product"
    engagement_least: float
    moved_share: float = setting(0.5, 0.1, 1.0, "budget that moves to the next app", "share")
    tilt: float = setting(0.1, 0.0, 1.0, "how far a firm leans to the better route", "ratio")
    saturated_growth: float = setting(0.05, 0.0, 0.3, "growth in a quarter that is too low", "log")
    second_route: float = setting(1.3, 1.0, 3.0, "weight of the second route once added", "ratio")

    def decide(self, seen: Observation) -> Decision:
        consumer, business = self._focus(seen)
        first_is_consumer = consumer >= business
        growth = seen.user_growth if first_is_consumer else seen.revenue_growth
        if growth < self.saturated_growth:
            if first_is_consumer:
                business *= self.second_route
            else:
                consumer *= self.second_route
        return Decision(
            app_weights=self._weights(seen), consumer_focus=consumer, business_focus=business
        )

    def _focus(self, seen: Observation) -> tuple[float, float]:
        """Lean by tanh(log(c / b)) = (c2 - b2) / (c2 + b2), which no zero on one side troubles."""
        consumers = max(seen.user_value, 0.0) / max(seen.cost_per_acquisition, NEAR_NOTHING)
        sells = seen.main.price > 0.0 and seen.main.cost > 0.0
        business = seen.main.price / seen.main.cost if sells else 0.0
        size = hypot(consumers, business)
        better = (consumers - business) / size * (consumers + business) / size if size else 0.0
        return 1.0 + self.tilt * better, 1.0 - self.tilt * better

    def _weights(self, seen: Observation) -> tuple[float, ...]:
        weights = [1.0] * len(seen.apps)
        for number, app in enumerate(seen.apps[:-1]):
            if app.engagement < self.engagement_least:
                moved = self.moved_share * weights[number]
                weights[number] -= moved
                weights[number + 1] += moved
        return tuple(weights)


@dataclass(frozen=True)
class ConsumersFirst(WeighRoutes):
    """As weigh_routes, but consumers come first and business gets what is left of the focus."""

    name: ClassVar[str] = "consumers_first"
    first: float = setting(
        1.5, 1.0, 2.0, "focus on the first route; the second gets 2 - it", "ratio"
    )

    def _focus(self, seen: Observation) -> tuple[float, float]:  # noqa: ARG002
        return self.first, 2.0 - self.first


@dataclass(frozen=True)
class BusinessFirst(ConsumersFirst):
    """As weigh_routes, but business comes first and consumers get what is left of the focus."""

    name: ClassVar[str] = "business_first"

    def _focus(self, seen: Observation) -> tuple[float, float]:  # noqa: ARG002
        return 2.0 - self.first, self.first


@dataclass(frozen=True)
class AsItIs:
    """Treat all apps alike and both routes as at the start."""

    name: ClassVar[str] = "as_it_is"
    block: ClassVar[str] = "product"

    def decide(self, seen: Observation) -> Decision:
        return Decision(app_weights=(1.0,) * len(seen.apps), consumer_focus=1.0, business_focus=1.0)


SHIPPED = (WeighRoutes, ConsumersFirst, BusinessFirst, AsItIs)
