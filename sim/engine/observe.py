"""What firms may see: their own books and what is public, as Observations.

A `Scene` is taken once a week, after entries and before any decision, so that all firms decide on
the same public state; an Observation is made from it only for a firm whose decision is due.
"""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim.core.streams import mix_array
from sim.core.units import MILLION
from sim.engine.labs import labs
from sim.engine.public import faces
from sim.engine.scene import Scene
from sim.engine.state import Engine
from sim.strategies.base import Menu, Observation, OwnApp
from sim.world.firms import CLASSES, FLAGSHIP, MAIN

F64 = NDArray[np.float64]
Flags = NDArray[np.bool_]
END_OF_2024 = date(2024, 12, 31)
DAYS_PER_YEAR = 365.25
NOT_ENTERING = (False, False)


def look(engine: Engine) -> Scene:
    """Take this week's scene."""
    world, firms, apps = engine.world, engine.firms, engine.world.apps
    quality = firms.tech.quality
    rivals_adds = np.zeros(len(firms))
    np.maximum.at(rivals_adds, apps.firm, apps.rivals_adds)
    largest = np.zeros(len(firms))
    if world.on("ad_escalation"):
        np.maximum.at(largest, apps.firm, apps.spend_history.max(axis=0, initial=0.0))
    late = (world.monday - END_OF_2024).days / DAYS_PER_YEAR
    shares = engine.flow.class_share.tolist()
    luck = mix_array(firms.entity ^ np.uint64(world.streams.key("strategies", world.week)))
    adds_route = world.on("route_diversification")
    earned = firms.books.revenue_history
    half = len(earned) // 2
    return Scene(
        years_after_2024=max(late, 0.0),
        cash=engine.ledger.balance_cny(firms.cash).tolist(),
        runway=engine.flow.runway.tolist(),
        quality=quality.tolist(),
        best_rival=_of_others(np.where(firms.independent, quality, -np.inf)).tolist(),
        research=firms.books.research_week.tolist(),
        menus=_menus(engine, shares),
        spend=world.by_firm(apps.budget).tolist(),
        rival_spend=np.maximum(_of_others(largest), 0.0).tolist(),
        users=world.by_firm(apps.mau).tolist(),
        rivals_adds=rivals_adds.tolist(),
        user_growth=_growth(
            world.by_firm(apps.mau), world.by_firm(apps.mau_history[0]), 1e5, looked_at=adds_route
        ),
        revenue_growth=_growth(
            earned[half:].sum(axis=0), earned[:half].sum(axis=0), 1e6, looked_at=adds_route
        ),
        apps=_apps_by_firm(engine),
        revenue=firms.books.revenue_history[-1].tolist(),
        burn=firms.books.burn_week.tolist(),
        staff=firms.books.staff.tolist(),
        valuation=firms.books.post_money.tolist(),
        luck=luck.tolist(),
        market=faces(world, shares),
        labs=labs(engine),
        push_inventory=_push_inventory(engine).tolist(),
        app_users=apps.mau.tolist(),
        app_engagement=world.products.engagement.max(axis=0).tolist(),
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


def _growth(now: F64, then: F64, base: float, *, looked_at: bool) -> list[float]:
    """Log growth by firm where it is looked at; what is small beside the base does not count."""
    grown = np.log((np.maximum(now, 0.0) + base) / (np.maximum(then, 0.0) + base))
    seen: list[float] = np.where(looked_at, grown, np.inf).tolist()
    return seen


def _push_inventory(engine: Engine) -> F64:
    """People a week that own channels can be shown to, the smaller channels fewer; (F,)."""
    channels, inventory = engine.world.channels, np.zeros(len(engine.firms))
    owned = channels.owner >= 0
    if owned.any():
        np.add.at(inventory, channels.owner[owned], channels.capacity[owned])
        inventory = engine.p.push_inventory * MILLION * inventory / channels.capacity[owned].max()
    return inventory


def _menus(engine: Engine, shares: list[list[float]]) -> list[list[Menu]]:
    """Own view of each model class, by class and firm, of those that do not enter."""
    world, firms, menu = engine.world, engine.firms, engine.firms.menu
    attach = firms.attach_margin if world.on("attach_margin") else np.zeros(len(firms))
    columns = (
        menu.price.tolist(),
        menu.unit_cost.tolist(),
        [attach.tolist()] * len(CLASSES),
        shares,
        _lowest(engine).tolist(),
        (world.week <= menu.alert_until).tolist(),
        [[False] * len(firms)] * len(CLASSES),
    )
    return [list(map(Menu, *of_class)) for of_class in zip(*columns, strict=True)]


def _menu(menu: Menu, entering: bool) -> Menu:
    return menu._replace(entering=True) if entering else menu


def _lowest(engine: Engine) -> F64:
    """Lowest list price of the rivals each firm heeds, (2, F), inf without any.

    A free tier serves part of demand only, so nobody can be undercut by it altogether. Buyers of
    flagships compare peers, so only flagships of like quality count.
    """
    firms, menu = engine.firms, engine.firms.menu
    heeded = menu.entered & firms.independent & (menu.price > 0.0)
    price = np.where(heeded, menu.price, np.inf)
    rivals = compete(engine)
    quality = firms.tech.quality
    near = rivals & (np.abs(quality[:, None] - quality) <= engine.p.flagship_alert_gap)
    return np.array(
        [
            np.where(seen, price[row], np.inf).min(axis=1, initial=np.inf)
            for row, seen in ((MAIN, rivals), (FLAGSHIP, near))
        ]
    )


def compete(engine: Engine) -> Flags:
    """Whether a firm heeds another's prices: not its own, nor those of other niches; (F, F)."""
    firms = engine.firms
    apart = firms.other_niche if engine.world.on("niches") else False
    return np.asarray(~np.eye(len(firms), dtype=np.bool_) & ~apart)


def _of_others(values: F64) -> F64:
    """Largest value among the others, for each; (n,), -inf for one alone."""
    if len(values) < 2:
        return np.full(len(values), -np.inf)
    second, best = np.sort(values)[-2:]
    result = np.full(len(values), best)
    result[int(np.argmax(values))] = second
    return result
