"""Signs of the claims about funding, runway and exits: each mechanism on against off."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from small_market import NO_ROUNDS, of, small, switched_off, tables, watch

from sim.engine.observe import look
from sim.engine.simulation import open_market
from sim.engine.state import Engine
from sim.engine.steps import exits, funding, rounds
from sim.world.ledger import Line

F64 = NDArray[np.float64]

HOT = {"parameters.round_hot": 2.5, "shock.funding_turn.remove": True}
SEEDS = range(2)
QUIT = {
    "firms.zhipu.research.strategy": "stop_on_runway",
    "firms.zhipu.research.stop_below": 36.0,
}


def opened(*off: str, **changes: Any) -> Engine:
    """Return a market before its first week."""
    return open_market(small({**changes, **switched_off(*off)}), 1, 0)


def closed_rounds(changes: dict[str, Any], weeks: int = 52) -> pl.DataFrame:
    """Return the rounds that closed over some replicates."""
    found = [
        tables(small({**HOT, **changes}, weeks), replicate=one, names=["rounds"])["rounds"]
        for one in SEEDS
    ]
    return pl.concat(found).filter(~pl.col("failed"))


def hazard(engine: Engine, firm: str = "zhipu") -> float:
    return float(funding._hazard(engine)[engine.firms.number(firm)])


@pytest.mark.claim(id="M48")
def test_m48_open_release_writes_down_whom_it_overtakes_and_lowers_the_mood() -> None:
    def after(*off: str) -> tuple[float, float, float]:
        found: list[tuple[float, float, float]] = []

        def see(engine: Engine) -> None:
            value = engine.firms.books.post_money / 1e9
            number = engine.firms.number
            found.append(
                (value[number("stepfun")], value[number("zhipu")], engine.world.mood.sentiment)
            )

        watch(small({**NO_ROUNDS, **switched_off("stop_pretraining", *off)}, weeks=6), see)
        return found[-1]

    on, off = after(), after("stranded_capital")
    assert on[0] < off[0] == 2.0
    assert on[2] < off[2]


@pytest.mark.claim(id="M54")
def test_m54_pretraining_is_the_largest_saving() -> None:
    """Burn falls by less than half where many are employed; the claim says by more."""

    def spent(*off: str) -> tuple[float, float]:
        engine = opened(*off)
        books, zhipu = engine.firms.books, engine.firms.number("zhipu")
        before = books.research_week[zhipu]
        engine.firms.lab.quits_training[zhipu] = True
        exits._stop_pretraining(engine)
        burn = books.burn_week[zhipu]
        return books.research_week[zhipu] / before, (before - books.research_week[zhipu]) / burn

    kept, saved = spent()
    assert kept == pytest.approx(0.25)
    assert 0.4 < saved < 0.5
    assert spent("pretraining_share") == (1.0, 0.0)


@pytest.mark.claim(id="M55")
def test_m55_stopping_lengthens_the_runway_and_costs_valuation_and_talent() -> None:
    changes = {**NO_ROUNDS, "parameters.burn_volatility": 0.0}
    months = [
        of(tables(small({**changes, **one}), names=["firms"])["firms"], firm="zhipu")[
            "runway_months"
        ].to_list()[12]
        for one in (QUIT, {})
    ]
    assert months[0] > 1.3 * months[1]
    engine = opened()
    zhipu, books = engine.firms.number("zhipu"), engine.firms.books
    value, people = books.post_money[zhipu], engine.firms.tech.key_people[zhipu]
    all_people = engine.firms.tech.key_people.sum()
    engine.firms.lab.quits_training[zhipu] = True
    exits._stop_pretraining(engine)
    assert books.post_money[zhipu] == pytest.approx(engine.p.stopped_valuation * value)
    assert engine.firms.tech.key_people[zhipu] < people
    assert engine.firms.tech.key_people.sum() == pytest.approx(all_people)


@pytest.mark.claim(id="M64")
def test_m64_cold_market_closes_fewer_rounds() -> None:
    turn = {"shock.funding_turn.date": date(2023, 7, 4), "parameters.regime_switch": 0.0}
    frugal = {"parameters.state_money": 0.0}
    cold = {**turn, **frugal}

    def count(*off: str) -> int:
        found = [
            tables(small({**cold, **switched_off(*off)}, 52), replicate=one, names=["rounds"])
            for one in SEEDS
        ]
        return sum(len(one["rounds"].filter(~pl.col("failed"))) for one in found)

    assert count() < count("funding_regime")


@pytest.mark.claim(id="M65")
def test_m65_a_round_brings_others_sooner() -> None:
    on, off = opened(), opened("herding")
    calm = hazard(on)
    assert hazard(off) == pytest.approx(calm)
    for engine in (on, off):
        engine.world.mood.herd = 2.0
    assert hazard(on) == pytest.approx(calm * np.exp(2.0 * on.p.round_herd))
    assert hazard(off) == pytest.approx(calm)


@pytest.mark.claim(id="M66")
def test_m66_credits_replace_cash_and_return_as_revenue_of_the_cloud() -> None:
    clouds_only = {
        f"investors.{name}.remove": True
        for name, one in small().investors.items()
        if one.kind != "strategic"
    }
    raised, earned = [0.0, 0.0], [0.0, 0.0]
    for case, off in enumerate((["compute_credits"], [])):

        def see(engine: Engine, case: int = case) -> None:
            week, firms = engine.ledger.week_cny, engine.firms
            raised[case] += float(week(Line.EQUITY, firms.cash).sum())
            earned[case] += float(week(Line.CREDITS_USED, firms.cash[firms.cloud]).sum())

        watch(small({**HOT, **clouds_only, **switched_off(*off)}, 52), see)
    assert raised[0] > raised[1] > 0
    assert 0 == earned[0] < earned[1]


@pytest.mark.claim(id="M67")
def test_m67_without_the_watershed_more_rounds_are_above_20_bn() -> None:
    def above(changes: dict[str, Any]) -> int:
        found = closed_rounds({"firms.zhipu.valuation_bn_cny": 22, **changes})
        return len(found.filter(pl.col("pre_money_cny") > 20.5e9))

    assert above(switched_off("valuation_watershed")) > above({})


@pytest.mark.claim(id="M68")
def test_m68_a_higher_last_valuation_makes_the_next_round_harder() -> None:
    def relative(*off: str) -> float:
        engine = opened("valuation_watershed", *off)
        firm = engine.firms.number("zhipu")
        engine.firms.books.post_money[firm] = 15e9
        low = hazard(engine)
        engine.firms.books.post_money[firm] = 30e9
        return hazard(engine) / low

    assert relative() == pytest.approx(1.5**-0.7)
    assert relative("valuation_drag") == pytest.approx(1.0)


@pytest.mark.claim(id="M69")
def test_m69_users_and_quality_open_wallets() -> None:
    def relative(*off: str) -> float:
        engine = opened(*off)
        apps, firms = engine.world.apps, engine.firms
        before = hazard(engine, "moonshot")
        apps.mau[apps.number("kimi")] = 1e6
        firms.tech.quality[firms.number("moonshot")] += 50.0
        return hazard(engine, "moonshot") / before

    assert relative() > 2.0
    assert relative("user_or_quality_leap") == pytest.approx(1.0)


@pytest.mark.claim(id="M70")
def test_m70_money_concentrates_on_leaders() -> None:
    def leader_over_laggard(*off: str) -> float:
        engine = opened(*off)
        number = engine.firms.number
        sizes = [rounds.round_size(engine, number(one), 5e9) for one in ("minimax", "01ai")]
        return sizes[0] / sizes[1]

    assert leader_over_laggard() > 1.2
    assert leader_over_laggard("capital_concentration") == pytest.approx(1.0)


def top_three(found: pl.DataFrame) -> float:
    by_firm = found.group_by("firm").agg(pl.col("size_cny").sum())["size_cny"]
    sizes = sorted(by_firm.to_list(), reverse=True)
    return float(sum(sizes[:3]) / sum(sizes))


@pytest.mark.claim(id="M70")
def test_m70_top_three_get_more_of_the_money() -> None:
    assert top_three(closed_rounds({})) > top_three(
        closed_rounds(switched_off("capital_concentration"))
    )


@pytest.mark.claim(id="M72")
def test_m72_without_licence_and_hire_more_firms_close() -> None:
    poor = {f"firms.{one}.cash_mcny": 120 for one in ("moonshot", "minimax", "baichuan", "01ai")}
    eager = {**NO_ROUNDS, **poor, "parameters.licence_hazard": 1.5}

    def closures(*off: str) -> int:
        found = [
            tables(small({**eager, **switched_off(*off)}, 60), replicate=one, names=["exits"])
            for one in SEEDS
        ]
        return sum(len(of(one["exits"], kind="closed")) for one in found)

    assert closures("licence_and_hire") > closures()


@pytest.mark.claim(id="M74")
def test_m74_cloud_with_many_stakes_leads_less() -> None:
    def leads(*off: str) -> int:
        engine = opened(*off)
        engine.scene = look(engine)
        investors = engine.world.investors
        clouds = np.flatnonzero(investors.firm >= 0)
        investors.stake[3:9, clouds] = 0.01
        firm = engine.firms.number("zhipu")
        drawn = [rounds.draw_lead(engine, firm, week) for week in range(400)]
        return sum(one in clouds for one in drawn)

    assert leads() < 0.5 * leads("stake_saturation")


@pytest.mark.claim(id="M75")
def test_m75_doubt_lowers_the_mood_and_the_number_of_rounds() -> None:
    doubt = {
        "shock.doubt.date": date(2023, 8, 7),
        "shock.doubt.kind": "sentiment",
        "shock.doubt.amount": -2.0,
    }
    hazards: dict[bool, list[float]] = {True: [], False: []}
    for on in (True, False):
        off = [] if on else ["doubt_shocks"]
        watch(
            small({**NO_ROUNDS, **doubt, **switched_off(*off)}, weeks=8),
            lambda engine, on=on: hazards[on].append(engine.world.mood.sentiment),  # type: ignore[misc]
        )
    assert hazards[True][4] == hazards[False][4]
    assert hazards[True][-1] < hazards[False][-1] - 1.0


@pytest.mark.claim(id="M77")
def test_m77_going_abroad_brings_revenue_and_the_risk_of_delisting() -> None:
    eager = {"parameters.overseas_pivot": 0.6, "parameters.delisting": 0.3}

    def abroad(*off: str) -> tuple[float, int]:
        found = [
            tables(
                small({**eager, **switched_off(*off)}, 52), replicate=one, names=["firms", "events"]
            )
            for one in SEEDS
        ]
        revenue = sum(float(one["firms"]["revenue_overseas_cny"].sum()) for one in found)
        return revenue, sum(len(of(one["events"], kind="delisting")) for one in found)

    revenue, delistings = abroad()
    assert revenue > 0
    assert delistings > 0
    assert abroad("overseas") == (0.0, 0)
