"""Step 6, small app startups (E14): they enter, buy users, stop or pivot; firm-level only."""

import numpy as np
from numpy.typing import NDArray

from sim.core.units import FEN_PER_CNY, MILLION, WEEKS_PER_MONTH, WEEKS_PER_YEAR, to_fen
from sim.engine.state import Engine
from sim.engine.steps.cohorts import bought_users
from sim.markets import products
from sim.world.investors import KINDS
from sim.world.ledger import Line
from sim.world.products import SmallApps

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

TRIAL_WEEKS = 13
VENTURE = (KINDS.index("rmb_vc"), KINDS.index("usd_vc"))
ACCOUNT = "small_apps"


def live(engine: Engine) -> None:
    """Let small app startups enter, live a week, and stop or pivot where users cost too much."""
    small = engine.world.small_apps
    small.entrants = small.stopped = small.pivoted = 0
    small.raised = small.revenue = small.ad_spend = 0.0
    small.crowding = _crowding(engine)
    if engine.world.on("small_app_entry"):
        _enter(engine)
    if len(small):
        _tell(engine, _trade(engine))


def crowded_cost(engine: Engine) -> F64:
    """What a user costs each small app on channels as crowded as they are, CNY."""
    return engine.world.small_apps.cost * engine.world.small_apps.crowding


def _crowding(engine: Engine) -> float:
    """By how much this week's spend raises the cost of a user, over all channels."""
    channels = engine.world.channels
    if not len(channels):
        return np.inf
    theta = engine.p.crowding if engine.world.on("ad_crowding") else 0.0
    load = 1.0 + engine.flow.ad_spend.sum(axis=0) / channels.capacity
    return float((load**theta).mean())


def worth(engine: Engine) -> F64:
    """What a user pays each small app until leaving, CNY."""
    payment = engine.world.small_apps.payment
    return products.worth_of_a_user(payment, bought_users(engine).there, WEEKS_PER_MONTH)


def _enter(engine: Engine) -> None:
    """Draw this week's entrants; one venture investor pays each, as far as there is one."""
    world, p, small, investors = engine.world, engine.p, engine.world.small_apps, (
        engine.world.investors
    )  # fmt: skip
    shift = p.small_app_shift if world.on("apps_favoured") else 0.0
    rate = products.entry_rate(p.small_app_rate, shift, world.mood.herd, p.small_app_usual_rounds)
    count = world.streams.poisson("small apps", "market", world.week, rate / WEEKS_PER_YEAR)
    if not count:
        return
    identity = np.arange(count, dtype=np.uint64) + np.uint64(world.week << 20)
    venture = np.flatnonzero((investors.kind == VENTURE[0]) | (investors.kind == VENTURE[1]))
    if not len(venture):
        return
    luck = world.streams.uniforms("small app cash", identity, world.week)
    spread = p.small_app_cash_most - p.small_app_cash_least
    money = MILLION * (p.small_app_cash_least + spread * luck)
    payer = venture[
        (world.streams.uniforms("small app investor", identity, world.week) * len(venture)).astype(
            np.int64
        )
    ]
    paid = np.zeros(count, dtype=np.bool_)
    for number, (one, amount) in enumerate(zip(payer, money, strict=True)):
        if investors.dry_powder[one] >= amount:
            investors.dry_powder[one] -= amount
            paid[number] = True
    if not paid.any():
        return
    target = engine.ledger.index[ACCOUNT]
    fen = to_fen(money[paid])
    engine.ledger.post(investors.account[payer[paid]], target, fen, Line.EQUITY)
    payment, cost = _niche(engine, identity[paid])
    none = np.zeros(len(fen))
    small.join(SmallApps(identity[paid], fen, payment, cost, none, none.astype(np.int64)))
    small.entrants, small.raised = len(fen), float(fen.sum()) / FEN_PER_CNY


def _niche(engine: Engine, entity: NDArray[np.uint64]) -> tuple[F64, F64]:
    """Draw what users of a niche pay a month and cost to win, CNY."""
    p, streams, week = engine.p, engine.world.streams, engine.world.week
    pays = streams.normals("small app payment", entity, week)
    costs = streams.normals("small app cost", entity, week)
    spread = p.small_app_spread
    return p.small_app_payment * np.exp(spread * pays), p.small_app_cost * np.exp(spread * costs)


def _trade(engine: Engine) -> I64:
    """Book a week: subscriptions in, ads and wages out; return the fate of each."""
    from sim.world.small_app_kernel import live_a_week

    world, p, small, ledger = engine.world, engine.p, engine.world.small_apps, engine.ledger
    account, bought = ledger.index[ACCOUNT], bought_users(engine)
    earned, wages, ads, fate = live_a_week(
        small.entity,
        small.cash,
        small.payment,
        small.cost,
        small.users,
        small.weeks,
        small.crowding,
        bought.weeks_paid,
        bought.staying,
        int(to_fen(p.small_app_team * MILLION)),
        p.small_app_niche * MILLION,
        p.small_app_ads if world.on("advertising") else 0.0,
        world.on("unit_economics_stop"),
        TRIAL_WEEKS,
        p.small_app_pivot,
        world.streams.named("small app pivot"),
        world.week,
        len(world.channels),
    )
    for source, target, fen, why in (
        (ledger.index["consumers"], account, earned, Line.REVENUE_SUBSCRIPTION),
        (account, ledger.index["people"], wages, Line.COST_STAFF),
        (account, world.channels.media, ads, Line.COST_ADS),
    ):
        ledger.post(source, target, np.asarray(fen), why)
    small.revenue, small.ad_spend = earned / FEN_PER_CNY, float(ads.sum()) / FEN_PER_CNY
    return np.asarray(fate)


def _tell(engine: Engine, fate: I64) -> None:
    """Let some pivot to another niche, and close those that stop."""
    from sim.world.small_app_kernel import PIVOTS, STOPS

    small, ledger = engine.world.small_apps, engine.ledger
    if not fate.any():
        return
    pivots, stops = fate == PIVOTS, fate == STOPS
    small.stopped, small.pivoted = int(stops.sum()), int(pivots.sum())
    if small.pivoted:
        small.payment[pivots], small.cost[pivots] = _niche(engine, small.entity[pivots])
        small.users[pivots] = 0.0
        small.weeks[pivots] = 0
    if small.stopped:
        ledger.post(
            ledger.index[ACCOUNT], ledger.index["world"], small.cash[stops], Line.LIQUIDATION
        )
        small.keep(~stops)
