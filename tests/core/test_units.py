"""Units: fen and yuan, and on which Monday an event is seen."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.units import (
    WEEKS_PER_MONTH,
    WEEKS_PER_YEAR,
    first_monday,
    monday_of,
    to_cny,
    to_fen,
    week_of,
)

days = st.dates(date(2020, 1, 1), date(2035, 1, 1))


def test_a_month_has_4_348_weeks_and_a_year_twelve_months() -> None:
    assert pytest.approx(4.348, abs=5e-4) == WEEKS_PER_MONTH
    assert pytest.approx(12 * WEEKS_PER_MONTH) == WEEKS_PER_YEAR


def test_half_a_fen_is_rounded_to_even() -> None:
    assert to_fen([0.125, 0.375, -0.125, 1.0, 0.0]).tolist() == [12, 38, -12, 100, 0]
    assert to_fen(12.34).dtype == np.int64


@given(st.lists(st.integers(-(10**14), 10**14), max_size=6))
def test_fen_survive_the_way_to_yuan_and_back(fen: list[int]) -> None:
    column = np.array(fen, dtype=np.int64).reshape(-1, 1)
    assert (to_fen(to_cny(column)) == column).all()


@given(days)
def test_first_monday_is_the_next_one_or_the_day_itself(day: date) -> None:
    monday = first_monday(day)
    assert monday.weekday() == 0
    assert timedelta(0) <= monday - day < timedelta(weeks=1)


@given(days, days)
def test_an_event_is_seen_at_the_first_clearing_not_before_it(day: date, start: date) -> None:
    seen = monday_of(week_of(day, start), start)
    assert seen.weekday() == 0
    assert timedelta(0) <= seen - day < timedelta(weeks=1)


def test_event_of_a_monday_acts_at_once_and_of_a_tuesday_a_week_later() -> None:
    start = date(2024, 5, 6)
    assert week_of(start, start) == 0
    assert week_of(date(2024, 5, 7), start) == 1
    assert week_of(date(2024, 5, 13), start) == 1
    assert week_of(date(2024, 5, 5), start) == 0
    assert week_of(date(2024, 4, 29), start) == -1


def test_a_start_in_the_middle_of_a_week_waits_for_monday() -> None:
    start = date(2024, 5, 8)
    assert monday_of(0, start) == date(2024, 5, 13)
    assert week_of(date(2024, 5, 10), start) == 0
