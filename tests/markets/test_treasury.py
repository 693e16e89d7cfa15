"""The treasury: who is paid first, how long money lasts, how plans follow the runway."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.markets.treasury import (
    LONGEST_RUNWAY_MONTHS,
    paid_in_order,
    research_growth,
    runway_months,
    staff_growth,
    unforeseen_cost,
)

fen = st.integers(0, 10**15)


@given(st.lists(fen, min_size=1, max_size=8), st.integers(-(10**15), 10**16))
def test_claims_are_paid_by_rank_to_the_last_fen(claims: list[int], available: int) -> None:
    due = np.array(claims, dtype=np.int64)[:, None]
    paid = paid_in_order(np.array([available], dtype=np.int64), due)
    assert paid.dtype == np.int64
    assert paid.shape == due.shape
    got = paid[:, 0].tolist()
    assert all(0 <= part <= claim for part, claim in zip(got, claims, strict=True))
    assert sum(got) == min(sum(claims), max(available, 0))
    short = [rank for rank, claim in enumerate(claims) if got[rank] < claim]
    if short:
        assert not any(got[short[0] + 1 :])


def test_each_firm_pays_from_its_own_money() -> None:
    due = np.array([[300, 300, 300, 300], [200, 200, 200, 0], [100, 100, 100, 100]])
    available = np.array([450, -5, 600, 350])
    expected = [[300, 0, 300, 300], [150, 0, 200, 0], [0, 0, 100, 50]]
    assert paid_in_order(available, due).tolist() == expected


@given(st.floats(0, 1e9), st.floats(0, 2), st.floats(-4, 4))
def test_unforeseen_cost_grows_with_the_root_of_time(
    burn: float, volatility: float, normal: float
) -> None:
    year = unforeseen_cost(burn, volatility, 1.0, np.array([normal]))
    assert year == pytest.approx(np.array([burn * volatility * normal]))
    quarter = unforeseen_cost(burn, volatility, 0.25, np.array([normal]))
    assert quarter == pytest.approx(year / 2)


def test_runway_is_cash_over_burn_up_to_ten_years() -> None:
    cash = np.array([60.0, 1e6, 60.0, 60.0, 0.0, -10.0])
    burn = np.array([5.0, 5.0, 0.0, -5.0, 5.0, 5.0])
    most = LONGEST_RUNWAY_MONTHS
    assert runway_months(cash, burn) == pytest.approx([12.0, most, most, most, 0.0, 0.0])


@pytest.mark.parametrize(
    ("runway", "growth"), [(0, -1.6), (3, -0.8), (6, 0), (9, 0.8), (12, 1.6), (120, 1.6)]
)
def test_research_grows_with_a_long_runway_and_shrinks_with_a_short_one(
    runway: float, growth: float
) -> None:
    assert research_growth(runway, 6.0, 1.6) == pytest.approx(growth)


def test_hiring_stops_below_one_runway_and_speeds_up_above_another() -> None:
    runway = np.array([0.0, 8.0, 11.0, 14.0, 26.0, 38.0, 120.0])
    growth = staff_growth(runway, grow_above=14.0, stop_below=8.0, least=0.02, most=0.05)
    assert growth == pytest.approx([0, 0, 0.01, 0.02, 0.035, 0.05, 0.05])
