"""A week's hazards as the integers that the consumer kernel reads, and what it then counted.

Compiled, because they are a hundred small sums and products a week, each of a few hundred numbers.
This module imports numba; import it only where consumers are advanced.
"""

from typing import Any

import numpy as np

from sim.core.compiled import compiled, inlined, mixed
from sim.core.draws import key_of
from sim.world.consumer_events import (
    BEGAN_TO_PAY,
    CEASED_TO_PAY,
    CODES,
    LARGEST,
    LARGEST_LEAVE,
    LEFT_FREE,
    LEFT_PAYING,
    NEVER,
    ONE,
    SOURCES,
    UNTIL,
)
from sim.world.consumer_thinning import BYTES, CLASSES

DRAWS = 3
YOUNG_WEEKS = 8
"""Weeks held up to which a person counts as young when people are thinned; speed only."""


@compiled
def keys_of(named: Any, week: Any, segments: Any) -> Any:
    """Return the keys (3, S) of a week's draws; segments (S,) their stable ids."""
    keys = np.empty((DRAWS, segments.shape[0]), np.uint64)
    for draw in range(DRAWS):
        key = key_of(named, week, draw)
        for segment in range(segments.shape[0]):
            keys[draw, segment] = mixed(key ^ segments[segment])
    return keys


@inlined
def possible(hazards: Any) -> Any:
    """Is every hazard of a flat table a finite number of 0 or more?"""
    good = True
    for place in range(hazards.shape[0]):
        good &= 0.0 <= hazards[place] < np.inf
    return good


@compiled
def impossible(
    adopt: Any, leave_base: Any, leave_factor: Any, switch_weight: Any, subscribe: Any, lapse: Any
) -> Any:
    """Return the number of the first table with a hazard that cannot be, -1 if there is none."""
    good = (
        possible(adopt.ravel()),
        possible(leave_base.ravel()),
        possible(leave_factor.ravel()),
        possible(switch_weight),
        possible(subscribe.ravel()),
        possible(lapse.ravel()),
    )
    for table in range(len(good)):
        if not good[table]:
            return table
    return -1


@compiled
def held(slots: Any, apps: Any, tiers: Any) -> Any:
    """Return who holds what, from slots (W, 16, 2, 4) by start week, app code, bought, and tier.

    Slots by kind (16, 2, 4); holders by tier (A, tiers) and in all (A,); and by start week and
    whether they were bought (A, W, 2).
    """
    weeks, codes, ways, kinds = slots.shape
    by_kind = np.zeros((codes, ways, kinds), np.int64)
    cohorts = np.zeros((apps, weeks, ways), np.int64)
    by_tier, holders = np.zeros((apps, tiers), np.int64), np.zeros(apps, np.int64)
    for week in range(weeks):
        for code in range(codes):
            for bought in range(ways):
                for tier in range(kinds):
                    by_kind[code, bought, tier] += slots[week, code, bought, tier]
    for app in range(apps):
        for bought in range(ways):
            for tier in range(tiers):
                by_tier[app, tier] += by_kind[app + 1, bought, tier]
                for week in range(weeks):
                    cohorts[app, week, bought] += slots[week, app + 1, bought, tier]
        holders[app] = by_tier[app].sum()
    return by_kind, by_tier, holders, cohorts


@compiled
def units(hazard: Any) -> Any:
    """Return a hazard per week in the kernel's units, at most its largest."""
    return np.int64(np.rint(min(hazard * ONE, float(LARGEST))))


@compiled
def until(adopt: Any, scale: Any) -> Any:
    """Return hazards (S x 129,), cumulative from 0 app by app, each in order of source; by app.

    adopt (S, A, sources) is multiplied by scale. The hazards by app are (S, A).
    """
    segments, apps, sources = adopt.shape
    cumulative = np.full(segments * UNTIL, NEVER, np.int64)
    by_app = np.zeros((segments, apps), np.int64)
    for s in range(segments):
        total, at = 0, s * UNTIL
        cumulative[at] = 0
        for a in range(apps):
            for source in range(SOURCES):
                if source < sources:
                    one = units(adopt[s, a, source] * scale)
                    by_app[s, a] += one
                    total += one
                cumulative[at + 1 + a * SOURCES + source] = total
    return cumulative, by_app


@compiled
def leaving(base: Any, weeks: Any, week: Any) -> Any:
    """Return hazards of leaving by start week and bought, (W, 2), from those by weeks held."""
    table = np.empty((weeks, 2))
    for start in range(weeks):
        held = min(max(week - 1 - start, 0), base.shape[1] - 1)
        table[start, 0], table[start, 1] = base[0, held] * ONE, base[1, held] * ONE
    return table


@compiled
def tiers(subscribe: Any, lapse: Any) -> Any:
    """Return hazards of subscribing to basic (16,) and of changing the tier (16, 2, 4), by code."""
    begin, tier = np.zeros(CODES, np.int64), np.zeros((CODES, 2, 4), np.int64)
    for a in range(subscribe.shape[0]):
        begin[a + 1] = units(subscribe[a, 0])
        for bought in range(2):
            tier[a + 1, bought, 0] = begin[a + 1] + units(subscribe[a, 1])
            tier[a + 1, bought, 1], tier[a + 1, bought, 2] = units(lapse[a, 0]), units(lapse[a, 1])
    return begin, tier


@compiled
def factors(leave_factor: Any) -> Any:
    """Return factors on the hazard of leaving (S, 16, 2, 4), by code, bought and tier."""
    segments, apps, kinds = leave_factor.shape
    factor = np.zeros((segments, CODES, 2, 4))
    for s in range(segments):
        for a in range(apps):
            for tier in range(kinds):
                factor[s, a + 1, 0, tier] = factor[s, a + 1, 1, tier] = leave_factor[s, a, tier]
    return factor


@compiled
def switching(weight: Any) -> Any:
    """Return the weights (17,) of apps that leavers take up, cumulative from 0 by code."""
    cumulative = np.zeros(CODES + 1, np.int64)
    largest = 0.0
    for a in range(weight.shape[0]):
        largest = max(largest, weight[a])
    total = np.int64(0)
    for code in range(1, CODES + 1):
        if 2 <= code < weight.shape[0] + 2 and largest > 0.0:
            total += np.int64(np.rint(weight[code - 2] / largest * ONE))
        cumulative[code] = total
    return cumulative


@compiled
def highest(leave: Any, first: Any, last: Any) -> Any:
    """Return the highest hazard of leaving (W, 2) of who started in weeks first to last - 1."""
    found = 0.0
    for start in range(first, last):
        found = max(found, leave[start, 0], leave[start, 1])
    return found


@compiled
def worst(factor: Any, held: Any, tiers: Any) -> Any:
    """Return the highest factor (16, 2, 4) of a kind of slot that somebody holds, of some tiers."""
    found = 0.0
    for code in range(CODES):
        for bought in range(2):
            for tier in range(tiers):
                if held[code, bought, tier] > 0:
                    found = max(found, factor[code, bought, tier])
    return found


@compiled
def rounded(hazard: Any) -> Any:
    """Return a hazard of leaving as the kernel cuts it."""
    return np.int64(min(hazard, float(LARGEST_LEAVE)))


@compiled
def bounds_of(leave: Any, factor: Any, tier: Any, take_up: Any, held: Any, week: Any) -> Any:
    """Return bounds (S, 4, 6) of the shared byte for each class, and the first young slot.

    leave (W, 2); factor (S, 16, 2, 4); tier (16, 2, 4); take_up (S, 16, 16); held (16, 2, 4) slots
    of each kind. A bound is the highest hazard of anybody in the class, in units of 2^-8 a week:
    the probability of an event is below its hazard. A kind of slot that nobody holds is left out.
    """
    cut = max(week - YOUNG_WEEKS, 0)
    old, young = highest(leave, 0, cut), highest(leave, cut, week + 1)
    begin, change = tier[:, :, 0].max(), tier.max()
    bounds = np.empty((factor.shape[0], BYTES, CLASSES), np.uint32)
    for s in range(factor.shape[0]):
        free, anybody = worst(factor[s], held, 1), worst(factor[s], held, 4)
        of_old, of_young = rounded(old * free) + begin, rounded(young * free) + begin
        paying = rounded(max(old, young) * anybody) + change
        first, second = take_up[s, 0, 0], take_up[s, 1:, 0].max()
        hazards = (
            first, of_old + second, of_young + second, 2 * of_old,
            of_young + max(of_old, of_young), 2 * paying + second,
        )  # fmt: skip
        for kind in range(CLASSES):
            byte = min(hazards[kind] >> 32, 255) + 1
            for place in range(BYTES):
                bounds[s, place, kind] = np.uint32((byte << (8 * place)) - 1)
    return bounds, max(cut << 7, 1)


@compiled
def integers(
    adopt: Any, second: Any, leave_base: Any, leave_factor: Any, switch_weight: Any,
    subscribe: Any, lapse: Any, held: Any, weeks: Any, week: Any,
) -> Any:  # fmt: skip
    """Return the tables of `consumer_events.Rates` from those of `consumers.Hazards`."""
    segments, apps = adopt.shape[0], adopt.shape[1]
    first_until, first_by_app = until(adopt, 1.0)
    second_until, second_by_app = until(adopt, second)
    take_up = np.zeros((segments, CODES, CODES), np.int64)
    for s in range(segments):
        any_second = second_by_app[s].sum()
        take_up[s, 0, 0] = first_by_app[s].sum()
        for a in range(apps):
            take_up[s, a + 1, 0] = any_second - second_by_app[s, a]
    begin, tier = tiers(subscribe, lapse)
    leave, factor = leaving(leave_base, weeks, week), factors(leave_factor)
    bounds, young = bounds_of(leave, factor, tier, take_up, held, week)
    return (
        bounds, young, leave.ravel(), factor.ravel(), tier.ravel(), take_up.ravel(), first_until,
        second_until, begin, switching(switch_weight),
    )  # fmt: skip


@compiled
def counted(events: Any, apps: Any) -> Any:
    """Return what happened to each app from events (16, 16, 16) by code lost, code gained, kind.

    Additions by source (8, A), people who went from one app to another (A, A), people who left,
    who began to pay, and who ceased to, (A,) each.
    """
    adds, flows = np.zeros((SOURCES, apps), np.int64), np.zeros((apps, apps), np.int64)
    left, new, lapsed = (
        np.zeros(apps, np.int64),
        np.zeros(apps, np.int64),
        np.zeros(apps, np.int64),
    )
    for a in range(apps):
        new[a] = events[a + 1, a + 1, BEGAN_TO_PAY]
        lapsed[a] = events[a + 1, a + 1, CEASED_TO_PAY]
        for source in range(SOURCES):
            adds[source, a] = events[0, a + 1, source]
        for code in range(CODES):
            gone = events[a + 1, code, LEFT_FREE] + events[a + 1, code, LEFT_PAYING]
            left[a] += gone
            lapsed[a] += events[a + 1, code, LEFT_PAYING]
            if 1 <= code <= apps:
                flows[a, code - 1] = gone
    return adds, flows, left, new, lapsed
