"""What has a duration: events on simpy's queue that report to the next Monday.

Time is in days. When its time has come an outcome goes into the inbox; the clearing on the next
Monday, or on that day, takes it from there. Ties are ordered by simpy's (time, priority, id).
"""

from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from simpy import Environment

from sim.core.units import DAYS_PER_WEEK

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Item = TypeVar("Item")


@dataclass(frozen=True)
class TrainingRun:
    """A finished training run of a firm."""

    firm: int
    succeeded: bool


@dataclass(frozen=True)
class Retirement:
    """A model of a firm that is switched off some time after its successor came out."""

    firm: int


@dataclass(frozen=True)
class TenderBatch:
    """Tenders whose window has closed: id of each, published in one week."""

    week: int
    count: int


@dataclass(frozen=True)
class Delivery:
    """Deployment work that ends, by firm: CNY a week of revenue and cost; (F,)."""

    revenue_week: F64
    cost_week: F64


@dataclass(frozen=True)
class Collection:
    """Receivables that are paid, fen by firm; (F,)."""

    fen: I64


@dataclass(frozen=True)
class Diligence:
    """A fundraising whose diligence has ended; investor -1 = no lead was named in advance."""

    firm: int
    opened: int
    investor: int


@dataclass(frozen=True)
class LayOff:
    """Staff whose notice has run out."""

    firm: int
    people: float


Outcome = TrainingRun | Retirement | TenderBatch | Delivery | Collection | Diligence | LayOff


@dataclass
class Clock:
    """The event queue and the inbox of outcomes that wait for the next Monday."""

    env: Environment = field(default_factory=Environment)
    inbox: list[Outcome] = field(default_factory=list)

    def after(self, days: float, outcome: Outcome) -> None:
        """Let an outcome arrive after some days."""
        self.env.timeout(days).callbacks.append(lambda _: self.inbox.append(outcome))

    def after_weeks(self, weeks: float, outcome: Outcome) -> None:
        """Let an outcome arrive after some weeks."""
        self.after(weeks * DAYS_PER_WEEK, outcome)

    def take(self, kind: type[Item]) -> list[Item]:
        """Return the outcomes of one kind that have arrived, in order, and forget them."""
        taken: list[Item] = []
        left: list[Outcome] = []
        for one in self.inbox:
            if isinstance(one, kind):
                taken.append(one)
            else:
                left.append(one)
        self.inbox = left
        return taken
