"""Step 10: rounds open, diligence runs, rounds close or fail."""

import numpy as np
from numpy.typing import NDArray

from sim.core.units import BILLION, WEEKS_PER_MONTH, WEEKS_PER_YEAR, to_fen
from sim.engine.clock import Diligence
from sim.engine.state import Engine, Round
from sim.markets import funding
from sim.markets.exits import happens
from sim.world.investors import KINDS
from sim.world.ledger import Line

F64 = NDArray[np.float64]
STATE, STRATEGIC = KINDS.index("state"), KINDS.index("strategic")
NOBODY = -1
# How private money and the state share the leads; private money is scarce in a cold market.
LEADS_HOT = {"rmb_vc": 0.35, "usd_vc": 0.3, "state": 0.05, "strategic": 0.3}
LEADS_COLD = {"rmb_vc": 0.15, "usd_vc": 0.05, "state": 0.6, "strategic": 0.2}


def raise_money(engine: Engine) -> None:
    """Close what diligence has decided, then let startups open new rounds at their hazard."""
    for ended in engine.clock.take(Diligence):
        _close(engine, ended)
    _open(engine)


def _open(engine: Engine) -> None:
    world, firms = engine.world, engine.firms
    hazard = _hazard(engine)
    uniform = world.streams.uniforms("round opens", firms.entity, world.week)
    opening = happens(hazard, 1.0 / WEEKS_PER_YEAR, uniform)
    able = firms.startup & firms.independent & ~firms.books.raising & ~firms.listed
    for firm in np.flatnonzero(opening & able):
        open_round(engine, int(firm), NOBODY)


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
    held = world.investors.stake[:, :-1][:, clouds] > 0
    conflict: F64 = np.asarray(held.any(axis=1), dtype=np.float64)
    return funding.opening_hazard(
        base,
        sentiment=mood.sentiment,
        user_growth=_user_growth(engine),
        revenue_growth=np.log((revenue_now + 1e6) / (revenue_then + 1e6)),
        quality_lead=lead if leap else 0.0 * lead,
        herd=mood.herd if world.on("herding") else 0.0,
        runway_months=engine.flow.runway,
        post_money_bn=np.nan_to_num(books.post_money / BILLION),
        conflict=conflict,
        weights={
            "sentiment": p.round_sentiment,
            "users": p.round_users if leap else 0.0,
            "revenue": p.round_revenue,
            "quality": p.round_quality,
            "herd": p.round_herd,
            "need": p.round_need,
            "drag": p.round_drag if world.on("valuation_watershed") else 0.0,
            "conflict": p.round_conflict,
        },
        watershed_bn=p.watershed,
    )


def _user_growth(engine: Engine) -> F64:
    """Log growth of each firm's users over a quarter; the first hundred thousand do not count."""
    world = engine.world
    now, then = world.by_firm(world.apps.mau), world.by_firm(world.apps.mau_history[0])
    return np.asarray(np.log((now + 1e5) / (then + 1e5)))


def _close(engine: Engine, ended: Diligence) -> None:
    world, p, firms, books = engine.world, engine.p, engine.firms, engine.firms.books
    firm, name = ended.firm, firms.ids[ended.firm]
    books.raising[firm] = False
    if not firms.independent[firm]:
        return
    luck = world.streams.uniform("diligence outcome", name, ended.opened)
    pre = _pre_money(engine, firm, ended.opened)
    lead = ended.investor
    if lead == NOBODY or not _may_lead(engine)[lead]:
        lead = _lead(engine, firm, ended.opened)
    failed = luck < p.diligence_failure and not world.mood.hot
    if failed or lead == NOBODY:
        engine.flow.rounds.append(Round(firm, 0.0, 0.0, pre, pre, lead, failed=True))
        world.say("round_failed", name, f"a round of {name} fails in diligence")
        return
    burn_bn = max(books.burn_week[firm], 1e5) * WEEKS_PER_MONTH / BILLION
    dilution = p.dilution_hot if world.mood.hot else p.dilution_cold
    size = BILLION * funding.round_size(dilution, pre / BILLION, burn_bn, p.round_burn_months)
    _fund(engine, firm, lead, size, pre, ended.opened)


def _pre_money(engine: Engine, firm: int, opened: int) -> float:
    world, p, books = engine.world, engine.p, engine.firms.books
    hot = world.mood.hot
    values = books.post_money[engine.firms.startup & engine.firms.independent] / BILLION
    club = float(np.nanmax(values, initial=p.club_floor if hot else 0.0))
    own = float(books.post_money[firm] / BILLION)
    last = own if np.isfinite(own) and own > 0 else 1.0
    multiple = 1.0 if engine.firms.tech.pretraining[firm] else p.stopped_valuation
    if world.on("user_or_quality_leap"):
        multiple *= float(np.exp(p.valuation_leap * np.clip(_user_growth(engine)[firm], 0.0, 1.5)))
    return BILLION * funding.pre_money(
        last,
        max(club, last),
        (opened - books.last_round_week[firm]) / WEEKS_PER_YEAR,
        world.mood.sentiment,
        world.streams.normal("valuation", engine.firms.ids[firm], opened),
        hot=hot,
        step=p.step_hot if hot else p.step_cold,
        noise=p.valuation_noise,
        floor=p.valuation_floor,
        watershed_bn=p.watershed if world.on("valuation_watershed") else np.inf,
        leap=multiple,
    )


def _lead(engine: Engine, firm: int, opened: int) -> int:
    """Draw a lead by kind and money left; a cloud's interest falls with each stake it holds."""
    world, p, investors = engine.world, engine.p, engine.world.investors
    odds = LEADS_HOT if world.mood.hot else LEADS_COLD
    by_kind = np.array([odds[kind] for kind in KINDS])
    count = np.maximum(np.bincount(investors.kind, minlength=len(KINDS)), 1)
    weight = (by_kind / count)[investors.kind]
    powder = np.where(np.isinf(investors.dry_powder), 1e10, investors.dry_powder)
    weight = weight * np.minimum(powder / 3e8, 1.0)
    held = (investors.stake[:, :-1] > 0).sum(axis=0)
    strategic = investors.kind == STRATEGIC
    if world.on("stake_saturation"):
        weight = np.where(strategic, weight * p.strategic_saturation**held, weight)
    weight = np.where(_may_lead(engine), weight, 0.0)
    if weight.sum() == 0:
        return NOBODY
    draw = world.streams.uniform("lead", engine.firms.ids[firm], opened)
    return int(np.searchsorted(np.cumsum(weight / weight.sum()), draw, side="right"))


def _may_lead(engine: Engine) -> NDArray[np.bool_]:
    """Investors that still exist: a cloud that is gone leads nothing; (I,)."""
    investors = engine.world.investors
    return np.asarray((investors.firm < 0) | engine.firms.independent[investors.firm])


def _fund(engine: Engine, firm: int, lead: int, size: float, pre: float, opened: int) -> None:
    """Move the money: the lead gives what it can, others follow in a drawn order."""
    world, p, firms, investors = engine.world, engine.p, engine.firms, engine.world.investors
    luck = world.streams.uniforms("follows", investors.entity, opened)
    others = np.argsort(luck + (investors.kind == STRATEGIC) * 10.0)
    order = [
        lead,
        *(int(one) for one in others if one != lead and investors.kind[one] != STRATEGIC),
    ]
    given = np.zeros(len(investors))
    for one in order:
        left = size - given.sum()
        if left <= 1e4:
            break
        given[one] = min(left, investors.dry_powder[one], 0.6 * size if one == lead else np.inf)
    size = float(given.sum())
    if size <= 1e4:
        engine.flow.rounds.append(Round(firm, 0.0, 0.0, pre, pre, lead, failed=True))
        return
    investors.dry_powder = investors.dry_powder - given
    credits_part = 0.0
    if investors.kind[lead] == STRATEGIC and world.on("compute_credits"):
        credits_part = p.credit_share * given[lead]
        issuer = int(investors.firm[lead])
        fen = to_fen(np.array([credits_part]))
        engine.ledger.post(firms.parents[issuer], firms.credits[firm], fen, Line.CREDITS_ISSUED)
        firms.credits_owed[firm, issuer] += int(fen[0])
        given[lead] -= credits_part
    engine.ledger.pay(investors.account, firms.cash[firm], given, Line.EQUITY)
    given[lead] += credits_part
    post = pre + size
    stake = investors.stake[firm] * (pre / post)
    stake[:-1] += given / post
    investors.stake[firm] = stake / stake.sum()
    firms.books.post_money[firm] = post
    firms.books.last_round_week[firm] = world.week
    world.mood.herd += 1.0
    engine.flow.rounds.append(Round(firm, size, credits_part, pre, post, lead, failed=False))
    name = firms.ids[firm]
    what = f"{name} raises {size / BILLION:.2f} bn CNY at {post / BILLION:.1f} bn CNY"
    world.say("round", name, f"{what}, led by {investors.ids[lead]}")
