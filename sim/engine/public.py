"""What the market knows: every firm's public face, and what was in the news."""

import numpy as np

from sim.engine.scene import PublicRecord
from sim.engine.state import Engine
from sim.strategies.base import News, PublicFirm, PublicRelease, PublicRound
from sim.world.firms import FLAGSHIP, MAIN
from sim.world.state import World

MEMORY_WEEKS = 26


def publish(engine: Engine) -> None:
    """At the week's end, make its rounds, releases and news known for decisions from now on."""
    world, flow, known, ids = engine.world, engine.flow, engine.public, engine.firms.ids
    oldest = world.week + 1 - MEMORY_WEEKS
    lead = (*world.investors.ids, "")
    rounds = [
        PublicRound(world.week, ids[one.firm], one.size, one.post_money, lead[one.lead])
        for one in flow.rounds
        if not one.failed
    ]
    quality = engine.firms.tech.model_quality
    releases = [
        PublicRelease(world.week, ids[one], float(quality[one]))
        for one in np.flatnonzero(flow.released)
    ]
    engine.public = PublicRecord(
        rounds=(*(one for one in known.rounds if one.week >= oldest), *rounds),
        releases=(*(one for one in known.releases if one.week >= oldest), *releases),
        news=tuple(News(*one) for one in world.events),
    )


def faces(
    world: World,
    shares: list[list[float]],
    users: list[float],
    quality: list[float],
    valuation: list[float],
) -> tuple[PublicFirm, ...]:
    """Return what everybody knows of each firm today.

    shares: of tokens, by class and firm; users: people, quality: Elo, valuation: CNY, by firm.
    """
    firms, price = world.firms, world.firms.menu.price.tolist()
    return tuple(
        map(
            PublicFirm,
            firms.ids,
            firms.kinds,
            firms.status(),
            price[MAIN],
            price[FLAGSHIP],
            shares[MAIN],
            shares[FLAGSHIP],
            users,
            quality,
            firms.tech.open_weights.tolist(),
            valuation,
        )
    )
