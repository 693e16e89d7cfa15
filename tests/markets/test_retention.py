"""Retention: survival in its limits, quality, subscriptions, what a panel counts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.units import WEEKS_PER_MONTH
from sim.markets.retention import (
    EMPTYING,
    lapse_hazard,
    leave_base,
    leave_factor,
    mean_leave_hazard,
    monthly_users,
    quality_exponent,
    subscribe_hazard,
    survival,
    weekly_churn,
    weekly_hazard,
)

shapes = st.floats(0.05, 5)


@given(shapes, shapes)
def test_survival_starts_at_one_and_after_one_period_is_the_beta_mean(
    alpha: float, beta: float
) -> None:
    s = survival([0.0, 1.0], alpha, beta)
    assert s == pytest.approx([1.0, beta / (alpha + beta)])


@given(shapes, shapes)
def test_weekly_churn_falls_with_time_held_and_its_product_is_survival(
    alpha: float, beta: float
) -> None:
    churn = weekly_churn(np.arange(120), alpha, beta)
    assert (np.diff(churn) < 0).all()
    assert np.prod(1 - churn) == pytest.approx(float(survival(120 / WEEKS_PER_MONTH, alpha, beta)))


def test_months_are_not_weeks() -> None:
    kept = np.exp(-leave_base(0.57, 1.15, 0.6, 13).sum(axis=1))
    quarter = 13 / WEEKS_PER_MONTH
    assert quarter == pytest.approx(2.99, abs=0.005)
    for share, beta in zip(kept, (1.15, 0.69), strict=True):
        assert share == pytest.approx(float(survival(quarter, 0.57, beta)))


def test_bought_people_leave_faster_unless_the_ratio_is_one() -> None:
    organic, bought = leave_base(0.57, 1.15, 0.6, 52)
    assert (bought > organic).all()
    organic, bought = leave_base(0.57, 1.15, 1.0, 52)
    np.testing.assert_array_equal(organic, bought)


def test_quality_acts_as_an_exponent_on_staying() -> None:
    factor = quality_exponent(0.4, 100.0, [100.0, 0.0])
    assert factor == pytest.approx([1.0, np.exp(0.4)])
    churn = 0.1
    assert 1 - np.exp(-factor[1] * -np.log1p(-churn)) == pytest.approx(
        1 - (1 - churn) ** np.exp(0.4)
    )


def test_factor_combines_app_segment_and_tier_and_empties_closed_apps() -> None:
    factor = leave_factor([1.0, 2.0], [1.0, 0.5], [1.0, 0.8, 0.6], [False, False])
    assert factor[1, 1].tolist() == pytest.approx([1.0, 0.8, 0.6])
    closed = leave_factor([1.0, 2.0], [1.0, 0.5], [1.0, 0.8, 0.6], [True, False])
    assert (closed[:, 0] == EMPTYING).all()
    np.testing.assert_array_equal(closed[:, 1], factor[:, 1])


def test_mean_leaving_hazard_weighs_cohorts_by_weeks_held_and_source() -> None:
    cohorts = np.zeros((2, 6, 2), int)
    cohorts[0, 4] = [30, 10]
    cohorts[0, 1] = [0, 60]
    base = np.array([[0.1, 0.05, 0.01], [0.2, 0.1, 0.02]])
    # At week 5: one week ago is held 0 whole weeks, four weeks ago the table's last.
    expected = (30 * 0.1 + 10 * 0.2 + 60 * 0.02) / 100
    assert mean_leave_hazard(cohorts, base, 5).tolist() == pytest.approx([expected, 0.0])


def test_subscription_hazards_add_up_over_a_month() -> None:
    hazard = subscribe_hazard([0.003, 0.0], 0.05)
    assert 1 - np.exp(-hazard.sum(axis=1) * WEEKS_PER_MONTH) == pytest.approx([0.003, 0.0])
    assert hazard[0, 1] == pytest.approx(0.05 * hazard[0].sum())
    lapse = lapse_hazard([[0.55, 1.0]])
    assert np.exp(-lapse * WEEKS_PER_MONTH) == pytest.approx(np.array([[0.55, 1.0]]))
    assert weekly_hazard(0.0) == 0.0


def test_panel_counts_the_leavers_of_one_month() -> None:
    losses = [[100.0], [1.0], [2.0], [3.0], [4.0], [5.0]]
    fraction = WEEKS_PER_MONTH - 4
    assert monthly_users([10.0], losses) == pytest.approx([10 + 5 + 4 + 3 + 2 + fraction])
    assert monthly_users([10.0], losses[-2:]) == pytest.approx([19.0])
    assert monthly_users([10.0], np.zeros((0, 1))) == pytest.approx([10.0])
