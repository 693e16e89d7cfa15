"""Step 8: tenders arrive and are awarded; deliveries begin and end; negotiated deals go on."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim.core.units import DAYS_PER_WEEK, MILLION, WEEKS_PER_YEAR
from sim.engine.clock import Collection, Delivery, TenderBatch
from sim.engine.decisions import ask
from sim.engine.state import Awards, Engine
from sim.markets import tenders
from sim.markets.trends import fading
from sim.world.ledger import Line

F64 = NDArray[np.float64]

WINDOW_WEEKS = 4.0
MOST_BIDDERS = 6
DRAWS = ("bidders", "bidder", "bid cost")
"""Draws of a tender: how many bid, who, and at what cost."""
FIRST_DAY = date(2023, 1, 1)


def award(engine: Engine) -> None:
    """Publish this week's tenders, award those whose window closed, and deliver."""
    _begin_backlog(engine)
    _publish(engine)
    for batch in engine.clock.take(TenderBatch):
        _award(engine, batch)
    _convert(engine)
    work = engine.world.deployments
    for done in engine.clock.take(Delivery):
        work.revenue_week -= done.revenue_week
        work.cost_week -= done.cost_week
    _deliver(engine)


def _begin_backlog(engine: Engine) -> None:
    """On the first day, start delivering what was won before the start."""
    if engine.world.week > 0:
        return
    rows = engine.world.scenario.firms.values()
    backlog = np.array([one.deployment_backlog_mcny * MILLION for one in rows])
    _start(engine, backlog, backlog * engine.p.direct_cost_negotiated)


def _publish(engine: Engine) -> None:
    world, p = engine.world, engine.p
    rate = tenders.tenders_per_year(_years(engine), p.tenders_2023, p.tenders_2024, p.tender_growth)
    count = world.streams.poisson("tenders", "market", world.week, rate / WEEKS_PER_YEAR)
    if count:
        engine.clock.after_weeks(WINDOW_WEEKS, TenderBatch(world.week, count))


def _years(engine: Engine) -> float:
    """Calendar years since the beginning of 2023."""
    return (engine.world.monday - FIRST_DAY).days / 365.25


def _mean_budget(engine: Engine) -> float:
    """Mean budget of a tender today, CNY."""
    world, p = engine.world, engine.p
    mean = p.tender_mean_2023
    if world.on("tender_price_decay"):
        mean = tenders.mean_budget(_years(engine), p.tender_mean_2023, p.tender_mean_2024)
    if not world.on("business_willingness_to_pay"):
        mean *= p.tender_cost_high
    return mean * MILLION


def _award(engine: Engine, batch: TenderBatch) -> None:
    """Draw budgets, bidders and costs; the lowest scored bid wins."""
    from sim.markets.bidding import bid_table, held

    world, p, firms = engine.world, engine.p, engine.firms
    low, high = p.tender_cost_low, p.tender_cost_high
    identity = np.arange(batch.count, dtype=np.uint64)
    normal = world.streams.normals("budget", identity, batch.week)
    budget = _mean_budget(engine) * tenders.spread_around(normal, p.tender_spread)
    bonus = p.incumbency_bonus if world.on("incumbency_bonus") else 0.0
    firm, price, cost, bidders, wins, won, spent = held(
        budget,
        np.array([world.streams.named(name) for name in DRAWS], dtype=np.int64),
        batch.week,
        low,
        high,
        _cumulative_odds(engine),
        np.append(firms.cloud, True),
        bid_factors(engine),
        bonus,
        bid_table(low, high, bonus, MOST_BIDDERS),
    )
    engine.flow.wins += wins
    engine.flow.tenders.append(Awards(firm, budget, price, cost, bidders))
    _start(engine, won, p.direct_cost_tender * spent)


def bid_factors(engine: Engine) -> F64:
    """What firms bid over the equilibrium bid by their strategy; the last is the integrators'."""
    firms = engine.firms
    factor = np.ones(len(firms) + 1)
    for firm in np.flatnonzero(firms.independent & (firms.bid_weight > 0.0)).tolist():
        chosen = ask(engine, firm, "bids").bid_factor
        if chosen is not None:
            factor[firm] = chosen
    return factor if engine.world.on("loss_leader_bids") else np.maximum(factor, 1.0)


def _cumulative_odds(engine: Engine) -> F64:
    """Chance that a firm or one before it takes a seat at a tender, by their weight; (F,).

    The cloud with most work of its own comes late, once it sells to the public.
    """
    world, p, firms = engine.world, engine.p, engine.firms
    weight = np.where(firms.independent, firms.bid_weight, 0.0)
    comes = firms.menu.entered.any(axis=0) & world.on("cloud_entry_private")
    weight = np.where(firms.internal_lead & ~comes, 0.0, weight)
    return np.cumsum(tenders.part_of(weight)) * (1.0 - p.integrator_bidders)


def _convert(engine: Engine) -> None:
    """Let some API buyers order a deployment of their vendor; those who fear for it rather do."""
    world, p, accounts = engine.world, engine.p, engine.world.accounts
    if not world.on("api_to_deployment"):
        return
    wish = accounts.viability_weight @ engine.flow.volume.sum(axis=0)
    rate = p.api_conversion / WEEKS_PER_YEAR * tenders.part_of(wish)
    draw = world.streams.uniforms("conversion", world.firms.entity, world.week)
    orders = (draw < -np.expm1(-rate)) & engine.firms.independent
    if not orders.any():
        return
    normal = world.streams.normals("conversion size", world.firms.entity, world.week)
    size = _mean_budget(engine) * tenders.spread_around(normal, p.tender_spread)
    price = np.where(orders, size, 0.0)
    _start(engine, price, p.direct_cost_negotiated * price)


def _start(engine: Engine, price: F64, expense: F64) -> None:
    """Begin deliveries now, CNY by firm, and end them after the delivery time."""
    if not price.any():
        return
    weeks, work = engine.p.delivery_weeks, engine.world.deployments
    begun = Delivery(price / weeks, expense / weeks)
    work.revenue_week += begun.revenue_week
    work.cost_week += begun.cost_week
    engine.clock.after_weeks(weeks, begun)


def _deliver(engine: Engine) -> None:
    """Book the week's deliveries as receivables that are paid 60 to 110 days later."""
    world, p, firms = engine.world, engine.p, engine.firms
    growth = fading(world.years, p.negotiated_growth, p.negotiated_half_life)
    negotiated = p.negotiated_opening * MILLION * np.exp(growth) * firms.deals_share
    work = world.deployments
    revenue = np.where(firms.independent, work.by_deliverer(work.revenue_week) + negotiated, 0.0)
    engine.flow.deployment_cost = np.where(
        firms.independent,
        work.by_deliverer(work.cost_week) + p.direct_cost_negotiated * negotiated,
        0.0,
    )
    fen = engine.ledger.pay(
        engine.ledger.index["accounts"], firms.receivables, revenue, Line.REVENUE_DEPLOYMENT
    )
    delay = world.streams.uniforms("payment delay", firms.entity, world.week)
    days = p.payment_days_min + delay * (p.payment_days_max - p.payment_days_min)
    # Money that arrives before the same Monday comes in one process.
    due = np.ceil(days / DAYS_PER_WEEK) * (fen > 0)
    for week in set(due.tolist()) - {0.0}:
        engine.clock.after_weeks(week, Collection(np.where(due == week, fen, 0)))
