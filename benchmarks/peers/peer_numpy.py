"""numpy: arrays over people, a week as a handful of array expressions."""

import numpy as np
from adoption import APPS, LEAVE, WEEKS, Outcome, adoption_probability


def simulate(people: int, seed: int) -> Outcome:
    """Play one run."""
    generator = np.random.default_rng(seed)
    app = np.full(people, -1, dtype=np.int8)
    start = np.zeros(people, dtype=np.int16)
    holders, adds = np.zeros(APPS), np.zeros(APPS)
    leave = LEAVE.astype(np.float32)
    for week in range(WEEKS):
        probability, split = adoption_probability(holders, people)
        draw = generator.random(people, dtype=np.float32)
        without = app < 0
        joins = np.flatnonzero(without & (draw < np.float32(probability)))
        leaves = np.flatnonzero(~without & (draw < leave[np.maximum(week - start - 1, 0)]))
        picked = np.searchsorted(split[:-1], generator.random(len(joins)), side="right")
        holders -= np.bincount(app[leaves], minlength=APPS)
        gained = np.bincount(picked, minlength=APPS)
        app[leaves] = -1
        app[joins] = picked
        start[joins] = week
        holders += gained
        adds += gained
    return Outcome(holders, adds)
