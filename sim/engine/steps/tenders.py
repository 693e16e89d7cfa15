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
I64 = NDArray[np.int64]

WINDOW_WEEKS = 4.0
MOST_BIDDERS = 6
FIRST_DAY = date(2023, 1, 1)
INTEGRATOR = -1
EARLIER = np.tri(MOST_BIDDERS, k=-1, dtype=np.bool_)
"""Seats taken before each seat of a tender."""


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
    from sim.markets.bidding import bid_table, tabled_bids

    world, p, firms = engine.world, engine.p, engine.firms
    identity = np.arange(batch.count, dtype=np.uint64)
    bidders = 2 + np.floor(
        (MOST_BIDDERS - 1) * world.streams.uniforms("bidders", identity, batch.week)
    )
    normal = world.streams.normals("budget", identity, batch.week)
    budget = _mean_budget(engine) * tenders.spread_around(normal, p.tender_spread)
    places = np.arange(MOST_BIDDERS, dtype=np.uint64)
    seat: NDArray[np.uint64] = identity[:, None] * np.uint64(MOST_BIDDERS) + places
    who = _who_bids(engine, batch, seat)
    present = (places < bidders[:, None]) & ~_repeated(who)
    place = world.streams.uniforms("bid cost", seat, batch.week)
    cost = p.tender_cost_low + (p.tender_cost_high - p.tender_cost_low) * place
    incumbent = np.append(firms.cloud, True)[who]
    bonus = p.incumbency_bonus if world.on("incumbency_bonus") else 0.0
    rivals = [(present & one).sum(axis=1, keepdims=True) for one in (incumbent, ~incumbent)]
    table = bid_table(p.tender_cost_low, p.tender_cost_high, bonus, MOST_BIDDERS)
    bids = tabled_bids(table, rivals[0], rivals[1], np.where(incumbent, 0, 1), place)
    bids = bids * bid_factors(engine)[who]
    winner = tenders.award(bids, np.where(incumbent, bonus, 0.0), present)
    rows = np.arange(batch.count)
    won = Awards(
        firm=who[rows, winner],
        budget=budget,
        price=budget * bids[rows, winner],
        cost=budget * cost[rows, winner],
        bidders=present.sum(axis=1),
    )
    engine.flow.tenders.append(won)
    n = len(firms)
    # Integrators' wins fall into the last bin, which is nobody's.
    of = np.where(won.firm == INTEGRATOR, n, won.firm)
    engine.flow.wins += np.bincount(of, minlength=n + 1)[:n]
    price, cost = (
        np.bincount(of, amount, n + 1)[:n].astype(np.float64) for amount in (won.price, won.cost)
    )
    _start(engine, price, p.direct_cost_tender * cost)


def bid_factors(engine: Engine) -> F64:
    """What firms bid over the equilibrium bid by their strategy; the last is the integrators'."""
    firms = engine.firms
    factor = np.ones(len(firms) + 1)
    for firm in np.flatnonzero(firms.independent & (firms.bid_weight > 0.0)).tolist():
        chosen = ask(engine, firm, "bids").bid_factor
        if chosen is not None:
            factor[firm] = chosen
    return factor if engine.world.on("loss_leader_bids") else np.maximum(factor, 1.0)


def _who_bids(engine: Engine, batch: TenderBatch, seat: NDArray[np.uint64]) -> I64:
    """Return who sits on each seat: firms by their weight, integrators for the rest; (n, seats).

    The cloud with most work of its own comes late, once it sells to the public.
    """
    world, p, firms = engine.world, engine.p, engine.firms
    weight = np.where(firms.independent, firms.bid_weight, 0.0)
    comes = firms.menu.entered.any(axis=0) & world.on("cloud_entry_private")
    weight = np.where(firms.internal_lead & ~comes, 0.0, weight)
    total = weight.sum()
    uniform = world.streams.uniforms("bidder", seat, batch.week)
    if total == 0:
        return np.full(seat.shape, INTEGRATOR)
    cumulative = np.cumsum(weight / total) * (1.0 - p.integrator_bidders)
    return np.where(
        uniform < cumulative[-1], np.searchsorted(cumulative, uniform, side="right"), INTEGRATOR
    )


def _repeated(who: I64) -> NDArray[np.bool_]:
    """Seats of a firm that already sits at the tender; integrators are many. (n, seats)."""
    same = who[:, :, None] == who[:, None, :]
    return np.asarray((same & EARLIER).any(axis=2) & (who != INTEGRATOR))


def _convert(engine: Engine) -> None:
    """Let some API buyers order a deployment of their vendor; those who fear for it rather do."""
    world, p, accounts = engine.world, engine.p, engine.world.accounts
    if not world.on("api_to_deployment"):
        return
    wish = accounts.viability_weight @ engine.flow.volume.sum(axis=0)
    rate = p.api_conversion / WEEKS_PER_YEAR * tenders.part_of(wish)
    orders = world.streams.uniforms("conversion", world.firms.entity, world.week)
    normal = world.streams.normals("conversion size", world.firms.entity, world.week)
    size = _mean_budget(engine) * tenders.spread_around(normal, p.tender_spread)
    price = np.where((orders < -np.expm1(-rate)) & engine.firms.independent, size, 0.0)
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
    revenue = np.where(firms.independent, np.maximum(work.revenue_week, 0.0) + negotiated, 0.0)
    engine.flow.deployment_cost = np.where(
        firms.independent,
        np.maximum(work.cost_week, 0.0) + p.direct_cost_negotiated * negotiated,
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
