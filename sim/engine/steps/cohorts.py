"""Step 6, what firms learn of it: retention and lifetime value of the users they bought."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.core.units import WEEKS_PER_MONTH
from sim.engine.state import Engine
from sim.markets import advertising, products
from sim.markets.retention import leave_base
from sim.world.consumers import Consumers, WeekCounts

F64 = NDArray[np.float64]

QUARTER_WEEKS = 13
MEASURED_WEEKS = 4
HORIZON_WEEKS = 104


def count(engine: Engine) -> None:
    """Add the week's joiners and advertising to their cohorts; let each firm measure its own."""
    world, people, counts = engine.world, engine.world.consumers, engine.world.counts
    if people is None or counts is None:
        return
    _join(engine, counts)
    _engage(engine, people)
    quarter, week = world.cohorts, world.week % QUARTER_WEEKS
    spend, bought = world.by_firm(engine.flow.ad_spend), world.by_firm(engine.flow.ad_people)
    quarter.spend = spend if week == 0 else quarter.spend + spend
    quarter.people = bought if week == 0 else quarter.people + bought
    _measure(engine, people)


def _join(engine: Engine, counts: WeekCounts) -> None:
    joined = engine.world.cohorts.joined[:, engine.world.week]
    joined[:, 1] = counts.adds_paid
    joined[:, 0] = counts.adds - counts.adds_paid


def _engage(engine: Engine, people: Consumers) -> None:
    """Remember how deep the use of each app was; an app that is not there yet is not shallow."""
    world = engine.world
    depth = products.engagement(people.holders * world.people_per_agent, world.apps.mau)
    past = world.products.engagement
    past[1:] = past[:-1].copy()
    past[0] = depth


def _measure(engine: Engine, people: Consumers) -> None:
    """Retention of users bought a quarter ago, the general curve until there are any; and value."""
    world, flow = engine.world, engine.flow
    hazard = bought_users(engine).hazard
    expected = float(np.exp(-hazard[:QUARTER_WEEKS].sum()))
    last = world.week - QUARTER_WEEKS + 1
    weeks = slice(max(last - MEASURED_WEEKS, 0), max(last, 0))
    there = world.by_firm(_float(people.cohorts[:, weeks, 1].sum(axis=1)))
    joined = world.by_firm(_float(world.cohorts.joined[:, weeks, 1].sum(axis=1)))
    own = np.divide(there, joined, out=np.full(len(joined), expected), where=joined > 0)
    flow.retention = own
    flow.lifetime_value = advertising.lifetime_value(
        paid_per_user(engine, people), bought_survival(engine)
    )


@dataclass(frozen=True)
class Bought:
    """How users bought by ads leave: read-only, (HORIZON_WEEKS,) over the weeks held.

    The horizon is the firms', so that a run's end changes nothing before it.
    """

    hazard: F64
    """Of leaving in each week held."""
    there: F64
    """Share still there after 0, 1, ... weeks."""
    left: F64
    """Share still there after 1, 2, ... weeks."""
    weeks_paid: float
    """Weeks that they are there in all, the first included."""
    staying: float
    """Share who stay a week, where as many leave in each."""


def bought_users(engine: Engine) -> Bought:
    """How users bought by ads leave, with today's parameters."""
    p = engine.p
    ratio = p.bought_beta_ratio if engine.world.on("ad_bought_retention") else 1.0
    return _bought(p.retention_alpha, p.retention_beta, ratio)


@lru_cache(maxsize=16)
def _bought(alpha: float, beta: float, ratio: float) -> Bought:
    hazard: F64 = leave_base(alpha, beta, ratio, HORIZON_WEEKS)[1]
    left: F64 = np.exp(-np.cumsum(hazard))
    there: F64 = np.append(1.0, left[:-1])
    for curve in (hazard, there, left):
        curve.flags.writeable = False
    staying = float(np.exp(-1.0 / left.sum()))
    return Bought(hazard, there, left, float(there.sum()), staying)


def bought_survival(engine: Engine) -> F64:
    """Share of a firm's bought users still there after k weeks: the general curve's shape, the
    firm's own height; (F, HORIZON_WEEKS)."""
    return advertising.calibrated_survival(
        bought_users(engine).hazard, HORIZON_WEEKS, QUARTER_WEEKS, engine.flow.retention
    )


def paid_per_user(engine: Engine, people: Consumers) -> F64:
    """Subscriptions per user and week by firm, CNY, 0 without users; (F,)."""
    world, p = engine.world, engine.p
    price = np.array([0.0, p.basic_price, p.premium_price]) / WEEKS_PER_MONTH
    paid, users = world.by_firm(people.tiers @ price), world.by_firm(_float(people.holders))
    return np.divide(paid, users, out=np.zeros(len(users)), where=users > 0)


def _float(counts: NDArray[np.int64]) -> F64:
    return counts.astype(np.float64)
