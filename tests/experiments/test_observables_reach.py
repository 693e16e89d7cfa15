"""Users that a run has no column for, against the closed forms they interpolate."""

from datetime import date
from math import exp, gamma, hypot, log

import pytest
from observed_run import HandMade, a_figure, hand_made

from sim.core.units import DAYS_PER_WEEK, WEEKS_PER_MONTH
from sim.experiments.observables import observe
from sim.experiments.scoring import score_rows
from sim.experiments.weekly import NotModelledError

START = date(2023, 7, 3)
QUARTER = 13
ALPHA, BETA = 0.57, 1.15


def survival(months: float) -> float:
    """Return the shifted-beta-geometric share still there (Fader and Hardie 2007)."""
    over = gamma(BETA + months) / gamma(ALPHA + BETA + months)
    return over * gamma(ALPHA + BETA) / gamma(BETA)


def cohort_of(*joined: float, quarters: int = 4) -> HandMade:
    """Return a run of an app that so many people took up in each week of its first quarter."""
    weeks = QUARTER * quarters
    adds = [*joined, *[0.0] * (weeks - len(joined))]
    rows = []
    for age in range(quarters):
        end = QUARTER * (age + 1) - 1
        users = sum(
            people * survival((end - week) / WEEKS_PER_MONTH) for week, people in enumerate(joined)
        )
        rows.append({"app": "kimi", "cohort": 0, "age": age, "week": end, "bought": False,
                     "joined": sum(joined), "users": users})  # fmt: skip
    return hand_made(START, weeks, apps=[{"app": "kimi", "adds": adds}], cohorts=rows)


def stays(run: HandMade, days: int, period: str = "2023-Q3") -> float:
    asked = a_figure("app:kimi", f"retention_day_{days}", "percent", period)
    (value,) = observe(run, asked)
    return float(value)


def test_retention_is_exact_where_a_cohort_was_counted() -> None:
    run = cohort_of(*[0.0] * 6, 1000.0)
    for weeks in (6, 19, 32, 45):
        expected = 100 * survival(weeks / WEEKS_PER_MONTH)
        assert stays(run, DAYS_PER_WEEK * weeks) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("days", [7, 30, 60, 90, 180, 270])
def test_retention_between_counts_is_within_points_of_the_closed_form(days: int) -> None:
    months = days / DAYS_PER_WEEK / WEEKS_PER_MONTH
    assert stays(cohort_of(*[100.0] * 13), days) == pytest.approx(100 * survival(months), abs=4)


def test_retention_beyond_the_last_count_is_not_modelled() -> None:
    with pytest.raises(NotModelledError, match="no replicate"):
        stays(cohort_of(100.0), 500)


def test_users_of_a_week_lie_on_the_power_law_through_day_and_month() -> None:
    run = hand_made(START, 5, apps=[{"app": "kimi", "mau": 100.0, "dau": 15.0}])
    asked = a_figure("app:kimi", "weekly_active_users", "users", "2023-07")
    (value,) = observe(run, asked)
    assert value == pytest.approx(15 * 7 ** (log(100 / 15) / log(30)))
    assert 15 < value < 100


def test_visits_are_users_times_a_factor_that_only_widens_the_interval() -> None:
    run = hand_made(START, 10, apps=[{"app": "kimi", "mau": 100.0, "dau": 15.0}])
    asked = a_figure("app:kimi", "web_visits", "visits", "2023-07", panel="similarweb", value=100.0)
    (row,) = score_rows(run, [asked])
    assert row.median == pytest.approx(100)
    spread = 1.645 * hypot(0.25, 1.0)
    assert row.lo90 == pytest.approx(100 * exp(-spread), rel=0.06)
    assert row.hi90 == pytest.approx(100 * exp(spread), rel=0.06)
    growth = a_figure("app:kimi", "web_visits_growth", "ratio", "2023-07..2023-08")
    assert observe(run, growth).tolist() == [1]
