"""What each firm knows about its own laboratory, for its research and talent decisions."""

import numpy as np

from sim.engine.state import Engine
from sim.strategies.base import Lab


def labs(engine: Engine) -> list[Lab]:
    """Return this week's view of every firm's laboratory."""
    world, firms, lab, tech = engine.world, engine.firms, engine.firms.lab, engine.firms.tech
    n = len(firms)
    rivals = max(int(firms.independent.sum()) - 1, 1)
    training = tech.pretraining & firms.independent
    racing = (training.sum() - training) / rivals if world.on("training_race") else np.zeros(n)
    pay = np.where(firms.independent, lab.key_pay, 0.0)
    best = [float(np.delete(pay, firm).max(initial=0.0)) for firm in range(n)]
    return list(
        map(
            Lab,
            tech.model_quality.tolist(),
            [world.frontiers.open_served] * n,
            (tech.reasons_from <= world.week).tolist(),
            lab.efficiency.tolist(),
            [world.frontiers.gpu_price] * n,
            tech.key_people.tolist(),
            best,
            racing.tolist(),
        )
    )
