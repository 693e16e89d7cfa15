"""What each firm knows about its own laboratory, for its research and talent decisions."""

from sim.engine.state import Engine
from sim.markets.talent import best_offers
from sim.strategies.base import Lab


def labs(engine: Engine, racing: list[float]) -> list[Lab]:
    """Return this week's view of every firm's laboratory; racing: share of rivals that train."""
    world, firms, lab, tech = engine.world, engine.firms, engine.firms.lab, engine.firms.tech
    n = len(firms)
    return list(
        map(
            Lab,
            tech.model_quality.tolist(),
            [world.frontiers.open_served] * n,
            (tech.reasons_from <= world.week).tolist(),
            lab.efficiency.tolist(),
            [world.frontiers.gpu_price] * n,
            tech.key_people.tolist(),
            best_offers(lab.key_pay, firms.independent).tolist(),
            racing,
        )
    )
