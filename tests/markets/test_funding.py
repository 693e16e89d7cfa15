"""Fundraising: when rounds open, what they value a firm at, how large they are, the mood."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.markets.funding import opening_hazard, pre_money, round_size, sentiment_step

F64 = NDArray[np.float64]

WEIGHTS = {
    "sentiment": 0.5,
    "users": 1.0,
    "revenue": 0.3,
    "quality": 0.5,
    "herd": 0.3,
    "need": 0.8,
    "drag": 0.7,
    "conflict": 0.5,
    "demand": 0.7,
}
billions = st.floats(0.1, 200)


def log_hazard(**changes: Any) -> float:
    """Return the log hazard of one firm with a year of runway and nothing special, but changes."""
    one: dict[str, Any] = {
        "sentiment": 0.0,
        "user_growth": 0.0,
        "revenue_growth": 0.0,
        "quality_lead": 0.0,
        "herd": 0.0,
        "runway_months": 12.0,
        "post_money_bn": 5.0,
        "conflict": 0.0,
        "revenue_bn": 0.0,
    } | changes
    for name in one.keys() - {"sentiment", "herd"}:
        one[name] = np.array([one[name]])
    hazard = opening_hazard(1.5, **one, weights=WEIGHTS, watershed_bn=20.0, revenue_multiple=60.0)
    assert hazard.shape == (1,)
    return math.log(hazard[0])


def test_firm_without_news_and_a_year_of_runway_raises_at_the_base_hazard() -> None:
    assert log_hazard() == pytest.approx(math.log(1.5))


@pytest.mark.parametrize(
    ("changes", "effect"),
    [
        ({"sentiment": 1.0}, 0.5),
        ({"user_growth": 0.7}, 0.7),
        ({"user_growth": 9.0}, 1.5),
        ({"user_growth": -9.0}, -1.0),
        ({"revenue_growth": 1.0}, 0.3),
        ({"revenue_growth": 9.0}, 0.45),
        ({"quality_lead": -40.0}, -0.2),
        ({"herd": 2.0}, 0.6),
        ({"runway_months": 6.0}, 0.8 * math.log(2)),
        ({"runway_months": 0.0}, 0.8 * math.log(12)),
        ({"runway_months": 120.0}, -0.8 * math.log(5)),
        ({"post_money_bn": 20.0}, 0.0),
        ({"post_money_bn": 40.0}, -1.4 * math.log(2)),
        ({"post_money_bn": 40.0, "revenue_bn": 0.5}, -0.7 * math.log(2) - 0.7 * math.log(4 / 3)),
        ({"post_money_bn": 40.0, "revenue_bn": 1.0}, -0.7 * math.log(2)),
        ({"post_money_bn": 0.0}, 0.0),
        ({"conflict": 1.0}, -0.5),
    ],
    ids=str,
)
def test_hazard_answers_each_cause(changes: dict[str, float], effect: float) -> None:
    assert log_hazard(**changes) - log_hazard() == pytest.approx(effect)


def value(
    last: float,
    club: float,
    *,
    years: float = 1.0,
    hot: bool = True,
    watershed: float = 20.0,
    sentiment: float = 0.0,
    normal: float = 0.0,
    leap: float = 1.0,
) -> float:
    return pre_money(
        last,
        club,
        years,
        sentiment,
        normal,
        hot=hot,
        step=1.3,
        noise=0.2,
        floor=0.9,
        watershed_bn=watershed,
        leap=leap,
    )


def test_firm_at_the_top_of_the_club_steps_up_once_a_year() -> None:
    assert value(8, 8) == pytest.approx(8 * 1.3)
    assert value(8, 8, years=0) == pytest.approx(8)
    assert value(8, 8, years=5) == pytest.approx(8 * 1.3)
    assert value(8, 8, hot=False) == pytest.approx(8 * 1.3)


def test_hot_money_lifts_a_small_firm_further_than_cold_money() -> None:
    assert value(1, 10, years=0) == pytest.approx(10**0.55)
    assert value(1, 10, years=0, hot=False) == pytest.approx(10**0.3)


def test_luck_mood_and_leaps_multiply() -> None:
    plain = value(5, 5, years=0)
    assert value(5, 5, years=0, normal=1) == pytest.approx(plain * math.exp(0.2))
    assert value(5, 5, years=0, sentiment=1) == pytest.approx(plain * math.exp(0.25))
    assert value(5, 5, years=0, leap=1.4) == pytest.approx(plain * 1.4)


def test_excess_over_the_watershed_counts_as_its_root() -> None:
    assert value(20, 20, years=0, leap=1.8) == pytest.approx(20 + math.sqrt(16))
    assert value(20, 20, years=0, leap=1.8, watershed=math.inf) == pytest.approx(36)


@given(billions, billions, st.floats(0, 5), st.floats(-3, 3), st.floats(-4, 4), st.booleans())
def test_down_rounds_stop_at_the_floor(
    last: float, more: float, years: float, sentiment: float, normal: float, hot: bool
) -> None:
    found = value(last, last + more, years=years, sentiment=sentiment, normal=normal, hot=hot)
    assert found >= 0.9 * last
    luckier = value(last, last + more, years=years, sentiment=sentiment, normal=normal + 1, hot=hot)
    assert luckier >= found


@given(st.floats(0.01, 0.5), billions)
def test_new_money_buys_the_share_that_is_sold(dilution: float, pre: float) -> None:
    size = round_size(dilution, pre, burn_month_bn=1e6, most_months=150)
    assert size / (pre + size) == pytest.approx(dilution)
    assert round_size(dilution, pre, 1e-5, 150) == pytest.approx(min(1.5e-3, size))


@given(st.floats(-2, 2), st.floats(-1, 1), st.floats(0.1, 3), st.floats(0.01, 1), st.floats(0, 2))
def test_mood_returns_to_its_mean_in_any_number_of_steps(
    sentiment: float, mean: float, pull: float, first: float, second: float
) -> None:
    stepwise = sentiment_step(
        sentiment_step(sentiment, mean, pull, 0.6, first, 0.0), mean, pull, 0.6, second, 0.0
    )
    at_once = sentiment_step(sentiment, mean, pull, 0.6, first + second, 0.0)
    assert stepwise == pytest.approx(at_once)
    assert at_once - mean == pytest.approx((sentiment - mean) * math.exp(-pull * (first + second)))
