"""Numbers as people write them."""

from datetime import date

import pytest

from sim.views.format import (
    beside,
    bracketed,
    count,
    day,
    interval,
    money,
    month,
    months,
    percent,
    price,
    sparkline,
    tokens,
    whole,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (0.2, "0"), (12, "12"), (640_400, "640 k"), (999_600, "1 M"), (48.4e6, "48.4 M"),
        (3.2e9, "3.2 bn"), (4e12, "4 tn"), (-2.5e9, "-2.5 bn"), (None, "–"), (float("nan"), "–"),
        (float("inf"), "–"),
    ],
)  # fmt: skip
def test_counts_take_the_scale_people_use(value: float | None, text: str) -> None:
    assert count(value) == text


def test_each_kind_names_its_unit() -> None:
    assert money(3.2e9) == "3.2 bn CNY"
    assert price(0.8) == "0.8 CNY/Mtok"
    assert price(0) == "free"
    assert tokens(1.2e11) == "120 bn/day"
    assert percent(0.923) == "92 %"
    assert percent(0.001) == "under 1 %"
    assert percent(-0.002) == "0 %"
    assert months(14.4) == "14 months"
    assert months(1.04) == "1 month"
    assert months(120) == "10 years or more"
    assert {money(None), price(None), tokens(None), percent(None), months(None)} == {"–"}


def test_an_interval_names_a_shared_unit_once() -> None:
    assert interval(59.7e6, 90.2e6, count) == "59.7–90.2 M"
    assert interval(900e3, 1.2e6, count) == "900 k–1.2 M"
    assert interval(5, 5.001, count) == "5"
    assert interval(0, 474e6, money) == "0–474 M CNY"
    assert interval(3, 474e6, money) == "3 CNY–474 M CNY"
    assert beside("52 M", "48.4 M") == "52 / 48.4 M"
    assert beside("free", "1 CNY/Mtok") == "free / 1 CNY/Mtok"


def test_the_median_of_a_count_may_lie_between_two() -> None:
    assert (whole(3.0), whole(3.5)) == ("3", "3 or 4")


def test_dates_are_english_in_every_locale() -> None:
    assert (month(date(2024, 5, 6)), day(date(2024, 5, 6))) == ("May 2024", "6 May 2024")


def test_a_sparkline_runs_from_lowest_to_highest_and_leaves_gaps() -> None:
    assert sparkline([None, 0.0, 7.0], 3) == " ▁█"
    assert sparkline([5.0, 5.0], 8) == "▁▁"
    assert len(sparkline([float(i) for i in range(130)], 16)) == 16
    assert sparkline([], 5) == ""
    assert sparkline([None, None], 5) == "  "


def test_a_range_of_one_value_is_not_said_twice() -> None:
    assert bracketed(59.7e6, 90.2e6, count) == " (59.7–90.2 M)"
    assert bracketed(59.71e6, 59.72e6, count) == ""
    assert bracketed(None, None, count) == ""
