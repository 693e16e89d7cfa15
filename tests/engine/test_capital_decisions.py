"""What strategies for money decide happens, and what they refuse does not."""

import numpy as np
import polars as pl
from small_market import NO_ROUNDS, of, small, switched_off, tables

from sim.engine.identities import check
from sim.engine.observe import look
from sim.engine.simulation import open_market
from sim.engine.state import Engine
from sim.engine.steps.rounds import lend
from sim.engine.steps.sales import _acquire
from sim.engine.steps.tenders import _deliver
from sim.world.ledger import Line

STARTUPS = ("zhipu", "moonshot", "minimax", "baichuan", "01ai", "stepfun")
CLOUDS = ("bytedance", "alibaba", "baidu", "tencent", "huawei", "iflytek")
EAGER = {"parameters.round_hot": 2.5}


def choose(block: str, name: str, firms: tuple[str, ...]) -> dict[str, str]:
    return {f"firms.{one}.{block}.strategy": name for one in firms}


def test_firms_with_money_that_raise_at_need_do_not_raise() -> None:
    rich = {f"firms.{one}.cash_mcny": 9000 for one in STARTUPS}
    waits = choose("fundraising", "raise_at_need", STARTUPS)
    assert len(tables(small({**EAGER, **rich, **waits}), names=["rounds"])["rounds"]) == 0
    assert len(tables(small({**EAGER, **rich}), names=["rounds"])["rounds"]) > 0


def test_clouds_that_buy_no_stakes_lead_nothing() -> None:
    none = {**EAGER, **choose("investing", "no_stakes", CLOUDS)}
    rounds = tables(small(none), names=["rounds"])["rounds"]
    assert len(rounds) > 0
    assert not rounds["strategic"].any()


def test_clouds_that_pay_cash_issue_no_credits() -> None:
    cash = {**EAGER, **choose("investing", "stakes_for_cash", CLOUDS)}
    run = tables(small(cash), names=["rounds"])["rounds"]
    assert run["strategic"].any()
    assert (run["credits_cny"] == 0.0).all()


def test_firm_that_stays_independent_closes_instead_of_selling() -> None:
    poor = {f"firms.{one}.cash_mcny": 100 for one in STARTUPS}
    sold = {**NO_ROUNDS, **poor, "parameters.licence_hazard": 1.5}
    stays = {**sold, **choose("exit", "stay_independent", STARTUPS)}
    kinds = [set(tables(small(one, 60), names=["exits"])["exits"]["kind"]) for one in (sold, stays)]
    assert "licence_and_hire" in kinds[0]
    assert "licence_and_hire" not in kinds[1]
    assert "closed" in kinds[1]


def test_firms_go_abroad_first_or_never() -> None:
    def abroad(name: str) -> int:
        run = tables(small(choose("overseas", name, STARTUPS)), names=["exits"])
        return len(of(run["exits"], kind="overseas"))

    assert abroad("overseas_first") >= 4
    assert abroad("stay_home") == 0


def test_retreat_ends_revenue_abroad() -> None:
    retreat = {
        **NO_ROUNDS,
        **choose("overseas", "focus_on_home", ("minimax",)),
        "firms.minimax.overseas.retreat_runway": 36.0,
        "firms.minimax.cash_mcny": 500,
    }
    run = tables(small(retreat, 12), names=["firms", "exits"])
    (left,) = of(run["exits"], firm="minimax", kind="left_overseas")["date"]
    rows = of(run["firms"], firm="minimax")
    assert (rows.filter(pl.col("date") > left)["revenue_overseas_cny"] == 0.0).all()


def owned(engine: Engine) -> int:
    """Give a first investor and Alibaba a tenth each of Moonshot; return Moonshot's number."""
    firm, investors = engine.firms.number("moonshot"), engine.world.investors
    investors.stake[firm, [0, investors.ids.index("alibaba"), -3]] = (0.1, 0.1, 0.8)
    return firm


def test_owners_lend_by_their_stakes_once_until_the_next_round() -> None:
    engine = open_market(small(), 1, 0)
    firm = owned(engine)
    before = engine.ledger.balance[engine.firms.cash[firm]]
    lend(engine, firm)
    lend(engine, firm)
    got = int(engine.ledger.balance[engine.firms.cash[firm]] - before)
    loans = engine.world.investors.bridge[firm]
    assert got == loans.sum() == engine.ledger.turnover[Line.BRIDGE, engine.firms.cash[firm]]
    assert sorted(loans[loans > 0]) == [got // 2, got - got // 2]
    check(engine)


def test_buyer_of_a_whole_firm_pays_owners_and_takes_apps_cash_and_debts() -> None:
    engine = open_market(small(), 1, 0)
    engine.scene = look(engine)
    firm, firms, ledger = owned(engine), engine.firms, engine.ledger
    buyer, apps = firms.number("alibaba"), engine.world.apps
    firms.tech.pretraining[firm] = False
    whom = np.array([ledger.index["people"]])
    ledger.post(firms.owed[0, firm], whom, np.array([777]), Line.COST_STAFF)
    cash = ledger.balance[firms.cash[firm]]
    engine.world.parameters = engine.p.replaced(acquisition_hazard=1e9)
    effort = np.zeros(len(firms))
    effort[firm] = 1.0
    _acquire(engine, effort, 0.0 * effort)
    assert firms.status()[firm] == "taken_over"
    assert apps.firm[apps.number("kimi")] == buyer
    price = engine.p.acquisition_price * firms.books.post_money[firm]
    investor = engine.world.investors.account[0]
    assert ledger.turnover[Line.PURCHASE, investor] == round(0.1 * price * 100)
    assert ledger.balance[firms.cash[buyer]] == cash - 777
    assert engine.flow.exits[-1].kind == "acquired"
    check(engine)


def test_buyer_delivers_what_the_bought_firm_sold_and_keeps_its_users_abroad() -> None:
    engine = open_market(small(), 1, 0)
    engine.scene = look(engine)
    firm, firms, world = owned(engine), engine.firms, engine.world
    buyer = firms.number("alibaba")
    firms.tech.pretraining[firm] = False
    firms.deals_share[:] = 0.0
    world.deployments.revenue_week[[firm, buyer]] = (5e6, 1e6)
    world.deployments.cost_week[[firm, buyer]] = (2e6, 3e5)
    firms.books.overseas_users[firm] = 7e5
    world.parameters = engine.p.replaced(acquisition_hazard=1e9)
    effort = np.zeros(len(firms))
    effort[firm] = 1.0
    _acquire(engine, effort, 0.0 * effort)
    _deliver(engine)
    assert firms.books.overseas_users[[firm, buyer]].tolist() == [0.0, 7e5]
    sold = engine.ledger.turnover[Line.REVENUE_DEPLOYMENT, firms.receivables]
    assert sold[[firm, buyer]].tolist() == [0, 600_000_000]
    assert engine.flow.deployment_cost[[firm, buyer]].tolist() == [0.0, 2.3e6]


def test_no_licence_without_a_buyer_who_still_exists() -> None:
    alone = {**NO_ROUNDS, "parameters.licence_hazard": 1.5, "firms.moonshot.cash_mcny": 50}
    gone = {f"firms.{one}.kind": "lab" for one in CLOUDS}
    run = tables(small({**alone, **gone, **switched_off("channel_lockout")}), names=["exits"])
    assert len(of(run["exits"], kind="licence_and_hire")) == 0
