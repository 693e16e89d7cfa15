"""Channels: a shut-out firm spends elsewhere, and without advertising nobody is bought."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from small_market import NO_ROUNDS, of, small, switched_off, tables, watch

from sim.engine.state import Engine

LOCKED = date(2024, 6, 3)
WEEK = timedelta(weeks=1)
OWNER = "bytedance"
FREE_CHOICE: dict[str, Any] = {"shock.douyin_lockout.remove": True}


@pytest.fixture(scope="module")
def locked() -> pl.DataFrame:
    return tables(small(weeks=60), names=["channels"])["channels"]


@pytest.fixture(scope="module")
def unlocked() -> pl.DataFrame:
    return tables(small(FREE_CHOICE, weeks=60), names=["channels"])["channels"]


def spend(channels: pl.DataFrame, firm: str, day: date, elsewhere: bool) -> float:
    """Return a firm's spend in a week on all channels, or on all but Douyin."""
    rows = of(channels, firm=firm, date=day)
    if elsewhere:
        rows = rows.filter(pl.col("channel") != "douyin")
    return float(rows["spend_cny"].sum())


def test_lockout_shuts_rivals_out_and_nobody_else(locked: pl.DataFrame) -> None:
    douyin = of(locked, channel="douyin")
    before = douyin.filter(pl.col("date") < LOCKED)
    after = douyin.filter(pl.col("date") >= LOCKED)
    assert before["open"].all()
    rivals = after.filter(pl.col("firm") != OWNER)
    assert len(rivals) > 0
    assert not rivals["open"].any()
    assert (rivals["spend_cny"] == 0.0).all()
    assert of(after, firm=OWNER)["open"].all()
    assert locked.filter(pl.col("channel") != "douyin")["open"].all()


def test_shut_out_firm_moves_its_budget_to_other_channels(
    locked: pl.DataFrame, unlocked: pl.DataFrame
) -> None:
    """In the first locked week budgets are those of the open market: only the channel differs."""
    for firm in ("moonshot", "zhipu", "minimax"):
        on_douyin = of(unlocked, firm=firm, channel="douyin", date=LOCKED)["spend_cny"].item()
        assert on_douyin > 0.0
        moved = spend(locked, firm, LOCKED, True) - spend(unlocked, firm, LOCKED, True)
        assert moved == pytest.approx(on_douyin, rel=1e-3), firm
    until = [one.filter(pl.col("date") < LOCKED) for one in (locked, unlocked)]
    assert until[0].equals(until[1])


def test_without_substitution_the_budget_of_a_shut_out_firm_lies_idle() -> None:
    off = switched_off("channel_substitution", "route_choice")
    run = tables(small(off, weeks=60), names=["channels"])
    for firm in ("moonshot", "zhipu"):
        before = spend(run["channels"], firm, LOCKED - WEEK, False)
        elsewhere = spend(run["channels"], firm, LOCKED - WEEK, True)
        after = spend(run["channels"], firm, LOCKED, False)
        assert after < 0.9 * before
        assert after == pytest.approx(elsewhere, rel=0.1)


def test_lockout_that_is_switched_off_shuts_nobody_out() -> None:
    channels = tables(small(switched_off("channel_lockout"), weeks=60))["channels"]
    assert channels["open"].all()


def test_channel_that_reopens_takes_rivals_again() -> None:
    again = {
        "shock.peace.date": LOCKED + 2 * WEEK,
        "shock.peace.kind": "channel_opening",
        "shock.peace.who": "douyin",
        "shock.peace.target": "rivals",
    }
    channels = tables(small(again, weeks=60))["channels"]
    douyin = of(channels, channel="douyin", firm="moonshot")
    assert not of(douyin, date=LOCKED + WEEK)["open"].item()
    assert of(douyin, date=LOCKED + 2 * WEEK)["open"].item()
    assert of(douyin, date=LOCKED + 2 * WEEK)["spend_cny"].item() > 0.0


def test_without_advertising_nobody_is_bought() -> None:
    run = tables(small(switched_off("advertising")), names=["apps", "channels", "firms"])
    assert (run["apps"]["adds_paid"] == 0.0).all()
    assert (run["apps"]["ad_spend_cny"] == 0.0).all()
    assert run["apps"]["cpa_cny"].null_count() == len(run["apps"])
    assert (run["channels"]["users"] == 0.0).all()
    assert (run["firms"]["cost_ads_cny"] == 0.0).all()
    assert run["apps"]["adds"].sum() > 0.0


def test_people_bought_come_over_the_weeks_and_none_is_lost() -> None:
    """Bought = come + still awaited; those who come are additions, but for chance (sd 6 %)."""
    bought = come = awaited = 0.0

    def see(engine: Engine) -> None:
        nonlocal bought, come, awaited
        bought += float(engine.flow.ad_people.sum())
        come += float(engine.flow.ad_arrivals.sum())
        awaited = float(engine.world.apps.awaited.sum())

    scenario = small({**NO_ROUNDS, "consumers.people_per_agent": 20_000})
    watch(scenario, see)
    assert bought == pytest.approx(come + awaited, rel=1e-9)
    added = tables(scenario, names=["apps"])["apps"]["adds_paid"].sum()
    assert added == pytest.approx(come, rel=0.2)


def test_owner_pays_its_own_channel_a_transfer_price(locked: pl.DataFrame) -> None:
    firms = tables(small(weeks=60), names=["firms"])["firms"]
    own = {"bytedance": "douyin", "tencent": "tencent_ads", "baidu": "baidu_search"}
    for firm, channel in own.items():
        market = float(of(locked, firm=firm)["spend_cny"].sum())
        at_home = float(of(locked, firm=firm, channel=channel)["spend_cny"].sum())
        assert at_home > 0.0
        paid = of(firms, firm=firm)["cost_ads_cny"].sum()
        assert paid == pytest.approx(market - 0.7 * at_home, rel=1e-6), firm


def test_market_without_channels_buys_nobody() -> None:
    baseline = small()
    changes: dict[str, Any] = {f"channels.{one}.remove": True for one in baseline.channels}
    changes |= {f"apps.{one}.owned_channels": [] for one in baseline.apps}
    run = tables(small(changes), names=["apps", "channels"])
    assert len(run["channels"]) == 0
    assert (run["apps"]["ad_spend_cny"] == 0.0).all()
    assert run["apps"]["adds"].sum() > 0.0
