"""Step 10: rounds open, diligence runs, rounds close or fail."""

import numpy as np
from numpy.typing import NDArray

from sim.core.ranges import known
from sim.core.units import BILLION, WEEKS_PER_YEAR
from sim.engine.clock import Diligence
from sim.engine.decisions import ask
from sim.engine.state import Engine, Round
from sim.engine.steps import rounds
from sim.engine.steps.rounds import NOBODY
from sim.markets import funding
from sim.markets.exits import happens

F64 = NDArray[np.float64]
WEEK = 1.0 / WEEKS_PER_YEAR


def raise_money(engine: Engine) -> None:
    """Close what diligence has decided, then let startups open new rounds at their hazard."""
    for ended in engine.clock.take(Diligence):
        _close(engine, ended)
    _bridge(engine)
    _open(engine)


def _open(engine: Engine) -> None:
    world, firms = engine.world, engine.firms
    hazard = _hazard(engine)
    uniform = world.streams.uniforms("round opens", firms.entity, world.week)
    able = firms.startup & firms.independent & ~firms.books.raising & ~firms.listed
    for firm in np.flatnonzero(able).tolist():
        hazard[firm] *= ask(engine, firm, "fundraising").round_effort or 0.0
    for firm in np.flatnonzero(happens(hazard, WEEK, uniform) & able).tolist():
        open_round(engine, firm, NOBODY)


def open_round(engine: Engine, firm: int, investor: int) -> None:
    """Start the diligence of a round, with a lead named in advance or none."""
    world, p, firms = engine.world, engine.p, engine.firms
    if firms.books.raising[firm] or not firms.independent[firm]:
        return
    firms.books.raising[firm] = True
    length = world.streams.uniform("diligence", firms.ids[firm], world.week)
    most = p.diligence_min + (p.diligence_max - p.diligence_min) * (0.4 if world.mood.hot else 1.0)
    weeks = p.diligence_min + length * (most - p.diligence_min)
    engine.clock.after_weeks(weeks, Diligence(firm, world.week, investor))


def _hazard(engine: Engine) -> F64:
    """Hazard a year that each firm opens a round."""
    world, p, firms, books = engine.world, engine.p, engine.firms, engine.firms.books
    mood = world.mood
    base = p.round_hot if mood.hot else p.round_cold
    if not mood.hot and mood.cold_since is not None:
        late = world.week - mood.cold_since > p.state_money_weeks
        base += p.state_money * (p.state_money_late if late else 1.0)
    half = len(books.revenue_history) // 2
    revenue_then = books.revenue_history[:half].sum(axis=0)
    revenue_now = books.revenue_history[half:].sum(axis=0)
    leap = world.on("user_or_quality_leap")
    quality = firms.tech.quality
    rivals = np.where(firms.startup & firms.independent, quality, -np.inf)
    order = np.sort(rivals)
    best = np.where(rivals == order[-1], order[-2] if len(order) > 1 else order[-1], order[-1])
    lead = np.where(
        np.isfinite(best) & firms.startup, quality - np.where(np.isfinite(best), best, 0.0), 0.0
    )
    clouds = world.investors.firm >= 0
    held = world.investors.held[:, clouds]
    conflict: F64 = np.asarray(held.any(axis=1), dtype=np.float64)
    return funding.opening_hazard(
        base,
        sentiment=mood.sentiment,
        user_growth=rounds.user_growth(engine),
        revenue_growth=np.log((revenue_now + 1e6) / (revenue_then + 1e6)),
        quality_lead=lead if leap else 0.0 * lead,
        herd=mood.herd if world.on("herding") else 0.0,
        runway_months=engine.flow.runway,
        post_money_bn=known(books.post_money / BILLION),
        conflict=conflict,
        revenue_bn=(revenue_then + revenue_now) * (WEEKS_PER_YEAR / (2 * half)) / BILLION,
        weights={
            "sentiment": p.round_sentiment,
            "users": p.round_users if leap else 0.0,
            "revenue": p.round_revenue,
            "quality": p.round_quality,
            "herd": p.round_herd,
            "need": p.round_need,
            "drag": p.round_drag if world.on("valuation_drag") else 0.0,
            "demand": p.watershed_demand if world.on("valuation_watershed") else 0.0,
            "conflict": p.round_conflict,
        },
        watershed_bn=p.watershed,
        revenue_multiple=p.revenue_multiple,
    )


def _close(engine: Engine, ended: Diligence) -> None:
    world, p, firms, books = engine.world, engine.p, engine.firms, engine.firms.books
    firm, name = ended.firm, firms.ids[ended.firm]
    books.raising[firm] = False
    if not firms.independent[firm]:
        return
    luck = world.streams.uniform("diligence outcome", name, ended.opened)
    pre = rounds.pre_money(engine, firm, ended.opened)
    lead = ended.investor
    if lead == NOBODY or not rounds.may_lead(engine)[lead]:
        lead = rounds.draw_lead(engine, firm, ended.opened)
    failed = luck < p.diligence_failure and not world.mood.hot
    if failed or lead == NOBODY:
        engine.flow.rounds.append(Round(firm, 0.0, 0.0, pre, pre, lead, failed=True))
        world.say("round_failed", name, f"a round of {name} fails in diligence")
        return
    size = rounds.round_size(engine, firm, pre)
    rounds.close_round(engine, firm, lead, size, pre, ended.opened)


def _bridge(engine: Engine) -> None:
    """Let owners help firms in distress until the next round."""
    world, p, firms = engine.world, engine.p, engine.firms
    short = engine.flow.runway < p.distress_runway
    able = short & firms.startup & firms.independent & ~firms.listed
    if not able.any():
        return
    uniform = world.streams.uniforms("bridge loan", firms.entity, world.week)
    for firm in np.flatnonzero(able & happens(p.bridge_hazard, WEEK, uniform)):
        rounds.lend(engine, int(firm))


def write_down(engine: Engine, points: float) -> None:
    """Write down what investors hold of firms that an open release of so many points overtakes."""
    firms = engine.firms
    overtaken = firms.startup & (firms.tech.own_quality < engine.world.frontiers.open_weights)
    factor = np.exp(-engine.p.write_down * max(points, 0.0) / 100.0)
    firms.books.post_money[overtaken & firms.independent] *= factor
