"""What the steps of a week share: the world, the clock, the strategies, and this week's flows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.core.parameters import Parameters
from sim.engine.clock import Clock
from sim.engine.people import People
from sim.engine.scene import PublicRecord, Scene
from sim.markets.treasury import LONGEST_RUNWAY_MONTHS
from sim.strategies.base import Observation, Strategy
from sim.strategies.registry import DEFAULTS, StrategyError, make, remembering
from sim.world.consumers import Hazards
from sim.world.firms import Firms
from sim.world.ledger import Ledger
from sim.world.state import World

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Flags = NDArray[np.bool_]
HazardRule = Callable[[Hazards, World], Hazards]
"""A researcher's own table of events: takes the week's hazards and the world, which it must not
change, and returns the hazards that act."""


@dataclass(frozen=True)
class Round:
    """A round that closed or failed; money in CNY; lead is a position among investors or -1."""

    firm: int
    size: float
    credits: float
    pre_money: float
    post_money: float
    lead: int
    failed: bool


@dataclass(frozen=True)
class Exit:
    """A way out that a firm took; buyer is a firm id or empty; value in CNY."""

    firm: int
    kind: str
    buyer: str
    value: float


@dataclass(frozen=True)
class Awards:
    """Public tenders and who won them, -1 for an integrator; money in CNY, shape (n,)."""

    firm: I64
    budget: F64
    price: F64
    cost: F64
    bidders: I64


@dataclass
class Flow:
    """What passes between the steps of a week and into the next one.

    ad_spend, ad_people: (A, K) CNY and people bought; agent_ads: (A,) CNY that agents drew from
    an app's budget; ad_arrivals: (A, K) people
    bought now or before who come this week; best_cpa: (A,) cheapest open
    channel; open_capacity: (A,) CNY a week of open channels; user_value: CNY a user is worth;
    retention: (F,) of bought users after a quarter; lifetime_value: (F,) CNY;
    demand_growth, market_price: (2,) of API
    demand by nest, share and CNY/Mtok;
    demanded, served, paying: (2, F) tokens a day by class; class_share: (2, F) of served tokens;
    customers, volume: (2, F) accounts and (2, kinds, F) shares of tokens by vendor; bound: (2,)
    share of tokens under contract;
    released, retired: (F,) models that came out or were switched off this week;
    runway: (F,) months; wins: (F,) tenders won;
    tenders: awards of the week; deployment_cost, severance: (F,) CNY
    this week; rounds, exits: what happened this week.
    """

    ad_spend: F64
    agent_ads: F64
    ad_people: F64
    ad_arrivals: F64
    best_cpa: F64
    open_capacity: F64
    user_value: float
    retention: F64
    lifetime_value: F64
    demand_growth: F64
    market_price: F64
    demanded: F64
    served: F64
    paying: F64
    class_share: F64
    customers: I64
    volume: F64
    bound: F64
    released: Flags
    retired: Flags
    runway: F64
    wins: I64
    tenders: list[Awards]
    deployment_cost: F64
    severance: F64
    rounds: list[Round]
    exits: list[Exit]

    @classmethod
    def empty(cls, apps: int, channels: int, firms: int) -> "Flow":
        """Return a week in which nothing has happened yet."""
        return cls(
            ad_spend=np.zeros((apps, channels)),
            agent_ads=np.zeros(apps),
            ad_people=np.zeros((apps, channels)),
            ad_arrivals=np.zeros((apps, channels)),
            best_cpa=np.full(apps, np.inf),
            open_capacity=np.zeros(apps),
            user_value=0.0,
            retention=np.zeros(firms),
            lifetime_value=np.zeros(firms),
            demand_growth=np.zeros(2),
            market_price=np.full(2, np.nan),
            demanded=np.zeros((2, firms)),
            served=np.zeros((2, firms)),
            paying=np.zeros((2, firms)),
            class_share=np.zeros((2, firms)),
            customers=np.zeros((2, firms), dtype=np.int64),
            volume=np.zeros((2, 0, firms)),
            bound=np.zeros(2),
            released=np.zeros(firms, dtype=np.bool_),
            retired=np.zeros(firms, dtype=np.bool_),
            runway=np.full(firms, LONGEST_RUNWAY_MONTHS),
            wins=np.zeros(firms, dtype=np.int64),
            tenders=[],
            deployment_cost=np.zeros(firms),
            severance=np.zeros(firms),
            rounds=[],
            exits=[],
        )

    def forget(self) -> None:
        """Drop what was true of one week only."""
        self.released[:] = False
        self.retired[:] = False
        self.wins[:] = 0
        self.tenders.clear()
        self.rounds.clear()
        self.exits.clear()


@dataclass
class Engine:
    """One replicate under way."""

    world: World
    clock: Clock
    choices: dict[tuple[str, str], "Choice"]
    flow: Flow
    holders_before: I64
    gone_before: Flags
    strategies: dict[str, dict[str, Strategy]] = field(default_factory=dict)
    people: People | None = None
    hazard_rule: HazardRule | None = None
    scene: Scene = field(init=False)
    seen: dict[int, Observation] = field(default_factory=dict)
    public: PublicRecord = field(default_factory=PublicRecord)

    @property
    def p(self) -> Parameters:
        """The model's parameters."""
        return self.world.parameters

    @property
    def firms(self) -> Firms:
        return self.world.firms

    @property
    def ledger(self) -> Ledger:
        return self.world.ledger


Choice = tuple[str, Mapping[str, float]]
"""A strategy by name, and the settings a scenario gave it."""


def choices(world: World) -> dict[tuple[str, str], Choice]:
    """Return what the scenario chose for each (firm id, block)."""
    chosen: dict[tuple[str, str], Choice] = {}
    for firm in world.firms.ids:
        for block, default in DEFAULTS.items():
            given = getattr(world.scenario.firms[firm], block)
            chosen[firm, block] = (given.strategy or default, given.parameters)
    return chosen


def make_strategies(engine: Engine) -> None:
    """Make all strategies from what is chosen and the parameters of today.

    What a strategy remembers survives a change of its parameters. Raises ScenarioError, pointing at
    the line of the scenario, for a name or a setting that does not exist.
    """
    for (firm, block), (name, settings) in engine.choices.items():
        strategy = checked(engine.world, f"firms.{firm}.{block}", block, name, settings)
        own = engine.strategies.setdefault(firm, {})
        own[block] = remembering(strategy, own[block]) if block in own else strategy


def checked(
    world: World, key: str, block: str, name: str, settings: Mapping[str, float]
) -> Strategy:
    """Make a strategy; turn the registry's refusal into an error at the scenario's line."""
    try:
        return make(block, name, settings, world.parameters)
    except StrategyError as error:
        place = f"{key}.{error.key}".rstrip(".")
        raise world.scenario.refuse(place, error.message, error.allowed) from error
