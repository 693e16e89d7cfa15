"""Step 8: tenders arrive and are awarded; deliveries begin and end; negotiated deals go on."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim.core.units import MILLION, WEEKS_PER_YEAR
from sim.engine.clock import Collection, Delivery, TenderBatch
from sim.engine.state import Engine, Tender
from sim.markets import tenders
from sim.markets.trends import fading
from sim.world.ledger import Line

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

WINDOW_WEEKS = 4.0
MOST_BIDDERS = 6
FIRST_DAY = date(2023, 1, 1)
INTEGRATOR = -1


def award(engine: Engine) -> None:
    """Publish this week's tenders, award those whose window closed, and deliver."""
    _begin_backlog(engine)
    _publish(engine)
    for batch in engine.clock.take(TenderBatch):
        _award(engine, batch)
    for work in engine.clock.take(Delivery):
        engine.world.deployments.revenue_week[work.firm] += work.sign * work.revenue_week
        engine.world.deployments.cost_week[work.firm] += work.sign * work.cost_week
    _deliver(engine)


def _begin_backlog(engine: Engine) -> None:
    """On the first day, start delivering what was won before the start."""
    if engine.world.week > 0:
        return
    for firm, name in enumerate(engine.firms.ids):
        backlog = engine.world.scenario.firms[name].deployment_backlog_mcny * MILLION
        if backlog > 0:
            _start(engine, firm, backlog, backlog * engine.p.direct_cost_negotiated)


def _publish(engine: Engine) -> None:
    world, p = engine.world, engine.p
    rate = tenders.tenders_per_year(_years(engine), p.tenders_2023, p.tenders_2024, p.tender_growth)
    count = world.streams.poisson("tenders", "market", world.week, rate / WEEKS_PER_YEAR)
    if count:
        engine.clock.after_weeks(WINDOW_WEEKS, TenderBatch(world.week, count))


def _years(engine: Engine) -> float:
    """Calendar years since the beginning of 2023."""
    return (engine.world.monday - FIRST_DAY).days / 365.25


def _award(engine: Engine, batch: TenderBatch) -> None:
    """Draw budgets, bidders and costs; the lowest scored bid wins."""
    world, p, firms = engine.world, engine.p, engine.firms
    identity = np.arange(batch.count, dtype=np.uint64)
    bidders = 2 + np.floor(
        (MOST_BIDDERS - 1) * world.streams.uniforms("bidders", identity, batch.week)
    )
    mean = p.tender_mean_2023
    if world.on("tender_price_decay"):
        mean = tenders.mean_budget(_years(engine), p.tender_mean_2023, p.tender_mean_2024)
    if not world.on("business_willingness_to_pay"):
        mean *= p.tender_cost_high
    spread = p.tender_spread
    normal = world.streams.normals("budget", identity, batch.week)
    budget = mean * MILLION * np.exp(spread * normal - spread**2 / 2.0)
    places = np.arange(MOST_BIDDERS, dtype=np.uint64)
    seat: NDArray[np.uint64] = identity[:, None] * np.uint64(MOST_BIDDERS) + places
    who = _who_bids(engine, batch, seat)
    present = np.arange(MOST_BIDDERS) < bidders[:, None]
    present &= ~_repeated(who)
    many = np.maximum(present.sum(axis=1), 1)
    low, high = p.tender_cost_low * budget[:, None], p.tender_cost_high * budget[:, None]
    cost = low + (high - low) * world.streams.uniforms("bid cost", seat, batch.week)
    bids = tenders.equilibrium_bid(cost, high, many[:, None])
    cloud = np.append(firms.cloud, False)[who]
    if world.on("loss_leader_bids"):
        bids = np.where(cloud, p.loss_leader_shade * bids, bids)
    incumbent = cloud | (who == INTEGRATOR)
    bonus = p.incumbency_bonus if world.on("incumbency_bonus") else 0.0
    winner = tenders.award(bids, np.where(incumbent, bonus, 0.0), present)
    rows = np.arange(batch.count)
    firm = who[rows, winner]
    price, expense = bids[rows, winner], cost[rows, winner] * p.direct_cost_tender
    won = np.flatnonzero(firm != INTEGRATOR)
    for row in rows:
        engine.flow.tenders.append(
            Tender(
                firm=int(firm[row]),
                budget=float(budget[row]),
                price=float(price[row]),
                cost=float(cost[row, winner[row]]),
                bidders=int(many[row]),
            )
        )
    wins, prices, expenses = np.zeros((3, len(firms)))
    for total, amount in (
        (wins, np.ones(len(won))),
        (prices, price[won]),
        (expenses, expense[won]),
    ):
        np.add.at(total, firm[won], amount)
    engine.flow.wins += wins.astype(np.int64)
    for one in np.flatnonzero(wins):
        _start(engine, int(one), float(prices[one]), float(expenses[one]))


def _who_bids(engine: Engine, batch: TenderBatch, seat: NDArray[np.uint64]) -> I64:
    """Return who sits on each seat: firms by their weight, integrators for the rest; (n, seats)."""
    world, p, firms = engine.world, engine.p, engine.firms
    weight = np.where(firms.independent, firms.bid_weight, 0.0)
    if not world.on("cloud_entry_private"):
        weight = np.where(firms.internal_lead, 0.0, weight)
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
    repeated = np.zeros(who.shape, dtype=np.bool_)
    for seat in range(1, who.shape[1]):
        repeated[:, seat] = (who[:, :seat] == who[:, [seat]]).any(axis=1) & (
            who[:, seat] != INTEGRATOR
        )
    return repeated


def _start(engine: Engine, firm: int, price: float, expense: float) -> None:
    """Begin a delivery now and end it after the delivery time."""
    weeks = engine.p.delivery_weeks
    work = engine.world.deployments
    work.revenue_week[firm] += price / weeks
    work.cost_week[firm] += expense / weeks
    engine.clock.after_weeks(weeks, Delivery(firm, price / weeks, expense / weeks, -1))


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
    for firm in np.flatnonzero(fen):
        engine.clock.after(float(days[firm]), Collection(int(firm), int(fen[firm])))
