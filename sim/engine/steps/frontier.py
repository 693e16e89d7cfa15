"""Step 1, last part: mood, frontiers and the GPU price move on their own."""

import numpy as np

from sim.core.units import WEEKS_PER_YEAR
from sim.engine.state import Engine
from sim.markets.exits import happens
from sim.markets.funding import sentiment_step

STEP_WEEKS = 13


def move(engine: Engine, last_foreign: int, last_regime: int) -> None:
    """Let sentiment revert, the regime turn after its dated history, and the frontiers go on.

    last_foreign, last_regime: weeks of the scenario's last dated foreign release and turn.
    """
    world, p, mood = engine.world, engine.p, engine.world.mood
    week, years = world.week, 1.0 / WEEKS_PER_YEAR
    mean = p.sentiment_hot if mood.hot else p.sentiment_cold
    noise = world.streams.normal("sentiment", "investors", week)
    mood.sentiment = float(
        sentiment_step(mood.sentiment, mean, p.sentiment_return, p.sentiment_spread, years, noise)
    )
    mood.herd *= float(np.exp(-1.0 / p.herd_weeks))
    if week > last_regime and world.on("funding_regime"):
        turn = world.streams.uniform("regime", "investors", week)
        if happens(p.regime_switch * WEEKS_PER_YEAR, years, turn):
            turn_regime(engine, hot=not mood.hot)
            turned = "hot" if mood.hot else "cold"
            world.say("regime", "investors", f"the market for startup equity turns {turned}")
    if week > last_foreign and (week - last_foreign) % STEP_WEEKS == 0:
        quarter = STEP_WEEKS / WEEKS_PER_YEAR
        since = (week - last_foreign) / WEEKS_PER_YEAR
        pace = p.foreign_quality_growth * 2.0 ** (-since / p.foreign_half_life)
        world.frontiers.foreign += pace * quarter
        _follow(engine)
    world.frontiers.foreign_history.append(world.frontiers.foreign)


def turn_regime(engine: Engine, *, hot: bool) -> None:
    """Set the regime; a turn to cold brings state money for a while."""
    mood = engine.world.mood
    if mood.hot and not hot:
        mood.cold_since = engine.world.week
    mood.hot = hot


def _follow(engine: Engine) -> None:
    """Open weights catch up with the foreign frontier at its lag, a step a quarter at most."""
    if not engine.world.on("open_frontier"):
        return
    past = engine.world.frontiers.foreign_history
    lag = round(engine.p.open_lag_late_weeks)
    if len(past) >= lag:
        frontiers = engine.world.frontiers
        step = np.clip(past[-lag] - frontiers.open_weights, 0.0, engine.p.open_step)
        frontiers.open_weights += float(step)
