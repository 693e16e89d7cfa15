"""llmsim: the kernel of every scenario, with this model's hazards in its tables."""

import numpy as np
from adoption import ALPHA, APPS, BETA, IMITATION, INNOVATION, WEEKS, Outcome

from sim.core.streams import Streams
from sim.markets.retention import leave_base
from sim.world.consumer_week import advance
from sim.world.consumers import Hazards, populate

THREADS = 2


def simulate(people: int, seed: int) -> Outcome:
    """Play one run."""
    crowd = populate({"all": people}, tuple(f"app {n}" for n in range(APPS)), WEEKS)
    base = leave_base(ALPHA, BETA, 1.0, WEEKS)
    holders, adds = np.zeros(APPS), np.zeros(APPS)
    for week in range(WEEKS):
        adopt = np.zeros((1, APPS, 4))
        adopt[0, :, 2], adopt[0, :, 3] = INNOVATION, IMITATION * holders / people
        hazards = Hazards(
            adopt=adopt,
            second=0.0,
            leave_base=base,
            leave_factor=np.ones((1, APPS, 3)),
            switch_share=0.0,
            switch_weight=np.ones(APPS),
            subscribe=np.zeros((APPS, 2)),
            lapse=np.zeros((APPS, 2)),
        )
        counts = advance(crowd, hazards, Streams(seed), week, THREADS)
        holders = crowd.holders.astype(float)
        adds += counts.adds
    return Outcome(holders, adds)
