"""Step 6: consumers adopt, churn, switch, subscribe, lapse; one call of the kernel a week."""

import numpy as np
from numpy.typing import NDArray

from sim.core.ranges import shifted
from sim.engine.people import People, people_of
from sim.engine.state import Engine
from sim.engine.steps.advertising import running
from sim.engine.steps.technology import reasons
from sim.markets import adoption, advertising, retention
from sim.world.consumers import Consumers, Hazards

F64 = NDArray[np.float64]
Flags = NDArray[np.bool_]


def live(engine: Engine, threads: int = 1) -> None:
    """Compile this week's hazards, let everybody act on them, and count the outcome."""
    # The kernel brings numba with it, which a scenario's checks can do without.
    from sim.world.consumer_week import advance

    world = engine.world
    if world.consumers is None:
        return
    _hear(engine)
    hazards = compile_hazards(engine, world.consumers)
    if engine.hazard_rule is not None:
        hazards = engine.hazard_rule(hazards, world)
    world.counts = advance(world.consumers, hazards, world.streams, world.week, threads)
    _count(engine, world.consumers)


def _hear(engine: Engine) -> None:
    """News spreads and fades; a quality lead is talked about for a while.

    An app has one half-life, that of its latest news: what older news still brings comes at that
    pace too, and as many people in all.
    """
    p, apps = engine.p, engine.world.apps
    reach = -np.expm1(-apps.fresh_news)
    apps.news = adoption.news_release(apps.news, reach, _addressable(engine), apps.news_half_life)
    apps.fresh_news[:] = 0.0
    lead = adoption.lead_over_rivals(engine.firms.tech.quality[apps.firm], running(engine))
    apps.lead = adoption.fading_lead(apps.lead, lead - apps.quality_lead, p.novelty_half_life)
    apps.quality_lead = lead


def compile_hazards(engine: Engine, people: Consumers) -> Hazards:
    """Return what can happen to each kind of person this week, as hazards (E5, E6)."""
    world, p, apps, steady = engine.world, engine.p, engine.world.apps, _steady(engine)
    active = running(engine)
    quality = engine.firms.tech.quality[apps.firm]
    best = quality[active].max(initial=-np.inf)
    behind = np.where(active, np.minimum(quality - best, 0.0), 0.0)
    addressable = _addressable(engine)
    novelty = adoption.novelty_factor(apps.lead, steady.novelty)
    adopt = adoption.adoption_hazards(
        np.where(active, apps.pushed, 0.0),
        steady.organic,
        apps.news,
        adoption.spread_hazard(p.word_of_mouth, novelty, apps.mau, addressable),
        addressable,
        steady.segment_factor,
        0.0,
        active,
    )
    leaving = retention.quality_exponent(p.churn_quality, 0.0, behind) * steady.churn_factor
    if engine.flow.ad_arrivals.any():
        adopt[:, :, 0] = _paid(engine, people, adopt.sum(axis=2), leaving)
    # A premium tier sells reasoning, so only an owner whose flagship reasons has one.
    tiered = reasons(engine)[apps.firm] & world.on("premium_tier")
    return Hazards(
        adopt=adopt,
        second=p.second_app,
        leave_base=steady.leave_base,
        leave_factor=retention.leave_factor(
            leaving, steady.one_segment, steady.one_tier, apps.launched & ~active
        ),
        switch_share=p.switch_share,
        switch_weight=adoption.switch_weights(apps.mau, quality, active, p.switch_quality),
        subscribe=retention.subscribe_hazard(
            np.where(active, steady.conversion, 0.0), np.where(tiered, p.premium_share, 0.0)
        ),
        lapse=steady.lapse,
    )


def _steady(engine: Engine) -> People:
    """Tables that stay from week to week, made once and again when a parameter changes."""
    if engine.people is None:
        engine.people = people_of(engine.world)
    return engine.people


def _paid(engine: Engine, people: Consumers, other: F64, leave_factor: F64) -> F64:
    """Hazard of being bought: spend buys exactly spend over cost per acquisition; (S, A)."""
    from sim.markets.bought import paid_hazard

    world, flow, steady = engine.world, engine.flow, _steady(engine)
    audience = advertising.audience_weight(flow.ad_arrivals, world.channels.audience.T)
    leaving = retention.mean_leave_hazard(people.cohorts, steady.leave_base, world.week)
    return paid_hazard(
        flow.ad_arrivals.sum(axis=1) / world.people_per_agent,
        audience * steady.ad_response,
        people.no_app,
        people.one_app,
        engine.p.second_app,
        other,
        leaving * leave_factor,
    )


def _count(engine: Engine, people: Consumers) -> None:
    """Turn agents into people: users on a monthly panel, and what rivals added.

    What an owner of a channel answers are rivals' campaigns, so people who came by themselves or
    by news are not among what rivals added.
    """
    world, p, apps, counts = engine.world, engine.p, engine.world.apps, engine.world.counts
    assert counts is not None
    scale = float(world.people_per_agent)
    shifted(apps.leavers, counts.losses * scale)
    apps.mau = retention.monthly_users(people.holders * scale, apps.leavers)
    shifted(apps.mau_history, apps.mau)
    adds: F64 = np.asarray((counts.adds - counts.adds_organic) * scale, dtype=np.float64)
    by_firm = world.by_firm(adds)
    rivals = adds.sum() - by_firm[apps.firm]
    apps.rivals_adds += p.push_memory * (rivals - apps.rivals_adds)


def _addressable(engine: Engine) -> float:
    return engine.world.scenario.consumers.addressable_people
