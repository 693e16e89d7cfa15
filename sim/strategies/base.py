"""What a strategy sees and what it may decide; both are tuples, so it cannot touch the world."""

from dataclasses import field
from math import inf, isfinite
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple, Protocol, get_args, get_type_hints

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]


class Menu(NamedTuple):
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


class Lab(NamedTuple):
    """The own laboratory, and what is known of others' offers.

    own_quality: of the newest own model, Elo; bought_quality: what products on post-trained open
    weights offer; reasons: reasoning can be copied by now; training_efficiency: over the opening;
    gpu_price: over the opening; best_offer: highest pay of key people at a rival over the market;
    rivals_training: share of rivals that pre-train, as far as that drives the own training.
    """

    own_quality: float
    bought_quality: float
    reasons: bool
    training_efficiency: float
    gpu_price: float
    key_people: float
    best_offer: float
    rivals_training: float


class PublicFirm(NamedTuple):
    """What everybody knows of a firm: nothing of its cash, costs, budgets or plans.

    kind: cloud, startup or lab; status: as in the table `firms`; prices: list, blended, CNY/Mtok,
    nan without an offer; shares: of the tokens of a class; users: people a month; quality: Elo
    points as benchmarks show; valuation: CNY after its last round, nan if never priced.
    """

    firm: str
    kind: str
    status: str
    main_price: float
    flagship_price: float
    main_share: float
    flagship_share: float
    users: float
    quality: float
    open_weights: bool
    valuation: float


class PublicRound(NamedTuple):
    """A round that closed; money in CNY; lead is an investor's id."""

    week: int
    firm: str
    size: float
    post_money: float
    lead: str


class PublicRelease(NamedTuple):
    """A model that came out; quality in Elo points."""

    week: int
    firm: str
    quality: float


class News(NamedTuple):
    """One entry of the table `events`: kind, whom it concerns, one sentence."""

    kind: str
    who: str
    what: str


class OwnApp(NamedTuple):
    """One of the own apps that run; engagement: highest share of a month's users still there, of
    the last quarter, 1 where nobody looks at it."""

    app: str
    users: float
    engagement: float


class Observation(NamedTuple):
    """What a firm knows: its own books, and what is public about its rivals.

    Money in CNY and CNY a week; users in people; quality in Elo points; years_after_2024: 0 until
    the end of 2024. rival_ad_spend: largest of a rival app in the last weeks, as trackers of
    advertising see it; market: every firm, the own one included; rounds, releases: of the last 26
    weeks, oldest first; news: of last week; luck: 64 random bits of this firm and week, for
    strategies that draw. cost_per_acquisition: on the cheapest open channel; user_value: what a
    user is worth, to a startup's investors too; retention: share of own bought users still there
    after a quarter; lifetime_value: subscriptions that a bought user pays until leaving;
    dearest_user: cost per acquisition above which investors stop paying for users, inf without;
    push_inventory: people a week that own channels can be shown to; push_cost: CNY for each;
    apps: the own ones, by launch; user_growth, revenue_growth: log, of the last quarter, inf where
    no second route can be added.
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
    rival_ad_spend: float
    rivals_adds_week: float
    mau: float
    cost_per_acquisition: float
    user_value: float
    open_capacity: float
    own_channel: bool
    market_hot: bool
    revenue_week: float = 0.0
    burn_week: float = 0.0
    staff: float = 0.0
    valuation: float = np.nan
    sentiment: float = 0.0
    market: tuple[PublicFirm, ...] = ()
    rounds: tuple[PublicRound, ...] = ()
    releases: tuple[PublicRelease, ...] = ()
    news: tuple[News, ...] = ()
    luck: int = 0
    retention: float = 0.0
    lifetime_value: float = 0.0
    dearest_user: float = np.inf
    push_inventory: float = 0.0
    push_cost: float = 0.0
    apps: tuple[OwnApp, ...] = ()
    user_growth: float = np.inf
    revenue_growth: float = np.inf
    lab: Lab = Lab(0.0, 0.0, False, 1.0, 1.0, 1.0, 1.0, 0.0)


class Decision(NamedTuple):
    """What a firm does now; None keeps what is.

    main_price, flagship_price: new blended list prices, CNY/Mtok; ad_budget: CNY a week, all apps;
    push: people a week shown the own app on the own channel; shut_out: whether rivals may no
    longer advertise on own channels; app_weights: of own running apps in budget and push;
    consumer_focus, business_focus: of a startup's advertising, and of its bids and deals for
    deployments, 1 = as at the start; research_week: CNY a week;
    pretraining: True goes on, False stops for good, None leaves it to chance; engineering,
    reasoning: shares of research compute for cheaper training and for reinforcement learning;
    accelerators: own ones bought, CNY a week; key_pay: of key people, over the market;
    bid_factor: bids for deployments over the equilibrium bid;
    round_effort: hazard of a round over the usual one, 0 for no talks; credit_lean: odds of a cloud
    as lead over the usual ones; most_credits: largest share of a cloud's money taken as compute;
    lead_interest: a cloud's odds to lead over the usual ones; credits_offered: share of its money
    that is compute; sale_effort: hazard of an offer for the firm over the usual one, 0 for none;
    least_price: CNY under which it refuses; listing: whether it would list; overseas_effort: hazard
    of going abroad over the usual one; leaves_abroad: whether it gives up its users abroad.
    """

    main_price: float | None = None
    flagship_price: float | None = None
    ad_budget: float | None = None
    push: float | None = None
    shut_out: bool | None = None
    app_weights: tuple[float, ...] | None = None
    consumer_focus: float | None = None
    business_focus: float | None = None
    research_week: float | None = None
    pretraining: bool | None = None
    engineering: float | None = None
    reasoning: float | None = None
    accelerators: float | None = None
    key_pay: float | None = None
    bid_factor: float | None = None
    round_effort: float | None = None
    credit_lean: float | None = None
    most_credits: float | None = None
    lead_interest: float | None = None
    credits_offered: float | None = None
    sale_effort: float | None = None
    least_price: float | None = None
    listing: bool | None = None
    overseas_effort: float | None = None
    leaves_abroad: bool | None = None


DECIDES = MappingProxyType(
    {
        "pricing": ("main_price", "flagship_price"),
        "advertising": ("ad_budget",),
        "push": ("push", "shut_out"),
        "product": ("app_weights", "consumer_focus", "business_focus"),
        "research": ("research_week", "pretraining", "engineering", "reasoning", "accelerators"),
        "talent": ("key_pay",),
        "bids": ("bid_factor",),
        "fundraising": ("round_effort", "credit_lean", "most_credits"),
        "investing": ("lead_interest", "credits_offered"),
        "exit": ("sale_effort", "least_price", "listing"),
        "overseas": ("overseas_effort", "leaves_abroad"),
    }
)
"""The fields of a Decision that each block of decisions may set."""

KEEP = Decision()
NUMBERS = (float, int, np.floating)
FLAGS = (bool, np.bool_)
EMPTY_MENU = Menu(np.nan, np.nan, 0.0, 0.0, np.inf, alert=False, entering=False)
TYPES = MappingProxyType(
    {name: get_args(kind)[0] for name, kind in get_type_hints(Decision).items()}
)
PLACES = MappingProxyType(
    {
        block: tuple((Decision._fields.index(name), TYPES[name]) for name in own)
        for block, own in DECIDES.items()
    }
)
"""Where in a Decision the fields of each block stand, and of what type they are."""


class Strategy(Protocol):
    """A rule for one block of decisions: a dataclass whose fields are numbers a scenario may set.

    A field with the name of a model parameter takes that parameter's value unless it is set; any
    other is made with `setting`. What a strategy remembers from week to week it keeps in fields
    with init=False and compare=False; every firm and replicate has an instance of its own.
    """

    name: ClassVar[str]
    block: ClassVar[str]

    def decide(self, seen: Observation) -> Decision:
        """Decide on what is seen."""
        ...


def setting(default: float, low: float, high: float, meaning: str, unit: str = "") -> Any:
    """Return a field of a strategy that is no model parameter: default, usual range and meaning.

    It is checked as a model parameter with that prior is: no less than 0 unless low is, and so on.
    """
    return field(
        default=default, metadata={"low": low, "high": high, "meaning": meaning, "unit": unit}
    )


def fault_in(decision: object, block: str) -> str:
    """Return what is wrong with what a strategy of a block returned; empty if nothing is."""
    if type(decision) is not Decision:
        return f"returned {type(decision).__name__}, not a Decision"
    given = len(decision) - decision.count(None)
    for place, kind in PLACES[block]:
        value = decision[place]
        if value is not None:
            given -= 1
            if said := _fault(value, kind):
                return f"set {Decision._fields[place]} to {value!r}; {said} is possible"
    return _stranger(decision, block) if given else ""


def _stranger(decision: Decision, block: str) -> str:
    """Say which field a Decision sets that its block does not decide on."""
    own = DECIDES[block]
    fields = zip(Decision._fields, decision, strict=True)
    name = next(name for name, value in fields if value is not None and name not in own)
    return f"set {name}; {block} decides on {', '.join(own)}"


def _fault(value: object, kind: type) -> str:
    """Say what is possible, if the value is not."""
    if kind is float:
        if type(value) is float and 0.0 <= value < inf:
            return ""
        number = isinstance(value, NUMBERS) and not isinstance(value, bool)
        return "" if number and isfinite(value) and value >= 0 else "a number of 0 or more"  # type: ignore[arg-type,operator]
    wanted = getattr(kind, "__origin__", kind)
    fits = isinstance(value, FLAGS if wanted is bool else wanted)
    return "" if fits else f"a {wanted.__name__}"
