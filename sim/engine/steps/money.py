"""Step 9: revenue, cost, cash; each payment is a ledger entry with two sides."""

import numpy as np
from numpy.typing import NDArray

from sim.core.ranges import shifted
from sim.core.units import (
    FEN_PER_CNY,
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
"""What is paid first, as in `sim.markets.settlement`."""
LINES = np.array(RANKS)
OLD_WAGES, OLD_BILLS, ADS = 0, 3, RANKS.index(Line.COST_ADS)
NEW_WAGES, NEW_BILLS = np.array([1, 2]), np.arange(4, 10)
SPENT = np.array([*NEW_WAGES, *(rank for rank in NEW_BILLS if rank != ADS), len(RANKS) - 1])
TO_PEOPLE = np.isin(SPENT, NEW_WAGES)


def settle(engine: Engine) -> None:
    """Plan, collect revenue, then pay wages, contracts, ads and training as far as money goes."""
    from sim.markets.settlement import in_order

    _plan(engine)
    ledger, cash = engine.ledger, engine.firms.cash
    before = ledger.balance[cash]
    noise = _unforeseen(engine)
    revenue = _earn(engine, np.maximum(-noise, 0.0))
    bill, ads = _ad_bill(engine)
    due = _due(engine, noise, ads)
    credits_used = _use_credits(engine, due)
    support = _parents_pay(engine, due)
    paid = in_order(ledger.balance[cash], due)
    unpaid = due - paid
    _pay(engine, paid, bill)
    _owe(engine, unpaid, bill)
    books = engine.firms.books
    late = unpaid[:OLD_BILLS].any(axis=0)
    books.weeks_without_cash = np.where(late, books.weeks_without_cash + 1, 0)
    train(engine, (paid[-1] + credits_used) / FEN_PER_CNY)
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
    if agents.any():
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
    from sim.markets.settlement import earned

    world, firms, ledger, flow = engine.world, engine.firms, engine.ledger, engine.flow
    fen = earned(
        flow.paying,
        flow.served,
        firms.menu.effective,
        firms.attach_margin * world.on("attach_margin"),
        _subscriptions(engine),
        firms.books.overseas_users * _revenue_abroad(engine),
        windfall,
        firms.independent,
    )
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


def _due(engine: Engine, noise: F64, ads: F64) -> I64:
    """What each firm owes this week by rank of payment, fen; (ranks, F); ads (F,) CNY."""
    from sim.markets.settlement import owed_this_week

    world, p, firms, flow = engine.world, engine.p, engine.firms, engine.flow
    due: I64 = owed_this_week(
        firms.books.staff,
        extra_pay(engine),
        noise,
        flow.severance,
        flow.served,
        firms.menu.unit_cost,
        world.apps.mau,
        _pushed_people(engine) * p.push_cost,
        flow.agent_ads,
        world.apps.firm,
        flow.deployment_cost,
        ads,
        firms.books.research_week + firms.lab.purchases,
        engine.ledger.balance[firms.owed],
        firms.independent,
        p.staff_cost,
        p.research_staff_share,
        p.overhead_share,
        p.tokens_per_user,
        p.stickiness,
        p.serving_cost_user,
        p.marketing_other_share,
    )
    flow.severance = np.zeros(len(firms))
    return due


def _ad_bill(engine: Engine) -> tuple[F64, F64]:
    """What each firm pays for ads, CNY, by channel (F, K) and in all (F,).

    An owner pays its transfer price.
    """
    from sim.markets.settlement import ad_bill

    world, apps = engine.world, engine.world.apps
    share = engine.p.transfer_share if world.on("transfer_price") else 1.0
    spend, owner = engine.flow.ad_spend, world.channels.owner
    bill: tuple[F64, F64] = ad_bill(spend, apps.firm, len(engine.firms), owner, share)
    return bill


def _pushed_people(engine: Engine) -> F64:
    """People pushed to each app this week, (A,)."""
    counts = engine.world.counts
    if counts is None:
        return np.zeros(len(engine.world.apps))
    return np.asarray(counts.adds_pushed * engine.world.people_per_agent, dtype=np.float64)


def _use_credits(engine: Engine, due: I64) -> I64:
    """Pay part of research compute with credits; they return to their issuer as cloud revenue."""
    from sim.markets.settlement import paid_with_credits

    firms, owed = engine.firms, engine.firms.credits_owed
    if not owed.any():
        return np.zeros(len(firms), dtype=np.int64)
    used = paid_with_credits(due[-1], owed, engine.p.credits_use)
    engine.ledger.share_out(firms.credits, firms.cash, used, Line.CREDITS_USED)
    owed -= used
    total: I64 = used.sum(axis=1)
    due[-1] -= total
    return total


def _parents_pay(engine: Engine, due: I64) -> I64:
    """Let parents pay what backed firms cannot, fen by firm."""
    from sim.markets.settlement import lacking

    firms, ledger = engine.firms, engine.ledger
    backed = firms.backed & firms.independent & engine.world.on("parent_backing")
    support = lacking(due, ledger.balance[firms.cash], backed)
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
    """Give each channel its part of what firms pay or owe; an owner pays its parent."""
    from sim.markets.settlement import divided

    if not fen.any():
        return
    channels = engine.world.channels
    part, own = divided(fen, bill, channels.owner)
    engine.ledger.share_out(source, channels.media, part, Line.COST_ADS)
    engine.ledger.post(source, engine.firms.parents, own, Line.COST_ADS)


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
