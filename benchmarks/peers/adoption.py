"""The adoption model that every peer plays, and what it must come to on average.

N people, three apps, one app a person. A person without an app takes up app i in a week with
hazard a_i + b_i H_i / N, H_i its holders on Monday: P(any) = 1 - exp(-sum of hazards), split by
share. A person who has held an app for k whole weeks leaves it with probability h_k, the weekly
hazard of a shifted beta-geometric in months (Fader and Hardie 2007).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.markets.retention import leave_base

F64 = NDArray[np.float64]

WEEKS = 52
INNOVATION = np.array([0.0020, 0.0015, 0.0010])
IMITATION = np.array([0.050, 0.040, 0.030])
ALPHA, BETA = 0.57, 1.15
APPS = len(INNOVATION)
LEAVE: F64 = -np.expm1(-leave_base(ALPHA, BETA, 1.0, WEEKS)[0])
"""(WEEKS,) probability of leaving by whole weeks held."""


@dataclass(frozen=True)
class Outcome:
    """Holders of each app at the end, and how often each was taken up; (3,) people."""

    holders: F64
    adds: F64


def adoption_probability(holders: F64, people: float) -> tuple[float, F64]:
    """Return P(any) of a person without an app, and cumulative shares of the apps."""
    hazard = INNOVATION + IMITATION * holders / people
    return float(-np.expm1(-hazard.sum())), np.cumsum(hazard / hazard.sum())


def expected() -> Outcome:
    """Return shares of people by counting cohorts instead of people: the limit of many people."""
    cohorts = np.zeros((APPS, WEEKS))
    adds = np.zeros(APPS)
    for week in range(WEEKS):
        holders = cohorts.sum(axis=1)
        probability, split = adoption_probability(holders, 1.0)
        held = np.clip(week - np.arange(WEEKS) - 1, 0, None)
        taken = (1.0 - holders.sum()) * probability * np.diff(split, prepend=0.0)
        cohorts *= 1.0 - LEAVE[held]
        cohorts[:, week] += taken
        adds += taken
    return Outcome(cohorts.sum(axis=1), adds)


def deviation(outcome: Outcome, people: int) -> float:
    """Return the largest distance of a count from its expectation, in standard errors.

    The standard error is that of independent people; word of mouth makes it a little larger.
    """
    target = expected()
    share = np.concatenate([target.holders, target.adds])
    found = np.concatenate([outcome.holders, outcome.adds]) / people
    return float(
        np.max(np.abs(found - share) / np.sqrt(share * (1 - np.minimum(share, 0.9)) / people))
    )
