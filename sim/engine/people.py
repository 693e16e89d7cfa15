"""What the hazards of people take from the scenario, parameters and switches alone.

It is made once, and again when a dated shock changes one of them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.core.units import MILLION
from sim.markets import adoption, retention
from sim.world.state import World

F64 = NDArray[np.float64]


@dataclass(frozen=True)
class People:
    """Tables of a week that stay as they are from week to week; read-only.

    S segments, A apps, K weeks held.
    """

    segment_factor: F64
    """(S, 3) on the hazards of being pushed, adopting by oneself, and word of mouth."""
    ad_response: F64
    """(S, 1) of a segment to ads."""
    organic: F64
    """(A,) people a week who take an app up by themselves."""
    novelty: float
    """Rise of word of mouth per 100 Elo of a lead."""
    leave_base: F64
    """(2, K) of leaving by (organic, bought by ads) and weeks held."""
    churn_factor: float
    """Of annoyance, on the hazard of leaving."""
    conversion: float
    """Probability per month that a user begins to pay."""
    lapse: F64
    """(A, 2) of ceasing to pay, by basic and premium."""
    one_segment: F64
    """(S,) ones."""
    one_tier: F64
    """(3,) ones: nobody has shown that a tier or a segment churns unlike another."""


def people_of(world: World) -> People:
    """Make the tables that stay as they are until a parameter or switch changes."""
    p, apps = world.parameters, len(world.apps)
    segments = list(world.scenario.segments.values())
    word = np.array([one.word_of_mouth for one in segments])
    share = np.array([one.share for one in segments])
    annoyed = world.on("annoyance")
    renewal = p.renewal if world.on("subscription_renewal") else 1.0
    ratio = p.bought_beta_ratio if world.on("ad_bought_retention") else 1.0
    push_up = 1.0 + (p.annoyance_conversion if annoyed else 0.0)
    people = People(
        segment_factor=adoption.mean_one(np.column_stack([np.ones((len(word), 2)), word]), share),
        ad_response=np.array([[one.ad_response] for one in segments]),
        organic=np.full(apps, p.organic * MILLION),
        novelty=p.novelty if world.on("quality_lead") else 0.0,
        leave_base=retention.leave_base(
            p.retention_alpha, p.retention_beta, ratio, world.weeks + 1
        ),
        churn_factor=1.0 + (p.annoyance if annoyed else 0.0),
        conversion=p.conversion * push_up if world.on("subscriptions") else 0.0,
        lapse=retention.lapse_hazard(np.full((apps, 2), renewal)),
        one_segment=np.ones(len(segments)),
        one_tier=np.ones(3),
    )
    for table in vars(people).values():
        if isinstance(table, np.ndarray):
            table.flags.writeable = False
    return people
