"""Observations for tests of strategies: a firm in an ordinary week, with parts replaced."""

from typing import Any

from sim.core.parameters import Parameters
from sim.strategies.base import Decision, Menu, Observation, PublicFirm
from sim.strategies.registry import make

PARAMETERS = Parameters()
MENU = Menu(price=6.0, cost=2.0, attach=0.5, share=0.1, lowest=5.0, alert=False, entering=False)
FACE = PublicFirm(
    firm="zhipu",
    kind="startup",
    status="active",
    main_price=5.0,
    flagship_price=50.0,
    main_share=0.2,
    flagship_share=0.2,
    users=2e6,
    quality=60.0,
    open_weights=False,
    valuation=15e9,
)
OBSERVATION = Observation(
    firm="moonshot",
    years_after_2024=0.0,
    week=40,
    cash=1e9,
    runway_months=24.0,
    parent_backed=False,
    pretraining=True,
    quality=50.0,
    best_rival_quality=60.0,
    open_quality=0.0,
    main=MENU,
    flagship=MENU,
    research_week=4e6,
    ad_budget=2e6,
    rival_ad_spend=10e6,
    rivals_adds_week=3e6,
    mau=5e6,
    cost_per_acquisition=30.0,
    user_value=25.0,
    open_capacity=50e6,
    own_channel=False,
    market_hot=True,
    retention=0.3,
    lifetime_value=2.0,
    push_inventory=4e6,
    push_cost=6.0,
)


def decide(block: str, name: str, seen: Observation = OBSERVATION, **settings: float) -> Decision:
    """Return what a shipped strategy decides."""
    return make(block, name, settings, PARAMETERS).decide(seen)


def main_price(name: str, settings: dict[str, float] | None = None, **menu: Any) -> float | None:
    """Return what a pricing strategy asks for the main model on a menu with changes."""
    seen = OBSERVATION._replace(main=MENU._replace(**menu))
    return decide("pricing", name, seen, **(settings or {})).main_price


def seen(**changes: Any) -> Observation:
    """Return the ordinary week with changes."""
    return OBSERVATION._replace(**changes)
