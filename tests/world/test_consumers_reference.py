"""The kernel against a slow reference in plain Python: every person equal, draw for draw.

The reference knows no words, blocks, thinning or running counts: a person is a list of holdings,
and each possible event of a person is listed with its hazard.
"""

from dataclasses import dataclass, replace
from math import expm1
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.core.streams import Streams, mix, stable_id
from sim.world.consumer_week import advance
from sim.world.consumers import Consumers, Hazards, WeekCounts, populate

OWN = 4
SWITCHED = 4 + OWN
"""Where additions by switching stand, after the model's sources and those of a researcher's own."""
WEEKS = 12


@dataclass(frozen=True)
class Holding:
    app: int
    start: int
    bought: bool
    tier: int


Person = tuple[Holding, ...]
Event = tuple[int, str, tuple[int, ...]]


def units(hazard: float) -> int:
    return int(np.rint(min(hazard * 2.0**40, 2.0**46)))


def events_of(person: Person, segment: int, week: int, hazards: Hazards) -> list[Event]:
    """List (hazard, kind, details) in the order in which the kernel walks through them."""
    adopt = hazards.adopt[segment]
    if not person:
        return [
            (units(adopt[app, source]), "adopt", (app, source))
            for app in range(len(adopt))
            for source in range(adopt.shape[1])
        ]
    events: list[Event] = []
    for place, held in enumerate(person):
        weeks = min(max(week - held.start - 1, 0), hazards.leave_base.shape[1] - 1)
        base = hazards.leave_base[int(held.bought), weeks] * 2.0**40
        leave = int(min(base * hazards.leave_factor[segment, held.app, held.tier], 2.0**53))
        events.append((leave, "leave", (place,)))
        if held.tier == 0:
            for tier in (1, 2):
                pay = units(hazards.subscribe[held.app, tier - 1])
                events.append((pay, "tier", (place, tier)))
        else:
            events.append((units(hazards.lapse[held.app, held.tier - 1]), "tier", (place, 0)))
    if len(person) == 1:
        for app in range(len(adopt)):
            for source in range(adopt.shape[1]):
                if app != person[0].app:
                    second = units(adopt[app, source] * hazards.second)
                    events.append((second, "adopt", (app, source)))
    return events


def pick(weights: list[int], fraction: int) -> int:
    """Return the index whose part of the sum contains the fraction (in units of 2^-32)."""
    x = sum(weights) * fraction >> 32
    for index, weight in enumerate(weights):
        if x < weight:
            return index
        x -= weight
    raise AssertionError("nothing to pick")


class Reference:
    """A population of lists, and counts made by looking at everybody."""

    def __init__(self, segments: dict[str, int], apps: int) -> None:
        self.segments = segments
        self.apps = apps
        self.people: dict[tuple[int, int], Person] = {
            (s, i): () for s, size in enumerate(segments.values()) for i in range(size)
        }

    def advance(self, hazards: Hazards, streams: Streams, week: int) -> dict[str, Any]:
        seen: dict[str, Any] = {
            "adds": np.zeros((self.apps, SWITCHED + 1), int),
            "losses": np.zeros(self.apps, int),
            "flows": np.zeros((self.apps, self.apps), int),
            "new_subscribers": np.zeros(self.apps, int),
            "lapsed_subscribers": np.zeros(self.apps, int),
        }
        names = list(self.segments)
        for (s, i), person in self.people.items():
            shared, own, switch = (
                mix(streams.key("consumer", week, draw) ^ stable_id(f"segment:{names[s]}"))
                for draw in range(3)
            )
            block, within = divmod(i, 2048)
            place, half = divmod(within, 512)
            high, j = divmod(half, 256)
            top = mix(shared ^ (256 * block + j)) >> (32 * high + 8 * place) & 0xFF
            random = mix(own ^ i)
            events = events_of(person, s, week, hazards)
            total = sum(hazard for hazard, _, _ in events)
            if (top << 32 | random >> 32) >= int(-expm1(-total / 2.0**40) * 2**40):
                continue
            _, kind, details = events[
                pick([hazard for hazard, _, _ in events], random & 0xFFFFFFFF)
            ]
            self.people[s, i] = self.happen(
                person, kind, details, week, hazards, mix(switch ^ i), seen
            )
        return seen

    def happen(
        self,
        person: Person,
        kind: str,
        details: tuple[int, ...],
        week: int,
        hazards: Hazards,
        random: int,
        seen: dict[str, Any],
    ) -> Person:
        if kind == "adopt":
            app, source = details
            seen["adds"][app, source] += 1
            return (*person, Holding(app, week, source == 0, 0))
        held = person[details[0]]
        rest = tuple(other for other in person if other is not held)
        if kind == "tier":
            tier = details[1]
            seen["lapsed_subscribers" if tier == 0 else "new_subscribers"][held.app] += 1
            return tuple(replace(h, tier=tier) if h is held else h for h in person)
        seen["losses"][held.app] += 1
        seen["lapsed_subscribers"][held.app] += held.tier > 0
        largest = hazards.switch_weight.max() or 1.0
        weights = [int(np.rint(w / largest * 2.0**40)) for w in hazards.switch_weight]
        for known in person:
            weights[known.app] = 0
        switches = random >> 32 < round(hazards.switch_share * 2**32)
        if not switches or sum(weights) == 0:
            return rest
        app = pick(weights, random & 0xFFFFFFFF)
        seen["adds"][app, SWITCHED] += 1
        seen["flows"][held.app, app] += 1
        return (*rest, Holding(app, week, False, 0))


def people_of(consumers: Consumers) -> dict[tuple[int, int], Person]:
    """Read every person from the words."""
    people: dict[tuple[int, int], Person] = {}
    for s, size in enumerate(consumers.size.tolist()):
        first = int(consumers.block_of_segment[s]) * 2048
        for i in range(size):
            word = int(consumers.words[first + i])
            slots = [slot for slot in (word & 0xFFFF, word >> 16) if slot]
            people[s, i] = tuple(
                Holding((slot >> 3 & 15) - 1, slot >> 7, bool(slot >> 2 & 1), slot & 3)
                for slot in slots
            )
    return people


def assert_same(counts: WeekCounts, seen: dict[str, Any]) -> None:
    adds = np.column_stack(
        [
            counts.adds_paid,
            counts.adds_pushed,
            counts.adds_organic,
            counts.adds_spread,
            *counts.adds_own.T,
            counts.adds_switched,
        ]
    )
    np.testing.assert_array_equal(adds, seen["adds"])
    for name in ("losses", "flows", "new_subscribers", "lapsed_subscribers"):
        np.testing.assert_array_equal(getattr(counts, name), seen[name], err_msg=name)


def random_hazards(
    rng: np.random.Generator, segments: int, apps: int, scale: float, flat: bool
) -> Hazards:
    """Return random tables; flat ones are constant or zero, so bounds on their sums are tight."""

    def sparse(*shape: int) -> np.ndarray[Any, np.dtype[np.float64]]:
        if flat:
            return np.full(shape, scale * (rng.random() < 0.6))
        return rng.exponential(scale, shape) * (rng.random(shape) < 0.7)

    factor = np.ones((segments, apps, 3)) if flat else rng.exponential(1.0, (segments, apps, 3))
    factor[:, rng.random(apps) < 0.1] = 1e9
    return Hazards(
        adopt=sparse(segments, apps, int(rng.integers(4, SWITCHED + 1))) / apps,
        second=float(rng.choice([0.0, 0.18, 3.0])),
        leave_base=sparse(2, int(rng.integers(1, WEEKS))),
        leave_factor=factor,
        switch_share=float(rng.choice([0.0, 0.1, 1.0])),
        switch_weight=sparse(apps),
        subscribe=sparse(apps, 2),
        lapse=sparse(apps, 2),
    )


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 2**64 - 1),
    sizes=st.lists(st.integers(0, 300), min_size=1, max_size=3).filter(any),
    apps=st.integers(1, 5) | st.just(15),
    scale=st.sampled_from([0.003, 0.05, 0.5]),
    flat=st.booleans(),
    threads=st.integers(1, 3),
)
def test_every_person_equals_the_plain_python_reference(
    seed: int, sizes: list[int], apps: int, scale: float, flat: bool, threads: int
) -> None:
    rng = np.random.default_rng(seed)
    segments = {f"segment {i}": size for i, size in enumerate(sizes)}
    consumers = populate(segments, tuple(f"app {a}" for a in range(apps)), WEEKS)
    reference = Reference(segments, apps)
    streams = Streams(seed, replicate=3)
    for week in range(int(rng.integers(1, WEEKS))):
        hazards = random_hazards(rng, len(sizes), apps, scale, flat)
        counts = advance(consumers, hazards, streams, week, threads)
        assert_same(counts, reference.advance(hazards, streams, week))
        assert people_of(consumers) == reference.people
    fresh = consumers.recount()
    np.testing.assert_array_equal(consumers.tally.pairs, fresh.pairs)
    np.testing.assert_array_equal(consumers.tally.slots, fresh.slots)


def test_reference_sees_every_kind_of_event() -> None:
    """The comparison above is empty unless its scenarios contain all that can happen."""
    rng = np.random.default_rng(5)
    reference = Reference({"one": 800}, 4)
    total: dict[str, Any] = {}
    for week in range(WEEKS):
        seen = reference.advance(random_hazards(rng, 1, 4, 0.3, flat=False), Streams(5), week)
        total = {name: total.get(name, 0) + value for name, value in seen.items()}
    for name, value in total.items():
        assert np.sum(value) > 20, name
    assert (total["adds"].sum(axis=0) > 0).all()
    assert any(len(person) == 2 for person in reference.people.values())


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_threads_do_not_change_anything(threads: int) -> None:
    sizes = {"student": 5000, "office": 3000, "developer": 10}
    populations = [populate(sizes, ("a", "b", "c"), WEEKS) for _ in range(2)]
    rng = np.random.default_rng(1)
    for week in range(WEEKS):
        hazards = random_hazards(rng, 3, 3, 0.05, flat=False)
        one, many = (
            advance(people, hazards, Streams(9), week, number)
            for people, number in zip(populations, (1, threads), strict=True)
        )
        for name in WeekCounts.__dataclass_fields__:
            np.testing.assert_array_equal(getattr(one, name), getattr(many, name))
    np.testing.assert_array_equal(populations[0].words, populations[1].words)
    np.testing.assert_array_equal(populations[0].tally.slots, populations[1].tally.slots)
