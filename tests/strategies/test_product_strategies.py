"""Product strategies: budgets move from shallow apps, routes follow what pays and add up."""

import math

import pytest
from firms_that_see import MENU, decide, seen
from hypothesis import example, given
from hypothesis import strategies as st

from sim.strategies.base import OwnApp


def apps(*engagement: float) -> tuple[OwnApp, ...]:
    return tuple(OwnApp(str(number), 1e6, one) for number, one in enumerate(engagement))


@pytest.mark.parametrize(
    ("engagement", "weights"),
    [
        ((0.9, 0.9), (1.0, 1.0)),
        ((0.5, 0.9), (0.5, 1.5)),
        ((0.5, 0.5, 0.5), (0.5, 0.75, 1.75)),
        ((0.5,), (1.0,)),
        ((), ()),
    ],
)
def test_shallow_app_passes_half_of_its_weight_on(
    engagement: tuple[float, ...], weights: tuple[float, ...]
) -> None:
    assert decide("product", "weigh_routes", seen(apps=apps(*engagement))).app_weights == weights


PRICES = st.just(0.0) | st.floats(0.01, 50)


@example(0.1, 100.0, 0.01, 11.0)
@given(st.floats(0.1, 1e3), st.floats(0.1, 1e3), PRICES, st.floats(0.1, 50))
def test_focus_leans_to_the_route_that_pays_better_and_keeps_its_sum(
    value: float, cost: float, price: float, token: float
) -> None:
    menu = MENU._replace(price=price, cost=token)
    week = seen(user_value=value, cost_per_acquisition=cost, main=menu)
    chosen = decide("product", "weigh_routes", week, tilt=0.2)
    consumer, business = chosen.consumer_focus, chosen.business_focus
    assert consumer is not None
    assert business is not None
    assert consumer + business == pytest.approx(2.0)
    assert 0.8 <= consumer <= 1.2
    if price > 0 and value / cost > 1.001 * price / token:
        assert consumer > business


def test_second_route_counts_more_once_the_first_saturates() -> None:
    grows = seen(user_growth=0.5, revenue_growth=0.5)
    stalls = seen(user_growth=0.0, revenue_growth=0.5)
    settings = {"first": 1.5, "second_route": 2.0}
    before = decide("product", "consumers_first", grows, **settings)
    after = decide("product", "consumers_first", stalls, **settings)
    assert (before.consumer_focus, before.business_focus) == (1.5, 0.5)
    assert (after.consumer_focus, after.business_focus) == (1.5, 1.0)
    other = decide("product", "business_first", stalls, **settings)
    assert (other.consumer_focus, other.business_focus) == (0.5, 1.5)


def test_as_it_is_leaves_everything_alike() -> None:
    chosen = decide("product", "as_it_is", seen(apps=apps(0.1, 0.1), cost_per_acquisition=math.inf))
    assert (chosen.app_weights, chosen.consumer_focus, chosen.business_focus) == ((1, 1), 1, 1)
