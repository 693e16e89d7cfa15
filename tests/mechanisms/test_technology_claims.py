"""Signs of the claims about training, reasoning, cost, talent and compute: on against off."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from small_market import NO_ROUNDS, of, small, switched_off, tables, watch

from sim.core.parameters import Parameters
from sim.engine.state import Engine
from sim.engine.steps.technology import reasoning_share
from sim.world.firms import FLAGSHIP, MAIN

F64 = NDArray[np.float64]
Look = Callable[[Engine], Any]
QUIET: dict[str, Any] = {**NO_ROUNDS, **switched_off("poaching", "stop_pretraining")}
"""No rounds, no moves, nobody stops: what is left is the claim."""
EARLY_REASONING: dict[str, Any] = {"shock.o1_preview.date": date(2023, 7, 10)}


def weekly(changes: Mapping[str, Any], look: Look, weeks: int = 45, seed: int = 1) -> list[Any]:
    """Return what one sees each week of a small market."""
    seen: list[Any] = []
    watch(small(changes, weeks), lambda engine: seen.append(look(engine)), seed)
    return seen


def last(changes: Mapping[str, Any], look: Look, weeks: int = 45, seed: int = 1) -> Any:
    return weekly(changes, look, weeks, seed)[-1]


def model_quality(engine: Engine) -> F64:
    return engine.firms.tech.model_quality.copy()


@cache
def number(firm: str) -> int:
    return list(small({}, 1).firms).index(firm)


def pair(switch: str, look: Look, changes: Mapping[str, Any] = QUIET, weeks: int = 45) -> Any:
    """Return what one sees at the end with a mechanism on and off."""
    off = {**changes, **switched_off(switch)}
    return last(changes, look, weeks), last(off, look, weeks)


@pytest.mark.claim(id="M11")
def test_m11_rivals_that_train_keep_the_laggard_training() -> None:
    """Where a parent pays; cash limits what a startup can answer."""
    on, off = pair("training_race", lambda engine: engine.firms.books.research_week.copy())
    clouds = [number(firm) for firm in ("bytedance", "alibaba", "tencent", "huawei", "iflytek")]
    assert (on[clouds] > 1.01 * off[clouds]).all()


@pytest.mark.claim(id="M11")
def test_m11_own_training_does_not_fall_with_the_own_price() -> None:
    """A cloud whose main model is nearly free spends no less than one that sells it dear."""
    cheap, dear = (
        last(
            {**QUIET, **switched_off("price_war"), "firms.alibaba.main_price_cny_per_mtok": price},
            lambda engine: engine.firms.books.research_week[number("alibaba")],
            40,
        )
        for price in (0.1, 12.0)
    )
    assert cheap >= 0.999 * dear


@pytest.mark.claim(id="M30")
def test_m30_without_data_feedback_large_and_small_apps_lie_closer() -> None:
    def gap(engine: Engine) -> float:
        users = engine.world.by_firm(engine.world.apps.mau)
        quality = engine.firms.tech.quality
        return float(quality[users.argmax()] - quality[users == 0.0].mean())

    on, off = pair("data_feedback", gap)
    assert on > off + 2.0


@pytest.mark.claim(id="M33")
def test_m33_an_iterating_late_entrant_closes_its_gap_sooner() -> None:
    quick = {**QUIET, "parameters.follower_speed": 2.0}

    def gap(engine: Engine) -> float:
        quality = engine.firms.tech.model_quality
        return float(quality.max() - quality[number("bytedance")])

    on = np.array(weekly(quick, gap, 60))
    off = np.array(weekly({**quick, **switched_off("iteration_speed")}, gap, 60))
    assert on.mean() < off.mean() - 1.0


@pytest.mark.claim(id="M46")
def test_m46_with_a_strong_open_model_buyers_serve_themselves_and_pay_less_for_quality() -> None:
    """List prices themselves need not fall: what is sold is better then, and dearer to serve."""
    often = {"parameters.self_host_hazard": 0.02, "accounts.count": 1000}
    early = {**often, "shock.strong_open_model.date": date(2023, 10, 2)}
    usual = tables(small(often, 50), names=["firms", "market"])
    strong = tables(small(early, 50, base="open_weights_shock"), names=["firms", "market"])
    more, fewer = (one["market"]["self_hosted_share"].to_numpy() for one in (strong, usual))
    assert (more >= fewer).all()
    assert more.mean() > 1.02 * fewer.mean()
    for_a_point = Parameters().api_quality / Parameters().api_price_main
    low, high = (
        np.log(one["firms"]["price_effective_cny_per_mtok"].to_numpy() + 0.3)
        - for_a_point * one["firms"]["quality"].to_numpy()
        for one in (strong, usual)
    )
    assert np.nanmean(low) < np.nanmean(high) - 0.1


@pytest.mark.claim(id="M50")
def test_m50_behind_the_wall_compute_buys_less_and_sets_firms_less_apart() -> None:
    walled = {**QUIET, "mechanisms.scaling_wall": True}
    gained = {
        wall: last(changes, lambda engine: engine.firms.tech.model_quality, 70)
        - last(changes, lambda engine: engine.firms.tech.opening_quality, 1)
        for wall, changes in ((True, walled), (False, QUIET))
    }
    assert gained[True].mean() < 0.75 * gained[False].mean()
    assert np.ptp(gained[True]) < np.ptp(gained[False])


@pytest.mark.claim(id="M51")
def test_m51_reasoning_costs_more_per_answer_and_leaves_less_for_pretraining() -> None:
    def look(engine: Engine) -> tuple[float, float, float]:
        firm = number("baidu")
        return (
            float(engine.firms.menu.unit_cost[FLAGSHIP, firm]),
            float(engine.firms.tech.quality[firm]),
            float(engine.firms.lab.reasoning[firm]),
        )

    (cost, quality, aside), (plain, without, nothing) = pair(
        "reasoning", look, {**QUIET, **EARLY_REASONING}, 30
    )
    assert cost > 1.3 * plain
    assert quality > without
    assert aside > nothing == 0.0


@pytest.mark.claim(id="M51")
def test_m51_a_firm_that_shifts_thinks_more_and_trains_less() -> None:
    def look(engine: Engine) -> tuple[float, float]:
        firm = number("zhipu")
        tech = engine.firms.tech
        return float(tech.compute_stock[firm]), float(engine.firms.menu.unit_cost[FLAGSHIP, firm])

    usual = {**QUIET, **EARLY_REASONING}
    trained, cost = last(usual, look, 40)
    less, dearer = last({**usual, "firms.zhipu.research.strategy": "reasoning_shift"}, look, 40)
    assert less < trained
    assert dearer > cost


@pytest.mark.claim(id="M52")
def test_m52_a_narrow_scope_keeps_thinking_tokens_few() -> None:
    narrow, wide = pair("reasoning_scope", reasoning_share, {**QUIET, **EARLY_REASONING}, 40)
    assert 0.0 < narrow < 0.5 < wide


@pytest.mark.claim(id="M53")
def test_m53_without_the_decline_serving_costs_more_and_prices_stay_higher() -> None:
    def look(engine: Engine) -> tuple[F64, F64]:
        return engine.firms.menu.unit_cost[MAIN].copy(), engine.firms.menu.price[MAIN].copy()

    (cost, price), (dear, high) = pair("cost_decline", look, weeks=56)
    assert (cost < dear).all()
    assert np.nansum(price) < np.nansum(high)


@pytest.mark.claim(id="M54")
def test_m54_stopping_saves_most_of_training() -> None:
    """Compute falls to a quarter; in all, burn falls by more than half where training led it."""
    stops = {**QUIET, "mechanisms.stop_pretraining": True, **switched_off("overseas")}
    stops |= {"firms.zhipu.research.strategy": "stop_on_runway"}
    stops |= {"firms.zhipu.research.stop_below": 36.0, "parameters.stop_hazard": 0.1}

    def look(engine: Engine) -> float:
        return float(engine.firms.books.research_week[number("zhipu")])

    spend = weekly(stops, look, 40)
    (fall,) = [week for week in range(1, 40) if spend[week] < 0.3 * spend[week - 1]]
    assert spend[fall] == pytest.approx(0.25 * spend[fall - 1], rel=0.05)
    off = weekly({**stops, **switched_off("pretraining_share")}, look, 40)
    assert off[fall] > 0.9 * off[fall - 1]


@pytest.mark.claim(id="M56")
def test_m56_a_firm_that_buys_keeps_its_quality() -> None:
    stopped = {**NO_ROUNDS, **switched_off("poaching"), "parameters.stop_hazard": 0.54}

    def look(engine: Engine) -> tuple[NDArray[np.bool_], F64]:
        return engine.firms.tech.pretraining.copy(), engine.firms.tech.quality.copy()

    (training, bought), (_, own) = pair("make_or_buy", look, stopped, 75)
    assert (~training).sum() >= 2
    assert (bought[~training] >= own[~training]).all()
    assert bought[~training].mean() > own[~training].mean() + 10.0


@pytest.mark.claim(id="M57")
def test_m57_engineering_gives_the_same_quality_for_less() -> None:
    def look(engine: Engine) -> tuple[float, float]:
        return float(engine.firms.tech.compute_stock[number("deepseek")]), float(
            engine.firms.books.research_week[number("deepseek")]
        )

    usual = {**QUIET, "firms.deepseek.research.strategy": "grow_with_runway"}
    stock, spend = last(usual, look, 52)
    efficient, saved = last(QUIET, look, 52)
    assert saved < 0.85 * spend
    assert efficient > 0.9 * stock
    wasted, _ = last({**QUIET, **switched_off("training_efficiency")}, look, 52)
    assert wasted < efficient


@pytest.mark.claim(id="M58")
def test_m58_experiments_make_each_point_dearer() -> None:
    def cost_of_a_point(changes: Mapping[str, Any]) -> float:
        found = tables(small(changes, 60), names=["releases", "firms"])
        spent = found["firms"]["cost_rd_compute_cny"].to_numpy().sum()
        opening = of(found["firms"], date=found["firms"]["date"].min()).select("firm", "quality")
        best = found["releases"].group_by("firm").agg(pl.col("quality").max().alias("reached"))
        gained = best.join(opening, on="firm").select(pl.col("reached") - pl.col("quality"))
        return float(spent / gained.to_numpy().sum())

    assert cost_of_a_point(QUIET) > 1.2 * cost_of_a_point({**QUIET, **switched_off("exploration")})


@pytest.mark.claim(id="M58")
def test_m58_a_final_run_costs_a_fifth_of_the_research_behind_it() -> None:
    sure = {**QUIET, "parameters.run_failure": 0.05, **switched_off("gpu_market")}
    run = tables(small(sure, 30), names=["releases", "firms"])
    first = of(run["releases"], firm="alibaba").sort("date").row(0, named=True)
    before = of(run["firms"], firm="alibaba").filter(pl.col("date") < first["date"])
    spent = before["cost_rd_compute_cny"].to_numpy().sum()
    assert first["research_cost_cny"] == pytest.approx(spent)
    assert first["run_cost_cny"] == pytest.approx(0.2 * spent)


@pytest.mark.claim(id="M59")
def test_m59_a_longer_imitation_lag_lets_the_first_lead_longer() -> None:
    def look(engine: Engine) -> NDArray[np.int64]:
        return engine.firms.tech.reasons_from[engine.firms.tech.pretraining]

    lead = {
        weeks: np.ptp(
            last({**QUIET, **EARLY_REASONING, "parameters.imitation_weeks": weeks}, look, 3)
        )
        for weeks in (4.0, 8.0, 26.0)
    }
    assert lead[4.0] < lead[8.0] < lead[26.0]
    off = last({**QUIET, **EARLY_REASONING, **switched_off("imitation_lag")}, look, 3)
    assert np.ptp(off) == 0


@pytest.mark.claim(id="M61")
def test_m61_poaching_lifts_the_winner_and_costs_the_loser() -> None:
    moving = {**NO_ROUNDS, **switched_off("stop_pretraining"), "parameters.poaching": 1.0}
    still = last({**moving, **switched_off("poaching")}, model_quality, 70)
    quality, people = last(
        moving, lambda engine: (model_quality(engine), engine.firms.tech.key_people.copy()), 70
    )
    winners, losers = people > 9.0, people < 8.0
    assert winners.any()
    assert losers.any()
    change = quality - still
    assert change[winners].mean() > change[losers].mean() + 5.0


@pytest.mark.claim(id="M62")
def test_m62_where_compute_and_brand_count_startups_win_fewer_moves() -> None:
    def won_by_startups(changes: Mapping[str, Any]) -> int:
        many = {**QUIET, "mechanisms.poaching": True, "parameters.poaching": 1.0, **changes}
        found = tables(small(many, 70), names=["events"])["events"]
        startups = [name for name, one in small({}, 1).firms.items() if one.kind == "startup"]
        return len(of(found, kind="poaching").filter(pl.col("who").is_in(startups)))

    assert won_by_startups({}) < won_by_startups(switched_off("compute_attracts_talent"))


@pytest.mark.claim(id="M63")
def test_m63_selling_machines_brings_cash_and_costs_training() -> None:
    poor = {**QUIET, "firms.moonshot.cash_mcny": 60.0, "parameters.gpu_sale_hazard": 2.0}
    poor |= (
        {"parameters.licence_hazard": 0.0} if "licence_hazard" in small({}, 1).parameters else {}
    )

    def look(engine: Engine) -> tuple[float, float, bool]:
        firm = number("moonshot")
        firms = engine.firms
        cash = float(engine.ledger.balance_cny(firms.cash)[firm])
        return cash, float(firms.tech.compute_stock[firm]), bool(firms.sold_gpus[firm])

    on, off = (
        weekly(changes, look, 60) for changes in (poor, {**poor, **switched_off("gpu_market")})
    )
    assert not any(sold for _, _, sold in off)
    first = next(week for week, (_, _, sold) in enumerate(on) if sold)
    assert on[first][0] > off[first][0]
    assert on[-1][1] < off[-1][1]


@pytest.mark.claim(id="M63")
def test_m63_hoarding_before_an_embargo_builds_an_advantage() -> None:
    embargo: dict[str, Any] = {
        **QUIET,
        "shock.embargo.date": date(2024, 1, 15),
        "shock.embargo.kind": "export_limit",
        "shock.embargo.who": "gpu",
        "shock.embargo.amount": 1.0,
    }

    def look(engine: Engine) -> tuple[float, float]:
        return float(engine.firms.tech.compute_stock[number("tencent")]), float(
            engine.world.frontiers.gpu_price
        )

    hoarder = {**embargo, "firms.tencent.research.hoard_share": 1.0}
    hoards, price = last(hoarder, look, 52)
    buys, _ = last({**embargo, "firms.tencent.research.strategy": "grow_with_runway"}, look, 52)
    assert price > 1.9
    assert hoards > 1.02 * buys
