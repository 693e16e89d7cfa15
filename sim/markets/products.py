"""Products, routes and small app startups (E12 to E14): pure functions on arrays."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

F64 = NDArray[np.float64]


def engagement(holders: ArrayLike, monthly_users: ArrayLike) -> F64:
    """Return how deep an app's use is: the share of a month's users who still hold it.

    holders / MAU

    holders, monthly_users (A,) people; MAU counts the month's leavers too. Returns (A,), 1 for an
    app without users. Source: E12, for turns and duration, which no table here gives. Limit:
    nobody leaves, 1.
    """
    users = np.asarray(monthly_users, dtype=np.float64)
    held = np.asarray(holders, dtype=np.float64)
    share: F64 = np.divide(held, users, out=np.ones(users.shape), where=users > 0)
    return np.minimum(share, 1.0)


def drawn(weeks: int, ramp: float) -> float:
    """Return how far a new category draws what it will draw in the end: min(1, (t + 1) / ramp).

    weeks t since it arrived; ramp in weeks. Source: E12, M79. Limit: long after, 1.
    """
    return min(1.0, (weeks + 1.0) / ramp)


def entry_rate(base: float, shift: float, rounds: float, usual_rounds: float) -> float:
    """Return how many small app startups enter a year.

    lambda = lambda_0 (1 + shift max(0, 1 - rounds / usual))

    base lambda_0 a year; shift, the rise when no model firm raises money; rounds, the fading count
    of recent model rounds, and what is usual of it. Source: E14, M73, M76. Limit: usual rounds,
    the base.
    """
    return base * (1.0 + shift * max(0.0, 1.0 - rounds / usual_rounds))


def worth_of_a_user(payment: ArrayLike, survival: ArrayLike, weeks_per_month: float) -> F64:
    """Return what a user of a small app pays until leaving, CNY.

    payment / weeks per month x sum_k S(k)

    payment (n,) CNY a month; survival (K,) share still there after k weeks. Returns (n,).
    """
    weeks = float(np.asarray(survival, dtype=np.float64).sum())
    worth: F64 = np.asarray(payment, dtype=np.float64) / weeks_per_month * weeks
    return worth
