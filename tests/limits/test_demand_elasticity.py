"""D1: what a price cut of 97 % does to quantity and revenue under constant elasticity."""

import pytest

from sim.markets.api import demand_response, demand_target


@pytest.mark.parametrize(
    ("elasticity", "quantity", "revenue"),
    [(0.7, 11.64, 0.349), (1.0, 33.33, 1.0), (1.11, 49.02, 1.471)],
)
def test_cut_of_97_percent(elasticity: float, quantity: float, revenue: float) -> None:
    assert demand_response(0.03, elasticity) == pytest.approx(quantity, abs=0.005)
    assert 0.03 * demand_response(0.03, elasticity) == pytest.approx(revenue, abs=5e-4)
    # The same through the market's demand curve, without a floor under the price.
    target = demand_target(1.0, 0.0, 0.03 * 4.0, 4.0, elasticity, 0.0)
    assert target == pytest.approx(quantity, abs=0.005)
