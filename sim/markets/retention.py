"""Retention of app users (E6): shifted-beta-geometric survival, quality, subscriptions.

The kernel works with hazards -ln(1 - h): what multiplies a hazard is an exponent of 1 - h.
"""

from math import lgamma

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.core.ranges import within
from sim.core.units import WEEKS_PER_MONTH

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

EMPTYING = 1e9
"""Factor on the leaving hazard of an app that is retired, delisted or closed."""


def survival(months: ArrayLike, alpha: float, beta: float) -> F64:
    """Return the share of a cohort that still holds an app.

    S(t) = Gamma(beta + t) Gamma(alpha + beta) / (Gamma(beta) Gamma(alpha + beta + t))

    months t, any shape, any unit in which alpha and beta were estimated; alpha, beta > 0. Returns
    S of that shape. Source: Fader & Hardie 2007 at whole t, continued between. Limits: S(0) = 1;
    S(1) = beta / (alpha + beta).
    """
    t = np.asarray(months, dtype=np.float64)
    log_s = np.array([lgamma(beta + x) - lgamma(alpha + beta + x) for x in t.ravel()])
    s: F64 = np.exp(log_s + lgamma(alpha + beta) - lgamma(beta)).reshape(t.shape)
    return s


def weekly_churn(weeks_held: ArrayLike, alpha: float, beta: float) -> F64:
    """Return the probability of leaving within the week after k whole weeks held.

    h_k = 1 - S((k + 1) / 4.348) / S(k / 4.348)

    weeks_held k, any shape; alpha, beta in months. Returns h of that shape. Source: E6. Limit:
    falls to 0 as k grows: who stayed long stays.
    """
    k = np.asarray(weeks_held, dtype=np.float64)
    later = survival((k + 1) / WEEKS_PER_MONTH, alpha, beta)
    h: F64 = 1.0 - later / survival(k / WEEKS_PER_MONTH, alpha, beta)
    return h


def leave_base(alpha: float, beta: float, bought_beta_ratio: float, weeks: int) -> F64:
    """Return the cumulated hazard of leaving in each week held.

    -ln(1 - h_k), with beta x bought_beta_ratio for people bought by ads

    alpha, beta in months; weeks K. Returns (2, K) by (organic, bought) and weeks held. Source:
    E6. Limit: ratio 1, both rows equal.
    """
    k = np.arange(weeks)
    rows = [-np.log1p(-weekly_churn(k, alpha, b)) for b in (beta, beta * bought_beta_ratio)]
    return np.array(rows)


def log_likelihood(survivors: ArrayLike, alpha: float, beta: float) -> float:
    """Return the log likelihood of a cohort's survival.

    sum_t (n_{t-1} - n_t) ln(S(t-1) - S(t)) + n_T ln S(T)

    survivors (T + 1,) people (or shares) left after 0 to T periods; alpha, beta in periods.
    Source: Fader & Hardie 2007, equation 6.
    """
    n = np.asarray(survivors, dtype=np.float64)
    s = survival(np.arange(len(n)), alpha, beta)
    return float(-np.diff(n) @ np.log(-np.diff(s)) + n[-1] * np.log(s[-1]))


def quality_exponent(gain: float, best: ArrayLike, quality: ArrayLike) -> F64:
    """Return the factor by which a rival's quality raises everybody's hazard of leaving.

    exp(g (q_best - q_i) / 100), that is h <- 1 - (1 - h)^factor

    gain g per 100 Elo; best and quality in Elo, shapes that broadcast. Returns their shape.
    Source: prototype (g .4). Limit: the best app, 1.
    """
    factor: F64 = np.exp(gain * (np.asarray(best) - np.asarray(quality)) / 100.0)
    return factor


def leave_factor(app: ArrayLike, segment: ArrayLike, tier: ArrayLike, closed: ArrayLike) -> F64:
    """Assemble the factors on the leaving hazard.

    f_sat = app_a segment_s tier_t, or 1e9 where the app is closed

    app (A,) quality exponent times annoyance; segment (S,); tier (3,) free, basic,
    premium; closed (A,) true for an app that is retired, delisted or closed. Returns (S, A, 3).
    """
    by_segment = np.asarray(segment, dtype=np.float64)[:, None, None]
    by_app = np.asarray(app, dtype=np.float64)[:, None]
    factor: F64 = np.asarray(by_segment * by_app * np.asarray(tier, dtype=np.float64))
    factor[:, np.asarray(closed, dtype=bool)] = EMPTYING
    return factor


def mean_leave_hazard(cohorts: ArrayLike, base: ArrayLike, week: int) -> F64:
    """Return the mean base hazard of leaving of those who hold each app at the week's clearing.

    cohorts (A, W, 2) holders by start week and (organic, bought); base (2, K) as of `leave_base`;
    week, from 0. Returns (A,), 0 for an app that nobody holds.
    """
    table = np.asarray(base, dtype=np.float64)
    holders = np.asarray(cohorts, dtype=np.float64)[:, : week + 1]
    held = within(week - 1 - np.arange(holders.shape[1]), 0, table.shape[1] - 1)
    flat = holders.reshape(len(holders), -1)
    hazard = flat @ table[:, held].T.ravel()
    total = flat.sum(axis=1)
    mean: F64 = np.divide(hazard, total, out=np.zeros(len(total)), where=total > 0)
    return mean


def weekly_hazard(monthly_probability: ArrayLike) -> F64:
    """Turn a probability per month into a hazard per week: -ln(1 - p) / 4.348; any shape."""
    p = np.asarray(monthly_probability, dtype=np.float64)
    hazard: F64 = -np.log1p(-p) / WEEKS_PER_MONTH
    return hazard


def subscribe_hazard(conversion: ArrayLike, premium_share: ArrayLike) -> F64:
    """Return the hazard per week that a free user begins to pay.

    conversion (A,) probability per month, 0 for an app without subscription; premium_share, share
    of new subscribers who take premium, scalar or (A,). Returns (A, 2) for basic and premium.
    Source: conversion .3 % a month at home (E6). Limit: their sum is the hazard of conversion.
    """
    begin = weekly_hazard(conversion)
    premium = begin * np.asarray(premium_share)
    return np.array([begin - premium, premium]).T


def lapse_hazard(renewal: ArrayLike) -> F64:
    """Return the hazard per week that a subscriber ceases to pay.

    renewal (A, 2) probability per month that a basic and a premium subscriber renews, above 0.
    Returns (A, 2). Source: renewal .55 a month (E6). Limit: renewal 1, hazard 0.
    """
    return weekly_hazard(1.0 - np.asarray(renewal, dtype=np.float64))


def monthly_users(holders: ArrayLike, losses: ArrayLike) -> F64:
    """Return monthly active users as a panel counts them.

    MAU = holders + people who left within the month (the last 4.348 weeks)

    holders (A,) at the week's end; losses (n, A) of the weeks so far, the latest last. Returns
    (A,). Source: E6. Limit: nobody leaves, the holders. With fewer than five weeks, all of them.
    """
    recent = np.asarray(losses, dtype=np.float64)[-5:][::-1]
    weight = within(WEEKS_PER_MONTH - np.arange(len(recent)), 0.0, 1.0)
    users: F64 = np.asarray(holders) + weight @ recent
    return users
