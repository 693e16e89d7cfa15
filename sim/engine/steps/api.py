"""Step 7: accounts review vendors, token demand adjusts, free tiers serve within capacity."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim.core.units import TRILLION, WEEKS_PER_MONTH, week_of
from sim.engine.state import Engine
from sim.markets import api
from sim.markets.adoption import choice_shares
from sim.markets.trends import trend_growth
from sim.world.firms import FLAGSHIP, MAIN

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Flags = NDArray[np.bool_]

NESTS = (MAIN, FLAGSHIP)
DEMAND_ANCHOR = date(2024, 1, 1)
DEMAND_TURN = date(2024, 7, 1)
DEMAND_DECLINE = date(2025, 1, 1)
INTERNAL_ANCHOR = date(2024, 5, 15)


def serve(engine: Engine) -> None:
    """Let accounts choose, demand follow prices, and firms serve what they can."""
    utility = vendor_utility(engine)
    _choose(engine, utility)
    _price(engine)
    _grow(engine, utility)
    _serve(engine)
    _internal(engine)


def sellers(engine: Engine) -> Flags:
    """Model classes on sale, shape (2, F)."""
    return engine.firms.menu.entered & engine.firms.independent


def vendor_utility(engine: Engine) -> F64:
    """Utility of each vendor to each kind of account, (2, kinds, F)."""
    world, p, firms, accounts = engine.world, engine.p, engine.firms, engine.world.accounts
    quality = firms.tech.quality
    tooling = np.where(firms.cloud & world.on("tooling"), p.api_tooling, 0.0)
    openness = np.where(firms.tech.open_weights & world.on("openness"), p.api_openness, 0.0)
    viability = p.api_viability if world.on("viability") else 0.0
    on_sale = sellers(engine)
    price = np.where(on_sale, firms.menu.price, 0.0)
    return np.array(
        [
            api.vendor_utility(
                quality,
                firms.vendor_intercept,
                engine.flow.runway,
                openness,
                tooling,
                price[nest],
                engine.flow.class_share[nest],
                on_sale[nest],
                quality_weight=p.api_quality * accounts.quality_weight[:, None],
                price_weight=weight * accounts.price_weight[:, None],
                viability_weight=viability * accounts.viability_weight[:, None],
                price_floor=p.api_price_floor,
                inertia=p.api_inertia,
            )
            / p.api_differentiation
            for nest, weight in zip(NESTS, (p.api_price_main, p.api_price_flagship), strict=True)
        ]
    )


def _choose(engine: Engine, utility: F64) -> None:
    """Accounts without a vendor, adding, growing or switching choose by the logit."""
    world, p, accounts = engine.world, engine.p, engine.world.accounts
    for nest in NESTS:
        if not np.isfinite(utility[nest]).any():
            accounts.preferred[nest] = -1
            accounts.share[nest] = 0.0
            continue
        gone = ~np.isfinite(utility[nest][0])
        homeless = (accounts.preferred[nest] < 0) | gone[accounts.preferred[nest]]
        just_gone = gone & (engine.flow.demanded[nest] > 0)
        if just_gone.any():
            homeless |= (accounts.share[nest][:, just_gone] > 0).any(axis=1)
        # One draw with two thresholds: who switches, and above it who adds or grows.
        growth = engine.flow.demand_growth[nest] + p.vendor_add
        adds = growth if world.on("multi_homing_accounts") else 0.0
        draw = _draw(engine, f"vendor review {nest}")
        switching = draw < -np.expm1(-p.vendor_switch)
        who = np.flatnonzero(homeless | (draw < -np.expm1(-p.vendor_switch - adds)))
        if len(who) == 0:
            continue
        uniform = world.streams.uniforms(f"vendor choice {nest}", accounts.entity[who], world.week)
        chosen = api.choose(utility[nest][accounts.kind[who]], uniform)
        accounts.preferred[nest, who] = chosen
        _move(accounts.share[nest], who, chosen, gone, switching[who], p.vendor_prune_below)


def _move(
    share: F64, who: I64, chosen: I64, gone: Flags, switching: Flags, prune_below: float
) -> None:
    """Move tokens of vendors that are gone and of accounts that switch; prune small vendors."""
    rows = np.where(gone, 0.0, share[who])
    rows[switching] = 0.0
    rows[np.arange(len(who)), chosen] += 1.0 - rows.sum(axis=1)
    share[who] = api.pruned(rows, chosen, prune_below)


def _draw(engine: Engine, decision: str) -> F64:
    world = engine.world
    return world.streams.uniforms(decision, world.accounts.entity, world.week)


def _price(engine: Engine) -> None:
    """Effective prices after volume discounts, from list prices and who buys; (2, F)."""
    accounts, menu = engine.world.accounts, engine.firms.menu
    paid_share = _paid_share(engine)
    volume = accounts.size @ accounts.share
    discounted = (accounts.size * paid_share) @ accounts.share
    factor = np.where(volume > 0, discounted / np.where(volume > 0, volume, 1.0), 1.0)
    menu.effective = menu.price * factor


def _paid_share(engine: Engine) -> F64:
    """Share of the list price that each account pays: volume discount, then expectations; (N,)."""
    world, accounts = engine.world, engine.world.accounts
    discount = accounts.discount if world.on("volume_discount") else 0.0 * accounts.discount
    large = accounts.discount > 0
    reference = accounts.reference_price
    expects = np.where(
        large,
        reference if world.on("reference_price_large") else 1.0,
        reference if world.on("reference_price_small") else 1.0,
    )
    accounts.reference_price += (1.0 - reference) / engine.p.reference_price_weeks
    return np.asarray((1.0 - discount) * expects)


def market_price(engine: Engine, utility: F64) -> F64:
    """Effective price that new demand would pay by nest; (2,), nan without any vendor.

    New uses arise where they are cheap to serve, so demand answers the price of the vendors that
    buyers would choose today, not the price that the slow stock of contracts still pays.
    """
    accounts, menu = engine.world.accounts, engine.firms.menu
    volume = np.bincount(accounts.kind, weights=accounts.size, minlength=len(accounts.kinds))
    choice = choice_shares(utility)
    weight = np.einsum("k,nkf->nf", volume, choice)
    total = weight.sum(axis=1)
    price = (weight * np.nan_to_num(menu.effective)).sum(axis=1)
    return np.where(total > 0, price / np.where(total > 0, total, 1.0), np.nan)


def _grow(engine: Engine, utility: F64) -> None:
    """Move demand toward its target; growth goes to each account's preferred vendor."""
    world, p, accounts = engine.world, engine.p, engine.world.accounts
    price = market_price(engine, utility)
    engine.flow.market_price = price
    fresh = np.isnan(accounts.opening_price) & ~np.isnan(price)
    accounts.opening_price = np.where(fresh, price, accounts.opening_price)
    target = np.array(
        [
            api.demand_target(
                base,
                _trend(engine),
                float(price[nest]),
                float(accounts.opening_price[nest]),
                elasticity if world.on("price_elasticity") else 0.0,
                p.api_price_floor,
            )
            if np.isfinite(price[nest])
            else 0.0
            for nest, base, elasticity in zip(
                NESTS,
                _opening_demand(engine),
                (p.price_elasticity, p.price_elasticity_flagship),
                strict=True,
            )
        ]
    )
    start = np.where(accounts.demand > 0, accounts.demand, target * _lag(engine))
    live = (target > 0) & (start > 0)
    safe = np.where(live, start, 1.0)
    speed = p.demand_adjustment / WEEKS_PER_MONTH
    demand = np.where(live, api.adjusted(safe, np.where(live, target, 1.0), speed), 0.0)
    growth = np.maximum(demand / safe - 1.0, 0.0) * live
    engine.flow.demand_growth = np.log1p(growth)
    accounts.demand = demand
    chosen = accounts.preferred[:, 0] >= 0
    if chosen.all():
        accounts.share = api.grown_shares(accounts.share, growth, accounts.preferred)


def _months(engine: Engine, day: date) -> float:
    """Months from the start to a day; negative before it."""
    return week_of(day, engine.world.start) / WEEKS_PER_MONTH


def _trend(engine: Engine, day: date | None = None) -> float:
    """Log trend of demand from the start to a day, today without one."""
    p = engine.p
    months = engine.world.week / WEEKS_PER_MONTH if day is None else _months(engine, day)
    return trend_growth(
        months,
        _months(engine, DEMAND_TURN),
        _months(engine, DEMAND_DECLINE),
        p.demand_growth,
        p.demand_growth_late,
        p.demand_growth_half_life,
    )


def _opening_demand(engine: Engine) -> F64:
    """Target demand of each nest on the first day at the prices of then, tokens a day; (2,)."""
    p = engine.p
    total = p.demand_opening * TRILLION * np.exp(-_trend(engine, DEMAND_ANCHOR))
    return np.asarray(total * np.array([p.bulk_share, 1.0 - p.bulk_share]))


def _lag(engine: Engine) -> float:
    """Where demand under steady growth stands below its target: e^(-g/k)."""
    return float(np.exp(-engine.p.demand_growth / engine.p.demand_adjustment))


def _serve(engine: Engine) -> None:
    """Serve paid demand in full and free demand within capacity; count what pays."""
    world, p, flow, firms = engine.world, engine.p, engine.flow, engine.firms
    accounts = world.accounts
    _self_host(engine)
    active = accounts.size * ~accounts.self_hosted
    free = sellers(engine) & (firms.menu.price == 0.0)
    flow.demanded = accounts.demand[:, None] * (active @ accounts.share)
    if world.on("free_tier_flood") and free.any():
        use = _uses(engine)
        flooded = accounts.demand[:, None] * ((active * use) @ accounts.share)
        flow.demanded = np.where(free, flooded, flow.demanded)
    room = np.maximum(firms.tech.capacity - np.where(free, 0.0, flow.demanded).sum(axis=0), 0.0)
    flow.served = api.served_tokens(flow.demanded, free, room, p.free_capacity_share)
    opening = accounts.opening_price[MAIN]
    fall = 1.0 - flow.market_price[MAIN] / opening if opening > 0 else 0.0
    depth = float(np.clip(fall, 0.0, 1.0)) if np.isfinite(fall) else 0.0
    trial = p.trial_share + (p.trial_share_war - p.trial_share) * depth
    flow.paying = np.where(free, 0.0, (1.0 - trial) * flow.served)
    total = flow.served.sum(axis=1, keepdims=True)
    flow.class_share = flow.served / np.where(total > 0, total, 1.0)
    firms.tech.tokens_external = flow.served.sum(axis=0)


def _uses(engine: Engine) -> F64:
    """Use of a free tier by each account this week over its mean: heavy-tailed, mean 1; (N,)."""
    tail = engine.p.free_use_tail
    uniform = _draw(engine, "free use")
    return np.asarray((1.0 - uniform) ** (-1.0 / tail) * (tail - 1.0) / tail)


def _self_host(engine: Engine) -> None:
    """Accounts with engineers serve themselves when open weights come close."""
    world, p, accounts = engine.world, engine.p, engine.world.accounts
    if not world.on("open_frontier"):
        return
    best = engine.firms.tech.quality[engine.firms.independent].max(initial=0.0)
    gap = best - (world.frontiers.open_weights - p.open_post_training_loss)
    willing = 1.0 / (1.0 + np.exp((gap - p.self_host_open_gap) / p.self_host_spread))
    hazard = p.self_host_hazard * willing * accounts.engineers
    accounts.self_hosted |= _draw(engine, "self hosting") < -np.expm1(-hazard)


def _internal(engine: Engine) -> None:
    """Tokens of the firms' own products and work: W0 e^(g t) (c/c0)^-1, and users x tokens."""
    world, p, firms = engine.world, engine.p, engine.firms
    cost = firms.menu.unit_cost[MAIN]
    months = world.week / WEEKS_PER_MONTH - _months(engine, INTERNAL_ANCHOR)
    if months >= 0 and np.isnan(firms.tech.cost_anchor).all():
        firms.tech.cost_anchor = cost.copy()
    cheaper = np.nan_to_num(firms.tech.cost_anchor / cost, nan=1.0)
    growth = trend_growth(
        months,
        _months(engine, DEMAND_DECLINE) - _months(engine, INTERNAL_ANCHOR),
        _months(engine, DEMAND_DECLINE) - _months(engine, INTERNAL_ANCHOR),
        p.internal_growth,
        p.internal_growth,
        p.internal_growth_half_life,
    )
    scale = np.where(firms.internal_lead, 1.0, np.where(firms.cloud, p.internal_others, 0.0))
    work = p.internal_opening * TRILLION * np.exp(growth) * cheaper * scale
    users = world.by_firm(world.apps.mau)
    firms.tech.tokens_internal = np.where(
        firms.independent, work + p.stickiness * users * p.tokens_per_user, 0.0
    )
