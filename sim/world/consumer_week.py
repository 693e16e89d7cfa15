"""A week of the consumers: hazards in, one pass of the kernel over all people, counts out."""

from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.core.streams import Streams
from sim.world.consumer_events import CODES, KINDS, Tally
from sim.world.consumer_kernel import advance_blocks
from sim.world.consumer_rates import week_keys, week_rates
from sim.world.consumer_tables import counted
from sim.world.consumers import (
    SOURCES,
    ConsumerError,
    Consumers,
    Hazards,
    WeekCounts,
    empty_tally,
)

I64 = NDArray[np.int64]


def advance(
    consumers: Consumers, hazards: Hazards, streams: Streams, week: int, threads: int = 1
) -> WeekCounts:
    """Let every person adopt, leave, switch, subscribe and lapse: at most one event in the week.

    P(event) = 1 - exp(-sum of the person's hazards), split among events by their share.

    Arguments: the people, changed here and nowhere else; hazards of the week; the replicate's
    randomness; week number from 0; threads to use, which do not affect the result.
    Raises ConsumerError when a table has the wrong shape, a negative or an infinite number, or
    when the week lies outside the horizon.
    """
    if not 0 <= week < consumers.weeks:
        raise ConsumerError(f"week {week} lies outside the population's {consumers.weeks} weeks")
    rates = week_rates(consumers, hazards, week)
    keys = week_keys(streams, consumers.segments, week)
    where = (consumers.segment_of_block, consumers.block_of_segment, consumers.size)
    blocks = len(consumers.segment_of_block)

    def run(tally: Tally, events: I64, first: int, last: int) -> None:
        advance_blocks(consumers.words, *where, keys, week, rates, tally, events, first, last)

    def nothing() -> I64:
        return np.zeros((CODES, CODES, KINDS), np.int64)

    events = nothing()
    if threads <= 1:
        run(consumers.tally, events, 0, blocks)
        consumers.forget()
        return _week_counts(events, len(consumers.apps))
    bounds = np.linspace(0, blocks, threads + 1).astype(int).tolist()
    parts = [
        (empty_tally(len(consumers.segments), consumers.weeks), nothing()) for _ in range(threads)
    ]
    jobs = [
        _pool(threads).submit(run, *own, first, last)
        for own, (first, last) in zip(parts, pairwise(bounds), strict=True)
    ]
    for job, (tally, happened) in zip(jobs, parts, strict=True):
        job.result()
        np.add(consumers.tally.pairs, tally.pairs, out=consumers.tally.pairs)
        np.add(consumers.tally.slots, tally.slots, out=consumers.tally.slots)
        events += happened
    consumers.forget()
    return _week_counts(events, len(consumers.apps))


def _week_counts(events: I64, apps: int) -> WeekCounts:
    """Read the counts off the events (16, 16, 16) by code lost, code gained, kind."""
    adds, flows, losses, new, lapsed = counted(events, apps)
    paid, pushed, organic, spread = adds[: len(SOURCES)]
    return WeekCounts(
        adds_paid=paid,
        adds_pushed=pushed,
        adds_organic=organic,
        adds_spread=spread,
        adds_own=adds[len(SOURCES) :].T,
        adds_switched=flows.sum(axis=0),
        losses=losses,
        flows=flows,
        new_subscribers=new,
        lapsed_subscribers=lapsed,
    )


@lru_cache(maxsize=4)
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="consumers")
