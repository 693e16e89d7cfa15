"""Step 2, second part: products move to new models; unit costs and capacity follow."""

from datetime import date
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sim.core.units import WEEKS_PER_YEAR
from sim.engine.state import Engine
from sim.engine.steps import training
from sim.markets import technology
from sim.markets.compute import serving_price
from sim.world.firms import FLAGSHIP, MAIN

F64 = NDArray[np.float64]
# Products take up open weights at a falling rate: 95 % of the way within the rollout time.
ROLLOUT_SPEED = 3.0
COST_TURN = date(2025, 1, 1)


def advance(engine: Engine) -> None:
    """Train, then move served quality, and recompute unit costs."""
    training.advance(engine)
    _serve(engine)
    _costs(engine)


def _serve(engine: Engine) -> None:
    """Move products toward the newest model; offer the better of own and open weights."""
    world, p, tech = engine.world, engine.p, engine.firms.tech
    step = np.minimum(tech.ramp, np.maximum(tech.model_quality - tech.own_quality, 0.0))
    tech.own_quality = tech.own_quality + step
    frontiers = world.frontiers
    gap = frontiers.open_weights - p.open_post_training_loss - frontiers.open_served
    frontiers.open_served += max(gap, 0.0) * float(1.0 - np.exp(-ROLLOUT_SPEED / p.rollout_weeks))
    offered = technology.offered_quality(
        tech.own_quality, frontiers.open_served, world.on("make_or_buy")
    )
    gain = technology.reasoning_quality(p.reasoning_gain, thinking(engine), scope(engine))
    users = world.by_firm(world.apps.mau)
    feedback = p.data_feedback if world.on("data_feedback") else 0.0
    tech.quality = (
        offered + np.where(reasons(engine), gain, 0.0) + technology.data_feedback(users, feedback)
    )


def reasons(engine: Engine) -> NDArray[np.bool_]:
    """Firms whose flagship reasons, shape (F,)."""
    tech = engine.firms.tech
    return np.asarray((tech.reasons_from <= engine.world.week) & tech.pretraining)


def thinking(engine: Engine) -> F64:
    """Thinking tokens per answer token: the more, the more research goes there; (F,)."""
    tech, p = engine.firms.lab, engine.p
    return np.asarray(p.thinking * tech.reasoning / p.reasoning_research)


def scope(engine: Engine) -> float:
    """Share of tasks on which a model reasons."""
    return engine.p.reasoning_scope if engine.world.on("reasoning_scope") else 1.0


def thinking_tokens(engine: Engine) -> F64:
    """Thinking tokens over all others of a flagship, (F,)."""
    return np.where(reasons(engine), scope(engine) * thinking(engine), 0.0)


def reasoning_share(engine: Engine) -> float:
    """Share of thinking tokens among all tokens of flagships."""
    answers = engine.flow.served[FLAGSHIP]
    thoughts = float((answers * thinking_tokens(engine)).sum())
    return thoughts / total if (total := float(answers.sum()) + thoughts) > 0.0 else 0.0


def architecture(engine: Engine) -> F64:
    """Log cost step of each firm: in full for who found it, spreading to others; shape (F,)."""
    step = np.zeros(len(engine.firms))
    for owner, week, size in engine.firms.tech.breakthroughs:
        spread = 1.0 - np.exp(-(engine.world.week - week) / engine.p.architecture_diffusion_weeks)
        step += np.where(np.arange(len(step)) == owner, size, size * spread)
    return step


def _costs(engine: Engine) -> None:
    """Unit costs and capacity.

    A main model of given quality costs everybody the same but for efficiency, as anybody can serve
    open weights. A flagship is a firm's own model, and grew from its own first one.
    """
    world, p, tech, menu = engine.world, engine.p, engine.firms.tech, engine.firms.menu
    turn = max(world.week_of(COST_TURN), 0)
    if world.week == turn:
        world.frontiers.distilled_from = world.frontiers.open_served
    decline = 0.0
    if world.on("cost_decline"):
        decline = technology.cost_decline(
            world.years,
            turn / WEEKS_PER_YEAR,
            p.cost_decline,
            p.cost_decline_late,
            p.cost_half_life,
        )
    tokens = tech.tokens_external + tech.tokens_internal
    fresh = (tech.tokens_opening == 0) & (tokens > 0)
    tech.tokens_opening = np.where(fresh, tokens, tech.tokens_opening)
    volume = tokens / np.where(tech.tokens_opening > 0, tech.tokens_opening, 1.0)
    used = tokens / np.where(tech.capacity > 0, tech.capacity, 1.0)
    shadow = technology.shadow_cost(used, p.shadow_cost) * serving_price(
        world.frontiers.gpu_price, p.gpu_cost_share
    )
    paid = partial(
        technology.quality_to_serve,
        distilled_from=world.frontiers.distilled_from,
        distillation=p.distillation,
    )
    small = tech.main_cost_factor if world.on("free_small_model") else np.ones(len(used))
    step = architecture(engine)
    rules = {
        "decline": decline,
        "learning": p.learning,
        "cost_of_quality": p.cost_of_quality,
    }
    menu.unit_cost[MAIN] = shadow * technology.unit_cost(
        p.main_cost_opening, tech.efficiency * small, volume, paid(tech.quality), step, **rules
    )
    menu.unit_cost[FLAGSHIP] = shadow * technology.unit_cost(
        p.flagship_cost_opening,
        tech.efficiency,
        volume,
        paid(tech.own_quality) - tech.opening_quality,
        step,
        **rules,
        power=p.flagship_cost_power,
        thinking=thinking_tokens(engine),
    )
    wanted = np.maximum(tokens, engine.flow.demanded.sum(axis=0) + tech.tokens_internal)
    goal = p.capacity_headroom * wanted
    tech.capacity += p.capacity_adjustment * np.maximum(goal - tech.capacity, 0.0)
    tech.capacity = np.maximum(tech.capacity, tokens)
