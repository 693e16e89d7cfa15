"""Claims about buyers of API tokens: each switch moves what the claim says, in its direction."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from small_market import NOTHING, of, small, switched_off, tables, watch

from sim.engine.simulation import open_market
from sim.engine.state import Engine
from sim.engine.steps.api import hear_of_open_weights, serve, vendor_utility
from sim.markets.adoption import choice_shares
from sim.world.firms import MAIN

WAR = date(2024, 4, 1)
FREE_BAIDU: dict[str, Any] = {"firms.baidu.main_price_cny_per_mtok": 0.0}


def pair(
    mechanism: str, table: str, changes: Mapping[str, Any] = NOTHING, **settings: Any
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return a table with a mechanism and without it, all else and all draws the same."""
    on, off = (
        tables(small({**changes, **extra}, **settings), names=[table])[table]
        for extra in ({}, switched_off(mechanism))
    )
    return on, off


def opened(changes: Mapping[str, Any] = NOTHING, *off: str) -> Engine:
    """Return a market before its first week."""
    return open_market(small({**changes, **switched_off(*off)}), 1, 0)


def shares(engine: Engine) -> NDArray[np.float64]:
    """Return each vendor's share of new demand for main models."""
    choice = choice_shares(vendor_utility(engine)[MAIN])
    return np.asarray(engine.world.accounts.kind_volume @ choice)


@pytest.mark.claim(id="M04")
def test_lower_prices_are_answered_with_more_tokens() -> None:
    on, off = pair("price_elasticity", "market", start=WAR, weeks=30)
    assert on["tokens_demanded_per_day"][-1] > 1.2 * off["tokens_demanded_per_day"][-1]


def won_by_a_cut(*off: str) -> float:
    """Return what a cut of 10 % wins a vendor 60 points behind, as a share of new demand."""
    engine = opened(NOTHING, *off)
    firm = int(np.flatnonzero(engine.firms.menu.entered[MAIN])[0])
    engine.firms.tech.quality[firm] -= 60.0
    before = shares(engine)
    engine.firms.menu.price[MAIN, firm] *= 0.9
    return float((shares(engine) - before)[firm])


@pytest.mark.claim(id="M05")
def test_price_cuts_of_vendors_behind_win_less_where_buyers_rank_by_quality() -> None:
    assert 0 < won_by_a_cut() < 0.9 * won_by_a_cut("quality_over_price")


@pytest.mark.claim(id="M08")
def test_free_small_model_wins_customers_and_leaves_the_flagship_price() -> None:
    free, paid = (
        of(tables(small(one), names=["firms"])["firms"], firm="baidu") for one in (FREE_BAIDU, {})
    )
    assert (free["api_customers"] >= paid["api_customers"]).all()
    assert free["api_customers"][-1] > 1.2 * paid["api_customers"][-1]
    flagship = "flagship_price_input_cny_per_mtok"
    assert free[flagship][:8].to_list() == paid[flagship][:8].to_list()


@pytest.mark.claim(id="M09")
def test_large_accounts_pay_less_than_the_list() -> None:
    def paid(*off: str) -> NDArray[np.float64]:
        engine = opened({"parameters.cache_hits": 0.0}, "open_frontier", *off)
        serve(engine)
        menu = engine.firms.menu
        return np.asarray((menu.effective / menu.price)[engine.flow.volume.sum(1) > 0])

    assert paid("volume_discount") == pytest.approx(1.0)
    assert (paid() < 1.0).any()
    accounts = opened().world.accounts
    top = np.argsort(accounts.size)[-2:]
    assert (accounts.discount[top] > 0.1).all()


@pytest.mark.claim(id="M13")
def test_without_adding_vendors_the_market_is_more_concentrated() -> None:
    on, off = pair("multi_homing_accounts", "market")
    assert on["vendors_per_account"][-1] > 1.2 > off["vendors_per_account"][-1]
    late = pl.col("hhi_api").tail(10).mean()
    assert on.select(late).item() < off.select(late).item()


@pytest.mark.claim(id="M14")
def test_new_customers_pick_top_models() -> None:
    def first_choices(*off: str) -> NDArray[np.int64]:
        engine = opened({"accounts.count": 2000}, *off)
        serve(engine)
        return np.bincount(engine.world.accounts.preferred[MAIN], minlength=len(engine.firms))

    engine = opened()
    sold = engine.firms.menu.entered[MAIN]
    best = int(np.where(sold, engine.firms.tech.quality, -np.inf).argmax())
    assert first_choices()[best] > 1.05 * first_choices("quality_entry")[best]


def usage_growth_at_releases(*off: str) -> float:
    """Return the mean weekly growth of demand when a model retires, less that of others."""
    demand, released = [], []

    def see(engine: Engine) -> None:
        demand.append(float(engine.world.accounts.demand.sum()))
        released.append(bool(engine.flow.retired.any()))

    watch(small(switched_off(*off), weeks=60), see)
    growth, at = np.diff(np.log(demand)), np.array(released[1:])
    assert 5 < at.sum() < len(at) - 5
    return float(growth[at].mean() - growth[~at].mean())


@pytest.mark.claim(id="M15")
def test_usage_jumps_when_a_model_is_replaced() -> None:
    assert usage_growth_at_releases() > usage_growth_at_releases("model_retirement") + 0.01


@pytest.mark.claim(id="M16")
def test_buyers_who_expect_better_prepay_less() -> None:
    on, off = pair("obsolescence_wait", "market", start=WAR)
    late = pl.col("prepaid_share").tail(20).mean()
    assert on.select(late).item() < 0.9 * off.select(late).item()
    averse = small({"parameters.obsolescence_aversion": 2.0}, start=WAR)
    most = tables(averse, names=["market"])["market"]
    assert most.select(late).item() < on.select(late).item()


@pytest.mark.claim(id="M17")
def test_free_tier_is_flooded() -> None:
    on, off = pair("free_tier_flood", "market", FREE_BAIDU)
    served = pl.col("tokens_served_per_day").tail(20).sum()
    demanded = pl.col("tokens_demanded_per_day").tail(20).sum()
    assert on.select(demanded - served).item() > 2 * off.select(demanded - served).item()
    assert on.select(served / demanded).item() < off.select(served / demanded).item()
    cost = [
        of(one, firm="baidu")["cost_api_cny"].tail(20).sum()
        for one in pair("free_tier_flood", "firms", FREE_BAIDU)
    ]
    assert cost[0] > cost[1]


def leavers_of_alibaba(*off: str) -> int:
    """Return how often accounts moved away from Alibaba, which publishes its weights."""
    moved: list[int] = []
    before: list[NDArray[np.int16]] = []

    def see(engine: Engine) -> None:
        firm = engine.firms.number("alibaba")
        engine.firms.tech.open_weights[firm] = True
        now = engine.world.accounts.preferred[MAIN].copy()
        if before:
            moved.append(int(((before[-1] == firm) & (now != firm)).sum()))
            stayed.append(int((before[-1] == firm).sum()))
        before.append(now)

    stayed: list[int] = []
    changes = {"accounts.count": 3000, "parameters.api_openness": 0.5, **switched_off(*off)}
    watch(small(changes, weeks=30), see)
    return round(1e6 * sum(moved) / sum(stayed))


@pytest.mark.claim(id="M18")
def test_open_platforms_keep_their_customers() -> None:
    assert leavers_of_alibaba() < leavers_of_alibaba("openness")


@pytest.mark.claim(id="M19")
def test_tools_win_customers_for_clouds() -> None:
    def share_of_clouds(*off: str) -> float:
        engine = opened(NOTHING, *off)
        return float(shares(engine)[engine.firms.cloud].sum())

    assert share_of_clouds() > share_of_clouds("tooling")


@pytest.mark.claim(id="M20")
def test_vendors_that_may_not_last_lose_share() -> None:
    on, off = pair("viability", "firms", {"firms.zhipu.cash_mcny": 150.0}, weeks=20)
    here, there = (of(one, firm="zhipu") for one in (on, off))
    short = here["runway_months"] < 12.0
    assert short.sum() > 3
    assert here["api_share"].filter(short).sum() < there["api_share"].filter(short).sum()


def expectations(*off: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what small and large accounts expect to pay after an open release."""
    engine = opened({"accounts.count": 2000}, *off)
    hear_of_open_weights(engine)
    accounts = engine.world.accounts
    large = accounts.size > np.median(accounts.size)
    return accounts.reference[~large], accounts.reference[large]


@pytest.mark.claim(id="M47")
def test_open_release_cuts_the_offer_of_a_large_account_to_a_tenth() -> None:
    _, large = expectations()
    assert set(large.tolist()) == {0.1, 1.0}
    # One in nine is hit, so that the mean falls by a tenth as it does for small accounts.
    chance, n = 1 / 9, len(large)
    assert abs((large < 1).mean() - chance) < 4 * np.sqrt(chance * (1 - chance) / n)
    small_ones, spared = expectations("reference_price_large")
    assert (spared == 1.0).all()
    assert (small_ones < 1.0).all()


@pytest.mark.claim(id="M49")
def test_open_release_lowers_what_small_buyers_expect() -> None:
    assert expectations()[0] == pytest.approx(0.9)
    assert (expectations("reference_price_small")[0] == 1.0).all()


def test_expected_prices_recover() -> None:
    engine = opened()
    hear_of_open_weights(engine)
    before = engine.world.accounts.reference.copy()
    serve(engine)
    after = engine.world.accounts.reference
    assert after == pytest.approx(before + (1.0 - before) / 26.0)


@pytest.mark.claim(id="M46")
def test_larger_accounts_with_engineers_serve_themselves_once_open_weights_are_close() -> None:
    sizes: list[float] = []

    def see(engine: Engine) -> None:
        accounts = engine.world.accounts
        engine.world.frontiers.open_weights = 500.0
        if engine.world.week == 39:
            hosted = accounts.self_hosted
            assert hosted.sum() > 5
            assert (accounts.engineers[hosted] == 1.0).all()
            able = accounts.engineers == 1.0
            sizes.extend((np.log(accounts.size)[hosted].mean(), np.log(accounts.size)[able].mean()))

    watch(small({"accounts.count": 1000, "parameters.self_host_hazard": 0.02}), see)
    assert sizes[0] > sizes[1] + 0.3
