"""Step 9: revenue, cost, cash; each payment is a ledger entry with two sides."""

import numpy as np
from numpy.typing import NDArray

from sim.core.units import (
    DAYS_PER_WEEK,
    FEN_PER_CNY,
    TOKENS_PER_MTOK,
    WEEKS_PER_MONTH,
    WEEKS_PER_YEAR,
    to_fen,
)
from sim.engine.clock import Collection, LayOff
from sim.engine.decisions import ask
from sim.engine.state import Engine
from sim.engine.steps.talent import decide as decide_pay
from sim.engine.steps.talent import extra_pay
from sim.engine.steps.training import decide as decide_research
from sim.engine.steps.training import train
from sim.markets import treasury
from sim.markets.trends import fading
from sim.world.firms import MAIN
from sim.world.ledger import Line

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

BURN_MEMORY = 0.1
OVERSEAS_HALF_LIFE_YEARS = 2.0
PAY_REVIEW_WEEKS = 4
WAGES = (Line.COST_RD_STAFF, Line.COST_STAFF)
CONTRACTS = (Line.COST_OTHER, Line.COST_API, Line.COST_APPS, Line.COST_DEPLOYMENT)
MARKETING = (Line.COST_ADS, Line.COST_MARKETING_OTHER)
TRAINING = (Line.COST_RD_COMPUTE,)
RANKS = (*WAGES, *CONTRACTS, *MARKETING, *TRAINING)


def settle(engine: Engine) -> None:
    """Plan, collect revenue, then pay wages, contracts, ads and training as far as money goes."""
    _plan(engine)
    before = engine.ledger.balance[engine.firms.cash].copy()
    revenue = _earn(engine)
    noise = _unforeseen(engine)
    due = _due(engine, noise)
    credits_used = _use_credits(engine, due)
    support = _parents_pay(engine, due)
    paid = treasury.paid_in_order(engine.ledger.balance[engine.firms.cash], due)
    _pay(engine, paid)
    wages, owed = paid[: len(WAGES)].sum(axis=0), due[: len(WAGES)].sum(axis=0)
    books = engine.firms.books
    books.weeks_without_cash = np.where(wages < owed, books.weeks_without_cash + 1, 0)
    trained = (paid[-1] + credits_used) / FEN_PER_CNY
    train(engine, trained)
    _remember(engine, before + support - to_fen(noise), revenue)


def _plan(engine: Engine) -> None:
    """Set research compute and staff for the week."""
    world, p, firms = engine.world, engine.p, engine.firms
    for firm in np.flatnonzero(firms.independent):
        if firms.tech.pretraining[firm]:
            decide_research(engine, int(firm), ask(engine, int(firm), "research"))
        if world.week % PAY_REVIEW_WEEKS == 0:
            decide_pay(engine, int(firm), ask(engine, int(firm), "talent"))
    cash = engine.ledger.balance_cny(firms.cash)
    most = cash / (p.research_cash_months * WEEKS_PER_MONTH)
    capped = np.minimum(firms.books.research_week, np.maximum(most, 0.0))
    poor = ~firms.tech.pretraining & ~firms.backed
    firms.books.research_week = np.where(poor, capped, firms.books.research_week)
    growth = treasury.staff_growth(
        engine.flow.runway,
        p.staff_runway_grow,
        p.staff_runway_stop,
        p.staff_growth_min,
        p.staff_growth_max,
    )
    hiring = np.where(firms.backed, p.staff_growth_min * (world.years < 2.0), growth)
    firms.books.staff *= np.exp(np.where(firms.independent, hiring, 0.0) / WEEKS_PER_MONTH)
    for notice in engine.clock.take(LayOff):
        firms.books.staff[notice.firm] = max(firms.books.staff[notice.firm] - notice.people, 1.0)


def _earn(engine: Engine) -> I64:
    """Book the week's revenue; return fen by firm, receivables included."""
    world, firms, ledger, flow = engine.world, engine.firms, engine.ledger, engine.flow
    outside = ledger.index
    volume = DAYS_PER_WEEK / TOKENS_PER_MTOK
    live = firms.independent
    api = np.where(
        live, (flow.paying * np.nan_to_num(firms.menu.effective)).sum(axis=0) * volume, 0.0
    )
    attach = np.where(live, flow.served.sum(axis=0) * firms.attach_margin * volume, 0.0)
    if not world.on("attach_margin"):
        attach = 0.0 * attach
    abroad = firms.books.overseas_users * _revenue_abroad(engine) * live
    total: I64 = ledger.turnover[Line.REVENUE_DEPLOYMENT, firms.receivables].copy()
    for payer, amount, line in (
        ("accounts", api, Line.REVENUE_API),
        ("accounts", attach, Line.REVENUE_ATTACH),
        ("consumers", _subscriptions(engine), Line.REVENUE_SUBSCRIPTION),
        ("world", abroad, Line.REVENUE_OVERSEAS),
    ):
        total += ledger.pay(outside[payer], firms.cash, amount, line)
    for paid in engine.clock.take(Collection):
        if firms.independent[paid.firm]:
            fen = np.array([paid.fen], dtype=np.int64)
            ledger.post(firms.receivables[paid.firm], firms.cash[paid.firm], fen, Line.COLLECTION)
    return total


def _subscriptions(engine: Engine) -> F64:
    """Subscription revenue of the week by firm, CNY."""
    world, p = engine.world, engine.p
    if world.consumers is None:
        return np.zeros(len(engine.firms))
    price = np.array([0.0, p.basic_price, p.premium_price]) / WEEKS_PER_MONTH
    by_app = (world.consumers.tiers * world.people_per_agent) @ price
    return np.where(engine.firms.independent, world.by_firm(by_app), 0.0)


def _revenue_abroad(engine: Engine) -> float:
    """CNY per user and week abroad: grows at a rate that halves every two years."""
    p = engine.p
    growth = fading(engine.world.years, p.overseas_revenue_growth, OVERSEAS_HALF_LIFE_YEARS)
    return float(p.overseas_revenue * np.exp(growth))


def _unforeseen(engine: Engine) -> F64:
    """Unforeseen cost of the week, CNY; a windfall is paid at once by the rest of the world."""
    world, firms, burn = engine.world, engine.firms, engine.firms.books.burn_week
    noise = treasury.unforeseen_cost(
        np.maximum(burn, 0.0) * WEEKS_PER_YEAR,
        engine.p.burn_volatility,
        1.0 / WEEKS_PER_YEAR,
        world.streams.normals("unforeseen cost", firms.entity, world.week),
    )
    # A parent pools the surprises of its units.
    noise = np.where(firms.backed | ~firms.independent, 0.0, noise)
    windfall = np.maximum(-noise, 0.0)
    engine.ledger.pay(engine.ledger.index["world"], firms.cash, windfall, Line.COST_OTHER)
    return noise


def _due(engine: Engine, noise: F64) -> I64:
    """What each firm owes this week by rank of payment, fen; (ranks, F)."""
    world, p, firms, flow = engine.world, engine.p, engine.firms, engine.flow
    books, cost = firms.books, firms.menu.unit_cost
    volume = DAYS_PER_WEEK / TOKENS_PER_MTOK
    pay = books.staff * p.staff_cost / WEEKS_PER_MONTH
    users = world.by_firm(world.apps.mau)
    app_tokens = users * p.stickiness * p.tokens_per_user
    ads = ad_bill(engine)
    push = world.by_firm(pushed_people(engine) * p.push_cost)
    due = {
        Line.COST_RD_STAFF: np.maximum(pay * p.research_staff_share + extra_pay(engine), 0.0),
        Line.COST_STAFF: pay * (1.0 - p.research_staff_share),
        Line.COST_OTHER: pay * p.overhead_share + np.maximum(noise, 0.0) + flow.severance,
        Line.COST_API: (flow.served * cost).sum(axis=0) * volume,
        Line.COST_APPS: app_tokens * cost[MAIN] * p.serving_cost_user * volume,
        Line.COST_DEPLOYMENT: flow.deployment_cost,
        Line.COST_ADS: ads.sum(axis=1),
        Line.COST_MARKETING_OTHER: p.marketing_other_share * ads.sum(axis=1) + push,
        Line.COST_RD_COMPUTE: books.research_week + firms.lab.purchases,
    }
    flow.severance = np.zeros(len(firms))
    table = np.array([due[line] for line in RANKS])
    return to_fen(np.where(firms.independent, np.nan_to_num(table), 0.0))


def ad_bill(engine: Engine) -> F64:
    """What each firm pays for ads by channel, CNY; an owner pays its transfer price; (F, K)."""
    world, flow = engine.world, engine.flow
    bill = world.by_firm(flow.ad_spend)
    own = np.arange(len(engine.firms))[:, None] == world.channels.owner
    share = engine.p.transfer_share if world.on("transfer_price") else 1.0
    return np.where(own, share * bill, bill)


def pushed_people(engine: Engine) -> F64:
    """People pushed to each app this week, (A,)."""
    counts = engine.world.counts
    if counts is None:
        return np.zeros(len(engine.world.apps))
    return np.asarray(counts.adds_pushed * engine.world.people_per_agent, dtype=np.float64)


def _use_credits(engine: Engine, due: I64) -> I64:
    """Pay part of research compute with credits; they return to their issuer as cloud revenue."""
    firms, ledger, p = engine.firms, engine.ledger, engine.p
    owed = firms.credits_owed
    if not owed.any():
        return np.zeros(len(firms), dtype=np.int64)
    wish = np.floor(p.credits_use * due[-1]).astype(np.int64)
    total = owed.sum(axis=1)
    used: I64 = np.minimum(wish, total)
    for firm in np.flatnonzero(used):
        left = int(used[firm])
        for cloud in np.flatnonzero(owed[firm]):
            part = min(left, int(owed[firm, cloud]))
            owed[firm, cloud] -= part
            left -= part
            ledger.post(firms.credits[firm], firms.cash[cloud], np.array([part]), Line.CREDITS_USED)
    due[-1] -= used
    return used


def _parents_pay(engine: Engine, due: I64) -> I64:
    """Let parents pay what backed firms cannot, fen by firm."""
    firms, ledger = engine.firms, engine.ledger
    missing = np.maximum(due.sum(axis=0) - ledger.balance[firms.cash], 0)
    backed = firms.backed & firms.independent & engine.world.on("parent_backing")
    support = np.where(backed, missing, 0)
    return ledger.post(firms.parents, firms.cash, support, Line.PARENT_SUPPORT)


def _pay(engine: Engine, paid: I64) -> None:
    """Post what is paid; ads go to the channels in proportion to the bill."""
    firms, ledger = engine.firms, engine.ledger
    people, suppliers = ledger.index["people"], ledger.index["suppliers"]
    for rank, line in enumerate(RANKS):
        if line is Line.COST_ADS:
            _pay_ads(engine, paid[rank])
        else:
            ledger.post(firms.cash, people if line in WAGES else suppliers, paid[rank], line)


def _pay_ads(engine: Engine, paid: I64) -> None:
    """Pay each channel its part of what a firm can pay, whole fen, the last channel the rest."""
    firms, channels = engine.firms, engine.world.channels
    bill = ad_bill(engine)
    total = bill.sum(axis=1, keepdims=True)
    part = np.floor(bill / np.where(total > 0, total, 1.0) * paid[:, None]).astype(np.int64)
    if part.size == 0:
        return
    part[np.arange(len(firms)), bill.argmax(axis=1)] += paid - part.sum(axis=1)
    own = np.arange(len(firms))[:, None] == channels.owner
    payee = np.where(own, firms.parents[:, None], channels.media)
    engine.ledger.post(np.broadcast_to(firms.cash[:, None], part.shape), payee, part, Line.COST_ADS)


def _remember(engine: Engine, before: I64, revenue: I64) -> None:
    """Update burn and runway from what cash did, surprises apart, and the quarter's revenue."""
    firms, books = engine.firms, engine.firms.books
    burn = (before - engine.ledger.balance[firms.cash]) / FEN_PER_CNY
    books.burn_week += BURN_MEMORY * (burn - books.burn_week)
    cash = engine.ledger.balance_cny(firms.cash)
    runway = treasury.runway_months(cash, books.burn_week * WEEKS_PER_MONTH)
    backed = firms.backed & engine.world.on("parent_backing")
    engine.flow.runway = np.where(backed, treasury.LONGEST_RUNWAY_MONTHS, runway)
    books.revenue_history = np.vstack([books.revenue_history[1:], revenue / FEN_PER_CNY])
