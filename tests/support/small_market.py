"""A small, fast market for tests: the baseline with few agents, and looks into it while it runs."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType
from typing import Any
from unittest.mock import patch

import polars as pl

from sim.engine import simulation
from sim.engine.identities import check
from sim.engine.state import Engine
from sim.results.tables import frames, wanted_tables
from sim.scenario import Scenario

START = date(2023, 7, 3)
NOTHING: Mapping[str, Any] = MappingProxyType({})
NO_ROUNDS: Mapping[str, Any] = MappingProxyType(
    {"parameters.round_hot": 1e-9, "parameters.round_cold": 0.0, "parameters.state_money": 0.0}
)
"""Changes under which startups never raise money of their own accord."""


@cache
def _loaded(name: str) -> Scenario:
    return Scenario.load(name)


def small(
    changes: Mapping[str, Any] = NOTHING,
    weeks: int = 40,
    start: date = START,
    base: str = "baseline",
) -> Scenario:
    """Return the baseline, or another shipped scenario, with 6,000 people and 200 accounts."""
    few = {
        "consumers.people_per_agent": 100_000,
        "accounts.count": 200,
        "start": start,
        "end": start + timedelta(weeks=weeks),
    }
    return _loaded(base).with_({**few, **changes})


def without(*firms: str) -> dict[str, Any]:
    """Return the changes that remove firms and all that names them; their channels go to nobody."""
    scenario, changes = _loaded("baseline"), dict[str, Any]()
    for firm in firms:
        changes[f"firms.{firm}.remove"] = True
    for table in ("apps", "investors"):
        for name, one in getattr(scenario, table).items():
            if one.firm in firms:
                changes[f"{table}.{name}.remove"] = True
    for name, channel in scenario.channels.items():
        if channel.owner in firms:
            changes[f"channels.{name}.owner"] = None
    return changes


def switched_off(*mechanisms: str) -> dict[str, Any]:
    """Return the changes that switch mechanisms off."""
    return {f"mechanisms.{name}": False for name in mechanisms}


def tables(
    scenario: Scenario,
    seed: int = 1,
    replicate: int = 0,
    threads: int = 1,
    names: Collection[str] | None = None,
) -> dict[str, pl.DataFrame]:
    """Simulate one replicate and return its tables as frames, checked against the schema."""
    wanted = wanted_tables(names)
    return frames(simulation.simulate(scenario, seed, replicate, wanted, threads=threads), wanted)


def watch(
    scenario: Scenario, each: Callable[[Engine], None], seed: int = 1, replicate: int = 0
) -> None:
    """Simulate and show the engine to `each` every week, before the identities are checked."""

    def look(engine: Engine) -> None:
        each(engine)
        check(engine)

    with patch.object(simulation, "check", look):
        simulation.simulate(scenario, seed, replicate, frozenset())


def of(frame: pl.DataFrame, **values: object) -> pl.DataFrame:
    """Return the rows in which columns have these values."""
    return frame.filter(*(pl.col(name) == value for name, value in values.items()))
