"""Step 11: firms stop pre-training, sell GPUs, lay off, go abroad, list, are taken over, close."""

import numpy as np
from numpy.typing import NDArray

from sim.core.units import BILLION, MILLION, WEEKS_PER_MONTH, WEEKS_PER_YEAR
from sim.engine.clock import LayOff
from sim.engine.state import Engine, Exit
from sim.engine.steps.closing import wind_up
from sim.markets import captable, exits
from sim.world.ledger import Line

F64 = NDArray[np.float64]
Flags = NDArray[np.bool_]
WEEK = 1.0 / WEEKS_PER_YEAR
NOTICE_WEEKS = 4.0


def decide(engine: Engine) -> None:
    """Let each way out take its toll, the mildest first."""
    _stop_pretraining(engine)
    distressed = _distressed(engine)
    _sell_gpus(engine, distressed)
    _lay_off(engine, distressed)
    _go_overseas(engine)
    _list(engine)
    _take_over(engine, distressed)
    _close(engine)


def _strikes(engine: Engine, name: str, hazard: F64) -> Flags:
    """Which firms an event strikes this week, by a draw named after it."""
    world = engine.world
    if not hazard.any():
        return np.zeros(len(hazard), dtype=np.bool_)
    uniform = world.streams.uniforms(name, world.firms.entity, world.week)
    return exits.happens(hazard, WEEK, uniform) & world.firms.independent


def _note(
    engine: Engine, firm: int, kind: str, what: str, buyer: str = "", value: float = 0.0
) -> None:
    engine.flow.exits.append(Exit(firm, kind, buyer, value))
    engine.world.say(kind, engine.firms.ids[firm], what)


def _distressed(engine: Engine) -> Flags:
    firms = engine.firms
    short = engine.flow.runway < engine.p.distress_runway
    return np.asarray(short & firms.startup & firms.independent & ~firms.books.raising)


def _stop_pretraining(engine: Engine) -> None:
    world, p, firms = engine.world, engine.p, engine.firms
    if not world.on("stop_pretraining"):
        return
    hazard = exits.stop_hazard(
        firms.tech.own_quality,
        world.frontiers.open_weights,
        engine.flow.runway,
        world.mood.sentiment,
        base=p.stop_hazard,
        by_quality=p.stop_quality,
        by_runway=p.stop_runway,
        by_sentiment=p.stop_sentiment,
    )
    lab = firms.lab
    chance = _strikes(engine, "stop pre-training", hazard) & ~lab.keeps_training
    quits = (chance | lab.quits_training) & firms.independent
    for firm in np.flatnonzero(quits & firms.tech.pretraining):
        firms.tech.pretraining[firm] = False
        firms.books.research_week[firm] *= (
            p.stopped_research if world.on("pretraining_share") else 1.0
        )
        firms.books.post_money[firm] *= p.stopped_valuation
        _note(engine, int(firm), "stopped_pretraining", f"{firms.ids[firm]} stops pre-training")


def _sell_gpus(engine: Engine, distressed: Flags) -> None:
    """A distressed firm sells some months of compute; it can train less afterwards."""
    world, p, firms = engine.world, engine.p, engine.firms
    if not world.on("gpu_market"):
        return
    hazard = np.where(distressed & ~firms.sold_gpus, p.gpu_sale_hazard, 0.0)
    for firm in np.flatnonzero(_strikes(engine, "GPU sale", hazard)):
        value = firms.books.research_week[firm] * WEEKS_PER_MONTH * p.gpu_sale_months
        engine.ledger.pay(
            engine.ledger.index["world"],
            firms.cash[firm],
            value * world.frontiers.gpu_price,
            Line.REVENUE_ATTACH,
        )
        firms.books.research_week[firm] *= 0.5
        world.frontiers.gpu_supply += firms.books.research_week[firm] / world.frontiers.gpu_price
        firms.sold_gpus[firm] = True
        _note(engine, int(firm), "sold_gpus", f"{firms.ids[firm]} sells GPUs", value=float(value))


def _lay_off(engine: Engine, distressed: Flags) -> None:
    p, firms = engine.p, engine.firms
    for firm in np.flatnonzero(
        _strikes(engine, "lay-off", np.where(distressed, p.layoff_hazard, 0.0))
    ):
        people = float(p.layoff_share * firms.books.staff[firm])
        engine.flow.severance[firm] += people * p.staff_cost * p.severance_months
        engine.clock.after_weeks(NOTICE_WEEKS, LayOff(int(firm), people))
        _note(engine, int(firm), "layoff", f"{firms.ids[firm]} lays off {people:.0f} people")


def _go_overseas(engine: Engine) -> None:
    world, p, firms = engine.world, engine.p, engine.firms
    if not world.on("overseas"):
        return
    at_home = firms.startup & (firms.books.overseas_users <= 0)
    hazard = np.where(at_home, p.overseas_pivot, 0.0)
    for firm in np.flatnonzero(_strikes(engine, "overseas", hazard)):
        firms.books.overseas_users[firm] = p.overseas_users_opening * MILLION
        _note(engine, int(firm), "overseas", f"{firms.ids[firm]} goes overseas")


def _list(engine: Engine) -> None:
    """A startup with enough revenue lists once the window is open and sells a float."""
    world, p, firms = engine.world, engine.p, engine.firms
    revenue = (
        firms.books.revenue_history.sum(axis=0) * WEEKS_PER_YEAR / len(firms.books.revenue_history)
    )
    able = world.mood.listing_open & firms.startup & ~firms.listed
    hazard = np.where(able & (revenue >= p.listing_revenue * MILLION), p.listing_hazard, 0.0)
    for firm in np.flatnonzero(_strikes(engine, "listing", hazard)):
        value = float(np.nan_to_num(firms.books.post_money[firm]))
        money = p.listing_share * value
        engine.ledger.pay(engine.ledger.index["world"], firms.cash[firm], money, Line.EQUITY)
        investors = world.investors
        investors.stake[firm], investors.paid[firm] = captable.sell_to_public(
            investors.stake[firm], investors.paid[firm], p.listing_share
        )
        firms.listed[firm] = True
        _note(
            engine,
            int(firm),
            "listed",
            f"{firms.ids[firm]} lists at {value / BILLION:.1f} bn CNY",
            value=money,
        )


def _take_over(engine: Engine, distressed: Flags) -> None:
    """A giant licences a distressed firm's models and hires its people."""
    world, p, firms = engine.world, engine.p, engine.firms
    buyers = firms.cloud & firms.independent
    if not world.on("licence_and_hire") or not buyers.any():
        return
    for firm in np.flatnonzero(
        _strikes(engine, "licence and hire", np.where(distressed, p.licence_hazard, 0.0))
    ):
        buyer = int(np.where(buyers, firms.books.research_week, -1.0).argmax())
        price = exits.licence_price(
            float(firms.tech.key_people[firm]),
            p.licence_price_head * MILLION,
            p.licence_discount,
            float(np.nan_to_num(firms.books.post_money[firm])),
        )
        engine.ledger.pay(firms.parents[buyer], firms.cash[firm], price, Line.PURCHASE)
        firms.tech.key_people[buyer] += firms.tech.key_people[firm]
        firms.taken_over[firm] = True
        names = firms.ids
        _note(
            engine,
            int(firm),
            "licence_and_hire",
            f"{names[buyer]} licences {names[firm]} and hires its people"
            f" for {price / BILLION:.2f} bn CNY",
            names[buyer],
            price,
        )
        wind_up(engine, int(firm), severance=False)


def _close(engine: Engine) -> None:
    """Close firms that could not pay wages for too long."""
    p, firms = engine.p, engine.firms
    broke = firms.independent & (firms.books.weeks_without_cash >= p.close_weeks)
    for firm in np.flatnonzero(broke):
        firms.alive[firm] = False
        _note(engine, int(firm), "closed", f"{firms.ids[firm]} closes")
        wind_up(engine, int(firm), severance=True)
