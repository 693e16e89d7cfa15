"""Step 2, first part: training runs begin and end, models are released, old ones are retired."""

import numpy as np
from numpy.typing import NDArray

from sim.core.units import WEEKS_PER_YEAR
from sim.engine.clock import Retirement, TrainingRun
from sim.engine.state import Engine
from sim.markets import compute, training
from sim.markets.technology import released_quality
from sim.strategies.base import Decision

F64 = NDArray[np.float64]
EXA = 1e18


def advance(engine: Engine) -> None:
    """Release finished models, retire old ones, start new runs."""
    for run in engine.clock.take(TrainingRun):
        _finish(engine, run)
    for old in engine.clock.take(Retirement):
        engine.flow.retired[old.firm] = engine.firms.independent[old.firm]
    _start(engine)


def decide(engine: Engine, firm: int, chosen: Decision) -> None:
    """Take what a firm's research strategy said; what it left open stays."""
    books, lab = engine.firms.books, engine.firms.lab
    if chosen.research_week is not None:
        books.research_week[firm] = chosen.research_week
    if chosen.engineering is not None:
        lab.engineering[firm] = min(chosen.engineering, 1.0)
    if chosen.accelerators is not None:
        lab.purchases[firm] = chosen.accelerators
    if chosen.pretraining is not None:
        lab.keeps_training[firm] = chosen.pretraining
        lab.quits_training[firm] = not chosen.pretraining
    reasons = engine.firms.tech.reasons_from[firm] <= engine.world.week
    usual = engine.p.reasoning_research if reasons else 0.0
    wished = usual if chosen.reasoning is None or not reasons else chosen.reasoning
    lab.reasoning[firm] = min(wished, 1.0 - lab.engineering[firm])


def train(engine: Engine, spent: F64) -> None:
    """Turn the week's research money into compute of final runs and own accelerators; (F,) CNY.

    Own accelerators add what they yield. Engineering makes later training cheaper.
    """
    world, p, tech, lab = engine.world, engine.p, engine.firms.tech, engine.firms.lab
    price = world.frontiers.gpu_price
    planned = engine.firms.books.research_week + lab.purchases
    bought = spent * lab.purchases / np.where(planned > 0, planned, 1.0)
    owned = compute.run_down(lab.accelerators, p.accelerator_life * WEEKS_PER_YEAR)
    lab.accelerators += bought / price - owned
    money = spent - bought + owned * price
    efficiency = lab.efficiency if world.on("training_efficiency") else np.ones(len(spent))
    tech.compute_stock += training.useful_compute(
        money, price, lab.engineering + lab.reasoning, efficiency, run_share(engine)
    )
    lab.run_spend += money / price
    lab.efficiency = training.engineered(
        lab.efficiency,
        lab.engineering,
        p.engineering_return,
        p.engineering_most,
        1.0 / WEEKS_PER_YEAR,
    )


def run_share(engine: Engine) -> float:
    """Share of training compute that goes into final runs; experiments take the rest."""
    return engine.p.final_run_share if engine.world.on("exploration") else 1.0


def _start(engine: Engine) -> None:
    """Start a run at every firm that pre-trains and has none under way; it lasts 8 to 26 weeks."""
    world, p, tech = engine.world, engine.p, engine.firms.tech
    engine.firms.lab.purchases *= tech.pretraining
    for firm in np.flatnonzero(tech.pretraining & ~tech.training & engine.firms.independent):
        name = world.firms.ids[firm]
        length = world.streams.uniform("run length", name, world.week)
        luck = world.streams.uniform("run failure", name, world.week)
        weeks = p.run_weeks_min + length * (p.run_weeks_max - p.run_weeks_min)
        if engine.firms.lab.late[firm] and world.on("iteration_speed"):
            weeks /= p.follower_speed
        tech.training[firm] = True
        engine.clock.after_weeks(weeks, TrainingRun(int(firm), luck >= p.run_failure))


def _finish(engine: Engine, run: TrainingRun) -> None:
    """Release what a run made, if it succeeded and is better than the model before."""
    world, tech, lab, firm = engine.world, engine.firms.tech, engine.firms.lab, run.firm
    tech.training[firm] = False
    if not tech.pretraining[firm] or not engine.firms.independent[firm]:
        return
    name = engine.firms.ids[firm]
    if not run.succeeded:
        world.say("run_failed", name, f"a training run of {name} fails")
        lab.run_spend[firm] = 0.0
        return
    quality = _quality(engine, firm)
    if quality > tech.model_quality[firm]:
        tech.ramp[firm] = (quality - tech.own_quality[firm]) / engine.p.rollout_weeks
        release(engine, firm, quality)


def _quality(engine: Engine, firm: int) -> float:
    world, p, tech = engine.world, engine.p, engine.firms.tech
    wall = p.scaling_wall_return if world.on("scaling_wall") else 1.0
    return float(
        released_quality(
            tech.base_quality[firm],
            tech.compute_stock[firm],
            tech.compute_opening[firm],
            world.years,
            tech.key_people[firm],
            p.key_people_opening,
            per_log_compute=p.quality_per_log_compute * wall,
            per_log_talent=p.quality_per_log_talent,
            algorithmic_progress=p.algorithmic_progress,
        )
    )


def release(engine: Engine, firm: int, quality: float) -> None:
    """Put out a model; the one before it is retired some weeks later."""
    tech, lab = engine.firms.tech, engine.firms.lab
    tech.model_quality[firm] = quality
    engine.flow.released[firm] = True
    engine.clock.after_weeks(engine.p.retirement_weeks, Retirement(firm))
    lab.run_compute[firm] = lab.run_spend[firm] * run_share(engine)
    lab.run_spend[firm] = 0.0


def run_facts(engine: Engine) -> dict[str, F64]:
    """What the last final run of each firm took: hours, money, size by the scaling law; (F,)."""
    p, price = engine.p, engine.world.frontiers.gpu_price
    hours = engine.firms.lab.run_compute / p.gpu_hour
    operations = np.maximum(hours, 1.0) * p.gpu_operations * EXA
    parameters, tokens = training.best_size(operations)
    return {
        "run_gpu_hours": hours,
        "run_cost_cny": training.final_run_cost(hours, p.gpu_hour * price),
        "research_cost_cny": engine.firms.lab.run_compute / run_share(engine) * price,
        "parameters": parameters,
        "training_tokens": tokens,
        "training_loss": training.training_loss(parameters, tokens),
    }
