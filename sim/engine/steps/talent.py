"""Step 3: key people move to the firm that attracts them most."""

import numpy as np

from sim.core.units import WEEKS_PER_YEAR
from sim.engine.state import Engine
from sim.markets.exits import happens
from sim.markets.talent import attraction


def move(engine: Engine) -> None:
    """Let each firm lose a key person at the poaching hazard; the winner gains quality later."""
    world, p, firms = engine.world, engine.p, engine.firms
    if not world.on("poaching") or firms.independent.sum() < 2:
        return
    uniform = world.streams.uniforms("poaching", firms.entity, world.week)
    leaving = happens(np.full(len(firms), p.poaching), 1.0 / WEEKS_PER_YEAR, uniform)
    for firm in np.flatnonzero(leaving & firms.independent & (firms.tech.key_people > 1.0)):
        present = firms.independent.copy()
        present[firm] = False
        odds = attraction(
            firms.books.research_week,
            np.where(firms.backed, 10e9, engine.ledger.balance_cny(firms.cash)),
            firms.tech.quality,
            present,
            world.on("compute_attracts_talent"),
        )
        draw = world.streams.uniform("poached by", firms.ids[firm], world.week)
        winner = int(np.searchsorted(np.cumsum(odds), draw, side="right"))
        _transfer(engine, int(firm), min(winner, len(firms) - 1))


def _transfer(engine: Engine, loser: int, winner: int) -> None:
    """Move one person; quality follows at the next release through base quality and head count."""
    tech, effect = engine.firms.tech, engine.p.poaching_effect
    for firm, sign in ((loser, -1.0), (winner, 1.0)):
        tech.key_people[firm] += sign
        tech.base_quality[firm] += sign * effect
    names = engine.firms.ids
    engine.world.say("poaching", names[winner], f"{names[winner]} hires a lead from {names[loser]}")
