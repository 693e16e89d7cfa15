"""The two naive forecasters say what a person with earlier figures and a ruler would say."""

from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st
from observed_run import a_figure

from sim.evidence.figures import Figure
from sim.experiments.forecasters import naive_forecast


def users(period: str, value: float, **more: str) -> Figure:
    return a_figure(
        "app:kimi", "monthly_active_users", "users", period, value=value, id=period, **more
    )


def test_last_value_is_that_of_the_latest_earlier_period() -> None:
    known = [users("2024-03", 3.0), users("2024-01", 1.0), users("2024-09", 9.0)]
    assert naive_forecast(users("2024-06", 6.0), known).last == 3.0


def test_a_period_that_overlaps_is_not_earlier() -> None:
    assert naive_forecast(users("2024-06", 6.0), [users("2024-H1", 3.0)]).last is None


@pytest.mark.parametrize("qualifier", ["goal", "forecast", "rumour"])
def test_what_was_no_fact_is_no_earlier_value(qualifier: str) -> None:
    earlier = users("2024-03", 3.0, qualifier=qualifier)
    assert naive_forecast(users("2024-06", 6.0), [earlier]).last is None


def test_another_panel_or_unit_is_another_series() -> None:
    earlier = [users("2024-03", 3.0, panel="aicpb")]
    assert naive_forecast(users("2024-06", 6.0, panel="questmobile"), earlier).last is None


@given(st.floats(-3, 3), st.floats(0.1, 100.0))
def test_trend_continues_exponential_growth_exactly(rate: float, start: float) -> None:
    # Days of like distance: the middle of each is a day's noon.
    days = ("2024-01-01", "2024-03-01", "2024-04-30", "2024-06-29")
    values = [start * exp(rate * step) for step in range(4)]
    known = [users(day, value) for day, value in zip(days[:3], values, strict=False)]
    forecast = naive_forecast(users(days[3], 1.0), known)
    assert forecast.trend == pytest.approx(values[3], rel=1e-9)
    assert forecast.last == known[-1].value


def test_trend_needs_two_periods_and_positive_values() -> None:
    asked = users("2024-06", 6.0)
    assert naive_forecast(asked, [users("2024-03", 3.0)]).trend is None
    zero = [users("2024-03", 0.0), users("2024-04", 3.0)]
    assert naive_forecast(asked, zero).trend is None
