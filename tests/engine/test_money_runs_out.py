"""Money is real: a firm without it closes and is gone, parents pay, credits are no cash."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from small_market import NO_ROUNDS, of, small, switched_off, tables, watch

from sim.engine.state import Engine
from sim.scenario import Scenario
from sim.world.ledger import Line

WEEK = timedelta(weeks=1)
CLOUDS = ("bytedance", "alibaba", "baidu", "tencent", "huawei", "iflytek")
LONGEST_RUNWAY = 120.0
BROKE = {
    "firms.moonshot.cash_mcny": 60,
    "shock.moonshot_feb24.remove": True,
    "parameters.burn_volatility": 0.0,
    **NO_ROUNDS,
    **switched_off("licence_and_hire"),
}
"""Moonshot starts with money for some months and nobody gives it more."""

STRATEGIC_ONLY = {
    f"investors.{name}.remove": True
    for name, one in Scenario.load("baseline").investors.items()
    if one.kind != "strategic"
}


@pytest.mark.parametrize("close_weeks", [4, 8])
def test_firm_closes_after_so_many_weeks_without_full_wages(close_weeks: int) -> None:
    scenario = small({**BROKE, "parameters.close_weeks": close_weeks})
    owed: list[int] = []
    alive: list[bool] = []

    def see(engine: Engine) -> None:
        moonshot = engine.firms.number("moonshot")
        owed.append(-int(engine.ledger.balance[engine.firms.owed[0, moonshot]]))
        alive.append(bool(engine.firms.alive[moonshot]))

    watch(scenario, see)
    end = alive.index(False)
    assert [one > 0 for one in owed[end - close_weeks : end]] == [False] + [True] * (
        close_weeks - 1
    )
    assert sorted(owed[end - close_weeks : end]) == owed[end - close_weeks : end]
    assert not any(owed[end:])


@pytest.fixture(scope="module")
def after_closing() -> tuple[date, dict[str, pl.DataFrame]]:
    """The weeks after Moonshot, with an app and an API, has run out of money and closed."""
    run = tables(small(BROKE, weeks=60))
    (closing,) = of(run["exits"], firm="moonshot", kind="closed")["date"]
    assert closing < max(run["firms"]["date"].to_list()) - 20 * WEEK
    return closing, {name: table.filter(pl.col("date") > closing) for name, table in run.items()}


def test_closed_firm_has_and_moves_no_money(
    after_closing: tuple[date, dict[str, pl.DataFrame]],
) -> None:
    rows = of(after_closing[1]["firms"], firm="moonshot")
    assert set(rows["status"]) == {"closed"}
    flows = [name for name in rows.columns if name.startswith(("cost_", "revenue_", "raised"))]
    assert len(flows) == 15
    for name in [*flows, "cash_cny", "receivables_cny", "credits_cny", "owed_cny"]:
        assert (rows[name] == 0.0).all(), name


def test_closed_firm_decides_nothing(
    after_closing: tuple[date, dict[str, pl.DataFrame]],
) -> None:
    run = after_closing[1]
    rows = of(run["firms"], firm="moonshot")
    for name in rows.columns:
        if "price" in name or name in ("staff", "key_people", "post_money_cny"):
            assert rows[name].n_unique() == 1, name
    assert not rows["pretraining"].any()
    for name in ("rounds", "tenders", "exits", "releases", "channels"):
        assert len(of(run[name], firm="moonshot")) == 0, name
    # what others or the press say of it may still be dated
    assert set(of(run["events"], who="moonshot")["kind"]) == set()


def test_closed_firm_serves_nobody(
    after_closing: tuple[date, dict[str, pl.DataFrame]],
) -> None:
    closing, run = after_closing
    rows = of(run["firms"], firm="moonshot")
    for name in ("tokens_external_per_day", "tokens_internal_per_day", "api_share"):
        assert (rows[name].tail(-6) == 0.0).all(), name
    kimi = of(run["apps"], app="kimi")
    assert (kimi["adds"] == 0.0).all()
    assert (kimi["ad_spend_cny"] == 0.0).all()
    later = kimi.filter(pl.col("date") > closing + 5 * WEEK)
    assert len(later) > 0
    assert (later["mau"] == 0.0).all()
    held = run["overlap"].filter((pl.col("app") == "kimi") | (pl.col("other") == "kimi"))
    assert len(held) == 0


def test_parents_pay_what_clouds_cannot() -> None:
    support = np.zeros(len(CLOUDS))

    def add(engine: Engine) -> None:
        nonlocal support
        cash = engine.firms.cash[[engine.firms.number(one) for one in CLOUDS]]
        support = support + engine.ledger.week_cny(Line.PARENT_SUPPORT, cash)

    watch(small(), add)
    assert (support > 100e6).all()
    run = tables(small(), names=["firms", "exits"])
    assert len(run["exits"].filter(pl.col("firm").is_in(CLOUDS))) == 0
    clouds = run["firms"].filter(pl.col("firm").is_in(CLOUDS))
    assert (clouds["runway_months"] == LONGEST_RUNWAY).all()
    assert (clouds["cash_cny"] >= 0.0).all()


def test_without_their_parents_clouds_face_a_runway() -> None:
    run = tables(small(switched_off("parent_backing")), names=["firms", "exits"])
    clouds = run["firms"].filter(pl.col("firm").is_in(CLOUDS))
    assert (clouds["runway_months"] < LONGEST_RUNWAY).all()
    closed = of(run["exits"], kind="closed").filter(pl.col("firm").is_in(CLOUDS))
    assert len(closed) >= 1


def test_credits_are_never_cash_of_the_startup() -> None:
    scenario = small({**STRATEGIC_ONLY, "parameters.round_hot": 2.5}, weeks=70)
    moved = {Line.CREDITS_ISSUED: 0.0, Line.CREDITS_USED: 0.0, Line.CREDITS_LAPSED: 0.0}
    earned = 0.0

    def see(engine: Engine) -> None:
        nonlocal earned
        startups = engine.firms.startup
        for line in moved:
            assert not engine.ledger.turnover[line, engine.firms.cash[startups]].any()
            moved[line] += float(engine.ledger.week_cny(line, engine.firms.credits).sum())
        cash_of_clouds = engine.firms.cash[engine.firms.cloud]
        earned += float(engine.ledger.week_cny(Line.CREDITS_USED, cash_of_clouds).sum())

    watch(scenario, see)
    assert moved[Line.CREDITS_ISSUED] > 0
    assert moved[Line.CREDITS_USED] < 0
    assert earned == pytest.approx(-moved[Line.CREDITS_USED])


def test_round_brings_cash_for_all_but_its_credits() -> None:
    run = tables(small({**STRATEGIC_ONLY, "parameters.round_hot": 2.5}, weeks=70))
    rounds = run["rounds"].filter(~pl.col("failed"))
    assert len(rounds) >= 4
    assert (rounds["credits_cny"] > 0.0).all()
    joined = rounds.join(run["firms"], on=["date", "firm"])
    cash = (joined["size_cny"] - joined["credits_cny"]).to_list()
    assert joined["raised_cny"].to_list() == pytest.approx(cash, abs=0.02)


def test_cloud_that_is_gone_leads_no_round() -> None:
    """Alibaba's dated interest in Moonshot outlives Alibaba itself, but its money does not."""
    scenario = small({**switched_off("parent_backing"), **NO_ROUNDS}, weeks=70)
    run = tables(scenario, names=["rounds", "exits", "events"])
    assert len(of(run["exits"], firm="alibaba", kind="closed")) == 1
    assert len(of(run["events"], kind="strategic_interest")) == 1
    assert len(of(run["rounds"], lead="alibaba", failed=False)) == 0


def test_credits_of_a_cloud_that_is_gone_are_void() -> None:
    changes = {
        **STRATEGIC_ONLY,
        "parameters.round_hot": 2.5,
        "shock.parents_leave.date": date(2024, 5, 1),
        "shock.parents_leave.kind": "set",
        "shock.parents_leave.key": "mechanisms.parent_backing",
        "shock.parents_leave.value": False,
    }
    owed: list[int] = []

    def see(engine: Engine) -> None:
        gone = engine.firms.cloud & ~engine.firms.independent
        owed.append(int(gone.sum()) and int(engine.firms.credits_owed[:, gone].sum()))
        if not gone.any():
            owed[-1] = -int(engine.firms.credits_owed.sum())

    watch(small(changes, weeks=70), see)
    assert min(owed) < 0, "some credits were outstanding before any cloud was gone"
    assert owed[-1] == 0


COLD = {
    "shock.funding_turn.date": date(2023, 7, 4),
    "parameters.round_cold": 5.0,
    "parameters.regime_switch": 0.0,
    "parameters.state_money": 0.0,
}


def test_every_round_fails_in_a_cold_market_that_trusts_nobody() -> None:
    run = tables(small({**COLD, "parameters.diligence_failure": 1.0}), names=["rounds", "firms"])
    assert len(run["rounds"]) >= 4
    assert run["rounds"]["failed"].all()
    assert (run["rounds"]["size_cny"] == 0.0).all()
    assert (run["firms"]["raised_cny"] == 0.0).all()


def test_some_rounds_fail_in_a_cold_market_and_none_in_a_hot_one() -> None:
    cold = [
        tables(small({**COLD, "parameters.diligence_failure": 0.3}), replicate=one)["rounds"]
        for one in range(3)
    ]
    failed = pl.concat(cold)["failed"]
    assert 0 < failed.sum() < len(failed)
    hot = {"parameters.diligence_failure": 1.0, "parameters.regime_switch": 0.0}
    rounds = tables(small({**hot, "shock.funding_turn.remove": True}, weeks=50))["rounds"]
    assert len(rounds) >= 3
    assert not rounds["failed"].any()


def test_failed_round_moves_neither_stakes_nor_valuation() -> None:
    frozen = {**COLD, "parameters.diligence_failure": 1.0, **switched_off("stranded_capital")}
    run = tables(small(frozen), names=["stakes", "firms"])
    assert set(run["stakes"]["investor"]) == {"founders"}
    zhipu = of(run["firms"], firm="zhipu", pretraining=True)
    assert zhipu["post_money_cny"].n_unique() == 1


def test_market_in_which_nobody_funds_opens_no_round() -> None:
    nobody = {**COLD, "parameters.round_hot": 0.0, "parameters.round_cold": 0.0}
    assert len(tables(small(nobody), names=["rounds"])["rounds"]) == 0


def test_debts_of_a_poor_week_are_paid_when_money_comes() -> None:
    """A firm without a fen gets money in week 6, before it would close."""
    scenario = small({**BROKE, "firms.moonshot.cash_mcny": 1}, weeks=12)
    owed, arrears = [], []

    def see(engine: Engine) -> None:
        firms, ledger = engine.firms, engine.ledger
        firm = firms.number("moonshot")
        owed.append(-ledger.balance[firms.owed[:, firm]])
        arrears.append(-int(ledger.turnover[Line.ARREARS, firms.cash[firm]]))
        if engine.world.week == 6:
            ledger.pay(ledger.index["world"], firms.cash[firm], 500e6, Line.EQUITY)

    watch(scenario, see)
    assert (owed[6] > owed[3]).all()
    assert arrears[7] == owed[6].sum()
    assert not owed[7].any()


def test_debts_stand_in_the_books_as_cost_and_in_the_table_as_owed() -> None:
    run = tables(small({**BROKE, "firms.moonshot.cash_mcny": 1}, weeks=6), names=["firms"])
    rows = of(run["firms"], firm="moonshot")
    costs = [one for one in rows.columns if one.startswith("cost_") and "compute" not in one]
    spent = rows.select(pl.sum_horizontal(costs)).to_series()
    assert (rows["owed_cny"].tail(4) > 0).all()
    earned = rows.select(pl.sum_horizontal(pl.col("^revenue_.*$"))).to_series()
    growth = rows["owed_cny"].diff().tail(3)
    assert (growth <= spent.tail(3) + 0.02).all()
    assert (growth >= (spent - earned).tail(3) - 1.0).all()
