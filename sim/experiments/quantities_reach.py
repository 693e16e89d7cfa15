"""The quantities of users that a run has no column for: visits, users of a week, who stays."""

from __future__ import annotations

from itertools import pairwise
from math import log

import numpy as np

from sim.core.units import DAYS_PER_WEEK, WEEKS_PER_MONTH
from sim.experiments.measures import Ask, Change, Level, Measure, Values, divide, quantity
from sim.experiments.weekly import F64, Weekly

PERCENT = 100.0
DAYS_OF_MONTH = 30.0
"""How many days the count of monthly users looks back."""

COHORT_WEEKS = 13
"""A cohort are the people who took an app up in so many weeks, counted from the run's first."""


@quantity("web_visits")
def web_visits(ask: Ask) -> Measure:
    """Visits of a month: one per monthly user, times a factor that only the panel knows.

    The factor's wide spread is in the panel table; `scoring.measured` applies it.
    """
    return Level(ask.app_sum("mau"), monthly=True, per_day=True)


@quantity("web_visits_growth")
def web_visits_growth(ask: Ask) -> Measure:
    """Growth of users: visits are proportional to them, so the panel's factor cancels."""
    return Change(Level(ask.app_sum("mau"), monthly=True))


@quantity("weekly_active_users")
def weekly_active_users(ask: Ask) -> Measure:
    """People who used the app in a week: DAU 7^g, g = ln(MAU/DAU) / ln 30.

    The reach of d days grows as a power of d through the two counts that a run records, that of a
    day and that of a month.
    """
    daily, monthly = ask.app_sum("dau"), ask.app_sum("mau")
    share = divide(daily.values, monthly.values)
    power = log(DAYS_PER_WEEK) / log(DAYS_OF_MONTH)
    return Level(Weekly(monthly.values * share ** (1.0 - power), monthly.mondays))


@quantity("retention_day_N")
def retention_day(ask: Ask) -> Measure:
    """Share of those who took an app up in the period who still hold it N days later, percent.

    A run counts each quarter's joiners at the end of every quarter. Between counts ln S is linear
    in ln(1 + months since joining), which is how a crowd of unequal loyalty thins out; a count's
    time since joining is the mean over its joiners. Cohorts are weighted by who joined in the
    period.
    """
    months = float(ask.figure.quantity.rpartition("_")[2]) / DAYS_PER_WEEK / WEEKS_PER_MONTH
    adds = ask.app_sum("adds").map(np.nan_to_num)
    joined = _within(adds, ask)
    total = np.zeros(len(adds.values))
    for cohort in range(adds.values.shape[1] // COHORT_WEEKS):
        weeks = slice(COHORT_WEEKS * cohort, COHORT_WEEKS * (cohort + 1))
        weight = joined[:, weeks].sum(axis=1)
        if weight.any():
            total += np.where(weight > 0, weight * _staying(ask, adds, cohort, months), 0.0)
    counted = len(adds.mondays) // COHORT_WEEKS * COHORT_WEEKS
    if joined[:, counted:].any():
        total = np.full(len(total), np.nan)
    return Values(PERCENT * divide(total, joined.sum(axis=1)))


def _within(adds: Weekly, ask: Ask) -> F64:
    """Return who took the app up in each week of the period, else 0, shape (R, W)."""
    inside = np.zeros(adds.values.shape)
    weeks = adds.weeks_inside(ask.period)
    inside[:, weeks] = adds.values[:, weeks]
    return inside


def _staying(ask: Ask, adds: Weekly, cohort: int, months: float) -> F64:
    """Return the share of a cohort still there so many months after joining; NaN if not counted."""
    where = {"app": ask.apps, "cohort": str(cohort)}
    users = ask.book.weekly("cohorts", "users", where).values
    joined = ask.book.weekly("cohorts", "joined", where).values
    ends = np.arange(COHORT_WEEKS * (cohort + 1), users.shape[1] + 1, COHORT_WEEKS) - 1
    weeks = np.arange(COHORT_WEEKS * cohort, COHORT_WEEKS * (cohort + 1))
    came = adds.values[:, weeks]
    when = divide(came @ weeks.astype(np.float64), came.sum(axis=1))
    age = np.log1p(np.maximum(ends - when[:, None], 0.0) / WEEKS_PER_MONTH)
    left = np.log(np.clip(divide(users[:, ends], joined[:, ends]), 1e-9, 1.0))
    start = np.zeros((len(age), 1))
    return np.exp(_between(np.hstack([start, age]), np.hstack([start, left]), np.log1p(months)))


def _between(x: F64, y: F64, at: float) -> F64:
    """Return y at one place by straight lines between the points of each row, NaN beyond them."""
    found = np.full(len(x), np.nan)
    for one, two in pairwise(range(x.shape[1])):
        inside = (x[:, one] <= at) & (at <= x[:, two]) & (x[:, two] > x[:, one])
        slope = (y[:, two] - y[:, one]) / np.where(inside, x[:, two] - x[:, one], 1.0)
        found = np.where(inside, y[:, one] + slope * (at - x[:, one]), found)
    return found
