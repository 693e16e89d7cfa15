"""Step 5, before budgets: agents become a category once models are good enough (E12)."""

import numpy as np
from numpy.typing import NDArray

from sim.engine.state import Engine
from sim.markets.products import drawn

F64 = NDArray[np.float64]


def arrive(engine: Engine) -> None:
    """Let agents arrive in the week in which the best domestic model passes their threshold."""
    world, tech = engine.world, engine.firms.tech
    if world.products.agents_since is not None or not world.on("new_categories"):
        return
    best = tech.quality[engine.firms.independent].max(initial=-np.inf)
    needed = engine.p.agent_quality if world.on("agent_threshold") else -np.inf
    if best >= needed:
        world.products.agents_since = world.week
        world.say("category", "agents", "agents become a category of their own")


def pull(engine: Engine) -> float:
    """How far agents draw what they will draw in the end, 0 to 1."""
    since = engine.world.products.agents_since
    if since is None:
        return 0.0
    return drawn(engine.world.week - since, engine.p.agent_ramp_weeks)


def agent_budget(engine: Engine, budget: F64) -> F64:
    """Part of apps' advertising that goes to agents instead, CNY a week; (A,)."""
    return np.asarray(budget * engine.p.agent_ad_share * pull(engine))


def growth(engine: Engine) -> F64:
    """What agents add to growth of training and hiring of who pre-trains, a year; (F,)."""
    drawing = 0.0 < pull(engine) < 1.0 and engine.world.on("agents_need_models")
    trains = engine.firms.tech.pretraining & engine.firms.independent
    return np.where(trains & drawing, engine.p.agent_research, 0.0)
