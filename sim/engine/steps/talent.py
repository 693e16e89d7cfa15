"""Step 3: key people move to the firm that attracts them most (equation E15)."""

import numpy as np
from numpy.typing import NDArray

from sim.core.units import MILLION, WEEKS_PER_YEAR
from sim.engine.state import Engine
from sim.markets.compute import run_down
from sim.markets.exits import happens
from sim.markets.talent import attraction, leaving_hazard
from sim.strategies.base import Decision

F64 = NDArray[np.float64]
PARENT_CASH = 10e9


def move(engine: Engine) -> None:
    """Let each firm lose a key person at the poaching hazard; the winner gains quality later."""
    world, p, firms = engine.world, engine.p, engine.firms
    if not world.on("poaching") or firms.independent.sum() < 2:
        return
    uniform = world.streams.uniforms("poaching", firms.entity, world.week)
    hazard = leaving_hazard(p.poaching, firms.lab.key_pay, firms.independent, p.poaching_pay)
    leaving = happens(hazard, 1.0 / WEEKS_PER_YEAR, uniform)
    for firm in np.flatnonzero(leaving & firms.independent & (firms.tech.key_people > 1.0)):
        odds = _odds(engine, int(firm))
        draw = world.streams.uniform("poached by", firms.ids[firm], world.week)
        winner = int(np.searchsorted(np.cumsum(odds), draw, side="right"))
        _transfer(engine, int(firm), min(winner, len(firms) - 1))


def decide(engine: Engine, firm: int, chosen: Decision) -> None:
    """Take what a firm's talent strategy said about pay."""
    if chosen.key_pay is not None:
        engine.firms.lab.key_pay[firm] = chosen.key_pay


def extra_pay(engine: Engine) -> F64:
    """What key people cost beyond the market's pay, CNY a week; (F,)."""
    week = engine.p.key_pay * MILLION / WEEKS_PER_YEAR
    return engine.firms.tech.key_people * week * (engine.firms.lab.key_pay - 1.0)


def _odds(engine: Engine, loser: int) -> F64:
    """Where a person who leaves a firm goes, (F,)."""
    firms, lab = engine.firms, engine.firms.lab
    present = firms.independent.copy()
    present[loser] = False
    own = run_down(lab.accelerators, engine.p.accelerator_life * WEEKS_PER_YEAR)
    return attraction(
        firms.books.research_week + own,
        np.where(firms.backed, PARENT_CASH, engine.ledger.balance_cny(firms.cash)),
        firms.tech.quality,
        present,
        engine.world.on("compute_attracts_talent"),
        lab.key_pay,
    )


def _transfer(engine: Engine, loser: int, winner: int) -> None:
    """Move one person; quality follows at the next release through base quality and head count."""
    tech, effect = engine.firms.tech, engine.p.poaching_effect
    for firm, sign in ((loser, -1.0), (winner, 1.0)):
        tech.key_people[firm] += sign
        tech.base_quality[firm] += sign * effect
    names = engine.firms.ids
    engine.world.say("poaching", names[winner], f"{names[winner]} hires a lead from {names[loser]}")
