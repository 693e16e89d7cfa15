"""Step 11: firms stop pre-training, sell GPUs, lay off, go abroad, list, are taken over, close."""

import numpy as np
from numpy.typing import NDArray

from sim.core.units import MILLION, WEEKS_PER_MONTH, WEEKS_PER_YEAR
from sim.engine.clock import LayOff
from sim.engine.decisions import ask
from sim.engine.state import Engine
from sim.engine.steps.chances import note, strikes
from sim.engine.steps.closing import wind_up
from sim.engine.steps.sales import sell
from sim.markets import exits
from sim.world.ledger import Line

Flags = NDArray[np.bool_]
NOTICE_WEEKS = 4.0


def decide(engine: Engine) -> None:
    """Let each way out take its toll, the mildest first."""
    _stop_pretraining(engine)
    distressed = _distressed(engine)
    _sell_gpus(engine, distressed)
    _lay_off(engine, distressed)
    _go_overseas(engine)
    sell(engine)
    _close(engine)


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
    chance = strikes(engine, "stop pre-training", hazard) & ~lab.keeps_training
    quits = (chance | lab.quits_training) & firms.independent
    for firm in np.flatnonzero(quits & firms.tech.pretraining):
        firms.tech.pretraining[firm] = False
        firms.books.research_week[firm] *= (
            p.stopped_research if world.on("pretraining_share") else 1.0
        )
        firms.books.post_money[firm] *= p.stopped_valuation
        _lose_talent(engine, int(firm))
        note(engine, int(firm), "stopped_pretraining", f"{firms.ids[firm]} stops pre-training")


def _lose_talent(engine: Engine, firm: int) -> None:
    """People who came to train models go to the firm that trains most."""
    firms = engine.firms
    others = firms.tech.pretraining & firms.independent
    if not others.any():
        return
    new = int(np.where(others, firms.books.research_week, -1.0).argmax())
    gone = engine.p.stopped_talent * firms.tech.key_people[firm]
    firms.tech.key_people[firm] -= gone
    firms.tech.key_people[new] += gone


def _sell_gpus(engine: Engine, distressed: Flags) -> None:
    """A distressed firm sells some months of compute; it can train less afterwards."""
    world, p, firms = engine.world, engine.p, engine.firms
    if not (world.on("gpu_market") and distressed.any()):
        return
    hazard = np.where(distressed & ~firms.sold_gpus, p.gpu_sale_hazard, 0.0)
    for firm in np.flatnonzero(strikes(engine, "GPU sale", hazard)):
        price = world.frontiers.gpu_price
        months = firms.books.research_week[firm] * WEEKS_PER_MONTH * p.gpu_sale_months
        value = months + firms.lab.accelerators[firm] * price
        engine.ledger.pay(
            engine.ledger.index["world"], firms.cash[firm], value, Line.REVENUE_ATTACH
        )
        firms.books.research_week[firm] *= 0.5
        freed = firms.lab.accelerators[firm] / (p.accelerator_life * WEEKS_PER_YEAR)
        world.frontiers.gpu_supply += firms.books.research_week[firm] / price + freed
        firms.lab.accelerators[firm] = 0.0
        firms.sold_gpus[firm] = True
        note(engine, int(firm), "sold_gpus", f"{firms.ids[firm]} sells GPUs", value=float(value))


def _lay_off(engine: Engine, distressed: Flags) -> None:
    p, firms = engine.p, engine.firms
    if not distressed.any():
        return
    hazard = np.where(distressed, p.layoff_hazard, 0.0)
    for firm in np.flatnonzero(strikes(engine, "lay-off", hazard)):
        people = float(p.layoff_share * firms.books.staff[firm])
        engine.flow.severance[firm] += people * p.staff_cost * p.severance_months
        engine.clock.after_weeks(NOTICE_WEEKS, LayOff(int(firm), people))
        note(engine, int(firm), "layoff", f"{firms.ids[firm]} lays off {people:.0f} people")


def _go_overseas(engine: Engine) -> None:
    """Go abroad at a hazard that the firm's strategy scales, or give up what is there."""
    world, p, firms = engine.world, engine.p, engine.firms
    if not world.on("overseas"):
        return
    effort, leaves = np.zeros(len(firms)), np.zeros(len(firms), dtype=np.bool_)
    for firm in np.flatnonzero(firms.startup & firms.independent).tolist():
        chosen = ask(engine, firm, "overseas")
        effort[firm] = chosen.overseas_effort or 0.0
        leaves[firm] = bool(chosen.leaves_abroad)
    abroad = firms.books.overseas_users > 0
    hazard = np.where(firms.startup & ~abroad, p.overseas_pivot * effort, 0.0)
    for firm in np.flatnonzero(strikes(engine, "overseas", hazard)).tolist():
        firms.books.overseas_users[firm] = p.overseas_users_opening * MILLION
        note(engine, firm, "overseas", f"{firms.ids[firm]} goes overseas")
    for firm in np.flatnonzero(leaves & abroad & firms.independent).tolist():
        firms.books.overseas_users[firm] = 0.0
        note(engine, firm, "left_overseas", f"{firms.ids[firm]} comes back from overseas")


def _close(engine: Engine) -> None:
    """Close firms that could not pay wages for too long."""
    p, firms = engine.p, engine.firms
    broke = firms.independent & (firms.books.weeks_without_cash >= p.close_weeks)
    for firm in np.flatnonzero(broke):
        firms.alive[firm] = False
        note(engine, int(firm), "closed", f"{firms.ids[firm]} closes")
        wind_up(engine, int(firm), severance=True)
