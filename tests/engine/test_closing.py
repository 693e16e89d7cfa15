"""The end of a firm: creditors by rank to the fen, owners last, and no credits for anybody."""

import numpy as np
import pytest
from small_market import NO_ROUNDS, small

from sim.engine.identities import check
from sim.engine.simulation import open_market
from sim.engine.state import Engine
from sim.engine.steps.closing import wind_up
from sim.world.ledger import Line

CASH, RECEIVABLES = 1_000_003, 400_000


@pytest.fixture
def engine() -> Engine:
    """A market before its first week; Moonshot has little cash, receivables, debts and owners."""
    engine = open_market(small({**NO_ROUNDS, "firms.moonshot.cash_mcny": 0}), 1, 0)
    ledger, firms = engine.ledger, engine.firms
    firm, world = firms.number("moonshot"), ledger.index["world"]
    ledger.post(world, firms.cash[firm], np.array([CASH]), Line.EQUITY)
    ledger.post(
        ledger.index["accounts"],
        firms.receivables[firm],
        np.array([RECEIVABLES]),
        Line.REVENUE_DEPLOYMENT,
    )
    stake = engine.world.investors.stake
    stake[firm] = 0.0
    stake[firm, [0, 1, -3]] = 1 / 3
    return engine


def owe(engine: Engine, wages: int, bills: int, bridge: int = 0) -> int:
    firm = engine.firms.number("moonshot")
    ledger = engine.ledger
    whom = np.array([ledger.index["people"], ledger.index["suppliers"]])
    owed = engine.firms.owed[:, firm]
    ledger.post(owed, whom, np.array([wages, bills]), Line.COST_OTHER)
    engine.world.investors.bridge[firm, 0] = bridge
    return firm


def paid(engine: Engine, line: Line, account: int) -> int:
    return int(engine.ledger.turnover[line, account])


def close(engine: Engine, firm: int) -> None:
    engine.firms.alive[firm] = False
    wind_up(engine, firm, severance=False)
    own = [engine.firms.cash[firm], engine.firms.receivables[firm], *engine.firms.owed[:, firm]]
    assert not engine.ledger.balance[own].any()
    assert engine.ledger.balance.sum() == 0
    check(engine)


def test_wages_come_first_and_what_is_missing_is_written_off(engine: Engine) -> None:
    firm = owe(engine, wages=2_000_000, bills=500)
    close(engine, firm)
    people, suppliers = engine.ledger.index["people"], engine.ledger.index["suppliers"]
    assert paid(engine, Line.ARREARS, engine.firms.cash[firm]) == -(CASH + RECEIVABLES)
    assert paid(engine, Line.WRITTEN_OFF, people) == -(2_000_000 - CASH - RECEIVABLES)
    assert paid(engine, Line.WRITTEN_OFF, suppliers) == -500
    assert not engine.ledger.turnover[Line.LIQUIDATION].any()


def test_suppliers_and_then_lenders_get_what_wages_leave(engine: Engine) -> None:
    firm = owe(engine, wages=1_000_000, bills=300_000, bridge=200_000)
    close(engine, firm)
    lender = engine.world.investors.account[0]
    assert paid(engine, Line.ARREARS, engine.firms.owed[1, firm]) == 300_000
    assert paid(engine, Line.BRIDGE_REPAID, lender) == CASH + RECEIVABLES - 1_300_000
    assert not engine.ledger.turnover[Line.WRITTEN_OFF].any()
    assert not engine.ledger.turnover[Line.LIQUIDATION].any()


def test_owners_share_the_rest_by_their_stakes_to_the_fen(engine: Engine) -> None:
    firm = owe(engine, wages=1, bills=1)
    close(engine, firm)
    investors, people = engine.world.investors, engine.ledger.index["people"]
    parts = [paid(engine, Line.LIQUIDATION, one) for one in (*investors.account[:2], people)]
    assert sum(parts) == CASH + RECEIVABLES - 2
    assert max(parts) - min(parts) <= 2


def test_staff_of_a_closing_firm_have_a_claim_to_severance(engine: Engine) -> None:
    firm = owe(engine, wages=0, bills=0)
    engine.firms.alive[firm] = False
    wind_up(engine, firm, severance=True)
    p, staff = engine.p, engine.firms.books.staff[firm]
    claim = round(staff * p.staff_cost * p.severance_months * 100)
    assert claim > CASH + RECEIVABLES
    assert -paid(engine, Line.COST_OTHER, engine.firms.owed[0, firm]) == claim
    people = engine.ledger.index["people"]
    assert -paid(engine, Line.WRITTEN_OFF, people) == claim - CASH - RECEIVABLES


def test_credits_go_back_to_their_issuer_and_are_no_part_of_the_estate(engine: Engine) -> None:
    firm, cloud = owe(engine, wages=5_000_000, bills=0), engine.firms.number("alibaba")
    fen, parent = np.array([700_000]), engine.firms.parents[cloud]
    engine.ledger.post(parent, engine.firms.credits[firm], fen, Line.CREDITS_ISSUED)
    engine.firms.credits_owed[firm, cloud] = 700_000
    close(engine, firm)
    assert paid(engine, Line.CREDITS_LAPSED, parent) == 700_000
    assert -paid(engine, Line.ARREARS, engine.firms.cash[firm]) == CASH + RECEIVABLES
