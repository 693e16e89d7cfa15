"""The week: twelve steps in order, on simpy's event queue."""

from collections.abc import Callable, Generator

import numpy as np
from simpy import Environment, Timeout

from sim.core.tables import TABLES
from sim.core.units import DAYS_PER_WEEK
from sim.engine.clock import Clock
from sim.engine.fit import check_fit
from sim.engine.identities import check
from sim.engine.public import publish
from sim.engine.recorder import Columns, Recorder
from sim.engine.state import Engine, Flow, HazardRule, choices, make_strategies
from sim.engine.steps import (
    advertising,
    api,
    categories,
    cohorts,
    compute,
    consumers,
    exits,
    frontier,
    funding,
    money,
    overseas,
    prices,
    products,
    shocks,
    small_apps,
    talent,
    technology,
    tenders,
)
from sim.scenario import Scenario
from sim.world.build import build_world

OnWeek = Callable[[int, int], None]


def week(engine: Engine, calendar: shocks.Calendar, recorder: Recorder, threads: int) -> None:
    """One week of the market: what happens, in order."""
    shocks.strike(engine, calendar)
    frontier.move(engine, calendar.last_foreign, calendar.last_regime)
    compute.clear(engine)
    technology.advance(engine)
    talent.move(engine)
    prices.review(engine)
    categories.arrive(engine)
    products.review(engine)
    advertising.clear(engine)
    consumers.live(engine, threads)
    cohorts.count(engine)
    overseas.live(engine)
    small_apps.live(engine)
    api.serve(engine)
    tenders.award(engine)
    money.settle(engine)
    funding.raise_money(engine)
    exits.decide(engine)
    recorder.record(engine)
    check(engine)


def simulate(
    scenario: Scenario,
    seed: int,
    replicate: int,
    tables: frozenset[str] | None = None,
    on_week: OnWeek | None = None,
    threads: int = 1,
    hazards: HazardRule | None = None,
) -> dict[str, Columns]:
    """Simulate one replicate and return its tables as columns.

    tables: names to record, all of `sim.core.tables.TABLES` without; on_week: called with
    (weeks done, weeks in all); threads: for the consumers, without effect on the result; hazards:
    replaces or adds to what can happen to people, see docs/consumers.md.
    Raises ScenarioError for a strategy that does not exist or people that do not fit this machine,
    IdentityError when the books break.
    """
    engine = open_market(scenario, seed, replicate)
    engine.hazard_rule = hazards
    recorder = Recorder(engine, replicate, frozenset(TABLES) if tables is None else tables)
    env = engine.clock.env
    failure = env.run(until=env.process(_mondays(env, engine, recorder, on_week, threads)))
    if failure is not None:
        raise failure
    return recorder.columns()


def open_market(scenario: Scenario, seed: int, replicate: int) -> Engine:
    """Return a replicate before its first week, its strategies checked."""
    check_fit(scenario)
    world = build_world(scenario, seed, replicate)
    engine = Engine(
        world=world,
        clock=Clock(),
        choices=choices(world),
        flow=Flow.empty(len(world.apps), len(world.channels), len(world.firms)),
        holders_before=np.zeros(len(world.apps), dtype=np.int64),
        gone_before=np.zeros(len(world.firms), dtype=np.bool_),
    )
    make_strategies(engine)
    api.open_accounts(engine)
    return engine


def _mondays(
    env: Environment, engine: Engine, recorder: Recorder, on_week: OnWeek | None, threads: int
) -> Generator[Timeout, None, Exception | None]:
    """Clear the market each Monday, after everything that ended before it.

    Returns what went wrong, if anything: simpy would raise a copy made of the error's arguments.
    """
    try:
        calendar = shocks.calendar(engine)
        for number in range(engine.world.weeks):
            engine.world.week = number
            week(engine, calendar, recorder, threads)
            publish(engine)
            engine.ledger.close_week()
            engine.flow.forget()
            engine.world.events.clear()
            if on_week is not None:
                on_week(number + 1, engine.world.weeks)
            yield env.timeout(DAYS_PER_WEEK)
    except Exception as error:
        return error
    return None
