"""What a strategy sees and what it may decide; both immutable, so it cannot touch the world."""

from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Menu:
    """One model class (main or flagship) as the firm sees it; CNY per million tokens, blended.

    price: own list price, nan before entry; cost, attach: own unit cost and attach margin; share:
    own share of the class; lowest: lowest list price of the rivals it heeds, inf without any;
    alert: a rival cut deeply or entered low in the last weeks; entering: it sells from now on.
    """

    price: float
    cost: float
    attach: float
    share: float
    lowest: float
    alert: bool
    entering: bool


@dataclass(frozen=True, slots=True)
class Observation:
    """What a firm knows: its own books, and what is public about its rivals.

    Money in CNY and CNY a week; users in people; quality in Elo points; years_after_2024: 0 until
    the end of 2024.
    """

    firm: str
    week: int
    years_after_2024: float
    cash: float
    runway_months: float
    parent_backed: bool
    pretraining: bool
    quality: float
    best_rival_quality: float
    open_quality: float
    main: Menu
    flagship: Menu
    research_week: float
    ad_budget: float
    rival_ad_budget: float
    rivals_adds_week: float
    mau: float
    cost_per_acquisition: float
    user_value: float
    open_capacity: float
    own_channel: bool
    market_hot: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What a firm does now; None keeps what is.

    main_price, flagship_price: new blended list prices, CNY/Mtok; ad_budget: CNY a week, all apps;
    push: people a week shown the own app on the own channel; research_week: CNY a week.
    """

    main_price: float | None = None
    flagship_price: float | None = None
    ad_budget: float | None = None
    push: float | None = None
    research_week: float | None = None


class Strategy(Protocol):
    """A rule for one block of decisions. Its fields are parameters that a scenario may set.

    A field with the name of a model parameter takes that parameter's value unless it is set.
    """

    name: ClassVar[str]
    block: ClassVar[str]

    def decide(self, seen: Observation) -> Decision:
        """Decide on what is seen."""
        ...


KEEP = Decision()
EMPTY_MENU = Menu(np.nan, np.nan, 0.0, 0.0, np.inf, alert=False, entering=False)
