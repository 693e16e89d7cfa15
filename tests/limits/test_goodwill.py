"""Goodwill (A4): Nerlove and Arrow's stock under constant advertising."""

import pytest

from sim.markets.advertising import goodwill


def test_goodwill_after_three_periods_and_in_the_long_run() -> None:
    assert goodwill(0.0, 10.0, 0.5, weeks=3.0) == pytest.approx(15.5374, abs=5e-5)
    assert goodwill(0.0, 10.0, 0.5, weeks=1e3) == pytest.approx(20.0, rel=1e-12)


def test_weekly_steps_add_up_to_the_same_stock() -> None:
    stock = 0.0
    for _ in range(300):
        stock = float(goodwill(stock, 10.0, 0.5, weeks=0.01))
    assert stock == pytest.approx(float(goodwill(0.0, 10.0, 0.5, weeks=3.0)), rel=1e-12)


def test_goodwill_decays_without_advertising() -> None:
    # Reach decays to .85 a week.
    assert goodwill(100.0, 0.0, 0.1625189) == pytest.approx(85.0, rel=1e-6)
