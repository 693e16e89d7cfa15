"""What a firm may see: its own books and what is public, as an Observation."""

import numpy as np
from numpy.typing import NDArray

from sim.engine.state import Engine
from sim.strategies.base import Menu, Observation
from sim.world.firms import FLAGSHIP, MAIN

Flags = NDArray[np.bool_]
NOT_ENTERING = np.zeros(2, dtype=np.bool_)


def observe(engine: Engine, firm: int, entering: Flags = NOT_ENTERING) -> Observation:
    """Return what one firm sees this week; entering: (2,) model classes it starts to sell."""
    world, firms, apps = engine.world, engine.firms, engine.world.apps
    own_apps = apps.firm == firm
    rivals = firms.independent.copy()
    rivals[firm] = False
    rival_spend = apps.spend_history[:, ~own_apps]
    cpa = engine.flow.best_cpa[own_apps]
    return Observation(
        firm=firms.ids[firm],
        week=world.week,
        cash=float(engine.ledger.balance[firms.cash[firm]]) / 100.0,
        runway_months=float(engine.flow.runway[firm]),
        parent_backed=bool(firms.backed[firm] and world.on("parent_backing")),
        pretraining=bool(firms.tech.pretraining[firm]),
        quality=float(firms.tech.quality[firm]),
        best_rival_quality=float(firms.tech.quality[rivals].max(initial=-np.inf)),
        open_quality=world.frontiers.open_weights,
        main=_menu(engine, firm, MAIN, bool(entering[MAIN]), rivals),
        flagship=_menu(engine, firm, FLAGSHIP, bool(entering[FLAGSHIP]), rivals),
        research_week=float(firms.books.research_week[firm]),
        ad_budget=float(apps.budget[own_apps].sum()),
        rival_ad_budget=float(rival_spend.max(initial=0.0)),
        rivals_adds_week=float(apps.rivals_adds[own_apps].max(initial=0.0)),
        mau=float(apps.mau[own_apps].sum()),
        cost_per_acquisition=float(cpa.min(initial=np.inf)),
        user_value=engine.flow.user_value + (engine.p.ad_user_value if firms.startup[firm] else 0.0),
        open_capacity=float(engine.flow.open_capacity[own_apps].max(initial=0.0)),
        own_channel=bool(apps.owns_channel[own_apps].any()),
        market_hot=world.mood.hot,
    )


def _menu(engine: Engine, firm: int, row: int, entering: bool, rivals: Flags) -> Menu:
    world, menu = engine.world, engine.firms.menu
    # A free tier serves part of demand only, so nobody can be undercut by it altogether.
    heeded = rivals & menu.entered[row] & (menu.price[row] > 0.0)
    if row == FLAGSHIP:
        quality = world.firms.tech.quality
        heeded &= np.abs(quality - quality[firm]) <= engine.p.flagship_alert_gap
    price = float(menu.price[row, firm])
    attach = float(world.firms.attach_margin[firm]) if world.on("attach_margin") else 0.0
    lowest = float(menu.price[row, heeded].min(initial=np.inf))
    return Menu(
        price=price,
        cost=float(menu.unit_cost[row, firm]),
        attach=attach,
        share=float(engine.flow.class_share[row, firm]),
        lowest=lowest,
        alert=bool(world.week <= menu.alert_until[row, firm]),
        entering=entering,
    )


