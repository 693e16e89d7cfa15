"""Events that strike firms by chance, and the note that is made of them."""

import numpy as np
from numpy.typing import NDArray

from sim.core.units import WEEKS_PER_YEAR
from sim.engine.state import Engine, Exit
from sim.markets.exits import happens

F64 = NDArray[np.float64]
Flags = NDArray[np.bool_]
WEEK = 1.0 / WEEKS_PER_YEAR


def strikes(engine: Engine, name: str, hazard: F64) -> Flags:
    """Which firms an event strikes this week, by a draw named after it."""
    world = engine.world
    if not hazard.any():
        return np.zeros(len(hazard), dtype=np.bool_)
    uniform = world.streams.uniforms(name, world.firms.entity, world.week)
    return happens(hazard, WEEK, uniform) & world.firms.independent


def note(
    engine: Engine, firm: int, kind: str, what: str, buyer: str = "", value: float = 0.0
) -> None:
    """Note a way out in the tables `exits` and `events`; value in CNY."""
    engine.flow.exits.append(Exit(firm, kind, buyer, value))
    engine.world.say(kind, engine.firms.ids[firm], what)
