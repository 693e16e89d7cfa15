"""Step 6, users abroad: a market of its own, with stores that may drop an app."""

import numpy as np

from sim.core.units import MILLION, WEEKS_PER_YEAR
from sim.engine.state import Engine
from sim.markets.exits import happens
from sim.markets.overseas import users_a_week_later


def live(engine: Engine) -> None:
    """Let users abroad grow by word of mouth, and stores drop apps at their hazard."""
    world, p, firms = engine.world, engine.p, engine.firms
    users = firms.books.overseas_users
    if not world.on("overseas"):
        users[:] = 0.0
        return
    users[~firms.independent] = 0.0
    users[:] = users_a_week_later(users, p.overseas_people * MILLION, p.overseas_growth)
    uniform = world.streams.uniforms("delisting", firms.entity, world.week)
    dropped = happens(np.full(len(firms), p.delisting), 1.0 / WEEKS_PER_YEAR, uniform) & (users > 0)
    for firm in np.flatnonzero(dropped):
        users[firm] *= 1.0 - p.delisting_loss
        world.say("delisting", firms.ids[firm], f"a store abroad drops an app of {firms.ids[firm]}")
