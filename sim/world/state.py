"""The world: all state of one replicate in one place, and what the scenario switched."""

from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim.core.parameters import Parameters
from sim.core.streams import Streams
from sim.core.units import WEEKS_PER_YEAR, monday_of, week_of
from sim.scenario import Scenario
from sim.world.accounts import Accounts
from sim.world.apps import Apps
from sim.world.channels import Channels
from sim.world.cohorts import Cohorts
from sim.world.consumers import Consumers, WeekCounts
from sim.world.firms import Firms
from sim.world.frontiers import Frontiers
from sim.world.investors import Investors, Mood
from sim.world.ledger import Ledger
from sim.world.products import Products, SmallApps

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]


@dataclass
class Deployments:
    """Private deployments under way, shape (F,): CNY a week being delivered, and its cost.

    By who won them; deliverer: who delivers and is paid, which is who bought the winner.
    """

    revenue_week: F64
    cost_week: F64
    deliverer: I64

    def by_deliverer(self, amount: F64) -> F64:
        """Turn amounts by winner into amounts by who delivers; none is below zero."""
        return np.bincount(self.deliverer, np.maximum(amount, 0.0), len(amount)).astype(np.float64)


@dataclass
class World:
    """State of one replicate; `week` counts Mondays from the start."""

    scenario: Scenario
    parameters: Parameters
    switched_off: frozenset[str]
    streams: Streams
    start: date
    weeks: int
    people_per_agent: int
    firms: Firms
    apps: Apps
    channels: Channels
    cohorts: Cohorts
    products: Products
    small_apps: SmallApps
    accounts: Accounts
    investors: Investors
    mood: Mood
    frontiers: Frontiers
    deployments: Deployments
    ledger: Ledger
    consumers: Consumers | None
    counts: WeekCounts | None = None
    week: int = 0
    events: list[tuple[str, str, str]] = field(default_factory=list)

    def on(self, mechanism: str) -> bool:
        """Whether a mechanism acts in this scenario."""
        return mechanism not in self.switched_off

    def by_firm(self, of_apps: F64) -> F64:
        """Add up values of apps, (A, ...), over their owners; (F, ...)."""
        if of_apps.ndim == 1:
            # Several times faster; without any app it would count in whole numbers.
            return np.bincount(self.apps.firm, of_apps, len(self.firms)).astype(np.float64)
        total = np.zeros((len(self.firms), *of_apps.shape[1:]))
        np.add.at(total, self.apps.firm, of_apps)
        return total

    @property
    def years(self) -> float:
        """Years since the start."""
        return self.week / WEEKS_PER_YEAR

    @property
    def monday(self) -> date:
        """The Monday of this week."""
        return monday_of(self.week, self.start)

    def week_of(self, day: date) -> int:
        """The week whose clearing first sees an event of that day."""
        return week_of(day, self.start)

    def say(self, kind: str, who: str, what: str) -> None:
        """Note a dated event for the `events` table."""
        self.events.append((kind, who, what))
