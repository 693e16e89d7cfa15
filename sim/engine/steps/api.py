"""Step 7: token demand adjusts, accounts review vendors, free tiers serve within capacity."""

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.core.ranges import known
from sim.core.streams import Streams
from sim.core.units import TRILLION, WEEKS_PER_MONTH, week_of
from sim.engine.state import Engine
from sim.markets import api
from sim.markets.adoption import choice_shares
from sim.markets.pricing import cached_factor
from sim.markets.trends import trend_growth
from sim.world.firms import FLAGSHIP, MAIN

if TYPE_CHECKING:
    from sim.world.account_kernel import Totals

F64 = NDArray[np.float64]
Flags = NDArray[np.bool_]

NESTS = (MAIN, FLAGSHIP)
DEMAND_ANCHOR = date(2024, 1, 1)
DEMAND_TURN = date(2024, 7, 1)
DEMAND_DECLINE = date(2025, 1, 1)
INTERNAL_ANCHOR = date(2024, 5, 15)
DRAWS = (
    *(
        f"{what} {nest}"
        for what in ("vendor review", "vendor choice", "contract")
        for nest in NESTS
    ),
    "self hosting",
    "free use",
)
"""Named draws in the order in which the kernel takes their keys."""


def open_accounts(engine: Engine) -> None:
    """Work out what follows from the accounts' sizes for good."""
    p, accounts = engine.p, engine.world.accounts
    accounts.keep_above = api.worth_keeping(accounts.size, p.vendor_prune_below)
    accounts.able = accounts.engineers * api.fills_a_server(accounts.size, p.self_host_volume)
    if engine.world.on("volume_discount"):
        slope, most = p.volume_discount, p.volume_discount_most
        accounts.discount = api.volume_discount(accounts.size, slope, most)


def hear_of_open_weights(engine: Engine) -> None:
    """Lower what accounts expect to pay: all small ones a little, a few large ones to a tenth."""
    world, p, accounts = engine.world, engine.p, engine.world.accounts
    large = accounts.size > np.median(accounts.size)
    if world.on("reference_price_small"):
        accounts.reference *= np.where(large, 1.0, 1.0 - p.reference_price_effect)
    if world.on("reference_price_large"):
        chance = p.reference_price_effect / (1.0 - p.reference_offer_cut)
        cut = large & (_draw(engine, "offer after an open release") < chance)
        accounts.reference *= np.where(cut, p.reference_offer_cut, 1.0)


def serve(engine: Engine) -> None:
    """Let demand follow prices, accounts choose, and firms serve what they can."""
    accounts, menu = engine.world.accounts, engine.firms.menu
    menu.effective = menu.price * accounts.price_factor * _cached(engine)
    new = vendor_utility(engine)
    choice = choice_shares(new)
    wanted = _adjust(engine, choice)
    reviewing = choice
    if not engine.world.on("quality_entry"):
        reviewing = choice_shares(vendor_utility(engine, new_demand=False))
    cumulative = np.stack([np.cumsum(one, axis=-1) for one in (reviewing, choice)], axis=1)
    totals = _advance(engine, cumulative, wanted)
    _price(engine, totals)
    _serve(engine, totals)
    _internal(engine)


def sellers(engine: Engine) -> Flags:
    """Model classes on sale, shape (2, F)."""
    return engine.firms.menu.entered & engine.firms.independent


def vendor_utility(engine: Engine, new_demand: bool = True) -> F64:
    """Utility of each vendor to each kind of account, (2, kinds, F): to new demand, or on review.

    Old users always rank by quality; whether new ones do is a mechanism of its own.
    """
    world, p, firms, accounts = engine.world, engine.p, engine.firms, engine.world.accounts
    on_sale = sellers(engine)
    heed = world.on("quality_over_price") and (world.on("quality_entry") or not new_demand)
    viability = p.api_viability if world.on("viability") else 0.0
    price_weight = np.array([[p.api_price_main], [p.api_price_flagship]]) * accounts.price_weight
    value = api.vendor_utility(
        firms.tech.quality,
        firms.vendor_intercept,
        engine.flow.runway,
        np.where(firms.tech.open_weights & world.on("openness"), p.api_openness, 0.0),
        np.where(firms.cloud & world.on("tooling"), p.api_tooling, 0.0),
        np.where(on_sale, firms.menu.price, 0.0),
        engine.flow.class_share,
        on_sale,
        quality_weight=(p.api_quality if heed else 0.0) * accounts.quality_weight[:, None],
        price_weight=price_weight[:, :, None],
        viability_weight=viability * accounts.viability_weight[:, None],
        price_floor=p.api_price_floor,
        inertia=p.api_inertia,
    )
    apart = 1.0 if world.on("differentiation") else p.differentiation_apart
    return np.asarray(value / (p.api_differentiation * apart))


def _adjust(engine: Engine, choice: F64) -> F64:
    """Move demand toward its target at today's prices; return the target, tokens a day, (2,)."""
    world, p, accounts = engine.world, engine.p, engine.world.accounts
    price = market_price(engine, choice)
    engine.flow.market_price = price
    fresh = np.isnan(accounts.opening_price) & ~np.isnan(price)
    accounts.opening_price = np.where(fresh, price, accounts.opening_price)
    trend, elastic = _trend(engine), world.on("price_elasticity")
    elasticity = (p.price_elasticity, p.price_elasticity_flagship)
    wanted = np.array(
        [
            api.demand_target(base, trend, now, before, eps if elastic else 0.0, p.api_price_floor)
            if np.isfinite(now)
            else 0.0
            for base, now, before, eps in zip(
                _opening_demand(engine).tolist(),
                price.tolist(),
                accounts.opening_price.tolist(),
                elasticity,
                strict=True,
            )
        ]
    )
    start = np.where(accounts.demand > 0, accounts.demand, wanted * _lag(engine))
    live = (wanted > 0) & (start > 0)
    safe = np.where(live, start, 1.0)
    speed = p.demand_adjustment / WEEKS_PER_MONTH
    demand = np.where(live, api.adjusted(safe, np.where(live, wanted, 1.0), speed), 0.0)
    engine.flow.demand_growth = np.maximum(demand / safe - 1.0, 0.0) * live
    accounts.demand = demand
    return wanted


def market_price(engine: Engine, choice: F64) -> F64:
    """Effective price that new demand would pay by nest; (2,), nan without any vendor.

    New uses arise where they are cheap to serve, so demand answers the price of the vendors that
    buyers would choose today, not the price that the slow stock of contracts still pays.
    """
    weight = engine.world.accounts.kind_volume @ choice
    total = weight.sum(axis=1)
    price = (weight * known(engine.firms.menu.effective)).sum(axis=1)
    return np.where(total > 0, price / np.where(total > 0, total, 1.0), np.nan)


def _advance(engine: Engine, cumulative: F64, wanted: F64) -> "Totals":
    """Let accounts review, grow and host themselves; return what they add up to."""
    from sim.world import account_kernel as kernel

    world, p, flow, accounts = engine.world, engine.p, engine.flow, engine.world.accounts
    on_sale = sellers(engine)
    growth = flow.demand_growth
    adding = p.vendor_add if world.on("multi_homing_accounts") else 0.0
    growing = np.log1p(growth) if world.on("multi_homing_accounts") else 0.0 * growth
    both = p.vendor_switch + adding
    hazard = np.array([[p.vendor_switch, both, both + new] for new in growing.tolist()])
    lift = np.zeros(on_sale.shape)
    if world.on("model_retirement") and flow.retired.any():
        lift = on_sale * api.replacement_lift(
            p.retirement_reset, wanted, accounts.demand, flow.retired
        )
    flood = on_sale & (engine.firms.menu.price == 0.0)
    rules = kernel.Rules(
        cumulative=cumulative,
        gone=~on_sale,
        leaving=np.logical_or.reduce(accounts.sold & ~on_sale, axis=1),
        review=-np.expm1(-hazard),
        growth=growth,
        lift=lift,
        free=flood & world.on("free_tier_flood"),
        contract_weeks=_contract_weeks(engine),
        week=world.week,
        host_hazard=_hosting_hazard(engine),
        recovery=1.0 / p.reference_price_weeks,
        free_tail=p.free_use_tail,
        free_most=p.free_use_most,
    )
    fixed = kernel.Static(
        accounts.entity,
        accounts.kind,
        accounts.size,
        accounts.discount,
        accounts.able,
        accounts.keep_above,
    )
    state = kernel.State(
        accounts.vendor,
        accounts.share,
        accounts.preferred,
        accounts.bound_until,
        accounts.self_hosted,
        accounts.reference,
    )
    totals = kernel.advance(fixed, state, rules, kernel.keys(_named(world.streams), world.week))
    accounts.sold = on_sale
    accounts.demand = accounts.demand * (1.0 + totals.lifted)
    return totals


@lru_cache(maxsize=16)
def _named(streams: Streams) -> NDArray[np.int64]:
    return np.array([streams.named(name) for name in DRAWS], dtype=np.int64)


def _draw(engine: Engine, decision: str) -> F64:
    world = engine.world
    return world.streams.uniforms(decision, world.accounts.entity, world.week)


def _contract_weeks(engine: Engine) -> F64:
    """Mean length of contracts by nest, shorter when the best offer improves fast; (2,)."""
    world, p, accounts = engine.world, engine.p, engine.world.accounts
    if not world.on("obsolescence_wait"):
        return np.full(2, p.contract_weeks)
    best = engine.firms.tech.quality[engine.firms.independent].max(initial=-np.inf)
    price_weight = np.array([p.api_price_main, p.api_price_flagship])
    price = engine.flow.market_price + p.api_price_floor
    offer = p.api_quality * best - price_weight * np.log(price)
    known = np.isfinite(offer)
    change = np.where(known & np.isfinite(accounts.offer), offer - accounts.offer, 0.0)
    accounts.progress = api.progress(change, accounts.progress, p.obsolescence_memory_weeks)
    accounts.offer = np.where(known, offer, accounts.offer)
    return api.contract_length(p.contract_weeks, p.obsolescence_aversion, accounts.progress)


def _hosting_hazard(engine: Engine) -> float:
    """Hazard a week that an able account serves itself: open weights have come close."""
    world, p = engine.world, engine.p
    if not world.on("open_frontier"):
        return 0.0
    best = engine.firms.tech.quality[engine.firms.independent].max(initial=0.0)
    gap = best - (world.frontiers.open_weights - p.open_post_training_loss)
    return float(
        p.self_host_hazard / (1.0 + np.exp((gap - p.self_host_open_gap) / p.self_host_spread))
    )


def _price(engine: Engine, totals: "Totals") -> None:
    """Effective prices after volume discounts, caches and expectations, by who buys; (2, F)."""
    accounts, menu = engine.world.accounts, engine.firms.menu
    volume = totals.volume.sum(axis=1)
    accounts.price_factor = np.where(
        volume > 0, totals.paid / np.where(volume > 0, volume, 1.0), 1.0
    )
    menu.effective = menu.price * accounts.price_factor * _cached(engine)


def _cached(engine: Engine) -> F64:
    p = engine.p
    ratio = engine.firms.menu.output_ratio
    return cached_factor(ratio, p.input_share, p.cache_hits, p.cache_price)


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


def _serve(engine: Engine, totals: "Totals") -> None:
    """Serve paid demand in full and free demand within capacity; count what pays."""
    p, flow, firms = engine.p, engine.flow, engine.firms
    accounts = engine.world.accounts
    free = sellers(engine) & (firms.menu.price == 0.0)
    used = totals.volume.sum(axis=1)
    if engine.world.on("free_tier_flood"):
        used = np.where(free, totals.flooded, used)
    flow.demanded = accounts.demand[:, None] * used
    room = np.maximum(firms.tech.capacity - np.where(free, 0.0, flow.demanded).sum(axis=0), 0.0)
    flow.served = api.served_tokens(flow.demanded, free, room, p.free_capacity_share)
    opening = accounts.opening_price[MAIN]
    fall = 1.0 - flow.market_price[MAIN] / opening if opening > 0 else 0.0
    depth = min(max(fall, 0.0), 1.0) if np.isfinite(fall) else 0.0
    trial = p.trial_share + (p.trial_share_war - p.trial_share) * depth
    flow.paying = np.where(free, 0.0, (1.0 - trial) * flow.served)
    total = flow.served.sum(axis=1, keepdims=True)
    flow.class_share = flow.served / np.where(total > 0, total, 1.0)
    flow.customers = totals.customers
    flow.bound = totals.bound
    flow.volume = totals.volume
    firms.tech.tokens_external = flow.served.sum(axis=0)


def _internal(engine: Engine) -> None:
    """Tokens of the firms' own products and work: W0 e^(g t) (c/c0)^-1, and users x tokens."""
    world, p, firms = engine.world, engine.p, engine.firms
    cost = firms.menu.unit_cost[MAIN]
    months = world.week / WEEKS_PER_MONTH - _months(engine, INTERNAL_ANCHOR)
    if months >= 0 and np.isnan(firms.tech.cost_anchor).all():
        firms.tech.cost_anchor = cost.copy()
    cheaper = known(firms.tech.cost_anchor / cost, 1.0)
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
