"""Step 9: revenue, cost, cash; each payment is a ledger entry with two sides."""

import numpy as np
from numpy.typing import NDArray

from sim.core.ranges import known, shifted
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
from sim.engine.steps import categories
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
EARNED = np.array(
    [
        Line.REVENUE_API,
        Line.REVENUE_ATTACH,
        Line.REVENUE_SUBSCRIPTION,
        Line.REVENUE_OVERSEAS,
        Line.COST_OTHER,
    ]
)
"""What cash comes in for each week; the last is a windfall, a cost that turned out lower."""
PAYERS = ("accounts", "accounts", "consumers", "world", "world")
WAGES = (Line.COST_RD_STAFF, Line.COST_STAFF)
CONTRACTS = (Line.COST_OTHER, Line.COST_API, Line.COST_APPS, Line.COST_DEPLOYMENT)
MARKETING = (Line.COST_ADS, Line.COST_MARKETING_OTHER)
TRAINING = (Line.COST_RD_COMPUTE,)
RANKS = (Line.ARREARS, *WAGES, Line.ARREARS, *CONTRACTS, *MARKETING, *TRAINING)
"""What is paid first: old wages, wages, old bills, contracts, marketing, and training last."""
LINES = np.array(RANKS)
OLD_WAGES, OLD_BILLS, ADS = 0, 3, RANKS.index(Line.COST_ADS)
NEW_WAGES, NEW_BILLS = np.array([1, 2]), np.arange(4, 10)
SPENT = np.array([*NEW_WAGES, *(rank for rank in NEW_BILLS if rank != ADS), len(RANKS) - 1])
TO_PEOPLE = np.isin(SPENT, NEW_WAGES)


def settle(engine: Engine) -> None:
    """Plan, collect revenue, then pay wages, contracts, ads and training as far as money goes."""
    _plan(engine)
    cash = engine.firms.cash
    before = engine.ledger.balance[cash].copy()
    noise = _unforeseen(engine)
    revenue = _earn(engine, np.maximum(-noise, 0.0))
    bill = ad_bill(engine)
    due = _due(engine, noise, bill)
    credits_used = _use_credits(engine, due)
    support = _parents_pay(engine, due)
    paid = treasury.paid_in_order(engine.ledger.balance[cash], due)
    _pay(engine, paid, bill)
    _owe(engine, due - paid, bill)
    books = engine.firms.books
    unpaid = (due - paid)[:OLD_BILLS].any(axis=0)
    books.weeks_without_cash = np.where(unpaid, books.weeks_without_cash + 1, 0)
    trained = (paid[-1] + credits_used) / FEN_PER_CNY
    train(engine, trained)
    _remember(engine, before + support - to_fen(noise), revenue)


def _plan(engine: Engine) -> None:
    """Set research compute and staff for the week."""
    world, p, firms = engine.world, engine.p, engine.firms
    for firm in np.flatnonzero(firms.independent).tolist():
        if firms.tech.pretraining[firm]:
            decide_research(engine, firm, ask(engine, firm, "research"))
        if world.week % PAY_REVIEW_WEEKS == 0:
            decide_pay(engine, firm, ask(engine, firm, "talent"))
    agents = categories.growth(engine)
    firms.books.research_week *= np.exp(agents / WEEKS_PER_YEAR)
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
    hiring = hiring + agents * WEEKS_PER_MONTH / WEEKS_PER_YEAR
    firms.books.staff *= np.exp(np.where(firms.independent, hiring, 0.0) / WEEKS_PER_MONTH)
    for notice in engine.clock.take(LayOff):
        firms.books.staff[notice.firm] = max(firms.books.staff[notice.firm] - notice.people, 1.0)


def _earn(engine: Engine, windfall: F64) -> I64:
    """Book the week's revenue; return fen by firm, receivables included, windfalls not."""
    world, firms, ledger, flow = engine.world, engine.firms, engine.ledger, engine.flow
    volume = DAYS_PER_WEEK / TOKENS_PER_MTOK
    api = (flow.paying * known(firms.menu.effective)).sum(axis=0) * volume
    attach = flow.served.sum(axis=0) * firms.attach_margin * volume * world.on("attach_margin")
    abroad = firms.books.overseas_users * _revenue_abroad(engine)
    table = np.array([api, attach, _subscriptions(engine), abroad, windfall])
    fen = to_fen(np.where(firms.independent, table, 0.0))
    ledger.collect(np.array([ledger.index[one] for one in PAYERS]), firms.cash, fen, EARNED)
    arrived = np.zeros(len(firms), dtype=np.int64)
    for paid in engine.clock.take(Collection):
        arrived += np.where(firms.independent, paid.fen, 0)
    if arrived.any():
        ledger.post(firms.receivables, firms.cash, arrived, Line.COLLECTION)
    return np.asarray(
        ledger.turnover[Line.REVENUE_DEPLOYMENT, firms.receivables] + fen[:-1].sum(axis=0)
    )


def _subscriptions(engine: Engine) -> F64:
    """Subscription revenue of the week by firm, CNY."""
    world, p = engine.world, engine.p
    if world.consumers is None:
        return np.zeros(len(engine.firms))
    price = np.array([0.0, p.basic_price, p.premium_price]) / WEEKS_PER_MONTH
    by_app = (world.consumers.tiers * world.people_per_agent) @ price
    return world.by_firm(by_app)


def _revenue_abroad(engine: Engine) -> float:
    """CNY per user and week abroad: grows at a rate that halves every two years."""
    p = engine.p
    growth = fading(engine.world.years, p.overseas_revenue_growth, OVERSEAS_HALF_LIFE_YEARS)
    return float(p.overseas_revenue * np.exp(growth))


def _unforeseen(engine: Engine) -> F64:
    """Unforeseen cost of the week, CNY; a windfall is negative and comes from the world."""
    world, firms, burn = engine.world, engine.firms, engine.firms.books.burn_week
    noise = treasury.unforeseen_cost(
        np.maximum(burn, 0.0) * WEEKS_PER_YEAR,
        engine.p.burn_volatility,
        1.0 / WEEKS_PER_YEAR,
        world.streams.normals("unforeseen cost", firms.entity, world.week),
    )
    # A parent pools the surprises of its units.
    return np.where(firms.backed | ~firms.independent, 0.0, noise)


def _due(engine: Engine, noise: F64, bill: F64) -> I64:
    """What each firm owes this week by rank of payment, fen; (ranks, F); bill for ads (F, K)."""
    world, p, firms, flow = engine.world, engine.p, engine.firms, engine.flow
    books, cost = firms.books, firms.menu.unit_cost
    volume = DAYS_PER_WEEK / TOKENS_PER_MTOK
    pay = books.staff * p.staff_cost / WEEKS_PER_MONTH
    users = world.by_firm(world.apps.mau)
    app_tokens = users * p.stickiness * p.tokens_per_user
    ads = bill.sum(axis=1)
    push = world.by_firm(pushed_people(engine) * p.push_cost)
    old = engine.ledger.balance[firms.owed]
    table = np.array(
        [
            np.zeros(len(firms)),
            np.maximum(pay * p.research_staff_share + extra_pay(engine), 0.0),
            pay * (1.0 - p.research_staff_share),
            np.zeros(len(firms)),
            pay * p.overhead_share + np.maximum(noise, 0.0) + flow.severance,
            (flow.served * cost).sum(axis=0) * volume,
            app_tokens * cost[MAIN] * p.serving_cost_user * volume,
            flow.deployment_cost,
            ads,
            p.marketing_other_share * ads + push + world.by_firm(flow.agent_ads),
            books.research_week + firms.lab.purchases,
        ]
    )
    flow.severance = np.zeros(len(firms))
    due = to_fen(np.where(firms.independent, known(table), 0.0))
    due[[OLD_WAGES, OLD_BILLS]] = -old
    return due


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
    firms, owed = engine.firms, engine.firms.credits_owed
    if not owed.any():
        return np.zeros(len(firms), dtype=np.int64)
    wish = np.floor(engine.p.credits_use * due[-1]).astype(np.int64)
    issuer = np.flatnonzero(owed.any(axis=0))
    used = treasury.paid_in_order(wish, owed[:, issuer].T).T
    engine.ledger.share_out(firms.credits, firms.cash[issuer], used, Line.CREDITS_USED)
    owed[:, issuer] -= used
    total: I64 = used.sum(axis=1)
    due[-1] -= total
    return total


def _parents_pay(engine: Engine, due: I64) -> I64:
    """Let parents pay what backed firms cannot, fen by firm."""
    firms, ledger = engine.firms, engine.ledger
    missing = np.maximum(due.sum(axis=0) - ledger.balance[firms.cash], 0)
    backed = firms.backed & firms.independent & engine.world.on("parent_backing")
    support = np.where(backed, missing, 0)
    return ledger.post(firms.parents, firms.cash, support, Line.PARENT_SUPPORT)


def _pay(engine: Engine, paid: I64, bill: F64) -> None:
    """Post what is paid; ads go to the channels in proportion to the bill."""
    firms, ledger = engine.firms, engine.ledger
    people, suppliers = ledger.index["people"], ledger.index["suppliers"]
    ledger.spend(firms.cash, np.where(TO_PEOPLE, people, suppliers), paid[SPENT], LINES[SPENT])
    _pay_ads(engine, firms.cash, paid[ADS], bill)
    arrears = paid[[OLD_WAGES, OLD_BILLS]]
    if arrears.any():
        ledger.post(firms.cash, firms.owed, arrears, Line.ARREARS)


def _owe(engine: Engine, unpaid: I64, bill: F64) -> None:
    """Book wages and bills that could not be paid as debts; unpaid training is not bought."""
    firms, ledger = engine.firms, engine.ledger
    if not unpaid[:-1].any():
        return
    for owed, rows, payee in (
        (firms.owed[0], NEW_WAGES, "people"),
        (firms.owed[1], NEW_BILLS[NEW_BILLS != ADS], "suppliers"),
    ):
        whom = np.full(len(rows), ledger.index[payee])
        ledger.spend(owed, whom, unpaid[rows], LINES[rows])
    _pay_ads(engine, firms.owed[1], unpaid[ADS], bill)


def _pay_ads(engine: Engine, source: I64, fen: I64, bill: F64) -> None:
    """Give each channel its part of what firms pay or owe, whole fen, the largest the rest."""
    firms, channels = engine.firms, engine.world.channels
    if not fen.any():
        return
    total = bill.sum(axis=1, keepdims=True)
    part = np.floor(bill / np.where(total > 0, total, 1.0) * fen[:, None]).astype(np.int64)
    part[np.arange(len(firms)), bill.argmax(axis=1)] += fen - part.sum(axis=1)
    own = np.where(np.arange(len(firms))[:, None] == channels.owner, part, 0)
    engine.ledger.share_out(source, channels.media, part - own, Line.COST_ADS)
    engine.ledger.post(source, firms.parents, own.sum(axis=1), Line.COST_ADS)


def _remember(engine: Engine, before: I64, revenue: I64) -> None:
    """Update burn and runway from what cash did, surprises apart, and the quarter's revenue."""
    firms, books = engine.firms, engine.firms.books
    burn = (before - engine.ledger.balance[firms.cash]) / FEN_PER_CNY
    books.burn_week += BURN_MEMORY * (burn - books.burn_week)
    cash = engine.ledger.balance_cny(firms.cash)
    runway = treasury.runway_months(cash, books.burn_week * WEEKS_PER_MONTH)
    backed = firms.backed & engine.world.on("parent_backing")
    engine.flow.runway = np.where(backed, treasury.LONGEST_RUNWAY_MONTHS, runway)
    shifted(books.revenue_history, revenue / FEN_PER_CNY)
