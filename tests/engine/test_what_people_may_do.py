"""The hazards of every week of a market, against the equations written out for one person."""

from datetime import date
from math import exp, inf, log
from typing import Any

import numpy as np
import pytest
from small_market import small, switched_off, watch

from sim.core.units import WEEKS_PER_MONTH
from sim.engine.simulation import simulate
from sim.engine.state import Engine
from sim.scenario import Scenario
from sim.world.consumers import Hazards
from sim.world.state import World

REASONING = date(2024, 7, 1)
"""In the year from here firms begin to reason, one after another."""


def by_hand(world: World) -> dict[str, Any]:
    """Return what the tables must hold, person by person; nothing bought."""
    p, apps, firms = world.parameters, world.apps, world.firms
    people = world.scenario.consumers.addressable_people
    segments = list(world.scenario.segments.values())
    talk = sum(one.share * one.word_of_mouth for one in segments)
    every = range(len(apps))
    quality = [float(firms.tech.quality[apps.firm[a]]) for a in every]
    there = [bool(apps.launched[a] and firms.independent[apps.firm[a]]) for a in every]
    best = max(q for q, yes in zip(quality, there, strict=True) if yes)
    adopt = np.zeros((len(segments), len(apps), 3))
    leave, switch = np.ones(len(apps)), np.zeros(len(apps))
    pay = np.zeros((len(apps), 2))
    for a in every:
        if not there[a]:
            leave[a] = 1e9 if apps.launched[a] else inf
            continue
        novelty = exp(min(1.0, p.novelty * apps.lead[a] / 100)) if world.on("quality_lead") else 1
        for s, one in enumerate(segments):
            adopt[s, a] = [
                apps.pushed[a] / people,
                (p.organic * 1e6 + apps.news[a]) / people,
                p.word_of_mouth * novelty * apps.mau[a] / people * one.word_of_mouth / talk,
            ]
        annoyed = world.on("annoyance")
        leave[a] = exp(p.churn_quality * (best - quality[a]) / 100)
        leave[a] *= 1 + p.annoyance * annoyed
        switch[a] = apps.mau[a] * 10 ** ((quality[a] - best) / 400)
        monthly = p.conversion * (1 + p.annoyance_conversion * annoyed)
        owner = apps.firm[a]
        reasons = firms.tech.pretraining[owner] and firms.tech.reasons_from[owner] <= world.week
        premium = p.premium_share if reasons and world.on("premium_tier") else 0.0
        begin = -log(1 - monthly) / WEEKS_PER_MONTH
        pay[a] = [begin * (1 - premium), begin * premium]
    return {"adopt": adopt, "leave": leave, "switch": switch, "pay": pay}


@pytest.mark.parametrize("off", [(), ("annoyance", "quality_lead", "premium_tier")])
def test_hazards_of_a_market_are_those_of_the_equations(off: tuple[str, ...]) -> None:
    seen: dict[str, list[float]] = {"news": [], "lead": [], "premium": []}

    def compare(hazards: Hazards, world: World) -> Hazards:
        expected, p = by_hand(world), world.parameters
        np.testing.assert_allclose(hazards.adopt[:, :, 1:4], expected["adopt"], rtol=1e-12)
        launched = np.isfinite(expected["leave"])
        for tier in range(3):
            np.testing.assert_allclose(
                hazards.leave_factor[:, launched, tier],
                np.broadcast_to(expected["leave"][launched], (len(hazards.adopt), launched.sum())),
                rtol=1e-12,
            )
        np.testing.assert_allclose(hazards.switch_weight, expected["switch"], rtol=1e-5, atol=1e-9)
        np.testing.assert_allclose(hazards.subscribe, expected["pay"], rtol=1e-12)
        np.testing.assert_allclose(hazards.lapse, -log(p.renewal) / WEEKS_PER_MONTH)
        assert (hazards.second, hazards.switch_share) == (p.second_app, p.switch_share)
        seen["news"].append(float(world.apps.news.max()))
        seen["lead"].append(float(world.apps.lead.max()))
        seen["premium"].append(float((expected["pay"][:, 1] > 0).sum()))
        return hazards

    news = {"kind": "news", "date": date(2024, 9, 2), "who": "kimi", "amount": 0.05}
    changes = {**switched_off(*off), "shock.heard": news}
    scenario = small(changes, start=REASONING, weeks=40)
    simulate(scenario, 1, 0, frozenset(), hazards=compare)
    assert max(seen["news"]) > 1e6
    assert max(seen["lead"]) > 10.0
    if not off:
        # The test would say nothing about owners if all began at once.
        assert len(set(seen["premium"])) > 2


def run_with(scenario: Scenario) -> list[tuple[Any, Any, Any]]:
    found: list[tuple[Any, Any, Any]] = []

    def look(engine: Engine) -> None:
        world = engine.world
        assert world.consumers is not None
        assert world.counts is not None
        scale = world.people_per_agent
        found.append(
            (world.consumers.holders * scale, world.counts.losses * scale, world.apps.mau.copy())
        )

    watch(scenario, look)
    return found


def test_users_are_holders_and_those_who_left_within_a_month() -> None:
    weeks = run_with(small(weeks=20))
    for number in range(6, len(weeks)):
        losses = [weeks[number - ago][1] for ago in range(5)]
        left = sum(losses[:4]) + (WEEKS_PER_MONTH - 4) * losses[4]
        np.testing.assert_allclose(weeks[number][2], weeks[number][0] + left, rtol=1e-12)
    assert weeks[-1][1].sum() > 0


def test_a_change_of_a_parameter_or_switch_reaches_what_is_kept_from_week_to_week() -> None:
    """Retention, renewal and annoyance are made once: a dated change must make them anew."""
    change = {"kind": "set", "date": date(2023, 9, 4)}
    found: dict[date, Hazards] = {}

    def keep(hazards: Hazards, world: World) -> Hazards:
        found[world.monday] = hazards
        return hazards

    changes = {
        "shock.renew": {**change, "key": "parameters.renewal", "value": 0.7},
        "shock.calm": {**change, "key": "mechanisms.annoyance", "value": False},
        "shock.stay": {**change, "key": "parameters.retention_alpha", "value": 0.45},
    }
    simulate(small(changes, weeks=12), 1, 0, frozenset(), hazards=keep)
    before, after = found[date(2023, 8, 28)], found[date(2023, 9, 4)]
    assert np.exp(-before.lapse[0, 0] * WEEKS_PER_MONTH) == pytest.approx(0.55)
    assert np.exp(-after.lapse[0, 0] * WEEKS_PER_MONTH) == pytest.approx(0.7)
    assert (after.leave_base < before.leave_base).all()
    assert after.leave_factor.min() == pytest.approx(before.leave_factor.min() / 1.05)


def test_what_is_kept_from_week_to_week_cannot_be_changed_by_a_rule() -> None:
    def careless(hazards: Hazards, world: World) -> Hazards:
        hazards.leave_base[:] = 0.0
        return hazards

    with pytest.raises(ValueError, match="read-only"):
        simulate(small(weeks=3), 1, 0, frozenset(), hazards=careless)
