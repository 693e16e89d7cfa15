"""The exact chances of one person's states: cohorts counted with probabilities instead of people.

With hazards that do not depend on who holds what, people are independent and alike, so every count
of N people is binomial with a chance that follows from one person's states, week by week.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from math import exp
from typing import NamedTuple

from sim.world.consumers import Hazards


class Held(NamedTuple):
    """An app held since a week, bought by ads or not, in a tier."""

    app: int
    start: int
    bought: bool
    tier: int


State = tuple[Held, ...]
Event = tuple[str, int, int]
"""What is counted: adds (app, source), losses (app, -1), flows (from, to)."""


def advance(
    chances: Mapping[State, float], hazards: Hazards, week: int
) -> tuple[dict[State, float], dict[Event, float]]:
    """Return the chances after a week, and the chance of each event in it."""
    after: dict[State, float] = defaultdict(float)
    seen: dict[Event, float] = defaultdict(float)
    for state, chance in chances.items():
        outcomes = list(_outcomes(state, hazards, week))
        total = sum(hazard for hazard, _, _ in outcomes)
        stays = exp(-total)
        after[state] += chance * stays
        for hazard, then, events in outcomes:
            part = chance * (1.0 - stays) * hazard / total if total > 0 else 0.0
            after[then] += part
            for event in events:
                seen[event] += part
    return dict(after), dict(seen)


def _outcomes(
    state: State, hazards: Hazards, week: int
) -> Iterator[tuple[float, State, tuple[Event, ...]]]:
    """Yield hazard, state after and events of all that can happen; the one segment is 0."""
    adopt = hazards.adopt[0]
    if len(state) < 2:
        raised = hazards.second if state else 1.0
        for app in range(len(adopt)):
            if state and state[0].app == app:
                continue
            for source in range(4):
                then = (*state, Held(app, week, source == 0, 0))
                yield float(adopt[app, source]) * raised, then, (("adds", app, source),)
    for place, held in enumerate(state):
        rest = state[:place] + state[place + 1 :]
        weeks = min(max(week - held.start - 1, 0), hazards.leave_base.shape[1] - 1)
        leave = float(
            hazards.leave_base[int(held.bought), weeks]
            * hazards.leave_factor[0, held.app, held.tier]
        )
        yield from _departures(held, rest, leave, hazards, week)
        for tier in (1, 2) if held.tier == 0 else (0,):
            table = hazards.subscribe if tier else hazards.lapse
            changed = held._replace(tier=tier)
            then = (*state[:place], changed, *state[place + 1 :])
            yield float(table[held.app, (tier or held.tier) - 1]), then, ()


def _departures(
    held: Held, rest: State, leave: float, hazards: Hazards, week: int
) -> Iterator[tuple[float, State, tuple[Event, ...]]]:
    """Yield leaving for nothing, and leaving for each other app by its weight."""
    known = {held.app, *(other.app for other in rest)}
    weights = {
        app: float(weight) for app, weight in enumerate(hazards.switch_weight) if app not in known
    }
    total = sum(weights.values())
    share = hazards.switch_share if total > 0 else 0.0
    gone = ("losses", held.app, -1)
    yield leave * (1.0 - share), rest, (gone,)
    for app, weight in weights.items():
        then = (*rest, Held(app, week, bought=False, tier=0))
        flow = ("flows", held.app, app)
        yield leave * share * weight / total, then, (gone, flow, ("adds", app, 4)) if share else ()
