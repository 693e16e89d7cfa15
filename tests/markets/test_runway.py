"""The runway as a distribution, against numbers that are exact for weekly monitoring."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.markets.runway import (
    QUANTILES,
    ruin_probability,
    runway_distribution,
    runway_quantile,
)

YEARS = np.array([1.0, 1.5, 2.0, 3.0])
EXACT = (0.05814, 0.29046, 0.55965, 0.87281)
"""Oracle F1: cash 1,000, burn 500 a year, spread 300, looked at weekly."""


def test_chance_of_ruin_is_that_of_weekly_monitoring() -> None:
    assert ruin_probability(1000.0, 500.0, 300.0, YEARS) == pytest.approx(EXACT, abs=0.0006)


def test_simulated_cash_is_ruined_as_often_as_the_formula_says() -> None:
    """Weekly steps of another firm: two years of burn, spread .35 of burn."""
    steps = np.random.default_rng(1).normal(1 / 52, 0.35 / np.sqrt(52), (20_000, 156))
    ruined = (2.0 - steps.cumsum(axis=1)).min(axis=1) < 0
    early = (2.0 - steps[:, :104].cumsum(axis=1)).min(axis=1) < 0
    found = ruin_probability(2.0, 1.0, 0.35, np.array([2.0, 3.0]))
    assert [early.mean(), ruined.mean()] == pytest.approx(found, abs=4 * 0.0036)


@given(st.floats(0, 5), st.floats(0.2, 0.6), st.floats(0.1, 9.0), st.floats(0.01, 1.0))
def test_ruin_comes_the_later_the_more_cash_and_never_leaves(
    cash: float, spread: float, years: float, more: float
) -> None:
    chance = float(ruin_probability(cash, 1.0, spread, years))
    assert 0.0 <= chance <= 1.0
    assert float(ruin_probability(cash, 1.0, spread, years + more)) >= chance - 1e-12
    assert float(ruin_probability(cash + more, 1.0, spread, years)) <= chance + 1e-12


@given(st.floats(0.5, 5), st.floats(0.05, 0.95))
def test_quantile_is_where_the_chance_of_ruin_is_that_share(cash: float, share: float) -> None:
    years = runway_quantile(cash, 1.0, 0.35, share)
    assert float(ruin_probability(cash, 1.0, 0.35, years)) == pytest.approx(share, abs=1e-6)


def test_table_of_all_firms_agrees_with_the_formula() -> None:
    months = np.array([1.0, 5.0, 11.0, 30.0, 70.0])
    quantiles, ruin = runway_distribution(months, 0.35)
    exact = [[12 * runway_quantile(m / 12, 1.0, 0.35, q) for m in months] for q in QUANTILES]
    assert quantiles == pytest.approx(np.array(exact), rel=0.01, abs=0.02)
    assert ruin == pytest.approx(ruin_probability(months / 12, 1.0, 0.35, 1.0), abs=0.003)
    assert (quantiles[0] < months).all()
    assert (months < quantiles[1]).all()


def test_firm_without_burn_or_with_a_parent_has_no_end_in_sight() -> None:
    quantiles, ruin = runway_distribution(np.array([120.0]), 0.35)
    assert quantiles.tolist() == [[120.0], [120.0]]
    assert ruin.tolist() == [0.0]


def test_no_spread_leaves_the_plain_runway() -> None:
    quantiles, ruin = runway_distribution(np.array([6.0, 18.0]), 0.0)
    assert quantiles == pytest.approx(np.array([[6.0, 18.0], [6.0, 18.0]]), rel=0.03)
    assert ruin == pytest.approx([1.0, 0.0])
