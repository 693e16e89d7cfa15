"""A researcher's own function may replace what can happen to people; scenarios still cannot."""

import importlib.util
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from sim.engine.simulation import simulate
from sim.engine.state import HazardRule
from sim.experiments import ensemble
from sim.scenario import Scenario
from sim.world.consumers import Hazards
from sim.world.state import World

EXAMPLE = Path(__file__).parents[2] / "examples" / "festival_week.py"
SHORT = Scenario.load("baseline").with_(
    {"consumers.people_per_agent": 4000, "end": date(2024, 2, 26)}
)
TABLES = frozenset({"apps"})


def same(hazards: Hazards, world: World) -> Hazards:
    return hazards


def festival(hazards: Hazards, world: World) -> Hazards:
    spec = importlib.util.spec_from_file_location("festival_week", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    changed = module.festival(hazards, world)
    assert isinstance(changed, Hazards)
    return changed


def by_week(hazards: HazardRule | None) -> pl.DataFrame:
    engine = partial(simulate, hazards=hazards)
    run = ensemble.run(SHORT, 1, tables=TABLES, simulate=engine)
    assert run.failures == ()
    return run.apps.group_by("date").agg(pl.col("adds_own", "adds").sum()).sort("date")


def test_a_rule_that_changes_nothing_leaves_every_number_as_it_was() -> None:
    left = simulate(SHORT, 1, 0, TABLES)["apps"]
    right = simulate(SHORT, 1, 0, TABLES, hazards=same)["apps"]
    for name in left:
        np.testing.assert_array_equal(np.asarray(left[name]), np.asarray(right[name]))


def test_the_festival_of_the_example_adds_people_in_its_week_and_not_before() -> None:
    plain, shown = by_week(None), by_week(festival)
    before = pl.col("date") < date(2024, 2, 5)
    assert plain.filter(before).equals(shown.filter(before))
    week = pl.col("date") == date(2024, 2, 5)
    assert plain["adds_own"].sum() == 0
    festival_week = shown.filter(week)
    assert festival_week["adds_own"].item() == shown["adds_own"].sum() > 1e5
    assert festival_week["adds"].item() > plain.filter(week)["adds"].item()
