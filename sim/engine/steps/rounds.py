"""Step 10, the terms of a round: who leads, who follows, at what price, and who owns what after."""

import numpy as np
from numpy.typing import NDArray

from sim.core.units import BILLION, WEEKS_PER_MONTH, WEEKS_PER_YEAR, to_fen
from sim.engine.decisions import ask
from sim.engine.state import Engine, Round
from sim.markets import captable, funding
from sim.world.investors import KINDS
from sim.world.ledger import Line

F64 = NDArray[np.float64]
STRATEGIC = KINDS.index("strategic")
NOBODY = -1
LEAD_SHARE = 0.6
SMALLEST = 1e4
# How private money and the state share the leads; private money is scarce in a cold market.
LEADS_HOT = {"rmb_vc": 0.35, "usd_vc": 0.3, "state": 0.05, "strategic": 0.3}
LEADS_COLD = {"rmb_vc": 0.15, "usd_vc": 0.05, "state": 0.6, "strategic": 0.2}


def pre_money(engine: Engine, firm: int, opened: int) -> float:
    """Valuation that investors offer before their money, CNY."""
    world, p, books = engine.world, engine.p, engine.firms.books
    hot = world.mood.hot
    values = books.post_money[engine.firms.startup & engine.firms.independent] / BILLION
    club = float(np.nanmax(values, initial=p.club_floor if hot else 0.0))
    own = float(books.post_money[firm] / BILLION)
    last = own if np.isfinite(own) and own > 0 else 1.0
    multiple = 1.0 if engine.firms.tech.pretraining[firm] else p.stopped_valuation
    if world.on("user_or_quality_leap"):
        growth = np.clip(user_growth(engine)[firm], 0.0, 1.5)
        multiple *= float(np.exp(p.valuation_leap * growth))
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


def user_growth(engine: Engine) -> F64:
    """Log growth of each firm's users over a quarter; the first hundred thousand do not count."""
    world = engine.world
    now, then = world.by_firm(world.apps.mau), world.by_firm(world.apps.mau_history[0])
    return np.asarray(np.log((now + 1e5) / (then + 1e5)))


def round_size(engine: Engine, firm: int, pre: float) -> float:
    """Money that investors would put in, CNY."""
    world, p, firms = engine.world, engine.p, engine.firms
    burn_bn = max(firms.books.burn_week[firm], 1e5) * WEEKS_PER_MONTH / BILLION
    dilution = p.dilution_hot if world.mood.hot else p.dilution_cold
    if world.on("capital_concentration"):
        peers = firms.startup & firms.independent
        dilution = funding.share_sold(
            dilution, firms.books.post_money, firm, peers, p.capital_concentration
        )
    return BILLION * funding.round_size(dilution, pre / BILLION, burn_bn, p.round_burn_months)


def may_lead(engine: Engine) -> NDArray[np.bool_]:
    """Investors that still exist: a cloud that is gone leads nothing; (I,)."""
    investors = engine.world.investors
    return np.asarray((investors.firm < 0) | engine.firms.independent[investors.firm])


def appeal(engine: Engine, firm: int) -> F64:
    """How much a firm suits each investor's taste, log odds; (I,)."""
    world, firms, books = engine.world, engine.firms, engine.firms.books
    values = np.array(
        [
            np.log1p(world.by_firm(world.apps.mau)),
            np.log1p(books.revenue_history.sum(axis=0)),
            firms.tech.quality,
        ]
    )
    traits = funding.stands_out(values, firms.startup & firms.independent)[:, firm]
    return engine.p.taste * funding.appeal(world.investors.taste, traits)


def draw_lead(engine: Engine, firm: int, opened: int) -> int:
    """Draw a lead by kind, taste and money left; a cloud's interest falls with each stake held."""
    world, p, investors = engine.world, engine.p, engine.world.investors
    odds = LEADS_HOT if world.mood.hot else LEADS_COLD
    by_kind = np.array([odds[kind] for kind in KINDS])
    count = np.maximum(np.bincount(investors.kind, minlength=len(KINDS)), 1)
    powder = np.where(np.isinf(investors.dry_powder), 1e10, investors.dry_powder)
    weight = (by_kind / count)[investors.kind] * np.minimum(powder / 3e8, 1.0)
    weight = weight * np.exp(appeal(engine, firm))
    if world.on("stake_saturation"):
        saturated = p.strategic_saturation ** investors.held.sum(axis=0)
        weight = np.where(investors.kind == STRATEGIC, weight * saturated, weight)
    weight = np.where(investors.kind == STRATEGIC, weight * _keen(engine, firm), weight)
    weight = np.where(may_lead(engine), weight, 0.0)
    if weight.sum() == 0:
        return NOBODY
    draw = world.streams.uniform("lead", engine.firms.ids[firm], opened)
    return int(np.searchsorted(np.cumsum(weight / weight.sum()), draw, side="right"))


def _keen(engine: Engine, firm: int) -> F64:
    """How keen clouds are on leading, and the firm on them, over the usual odds; (I,)."""
    lean = ask(engine, firm, "fundraising").credit_lean
    keen = np.full(len(engine.world.investors), 1.0 if lean is None else lean)
    for one, cloud in enumerate(engine.world.investors.firm):
        if cloud >= 0 and engine.firms.independent[cloud]:
            interest = ask(engine, int(cloud), "investing").lead_interest
            keen[one] *= 1.0 if interest is None else interest
    return keen


def close_round(engine: Engine, firm: int, lead: int, size: float, pre: float, opened: int) -> None:
    """Move the money and the shares; bridge loans turn into shares at their rebate."""
    world, p, firms, investors = engine.world, engine.p, engine.firms, engine.world.investors
    given = _given(engine, firm, lead, size, opened)
    size = float(given.sum())
    if size <= SMALLEST:
        engine.flow.rounds.append(Round(firm, 0.0, 0.0, pre, pre, lead, failed=True))
        return
    investors.dry_powder = investors.dry_powder - given
    in_credits = _give_credits(engine, firm, lead, given)
    cash = given.copy()
    cash[lead] -= in_credits
    engine.ledger.pay(investors.account, firms.cash[firm], cash, Line.EQUITY)
    loans = investors.bridge[firm] / 100.0 / (1.0 - p.bridge_discount)
    investors.bridge[firm] = 0
    post = pre + size + float(loans.sum())
    down = pre < np.nan_to_num(firms.books.post_money[firm])
    investors.stake[firm], investors.paid[firm] = captable.issue(
        investors.stake[firm],
        investors.paid[firm],
        given + loans,
        pre,
        pool=p.option_pool,
        protection=p.anti_dilution,
    )
    firms.books.post_money[firm] = post
    firms.books.last_round_week[firm] = world.week
    world.mood.herd += 1.0
    engine.flow.rounds.append(Round(firm, size, in_credits, pre, post, lead, failed=False))
    name = firms.ids[firm]
    what = f"{name} raises {size / BILLION:.2f} bn CNY at {post / BILLION:.1f} bn CNY"
    kind = "down round, " if down else ""
    world.say("round", name, f"{what}, {kind}led by {investors.ids[lead]}")


def _given(engine: Engine, firm: int, lead: int, size: float, opened: int) -> F64:
    """What each investor gives, CNY: the lead what it can, others follow by luck and taste."""
    investors = engine.world.investors
    luck = engine.world.streams.uniforms("follows", investors.entity, opened)
    last = (investors.kind == STRATEGIC) * 100.0
    others = np.argsort(luck - appeal(engine, firm) + last)
    follow = [int(one) for one in others if one != lead and investors.kind[one] != STRATEGIC]
    given = np.zeros(len(investors))
    for one in (lead, *follow):
        left = size - given.sum()
        if left <= SMALLEST:
            break
        given[one] = min(
            left, investors.dry_powder[one], LEAD_SHARE * size if one == lead else np.inf
        )
    return given


def _give_credits(engine: Engine, firm: int, lead: int, given: F64) -> float:
    """Issue the part of a cloud's money that is compute credits; returns it in CNY."""
    world, firms, investors = engine.world, engine.firms, engine.world.investors
    if investors.kind[lead] != STRATEGIC or not world.on("compute_credits"):
        return 0.0
    issuer = int(investors.firm[lead])
    offered = ask(engine, issuer, "investing").credits_offered or 0.0
    most = ask(engine, firm, "fundraising").most_credits
    amount = float(min(offered, 1.0 if most is None else most, 1.0) * given[lead])
    fen = to_fen(np.array([amount]))
    engine.ledger.post(firms.parents[issuer], firms.credits[firm], fen, Line.CREDITS_ISSUED)
    firms.credits_owed[firm, issuer] += int(fen[0])
    return amount


def lend(engine: Engine, firm: int) -> None:
    """Let the owners of a firm in distress lend it some months of burn, by their stakes.

    The loan turns into shares at the next round, with a rebate; a firm has one at a time.
    """
    p, firms, investors = engine.p, engine.firms, engine.world.investors
    weight = np.where(may_lead(engine), investors.stake[firm, : len(investors)], 0.0)
    need = max(firms.books.burn_week[firm], 0.0) * WEEKS_PER_MONTH * p.bridge_months
    if weight.sum() <= 0 or need <= SMALLEST or investors.bridge[firm].any():
        return
    given = np.minimum(need * weight / weight.sum(), investors.dry_powder)
    fen = engine.ledger.pay(investors.account, firms.cash[firm], given, Line.BRIDGE)
    investors.dry_powder = np.maximum(investors.dry_powder - given, 0.0)
    investors.bridge[firm] = fen
    name = firms.ids[firm]
    engine.world.say("bridge", name, f"owners lend {name} {given.sum() / BILLION:.3f} bn CNY")
