"""What firms may see: their own books and what is public, as Observations.

A `Scene` is taken once a week, after entries and before any decision, so that all firms decide on
the same public state; an Observation is made from it only for a firm whose decision is due.
"""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim.core.streams import mix_array
from sim.engine.labs import labs
from sim.engine.public import faces
from sim.engine.scene import Scene
from sim.engine.state import Engine
from sim.strategies.base import Menu, Observation, OwnApp
from sim.world.firms import CLASSES, FLAGSHIP, MAIN

F64 = NDArray[np.float64]
END_OF_2024 = date(2024, 12, 31)
DAYS_PER_YEAR = 365.25
NOT_ENTERING = (False, False)


def look(engine: Engine) -> Scene:
    """Take this week's scene."""
    from sim.engine import sight

    world, firms, apps = engine.world, engine.firms, engine.world.apps
    table = _seen(engine)
    seen = table.tolist()
    late = (world.monday - END_OF_2024).days / DAYS_PER_YEAR
    shares = engine.flow.class_share.tolist()
    luck = mix_array(firms.entity ^ np.uint64(world.streams.key("strategies", world.week)))
    growth = _growth(engine, table[[sight.USER_GROWTH, sight.REVENUE_GROWTH]])
    users, quality = seen[sight.USERS], firms.tech.quality.tolist()
    valuation = firms.books.post_money.tolist()
    return Scene(
        years_after_2024=max(late, 0.0),
        cash=seen[sight.CASH],
        runway=engine.flow.runway.tolist(),
        quality=quality,
        best_rival=seen[sight.BEST_RIVAL],
        research=firms.books.research_week.tolist(),
        menus=_menus(engine, shares, seen[sight.LOWEST :]),
        spend=seen[sight.SPEND],
        rival_spend=seen[sight.RIVAL_SPEND],
        users=users,
        rivals_adds=seen[sight.RIVALS_ADDS],
        user_growth=growth[0],
        revenue_growth=growth[1],
        apps=_apps_by_firm(engine),
        revenue=firms.books.revenue_history[-1].tolist(),
        burn=firms.books.burn_week.tolist(),
        staff=firms.books.staff.tolist(),
        valuation=valuation,
        luck=luck.tolist(),
        market=faces(world, shares, users, quality, valuation),
        labs=labs(engine, seen[sight.RIVALS_TRAINING]),
        push_inventory=seen[sight.PUSH_INVENTORY],
        app_users=apps.mau.tolist(),
        app_engagement=world.products.engagement.max(axis=0).tolist(),
    )


def _seen(engine: Engine) -> F64:
    """What each firm sees of its own apps added up and of the others; see `sim.engine.sight`."""
    from sim.engine.sight import seen_by_firms

    world, firms, apps = engine.world, engine.firms, engine.world.apps
    answered = slice(None) if world.on("ad_escalation") else slice(0)
    return np.asarray(
        seen_by_firms(
            apps.firm,
            apps.budget,
            apps.mau,
            apps.mau_history[0],
            apps.rivals_adds,
            apps.spend_history[answered],
            firms.tech.quality,
            firms.independent,
            firms.tech.pretraining,
            world.on("training_race"),
            firms.menu.price,
            firms.menu.entered,
            firms.other_niche,
            world.on("niches"),
            # Buyers of flagships compare peers, so only those of like quality count.
            np.array([np.inf, engine.p.flagship_alert_gap]),
            world.channels.owner,
            world.channels.capacity,
            engine.p.push_inventory,
            firms.books.revenue_history,
            engine.ledger.balance[firms.cash],
        )
    )


def _apps_by_firm(engine: Engine) -> list[list[int]]:
    own: list[list[int]] = [[] for _ in range(len(engine.firms))]
    for app, firm in enumerate(engine.world.apps.firm.tolist()):
        own[firm].append(app)
    return own


def glance(engine: Engine, firm: int) -> Observation:
    """Return what a firm sees when it enters no market; made once a week, when first asked for."""
    if firm not in engine.seen:
        engine.seen[firm] = observe(engine, firm)
    return engine.seen[firm]


def observe(engine: Engine, firm: int, entering: tuple[bool, bool] = NOT_ENTERING) -> Observation:
    """Return what one firm sees this week; entering: which model classes it starts to sell."""
    world, firms, scene = engine.world, engine.firms, engine.scene
    own = scene.apps[firm]
    flow, apps = engine.flow, world.apps
    value = flow.user_value + (engine.p.ad_user_value if firms.startup[firm] else 0.0)
    bound = bool(firms.startup[firm]) and world.on("unit_economics_stop")
    return Observation(
        firm=firms.ids[firm],
        week=world.week,
        years_after_2024=scene.years_after_2024,
        cash=scene.cash[firm],
        runway_months=scene.runway[firm],
        parent_backed=bool(firms.backed[firm]) and world.on("parent_backing"),
        pretraining=bool(firms.tech.pretraining[firm]),
        quality=scene.quality[firm],
        best_rival_quality=scene.best_rival[firm],
        open_quality=world.frontiers.open_weights,
        main=_menu(scene.menus[MAIN][firm], entering[MAIN]),
        flagship=_menu(scene.menus[FLAGSHIP][firm], entering[FLAGSHIP]),
        research_week=scene.research[firm],
        ad_budget=scene.spend[firm],
        rival_ad_spend=scene.rival_spend[firm],
        rivals_adds_week=scene.rivals_adds[firm],
        mau=scene.users[firm],
        cost_per_acquisition=min((float(flow.best_cpa[app]) for app in own), default=np.inf),
        user_value=value,
        open_capacity=max((float(flow.open_capacity[app]) for app in own), default=0.0),
        own_channel=any(bool(apps.owns_channel[app]) for app in own),
        market_hot=world.mood.hot,
        revenue_week=scene.revenue[firm],
        burn_week=scene.burn[firm],
        staff=scene.staff[firm],
        valuation=scene.valuation[firm],
        sentiment=float(world.mood.sentiment),
        market=scene.market,
        rounds=engine.public.rounds,
        releases=engine.public.releases,
        news=engine.public.news,
        luck=scene.luck[firm],
        retention=float(flow.retention[firm]),
        lifetime_value=float(flow.lifetime_value[firm]),
        dearest_user=engine.p.dearest_user * value if bound else np.inf,
        push_inventory=scene.push_inventory[firm],
        push_cost=engine.p.push_cost,
        apps=_own_apps(engine, own),
        user_growth=scene.user_growth[firm],
        revenue_growth=scene.revenue_growth[firm],
        lab=scene.labs[firm],
    )


def _own_apps(engine: Engine, own: list[int]) -> tuple[OwnApp, ...]:
    ids, launched, scene = engine.world.apps.ids, engine.world.apps.launched, engine.scene
    looks = engine.world.on("engagement_threshold")
    return tuple(
        [
            OwnApp(ids[app], scene.app_users[app], scene.app_engagement[app] if looks else 1.0)
            for app in own
            if launched[app]
        ]
    )


def _growth(engine: Engine, factors: F64) -> list[list[float]]:
    """Log growth of users and of revenue by firm, inf where no second route is looked for."""
    looked_at = engine.world.on("route_diversification")
    grown: list[list[float]] = np.where(looked_at, np.log(factors), np.inf).tolist()
    return grown


def _menus(
    engine: Engine, shares: list[list[float]], lowest: list[list[float]]
) -> list[list[Menu]]:
    """Own view of each model class, by class and firm, of those that do not enter."""
    world, firms, menu = engine.world, engine.firms, engine.firms.menu
    attach = firms.attach_margin if world.on("attach_margin") else np.zeros(len(firms))
    columns = (
        menu.price.tolist(),
        menu.unit_cost.tolist(),
        [attach.tolist()] * len(CLASSES),
        shares,
        lowest,
        (world.week <= menu.alert_until).tolist(),
        [[False] * len(firms)] * len(CLASSES),
    )
    return [list(map(Menu, *of_class)) for of_class in zip(*columns, strict=True)]


def _menu(menu: Menu, entering: bool) -> Menu:
    return menu._replace(entering=True) if entering else menu
