"""Ways out: when firms stop pre-training, what they sell for, whether an event strikes."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.streams import Streams
from sim.markets.exits import happens, licence_price, stop_hazard


def hazard(quality: float = 0.0, runway: float = 12.0, sentiment: float = 0.0) -> float:
    found = stop_hazard(
        np.array([quality]),
        50.0,
        np.array([runway]),
        sentiment,
        base=0.32,
        by_quality=0.3,
        by_runway=0.9,
        by_sentiment=0.5,
    )
    return float(found[0])


@pytest.mark.parametrize(
    ("quality", "runway", "sentiment", "effect"),
    [
        (50, 12, 0, 0.0),
        (150, 12, 0, -0.3),
        (-50, 12, 0, 0.3),
        (50, 3, 0, 0.9 * math.log(4)),
        (50, 0, 0, 0.9 * math.log(12)),
        (50, 120, 0, -0.9 * math.log(5)),
        (50, 12, -1, 0.5),
    ],
)
def test_who_trails_open_weights_is_short_or_doubted_stops_sooner(
    quality: float, runway: float, sentiment: float, effect: float
) -> None:
    assert math.log(hazard(quality, runway, sentiment) / 0.32) == pytest.approx(effect)


def test_licence_price_is_the_larger_of_heads_and_discounted_value() -> None:
    assert licence_price(8, 10e6, 0.5, 1e9) == 0.5e9
    assert licence_price(80, 10e6, 0.5, 1e9) == 0.8e9
    assert licence_price(8, 10e6, 0.5, 0.0) == 80e6


@given(st.floats(0, 50), st.floats(0, 50), st.floats(0, 10), st.floats(0, 0.9999999))
def test_higher_hazard_strikes_whenever_a_lower_one_does(
    one: float, two: float, years: float, uniform: float
) -> None:
    low, high = sorted((one, two))
    assert happens(high, years, uniform) or not happens(low, years, uniform)
    assert bool(happens(high, years, uniform)) == (uniform < -math.expm1(-high * years))


@pytest.mark.parametrize(("hazard", "years"), [(0.25, 1.5), (1.0, 1.0), (3.0, 0.02), (50.0, 0.02)])
def test_probability_of_a_strike_is_that_of_an_exponential_wait(
    hazard: float, years: float
) -> None:
    edge = 1 - math.exp(-hazard * years)
    assert happens(hazard, years, [edge - 1e-9, edge + 1e-9]).tolist() == [True, False]


def test_no_hazard_never_strikes_and_a_boundless_one_always_does() -> None:
    draws = np.array([0.0, 0.5, 1 - 2.0**-53])
    assert not happens(0.0, 1.0, draws).any()
    assert not happens(5.0, 0.0, draws).any()
    assert happens(np.inf, 1.0, draws).all()


def test_weekly_draws_add_up_to_the_years_probability() -> None:
    n, ids = 20_000, np.arange(20_000)
    struck = np.zeros(n, dtype=np.bool_)
    for week in range(52):
        struck |= happens(0.5, 1 / 52, Streams(1).uniforms("stops", ids, week))
    expected = 1 - math.exp(-0.5)
    assert abs(struck.mean() - expected) < 4 * math.sqrt(expected * (1 - expected) / n)
