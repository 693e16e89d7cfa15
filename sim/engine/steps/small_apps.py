"""Step 6, small app startups (E14): they enter, buy users, stop or pivot; firm-level only."""

import numpy as np
from numpy.typing import NDArray

from sim.core.units import FEN_PER_CNY, MILLION, WEEKS_PER_MONTH, WEEKS_PER_YEAR, to_fen
from sim.engine.state import Engine
from sim.engine.steps.cohorts import bought_users
from sim.markets import advertising, products
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
        _trade(engine)
        _tell(engine)


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


def _trade(engine: Engine) -> None:
    """Book a week: subscriptions in, ads and wages out, as far as the cash goes."""
    world, p, small, ledger = engine.world, engine.p, engine.world.small_apps, engine.ledger
    account = ledger.index[ACCOUNT]
    earned = to_fen(small.users * small.payment / WEEKS_PER_MONTH)
    ledger.post(ledger.index["consumers"], account, earned, Line.REVENUE_SUBSCRIPTION)
    small.cash = small.cash + earned
    wages = np.minimum(to_fen(np.full(len(small), p.small_app_team * MILLION)), small.cash)
    ledger.post(account, ledger.index["people"], wages, Line.COST_STAFF)
    small.cash = small.cash - wages
    niche = p.small_app_niche * MILLION
    # The next user is dearer as few of the niche are left.
    cost = crowded_cost(engine) * advertising.scarcity(niche, small.users)
    wish = p.small_app_ads * small.cash / FEN_PER_CNY if world.on("advertising") else 0.0
    # Nobody buys more than half of whom a niche has left, nor knowingly at a loss.
    room = np.maximum(niche - small.users, 0.0) / 2.0
    pays = (cost <= worth(engine)) | (small.weeks < TRIAL_WEEKS)
    pays |= not world.on("unit_economics_stop")
    spend = np.minimum(wish, room * np.where(np.isfinite(cost), cost, 0.0))
    ads = np.minimum(to_fen(np.where(pays, spend, 0.0)), small.cash)
    if len(world.channels):
        media = world.channels.media[(small.entity % np.uint64(len(world.channels))).astype(int)]
        ledger.post(account, media, ads, Line.COST_ADS)
        small.cash = small.cash - ads
    bought = ads / FEN_PER_CNY / cost
    leaving = 1.0 / bought_users(engine).left.sum()
    small.users = small.users * np.exp(-leaving) + bought
    small.weeks = small.weeks + 1
    small.revenue, small.ad_spend = earned.sum() / FEN_PER_CNY, ads.sum() / FEN_PER_CNY


def _tell(engine: Engine) -> None:
    """Stop or pivot those whose users cost more than they are worth; stop those out of cash."""
    world, p, small = engine.world, engine.p, engine.world.small_apps
    due = (small.weeks % TRIAL_WEEKS == 0) & world.on("unit_economics_stop")
    luck = world.streams.uniforms("small app pivot", small.entity, world.week)
    stops, pivots = products.outcome(
        crowded_cost(engine), worth(engine), due, luck, p.small_app_pivot
    )
    broke = small.cash < to_fen(np.array([p.small_app_team * MILLION]))[0]
    stops, pivots = stops | broke, pivots & ~broke
    if pivots.any():
        small.payment[pivots], small.cost[pivots] = _niche(engine, small.entity[pivots])
        small.users = np.where(pivots, 0.0, small.users)
        small.weeks = np.where(pivots, 0, small.weeks)
    small.stopped, small.pivoted = int(stops.sum()), int(pivots.sum())
    if not small.stopped:
        return
    left = small.cash[stops]
    ledger = engine.ledger
    ledger.post(ledger.index[ACCOUNT], ledger.index["world"], left, Line.LIQUIDATION)
    small.keep(~stops)
