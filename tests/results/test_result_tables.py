"""Recorded columns become frames only if they fit the schema exactly."""

from datetime import date, datetime
from math import isnan
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stand_in_engine import StandInScenario, simulate

from sim.core.tables import TABLES
from sim.results.errors import TableError
from sim.results.tables import Values, empty, frame, frames, stack, wanted_tables

TENDERS: dict[str, Values] = {
    "replicate": np.array([0, 0]),
    "date": [date(2024, 1, 1), date(2024, 1, 8)],
    "firm": ["zhipu", "baidu"],
    "budget_cny": [2e6, 3e6],
    "price_cny": np.array([1.5e6, np.nan]),
    "cost_cny": [1, 2],
    "bidders": np.array([3, 2], dtype=np.int16),
}


def tenders(**changed: Values) -> pl.DataFrame:
    return frame("tenders", {**TENDERS, **changed})


def test_columns_come_in_the_order_and_types_of_the_schema() -> None:
    found = frame("tenders", {name: TENDERS[name] for name in reversed(TENDERS)})
    assert found.columns == [column.name for column in TABLES["tenders"]]
    assert found.dtypes == [
        pl.Int64, pl.Date, pl.String, pl.Float64, pl.Float64, pl.Float64, pl.Int64
    ]  # fmt: skip
    assert found["cost_cny"].to_list() == [1.0, 2.0]


def test_nan_and_none_in_a_float_column_are_null() -> None:
    assert tenders()["price_cny"].to_list() == [1.5e6, None]
    assert tenders(price_cny=[None, 2.0])["price_cny"].to_list() == [None, 2.0]
    assert tenders(price_cny=[None, None])["price_cny"].to_list() == [None, None]


def test_days_may_be_numpy_days() -> None:
    days = np.array(["2024-01-01", "2024-01-08"], dtype="datetime64[D]")
    assert tenders(date=days).equals(tenders())


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"bidders": [3.0, 2.0]}, "bidders is Float64; must be int"),
        ({"bidders": np.array([True, False])}, "bidders is Boolean; must be int"),
        ({"budget_cny": [True, False]}, "budget_cny is Boolean; must be float"),
        ({"budget_cny": ["2e6", "3e6"]}, "budget_cny is String; must be float"),
        ({"firm": [1, 2]}, "firm is Int64; must be text"),
        ({"firm": ["zhipu", 1]}, "firm: .*; must be text"),
        ({"firm": ["zhipu", None]}, "firm has nulls; only float columns may"),
        ({"date": ["2024-01-01", "2024-01-08"]}, "date is String; must be date"),
        ({"date": [datetime(2024, 1, 1), datetime(2024, 1, 8)]}, "date is Datetime.*must be date"),
        ({"budget_cny": [np.inf, 1.0]}, "budget_cny holds an infinite number"),
        ({"budget_cny": [1.0]}, "columns of lengths .*'budget_cny': 1.*all must be of one length"),
        ({"winner": ["a", "b"]}, "has unknown winner; columns are replicate, date, firm"),
    ],
)
def test_column_that_does_not_fit_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(TableError, match=f"table 'tenders': {message}"):
        tenders(**changed)


def test_missing_column_is_refused() -> None:
    with pytest.raises(TableError, match="lacks bidders; columns are"):
        frame("tenders", {name: TENDERS[name] for name in TENDERS if name != "bidders"})


def test_table_that_was_not_asked_for_or_not_recorded_is_refused() -> None:
    recorded = simulate(StandInScenario(), 1, 0, frozenset({"market"}))
    with pytest.raises(TableError, match="'apps': was not recorded"):
        frames(recorded, frozenset({"market", "apps"}))
    with pytest.raises(TableError, match="'market': was recorded but not asked for"):
        frames(recorded, frozenset())


def test_empty_table_has_the_schema_of_a_filled_one() -> None:
    assert empty("tenders").schema == tenders().schema
    assert stack([], frozenset({"tenders"}))["tenders"].equals(empty("tenders"))


def test_no_tables_named_means_all() -> None:
    assert wanted_tables(None) == set(TABLES)
    assert wanted_tables(["firms"]) == {"firms"}


@given(st.lists(st.floats(allow_infinity=False)))
def test_floats_survive_bit_for_bit(values: list[float]) -> None:
    whole = {column.name: [0.0] * len(values) for column in TABLES["stakes"]}
    columns: dict[str, Values] = {
        **whole,
        "replicate": [0] * len(values),
        "date": [date(2024, 1, 1)] * len(values),
        "firm": ["a"] * len(values),
        "investor": ["b"] * len(values),
        "share": values,
    }
    expected = [None if isnan(value) else value for value in values]
    assert list(map(repr, frame("stakes", columns)["share"])) == list(map(repr, expected))
