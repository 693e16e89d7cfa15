"""Step 11, the end of a firm: its money goes to those it owes by rank, the rest to its owners."""

import numpy as np
from numpy.typing import NDArray

from sim.core.units import to_fen
from sim.engine.state import Engine
from sim.markets.exits import shared_out
from sim.markets.treasury import paid_in_order
from sim.world.ledger import Line

I64 = NDArray[np.int64]


def wind_up(engine: Engine, firm: int, *, severance: bool, heir: int | None = None) -> None:
    """Leave a firm that is gone with no money, no debts, no credits and no plans.

    What customers still owe is collected. Then wages with severance, suppliers and bridge loans
    are paid in this order; what is missing is written off by the creditors. Unused credits go back
    to the cloud that issued them, for they are no money. Owners share what is left; an heir, who
    has bought them out, first pays all debts and then gets it.
    """
    firms, ledger = engine.firms, engine.ledger
    if severance:
        p = engine.p
        pay = to_fen(firms.books.staff[[firm]] * p.staff_cost * p.severance_months)
        ledger.post(firms.owed[0, firm], ledger.index["people"], pay, Line.COST_OTHER)
    ledger.post(firms.receivables[firm], firms.cash[firm], _held(engine, firm), Line.COLLECTION)
    if heir is not None:
        _pay_debts(engine, firm, heir)
    _pay_creditors(engine, firm)
    _void_credits(engine, firm)
    _pay_owners(engine, firm, heir)
    firms.tech.pretraining[firm] = False
    firms.books.research_week[firm] = 0.0
    firms.books.overseas_users[firm] = 0.0
    firms.lab.purchases[firm] = firms.lab.accelerators[firm] = 0.0


def owner_accounts(engine: Engine, firm: int) -> I64:
    """Accounts of all who may hold shares of a firm, in the order of the cap table."""
    firms, ledger, investors = engine.firms, engine.ledger, engine.world.investors
    founders = firms.parents[firm] if firms.backed[firm] else ledger.index["people"]
    return np.array([*investors.account, founders, founders, ledger.index["world"]])


def _pay_debts(engine: Engine, firm: int, heir: int) -> None:
    """Let the heir's parent put in what cash does not cover."""
    firms, ledger, investors = engine.firms, engine.ledger, engine.world.investors
    owed = investors.bridge[firm].sum() - ledger.balance[firms.owed[:, firm]].sum()
    missing = np.maximum(owed - ledger.balance[firms.cash[[firm]]], 0)
    ledger.post(firms.parents[heir], firms.cash[firm], missing, Line.PURCHASE)


def _held(engine: Engine, firm: int) -> I64:
    return np.asarray(engine.ledger.balance[engine.firms.receivables[[firm]]])


def _pay_creditors(engine: Engine, firm: int) -> None:
    firms, ledger, investors = engine.firms, engine.ledger, engine.world.investors
    owed = -ledger.balance[firms.owed[:, firm]]
    loans = investors.bridge[firm]
    due = np.array([owed[0], owed[1], loans.sum()])
    paid = paid_in_order(ledger.balance[firms.cash[firm]], due[:, None])[:, 0]
    ledger.post(firms.cash[firm], firms.owed[:, firm], paid[:2], Line.ARREARS)
    outside = np.array([ledger.index["people"], ledger.index["suppliers"]])
    ledger.post(outside, firms.owed[:, firm], due[:2] - paid[:2], Line.WRITTEN_OFF)
    back = shared_out(int(paid[2]), loans.astype(np.float64))
    ledger.post(firms.cash[firm], investors.account, back, Line.BRIDGE_REPAID)
    investors.bridge[firm] = 0


def _void_credits(engine: Engine, firm: int) -> None:
    """Give back the credits that a firm held, and those it issued as a cloud."""
    firms, ledger = engine.firms, engine.ledger
    for holder, cloud in zip(*np.nonzero(firms.credits_owed), strict=True):
        if firm in (holder, cloud):
            fen = firms.credits_owed[[holder], [cloud]]
            ledger.post(firms.credits[holder], firms.parents[cloud], fen, Line.CREDITS_LAPSED)
            firms.credits_owed[holder, cloud] = 0


def _pay_owners(engine: Engine, firm: int, heir: int | None) -> None:
    firms, ledger = engine.firms, engine.ledger
    left = ledger.balance[firms.cash[[firm]]].copy()
    if heir is not None:
        ledger.post(firms.cash[firm], firms.cash[heir], left, Line.LIQUIDATION)
        return
    part = shared_out(int(left[0]), engine.world.investors.stake[firm])
    ledger.post(firms.cash[firm], owner_accounts(engine, firm), part, Line.LIQUIDATION)
