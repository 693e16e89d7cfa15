"""Periods of figures: the days they cover, their parts, and what is refused."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.evidence.period import Period, Span
from sim.evidence.table import CellError


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2024", date(2024, 1, 1), date(2025, 1, 1)),
        ("2024-H1", date(2024, 1, 1), date(2024, 7, 1)),
        ("2024-H2", date(2024, 7, 1), date(2025, 1, 1)),
        ("2024-Q4", date(2024, 10, 1), date(2025, 1, 1)),
        ("2024-12", date(2024, 12, 1), date(2025, 1, 1)),
        ("2024-02-29", date(2024, 2, 29), date(2024, 3, 1)),
        ("2024-08..2024-10-29", date(2024, 8, 1), date(2024, 10, 30)),
        ("2023..2024", date(2023, 1, 1), date(2025, 1, 1)),
    ],
)
def test_a_period_runs_from_its_first_day_to_the_day_after_its_last(
    text: str, start: date, end: date
) -> None:
    period = Period.read(text)
    assert (period.start, period.end, period.text) == (start, end, text)


def test_a_range_knows_its_first_and_last_part() -> None:
    period = Period.read("2023-12..2024-02")
    assert period.first == Span(date(2023, 12, 1), date(2024, 1, 1))
    assert period.last == Span(date(2024, 2, 1), date(2024, 3, 1))


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2024", date(2023, 1, 1), date(2024, 1, 1)),
        ("2024-H1", date(2023, 7, 1), date(2024, 1, 1)),
        ("2024-Q1", date(2023, 10, 1), date(2024, 1, 1)),
        ("2024-03", date(2024, 2, 1), date(2024, 3, 1)),
        ("2024-03-01", date(2024, 2, 29), date(2024, 3, 1)),
    ],
)
def test_the_part_before_is_as_long_by_the_calendar(text: str, start: date, end: date) -> None:
    assert Period.read(text).before == Span(start, end)


def test_the_months_of_a_period_are_those_that_end_inside() -> None:
    assert [month.start.month for month in Period.read("2024-01..2024-03-15").months()] == [1, 2]
    assert [month.start.month for month in Period.read("2024-Q2").months()] == [4, 5, 6]
    assert [month.start.month for month in Period.read("2024-05-23").months()] == [5]


@pytest.mark.parametrize(
    "text",
    [
        "", "24", "2024-13", "2024-02-30", "2024-Q5", "2024-H3", "2024-5", "2024-10..2024-09",
        "2024..2024-06", "2024..",
        "..2024", "2024..2025..2026", "0000", "2024 ", "next years", "9999-12-31",
    ],
)  # fmt: skip
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(CellError):
        Period.read(text)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 3000))
def test_a_range_of_days_covers_each_of_them_once(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    period = Period.read(f"{first}..{last}")
    assert period.days == length + 1
    assert period.last_day == last


@given(st.text("0123456789-HQ. ", max_size=24))
def test_any_text_is_a_period_or_refused(text: str) -> None:
    with suppress(CellError):
        assert Period.read(text).days > 0
