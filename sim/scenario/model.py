"""The tables of a scenario file: each key with its type, unit, range and meaning.

The checks, the JSON Schema, `explain` and the help of an error all read these classes; a key that
is not here does not exist.
"""

from datetime import date
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from sim.scenario.base import Factor, Name, Part, Share, Table, measured
from sim.scenario.frozen import Frozen
from sim.scenario.shocks import Shock

BLOCKS = (
    "pricing",
    "advertising",
    "push",
    "research",
    "product",
    "fundraising",
    "talent",
    "bids",
    "overseas",
    "investing",
    "exit",
)


class Consumers(Part):
    """The people of the simulated country."""

    people_per_agent: Annotated[int, Field(ge=1, le=100_000)] = 1000
    """how many people one simulated consumer stands for; fewer is slower and less noisy"""

    addressable_people: Annotated[float, measured("people", ge=1e4, le=2e9)] = 600e6
    """people who could use an assistant"""


class Accounts(Part):
    """The buyers of API tokens."""

    count: Annotated[int, Field(ge=1, le=1_000_000)] = 3000
    """how many API accounts are simulated"""


class Segment(Part):
    """One kind of consumer."""

    share: Share
    """share of people; the segments' shares sum to 1"""

    price_sensitivity: Factor = 1.0
    """multiplies the response to subscription prices"""

    ad_response: Factor = 1.0
    """multiplies the response to advertising"""

    word_of_mouth: Factor = 1.0
    """multiplies the spread by word of mouth"""


class AccountKind(Part):
    """One kind of API account."""

    share: Share
    """share of accounts; the kinds' shares sum to 1"""

    volume: Factor = 1.0
    """mean size relative to all accounts"""

    engineers: Share = 0.0
    """chance of having people who could serve a model themselves"""

    price_weight: Factor = 1.0
    """multiplies how much price counts in choosing a vendor"""

    quality_weight: Factor = 1.0
    """multiplies how much quality counts in choosing a vendor"""

    viability_weight: Factor = 1.0
    """multiplies how much the vendor's runway counts in choosing it"""


class Investor(Part):
    """One investor in startups."""

    kind: Literal["rmb_vc", "usd_vc", "state", "strategic"]
    """taste: venture capital in yuan or dollars, state fund, or a cloud"""

    firm: Name | None = None
    """the firm that invests, for a strategic investor"""

    dry_powder_bn_cny: Annotated[float, measured("bn CNY", ge=0)] | None = None
    """money left to invest; "none" = limited by the firm's own cash only"""


class Block(Part):
    """A decision of a firm: the strategy by name, and numbers that the strategy takes."""

    model_config = ConfigDict(extra="allow")

    __pydantic_extra__: dict[str, float]

    strategy: Name | None = None
    """name of a registered strategy; without it the default of the decision"""

    @property
    def parameters(self) -> "MappingProxyType[str, float]":
        """Return the numbers given to the strategy, by name."""
        return MappingProxyType(self.__pydantic_extra__)


class Firm(Part):
    """One model firm on the first day."""

    kind: Literal["cloud", "startup", "lab"]
    """big-tech cloud, startup, or a lab that a parent pays for"""

    cash_mcny: Annotated[float, measured("M CNY", ge=0)] | None
    """cash at the start; "parent" = a parent pays what the firm cannot"""

    rd_compute_mcny_per_month: Annotated[float, measured("M CNY/month", ge=0)]
    """research compute at the start"""

    staff_mcny_per_month: Annotated[float, measured("M CNY/month", ge=0)]
    """pay of all staff at the start"""

    quality_offset: Annotated[float, measured("Elo", ge=-1000, le=1000)]
    """quality at the start; the best domestic model is 0"""

    main_price_cny_per_mtok: Annotated[float, measured("CNY/Mtok", ge=0)] | None = None
    """list price of the main model at entry, input; "none" = the firm decides on entry"""

    main_entry: date | None = None
    """when the main model can be bought; "none" = never"""

    flagship_price_cny_per_mtok: Annotated[float, measured("CNY/Mtok", ge=0)] | None = None
    """list price of the flagship at entry, input; "none" = the firm decides on entry"""

    flagship_entry: date | None = None
    """when the flagship can be bought; "none" = never"""

    attach_margin_cny_per_mtok: Annotated[float, measured("CNY/Mtok", ge=0)] = 0.0
    """what a token sold earns elsewhere: other cloud services, deployments"""

    vendor_intercept: Annotated[float, Field(ge=-20, le=20)] = 0.0
    """how much API buyers like the vendor beyond price and quality, in utility"""

    cost_efficiency: Annotated[float, measured("ratio", gt=0)] = 1.0
    """unit cost relative to the industry's"""

    main_cost_factor: Annotated[float, measured("ratio", gt=0)] = 1.0
    """unit cost of the main model relative to a main model of usual size"""

    valuation_bn_cny: Annotated[float, measured("bn CNY", ge=0)] | None = None
    """last post-money valuation; "none" = never priced"""

    deployment_backlog_mcny: Annotated[float, measured("M CNY", ge=0)] = 0.0
    """private deployments won before the start and still to be delivered"""

    bid_weight: Factor = 0.0
    """how often it bids for private deployments, relative to other firms"""

    internal_lead: bool | None = None
    """whether its internal work is the reference that other clouds' work is a share of"""

    niche: Name | None = None
    """whom it sells to first; firms of different niches do not heed each other's prices"""

    pricing: Block = Block()
    """decision on list prices"""

    advertising: Block = Block()
    """decision on advertising budgets and channels"""

    push: Block = Block()
    """decision on pushing apps on own channels"""

    research: Block = Block()
    """decision on the training budget"""

    product: Block = Block()
    """decision on apps, tiers and routes"""

    fundraising: Block = Block()
    """decision on when and how to raise"""

    talent: Block = Block()
    """decision on hiring and keeping key people"""

    bids: Block = Block()
    """decision on bids for private deployments"""

    overseas: Block = Block()
    """decision on going abroad"""

    investing: Block = Block()
    """decision on stakes in other firms"""

    exit: Block = Block()
    """decision on stopping pre-training, selling and closing"""


class App(Part):
    """One consumer app."""

    firm: Name
    """its owner"""

    launch: date
    """when people can first use it"""

    market: Literal["china", "overseas"] = "china"
    """where it is offered"""

    owned_channels: tuple[Name, ...] = ()
    """channels of the owner on which it can be pushed"""

    cpa_multiplier: Annotated[float, measured("ratio", gt=0)] = 1.0
    """cost of buying a user relative to an app of usual appeal"""


class Channel(Part):
    """One advertising channel."""

    owner: Name | None = None
    """the firm that owns it and may shut rivals out"""

    capacity_mcny_per_month: Annotated[float, measured("M CNY/month", gt=0)]
    """spend at which crowding doubles the base of the cost rise"""

    base_cost_cny_per_user: Annotated[float, measured("CNY/user", gt=0)]
    """cost per acquisition without crowding"""

    audience: Table[Factor]
    """relative reach by segment"""


class Posterior(Part):
    """What is drawn from a calibrated sample; `parameters = "posterior"` writes this table."""

    sample: Name
    """digest of the sample, `posterior.parquet` beside the file or among what is shipped"""

    draws: tuple[Name, ...]
    """parameters that each replicate draws jointly; their numbers here are the sample's medians"""


class Content(Part):
    """Everything a scenario says, resolved."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    """what the scenario is called; the file's name if not given"""

    question: Annotated[str, Field(max_length=1000)] = ""
    """what it asks, in one sentence; the file's opening comment if not given"""

    start: date = date(2023, 7, 3)
    """first day; the opening tables stand for 2023-07-03"""

    end: date = date(2025, 12, 29)
    """the day after the last one"""

    seed: Annotated[int, Field(ge=0)] = 1
    """seed of all random numbers; replicates of one seed differ"""

    history: tuple[Literal["history", "shocks_2025"], ...] = ("history",)
    """evidence tables of dated events that happen in this scenario"""

    consumers: Consumers = Consumers()
    """the people"""

    accounts: Accounts = Accounts()
    """the buyers of API tokens"""

    segments: Table[Segment] = Frozen()
    """kinds of consumer, by id"""

    account_kinds: Table[AccountKind] = Frozen()
    """kinds of API account, by id"""

    investors: Table[Investor] = Frozen()
    """investors, by id"""

    firms: Table[Firm] = Frozen()
    """model firms, by id"""

    apps: Table[App] = Frozen()
    """consumer apps, by id"""

    channels: Table[Channel] = Frozen()
    """advertising channels, by id"""

    mechanisms: Table[bool] = Frozen()
    """causal claims of the articles: true = acts, false = switched off"""

    parameters: Table[float] = Frozen()
    """numbers of the model's equations; "posterior" = draws from the calibrated sample"""

    posterior: Posterior | None = None
    """the sample that parameters are drawn from"""

    shock: Table[Shock] = Frozen()
    """dated events, by id"""
