"""A fan says what all replicates say together, without keeping any of them."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sweep_engines import WEEKS, cash_and_luck

from sim.core.streams import Streams
from sim.experiments.fans import Fan, QuantileSketch, fan
from sim.results.errors import TableError
from sim.scenario import Scenario

LEVELS = (0.05, 0.5, 0.95)


def fails_at_three(scenario: Scenario, seed: int, replicate: int, *rest: Any) -> Any:
    if replicate == 3:
        raise ZeroDivisionError("no market left")
    return cash_and_luck(scenario, seed, replicate, *rest)


@pytest.fixture(scope="module")
def short() -> Scenario:
    """A scenario as long as the stand-in engine's record."""
    return Scenario.load("baseline", ["end=2023-07-24"])


def run(scenario: Scenario, replicates: int, **options: Any) -> Fan:
    given = {"simulate": cash_and_luck, "seed": 4, "levels": LEVELS, **options}
    return fan(scenario, {"market": ["hhi_mau"]}, replicates, **given)


def test_fan_is_the_quantiles_of_all_replicates(short: Scenario) -> None:
    luck = [
        [Streams(4, number).uniform("mood", "m", week) for week in range(WEEKS)]
        for number in range(60)
    ]
    found = run(short, 60)
    assert found.frame.columns == ["table", "who", "column", "date", "q05", "q50", "q95"]
    expected = np.quantile(luck, LEVELS, axis=0)
    np.testing.assert_allclose(found.frame.select("q05", "q50", "q95").to_numpy().T, expected)
    assert found.replicates == 60


def test_fan_is_the_same_wherever_replicates_are_made(short: Scenario) -> None:
    many = run(short, 400)
    assert run(short, 400, executor="thread:3").frame.equals(many.frame)


def test_replicate_that_fails_is_left_out_and_named(short: Scenario) -> None:
    found = run(short, 10, simulate=fails_at_three)
    assert found.replicates == 9
    assert [one.replicate for one in found.failures] == [3]


def test_firms_and_apps_have_a_row_each_and_week() -> None:
    scenario = Scenario.load("limits/bass", ["consumers.people_per_agent=100000"])
    found = fan(scenario, {"apps": ["mau"], "firms": ["cash_cny"]}, 2, levels=(0.5,)).frame
    weeks = found["date"].n_unique()
    assert found.filter(pl.col("table") == "apps").height == weeks * len(scenario.apps)
    assert found.filter(pl.col("table") == "firms").height == weeks * len(scenario.firms)


@pytest.mark.parametrize(
    ("columns", "said"),
    [({"rounds": ["size_cny"]}, "has no fan"), ({"firms": ["status"]}, "no column of numbers")],
)
def test_column_without_a_fan_is_refused(columns: dict[str, list[str]], said: str) -> None:
    with pytest.raises(TableError, match=said):
        fan(Scenario.load("baseline"), columns)


@given(
    st.lists(
        st.lists(st.floats(-1e6, 1e6) | st.just(np.nan), min_size=3, max_size=3),
        min_size=1,
        max_size=64,
    )
)
def test_sketch_is_exact_while_it_keeps_all_values(rows: list[list[float]]) -> None:
    sketch = QuantileSketch(3, kept=64)
    for row in rows:
        sketch.add(np.array(row))
    found = sketch.quantiles(LEVELS)
    for cell in range(3):
        values = np.array([row[cell] for row in rows])
        known = values[~np.isnan(values)]
        expected = np.quantile(known, LEVELS) if len(known) else np.full(3, np.nan)
        np.testing.assert_allclose(found[:, cell], expected, rtol=1e-9, atol=1e-9)


def test_sketch_of_many_values_is_near_and_small() -> None:
    values = np.random.default_rng(1).permutation(100_000).astype(np.float64)
    sketch = QuantileSketch(2)
    for value in values:
        sketch.add(np.array([value, -value]))
    found = sketch.quantiles((0.05, 0.5, 0.95)) / 100_000
    np.testing.assert_allclose(found[:, 0], (0.05, 0.5, 0.95), atol=0.01)
    np.testing.assert_allclose(found[:, 1], (-0.95, -0.5, -0.05), atol=0.01)
    assert sum(len(held) for held in sketch._levels) <= 256 * 10
