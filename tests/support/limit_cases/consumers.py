"""Limit cases of consumers: adoption (A1 to A3), goodwill (A4), retention (R1), choice (C1, C2)."""

from collections.abc import Mapping
from dataclasses import replace
from math import exp, sqrt
from typing import Any

import numpy as np
from scipy.optimize import minimize

from limit_cases.rows import F64, NOTHING, Row, columns, limit, share_error
from sim.core.units import WEEKS_PER_MONTH, WEEKS_PER_YEAR
from sim.engine.simulation import simulate
from sim.markets.adoption import choice_shares, elo_utility
from sim.markets.advertising import goodwill as stock_of_goodwill
from sim.markets.retention import log_likelihood, survival

STEP = 0.0014
"""What a weekly step may add to Bass's share of adopters; published with the theory."""

AGENTS = 1e6
WEEKLY = {"organic": 0.0005749486653, "word_of_mouth": 0.0072826830938}


def bass_share(years: float, p: float = 0.03, q: float = 0.38) -> float:
    """Return Bass's share of adopters after some years."""
    left = exp(-(p + q) * years)
    return (1.0 - left) / (1.0 + q / p * left)


def adopters(name: str, changes: Mapping[str, Any] = NOTHING) -> F64:
    """Return the share of people who use the one app after 0, 1, 2 ... weeks."""
    scenario = limit(name, changes)
    (users,) = columns(scenario, "apps", "mau")
    return np.append(0.0, users) / scenario.consumers.addressable_people


def at(share: F64, year: float) -> float:
    """Return a share between two weeks."""
    return float(np.interp(year * WEEKS_PER_YEAR, np.arange(len(share)), share))


def bass_rows(
    case: str, share: F64, expected: Mapping[float, float], agents: float, pace: float = 1.0
) -> list[Row]:
    """Rows at years of theory; early luck multiplies, so the error is twice that of a share."""
    return [
        Row(
            case,
            f"F({year:g})",
            theory,
            at(share, year / pace),
            2.0 * share_error(theory, agents),
            pace * STEP,
        )
        for year, theory in expected.items()
    ]


def bass(people_per_agent: int = 1) -> list[Row]:
    """A1: one app and a million people, years 1 to 6, and the peak."""
    agents = AGENTS / people_per_agent
    share = adopters("bass", {"consumers.people_per_agent": people_per_agent})
    peak = 6.192619
    theory = bass_share(peak + 0.5) - bass_share(peak - 0.5)
    seen = at(share, peak + 0.5) - at(share, peak - 0.5)
    error = 2.0 * share_error(theory, agents)
    return [
        *bass_rows("A1 Bass", share, {1: 0.035758, 5: 0.331199}, agents),
        Row("A1 Bass", "adopters in the year around T* = 6.19", theory, seen, error, STEP),
    ]


def bass_late() -> list[Row]:
    """A1, years 10 to 19: the same at twice the pace, since a run has at most 512 weeks."""
    share = adopters("bass", {f"parameters.{name}": 2 * one for name, one in WEEKLY.items()})
    expected = {10.0: 0.812803, 15.0: 0.971610, 19.0: bass_share(19.0)}
    return bass_rows("A1 Bass, twice as fast", share, expected, AGENTS, 2.0)


def bass_effort() -> list[Row]:
    """A2: half as much effort again from the second year on."""
    share = adopters("bass_effort")
    expected = {5.0: 0.494475, 9.0: bass_share(2.0 + 1.5 * 7.0)}
    rows = bass_rows("A2 generalised Bass", share, expected, AGENTS)
    # The change acts on the Monday after it, when up to .002 of all people have adopted otherwise.
    return [replace(row, allowed=1.5 * STEP + 0.002) for row in rows]


def bass_television() -> list[Row]:
    """A3: black-and-white television, 96.717 M people."""
    case, thousands, peak = "A3 black-and-white television", 96_717.0, 7.88
    share = adopters("bass_television")
    shapes = {"p": 0.027877, "q": 0.25105}
    theory = bass_share(peak + 0.5, **shapes) - bass_share(peak - 0.5, **shapes)
    error = 2.0 * share_error(theory, 1_000.0 * thousands / 100)
    seen = at(share, peak + 0.5) - at(share, peak - 0.5)
    # About its peak the curve is even: as many join in the year and a half after as before.
    middle = at(share, peak)
    after, before = at(share, peak + 1.5) - middle, middle - at(share, peak - 1.5)
    return [
        Row(
            case,
            "thousands who join in the year around T* = 7.88",
            thousands * theory,
            thousands * seen,
            thousands * error,
            0.01 * thousands * theory,
        ),
        Row(case, "joined in 1.5 years after T* over before", 1.0, after / before, 0.004, 0.005),
    ]


def goodwill(replicates: int = 4) -> list[Row]:
    """A4: the function, and people who arrive from constant spending over people bought."""
    case, scenario, found = "A4 goodwill", limit("goodwill"), []
    for replicate in range(replicates):
        recorded = simulate(scenario, scenario.seed, replicate, frozenset({"apps", "channels"}))
        came = np.asarray(recorded["apps"]["adds_paid"], dtype=np.float64)
        bought = np.asarray(recorded["channels"]["users"], dtype=np.float64)
        # Spending begins in the second week.
        found.append(20.0 * came[24] / bought[1:25].mean())
    error = 15.5374 / sqrt(0.77687 * 10_000 * replicates)
    function = float(stock_of_goodwill(0.0, 10.0, 0.5, 3.0))
    for_ever = float(stock_of_goodwill(0.0, 10.0, 0.5, 1e3))
    return [
        Row(case, "G(3), function", 15.5374, function, allowed=5e-5),
        Row(case, "G*, function", 20.0, for_ever, allowed=1e-9),
        Row(case, "G(3), engine", 15.5374, float(np.mean(found)), error),
    ]


def retention() -> list[Row]:
    """R1: a million people who took up an app in one week, for a year."""
    joined, left = columns(limit("retention"), "apps", "adds", "losses")
    share = 1.0 - np.cumsum(left) / joined.sum()
    weeks = np.arange(len(share))
    # In these coordinates the curve is nearly straight, so months fall between weeks harmlessly.
    months = {1: 0.627, 2: 0.474, 3: 0.388, 4: 0.332, 5: 0.292, 6: 0.262, 7: 0.239, 12: 0.170}
    bent = np.log1p(weeks / WEEKS_PER_MONTH / 1.182)
    return [
        Row(
            "R1 shifted-beta-geometric",
            f"share left after month {month}",
            theory,
            float(np.exp(np.interp(np.log1p(month / 1.182), bent, np.log(share)))),
            share_error(theory, 1e6),
            0.0005,
        )
        for month, theory in months.items()
    ]


def retention_fit() -> list[Row]:
    """R1: what seven years of data say of the two shapes, by maximum likelihood."""
    data = [100.0, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1]
    fit = minimize(
        lambda x: -log_likelihood(data, exp(x[0]), exp(x[1])),
        x0=[0.0, 0.0],
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-12},
    )
    case = "R1 shifted-beta-geometric"
    rate = float(survival(1.0, 0.704, 1.182))
    return [
        Row(case, "first year's retention rate", 0.6267, rate, allowed=5e-5),
        Row(case, "fitted alpha", 0.7041, exp(fit.x[0]), allowed=6e-5),
        Row(case, "fitted beta", 1.1820, exp(fit.x[1]), allowed=6e-5),
    ]


def choice() -> list[Row]:
    """C1, C2: the logit that leavers and buyers choose by."""
    utility = elo_utility([100.0, 0.0, -40.0, 260.0])
    ratio = choice_shares(utility)[0] / choice_shares(utility)[1]
    less = choice_shares(np.append(utility[:3], -np.inf))
    return [
        Row(
            "C1 logit", "ratio of two shares when a third goes", ratio, less[0] / less[1], 0, 1e-12
        ),
        Row("C2 Elo", "utility per point", 0.0057565, float(elo_utility(1.0)), 0, 5e-8),
        Row(
            "C2 Elo",
            "+100 points wins",
            0.6401,
            float(choice_shares(elo_utility([100.0, 0.0]))[0]),
            0,
            5e-5,
        ),
    ]
