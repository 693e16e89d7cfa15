"""What is kept of users once a quarter: cohorts that stay or go, and what buying them brought."""

import numpy as np
from numpy.typing import NDArray

from sim.core.ranges import median
from sim.core.tables import TABLES
from sim.core.units import FEN_PER_CNY
from sim.engine.columns import Rows
from sim.engine.state import Engine
from sim.engine.steps.cohorts import QUARTER_WEEKS, bought_survival, paid_per_user
from sim.engine.steps.small_apps import crowded_cost, worth
from sim.markets.advertising import payback_weeks
from sim.world.state import World


def cohorts(engine: Engine) -> Rows:
    """Of those who joined an app in each quarter, bought or not, how many hold it; at its end."""
    world = engine.world
    if world.consumers is None or not _ends_quarter(world):
        return _nothing("cohorts")
    joined = _by_quarter(world, world.cohorts.joined)
    there = _by_quarter(world, world.consumers.cohorts)
    app, quarter, bought = np.nonzero(joined)
    scale = float(world.people_per_agent)
    return {
        "app": [world.apps.ids[one] for one in app],
        "cohort": quarter,
        "age": joined.shape[1] - 1 - quarter,
        "bought": bought == 1,
        "joined": joined[app, quarter, bought] * scale,
        "users": there[app, quarter, bought] * scale,
    }


def acquisition(engine: Engine) -> Rows:
    """What each firm paid for users on each channel in the quarter, and what they bring."""
    world = engine.world
    if world.consumers is None or not _ends_quarter(world):
        return _nothing("acquisition")
    spend, people = world.cohorts.spend, world.cohorts.people
    firm, channel = np.nonzero(people)
    cost = spend[firm, channel] / people[firm, channel]
    paid, survival = paid_per_user(engine, world.consumers), bought_survival(engine)
    weeks = [
        payback_weeks(float(one), float(paid[of]), survival[of])
        for one, of in zip(cost, firm, strict=True)
    ]
    return {
        "firm": [world.firms.ids[one] for one in firm],
        "channel": [world.channels.ids[one] for one in channel],
        "spend_cny": spend[firm, channel],
        "users": people[firm, channel],
        "cpa_cny": cost,
        "retention": engine.flow.retention[firm],
        "lifetime_value_cny": engine.flow.lifetime_value[firm],
        "payback_weeks": np.where(np.isfinite(weeks), weeks, np.nan),
    }


def small_apps(engine: Engine) -> Rows:
    """The week of all small app startups together."""
    small = engine.world.small_apps
    return {
        "entrants": [small.entrants],
        "active": [len(small)],
        "stopped": [small.stopped],
        "pivoted": [small.pivoted],
        "users": [float(small.users.sum())],
        "raised_cny": [small.raised],
        "revenue_cny": [small.revenue],
        "ad_spend_cny": [small.ad_spend],
        "cash_cny": [float(small.cash.sum()) / FEN_PER_CNY],
        "cpa_cny": [median(crowded_cost(engine))],
        "lifetime_value_cny": [median(worth(engine))],
    }


def _ends_quarter(world: World) -> bool:
    return world.week % QUARTER_WEEKS == QUARTER_WEEKS - 1


def _nothing(name: str) -> Rows:
    return {column.name: [] for column in TABLES[name][2:]}


def _by_quarter(world: World, by_week: NDArray[np.int64]) -> NDArray[np.int64]:
    """Add up (A, W, 2) over the weeks of each quarter so far, (A, Q, 2)."""
    quarters = (world.week + 1) // QUARTER_WEEKS
    weeks = by_week[:, : quarters * QUARTER_WEEKS]
    total: NDArray[np.int64] = weeks.reshape(len(weeks), quarters, QUARTER_WEEKS, 2).sum(axis=2)
    return total
