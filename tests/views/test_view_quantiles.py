"""Fans and thinning against numpy and by hand."""

from datetime import date, timedelta

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from sim.views.quantiles import LEVELS, fan, last_of_month, spread, steps_only, thinned

WEEK = date(2024, 1, 1)
numbers = st.lists(st.floats(-1e12, 1e12, allow_nan=False), min_size=1, max_size=40)


@given(numbers)
def test_fan_equals_numpy_quantiles(values: list[float]) -> None:
    frame = pl.DataFrame({"replicate": range(len(values)), "date": WEEK, "value": values})
    row = fan(frame, "value").row(0, named=True)
    levels = {"lo90": 0.05, "lo50": 0.25, "median": 0.5, "hi50": 0.75, "hi90": 0.95}
    for name, level in levels.items():
        assert np.isclose(row[name], np.quantile(values, level), rtol=1e-9, atol=1e-6)
    assert spread(values) == {name: row[name] for name in LEVELS}


def test_fan_leaves_out_what_is_not_known() -> None:
    frame = pl.DataFrame(
        {"date": [WEEK] * 3 + [WEEK + timedelta(weeks=1)], "value": [1.0, None, float("nan"), None]}
    )
    rows = fan(frame, "value")
    assert rows.height == 1
    assert rows.row(0, named=True) == {"date": WEEK} | dict.fromkeys(LEVELS, 1.0)
    assert spread([float("nan")]) == {}


@given(st.integers(1, 300), st.integers(2, 70))
def test_thinning_keeps_both_ends_and_the_limit(weeks: int, most: int) -> None:
    frame = pl.DataFrame({"date": [WEEK + timedelta(weeks=i) for i in range(weeks)]})
    kept = thinned(frame, most)["date"]
    assert kept.len() == min(weeks, most)
    assert (kept[0], kept[-1]) == (frame["date"][0], frame["date"][-1])


def test_step_lines_keep_changes_and_ends_of_each_group() -> None:
    weeks = [WEEK + timedelta(weeks=i) for i in range(4)]
    frame = pl.DataFrame(
        {"key": ["a"] * 4 + ["b"] * 4, "date": weeks * 2, "value": [3, 3, 1, 1, 2, 2, 2, 2]}
    )
    kept = steps_only(frame, "value", "key")
    assert kept.filter(pl.col("key") == "a")["date"].to_list() == [weeks[0], weeks[2], weeks[3]]
    assert kept.filter(pl.col("key") == "b")["date"].to_list() == [weeks[0], weeks[3]]


def test_last_of_month_takes_the_last_monday_of_that_month_only() -> None:
    days = [date(2024, 3, 25), date(2024, 4, 1), date(2024, 4, 29), date(2024, 5, 6)]
    frame = pl.DataFrame({"date": days, "firm": ["f"] * 4, "price": [1, 2, 3, 4]})
    assert last_of_month(frame, date(2024, 4, 1), ("firm",))["price"].to_list() == [3]
