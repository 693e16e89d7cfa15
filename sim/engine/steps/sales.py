"""Step 11, ways out with a buyer: a listing, a licence with the people, the whole firm."""

import numpy as np
from numpy.typing import NDArray

from sim.core.units import BILLION, MILLION, WEEKS_PER_YEAR, to_fen
from sim.engine.decisions import ask
from sim.engine.state import Engine
from sim.engine.steps.chances import note, strikes
from sim.engine.steps.closing import owner_accounts, wind_up
from sim.markets import captable, exits
from sim.world.ledger import Line

F64 = NDArray[np.float64]
Flags = NDArray[np.bool_]


def sell(engine: Engine) -> None:
    """List, licence or sell startups, as far as they want to and somebody buys."""
    effort, least, lists = _wishes(engine)
    _list(engine, lists)
    _licence(engine, effort, least)
    _acquire(engine, effort, least)


def _wishes(engine: Engine) -> tuple[F64, F64, Flags]:
    """What exit strategies say: effort, lowest price in CNY, whether to list; (F,)."""
    firms = engine.firms
    effort, least = np.zeros((2, len(firms)))
    lists = np.zeros(len(firms), dtype=np.bool_)
    for firm in np.flatnonzero(firms.startup & firms.independent).tolist():
        chosen = ask(engine, firm, "exit")
        effort[firm] = chosen.sale_effort or 0.0
        least[firm] = chosen.least_price or 0.0
        lists[firm] = chosen.listing in (None, True)
    return effort, least, lists


def yearly_revenue(engine: Engine) -> F64:
    """Revenue of the last half year at a yearly pace, CNY; (F,)."""
    history = engine.firms.books.revenue_history
    return np.asarray(history.sum(axis=0) * (WEEKS_PER_YEAR / len(history)))


def _list(engine: Engine, wanted: Flags) -> None:
    """A startup with enough revenue lists once the window is open and sells a float."""
    world, p, firms = engine.world, engine.p, engine.firms
    if not world.mood.listing_open:
        return
    hazard = exits.listing_hazard(
        yearly_revenue(engine) / MILLION,
        world.years,
        hot=world.mood.hot,
        base=p.listing_hazard,
        least_revenue=p.listing_revenue,
        least_years=p.listing_age,
        cold=p.listing_cold,
    )
    able = wanted & firms.startup & ~firms.listed
    for firm in np.flatnonzero(strikes(engine, "listing", np.where(able, hazard, 0.0))):
        value = float(np.nan_to_num(firms.books.post_money[firm]))
        money = p.listing_share * value
        engine.ledger.pay(engine.ledger.index["world"], firms.cash[firm], money, Line.EQUITY)
        investors = world.investors
        investors.stake[firm], investors.paid[firm] = captable.sell_to_public(
            investors.stake[firm], investors.paid[firm], p.listing_share
        )
        firms.listed[firm] = True
        what = f"{firms.ids[firm]} lists at {value / BILLION:.1f} bn CNY"
        note(engine, int(firm), "listed", what, value=money)


def _licence(engine: Engine, effort: F64, least: F64) -> None:
    """A giant licences a firm's models and hires its people; the shell pays out and ends."""
    world, p, firms = engine.world, engine.p, engine.firms
    if not world.on("licence_and_hire"):
        return
    for_sale = firms.startup & ~firms.books.raising
    hazard = np.where(for_sale, p.licence_hazard * effort, 0.0)
    for firm in np.flatnonzero(strikes(engine, "licence and hire", hazard)):
        buyer = _richest(engine)
        price = exits.licence_price(
            float(firms.tech.key_people[firm]),
            p.licence_price_head * MILLION,
            p.licence_discount,
            float(np.nan_to_num(firms.books.post_money[firm])),
        )
        if buyer is None or price < least[firm]:
            continue
        engine.ledger.pay(firms.parents[buyer], firms.cash[firm], price, Line.PURCHASE)
        _hire(engine, int(firm), buyer)
        seller, giant = firms.ids[firm], firms.ids[buyer]
        what = f"{giant} licences {seller} and hires its people for {price / BILLION:.2f} bn CNY"
        note(engine, int(firm), "licence_and_hire", what, giant, price)
        wind_up(engine, int(firm), severance=False)


def _acquire(engine: Engine, effort: F64, least: F64) -> None:
    """A giant buys a whole firm from its owners: people, apps, users, deliveries, money, debts.

    Who already holds most of it is the first to ask; a firm that still trains is too dear.
    """
    world, p, firms = engine.world, engine.p, engine.firms
    wanted = firms.startup & ~firms.tech.pretraining & ~firms.listed & ~firms.books.raising
    hazard = np.where(wanted & (effort > 0), p.acquisition_hazard * effort, 0.0)
    for firm in np.flatnonzero(strikes(engine, "acquisition", hazard)):
        buyer = _owner(engine, int(firm))
        value = float(np.nan_to_num(firms.books.post_money[firm]))
        price = p.acquisition_price * value
        if buyer is None or price <= 0 or price < least[firm]:
            continue
        fen = int(to_fen(price))
        part = exits.shared_out(fen, world.investors.stake[firm])
        owners = owner_accounts(engine, int(firm))
        engine.ledger.post(firms.parents[buyer], owners, part, Line.PURCHASE)
        _hire(engine, int(firm), buyer)
        firms.books.staff[buyer] += firms.books.staff[firm]
        world.apps.firm[world.apps.firm == firm] = buyer
        world.deployments.deliverer[world.deployments.deliverer == firm] = buyer
        firms.books.overseas_users[buyer] += firms.books.overseas_users[firm]
        seller, giant = firms.ids[firm], firms.ids[buyer]
        what = f"{giant} buys {seller} for {price / BILLION:.2f} bn CNY"
        note(engine, int(firm), "acquired", what, giant, price)
        wind_up(engine, int(firm), severance=False, heir=buyer)


def _hire(engine: Engine, firm: int, buyer: int) -> None:
    firms = engine.firms
    firms.tech.key_people[buyer] += firms.tech.key_people[firm]
    firms.taken_over[firm] = True


def _richest(engine: Engine) -> int | None:
    """The cloud that spends most on research."""
    firms = engine.firms
    buyers = firms.cloud & firms.independent
    if not buyers.any():
        return None
    return int(np.where(buyers, firms.books.research_week, -1.0).argmax())


def _owner(engine: Engine, firm: int) -> int | None:
    """The cloud with the largest stake in a firm; without one, the cloud that spends most."""
    firms, investors = engine.firms, engine.world.investors
    able = (investors.firm >= 0) & firms.independent[investors.firm]
    held = np.where(able, investors.stake[firm, : len(investors)], 0.0)
    if held.max(initial=0.0) > 0:
        return int(investors.firm[held.argmax()])
    return _richest(engine)
