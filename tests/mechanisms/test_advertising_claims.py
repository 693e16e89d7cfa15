"""What the articles claim of advertising: each claim off against on, with the same draws."""

from datetime import date, timedelta
from functools import cache
from typing import Any

import polars as pl
import pytest
from small_market import NO_ROUNDS, START, of, small, switched_off, tables

WEEKS = 90
LAST = START + timedelta(weeks=WEEKS - 1)
STOP = START + timedelta(weeks=52)
LOCKED = date(2024, 6, 3)
H2_2024 = pl.col("date").is_between(date(2024, 7, 1), date(2024, 12, 31))
NAMES = ("apps", "channels", "firms")
SEEDS = (1, 2)


@cache
def runs(*off: str, base: str = "") -> tuple[dict[str, pl.DataFrame], ...]:
    """Two replicates with claims switched off; rounds do not happen, which are the most of luck."""
    changes = {**NO_ROUNDS, **switched_off(*off), "consumers.people_per_agent": 30_000}
    scenario = small(changes, weeks=WEEKS, base=base)
    return tuple(tables(scenario, seed, names=NAMES) for seed in SEEDS)


def users(run: dict[str, pl.DataFrame], day: date = LAST, **of_app: str) -> float:
    return float(of(run["apps"], date=day, **of_app)["mau"].sum())


def pairs(*off: str) -> Any:
    """Return (on, off) runs of each seed."""
    return zip(runs(), runs(*off), strict=True)


@pytest.mark.claim(id="M21")
def test_without_advertising_there_are_fewer_users_first_where_little_else_brings_any() -> None:
    for on, off in pairs("advertising"):
        assert users(off) < 0.95 * users(on)
        kept = {app: users(off, app=app) / users(on, app=app) for app in ("doubao", "qingyan")}
        assert kept["qingyan"] < 0.8 < kept["doubao"]


@pytest.mark.claim(id="M22")
def test_without_crowding_the_cost_of_a_user_rises_only_as_fewer_are_left() -> None:
    for on, off in pairs("ad_crowding"):
        cheapest = [
            one["channels"].filter(pl.col("channel") == "kuaishou")["cpa_cny"].max()
            for one in (on, off)
        ]
        assert cheapest[1] < 1.1 * 32.0 * 1.8 < cheapest[0] * 1.1
        assert cheapest[1] < cheapest[0]


@pytest.mark.claim(id="M23")
def test_without_escalation_the_industry_spends_less() -> None:
    for on, off in pairs("ad_escalation"):
        spent = [float(one["apps"].filter(H2_2024)["ad_spend_cny"].sum()) for one in (on, off)]
        assert spent[1] < spent[0]


@pytest.mark.claim(id="M24")
def test_at_market_price_an_owner_pays_more_for_its_own_channel_and_wins_the_same_users() -> None:
    for on, off in pairs("transfer_price"):
        paid = [of(one["firms"], firm="bytedance")["cost_ads_cny"].sum() for one in (on, off)]
        assert paid[1] > paid[0]
        assert users(off) == users(on)


@pytest.mark.claim(id="M25")
def test_lockout_makes_users_dearer_for_those_shut_out_and_cheaper_for_the_owner() -> None:
    """Kimi then has more users without it, and Doubao too, whose owner answers rivals by push."""

    def people_per_cny(run: dict[str, pl.DataFrame], firm: str) -> float:
        week = of(run["channels"], firm=firm, date=LOCKED)
        return float(week["users"].sum()) / float(week["spend_cny"].sum())

    for on, off in pairs("channel_lockout"):
        assert people_per_cny(on, "moonshot") < people_per_cny(off, "moonshot")
        assert people_per_cny(on, "bytedance") > people_per_cny(off, "bytedance")


@pytest.mark.claim(id="M26")
def test_shut_out_firm_spends_a_larger_share_on_the_next_best_channel() -> None:
    """Kimi's money goes to the stores and messengers, its next-best; the articles name Kuaishou."""
    for on, off in pairs("channel_substitution"):
        spent = [
            of(one["channels"], firm="moonshot").filter(pl.col("date") >= LOCKED)
            .group_by("channel").agg(pl.col("spend_cny").sum()).sort("channel")
            for one in (on, off)
        ]  # fmt: skip
        best = [one.sort("spend_cny")["channel"][-1] for one in spent]
        share = [
            float(of(one, channel=best[0])["spend_cny"].item() / one["spend_cny"].sum())
            for one in spent
        ]
        assert share[0] > share[1]


@pytest.mark.claim(id="M27")
def test_without_the_own_channel_doubao_has_fewer_users() -> None:
    for on, off in pairs("own_channel_push"):
        assert users(off, app="doubao") < 0.7 * users(on, app="doubao")


@pytest.mark.claim(id="M28")
def test_bought_users_that_stay_like_others_are_worth_more_after_ads_stop() -> None:
    stopped = runs(base="startup_ads_stop")
    loyal = runs("ad_bought_retention", base="startup_ads_stop")
    for on, off in zip(stopped, loyal, strict=True):
        assert users(off, app="kimi") > users(on, app="kimi")


@pytest.mark.claim(id="M29")
def test_startups_that_stop_buying_users_lose_them_within_two_quarters() -> None:
    stopped, bound = runs(base="startup_ads_stop"), runs("ads_stop", base="startup_ads_stop")
    later = STOP + timedelta(weeks=26)
    for on, off in zip(stopped, bound, strict=True):
        assert users(on, later, app="kimi") < users(on, STOP, app="kimi")
        for app in ("kimi", "qingyan", "xingye", "hailuo"):
            assert users(on, later, app=app) < users(off, later, app=app)


@pytest.mark.claim(id="M29")
def test_firm_that_may_not_stop_spends_on() -> None:
    for bound in runs("ads_stop", base="startup_ads_stop"):
        spent = of(bound["apps"], app="kimi", date=LAST)["ad_spend_cny"].item()
        assert spent > 0.0


@pytest.mark.claim(id="M34")
@pytest.mark.parametrize("ratio", [0.5, 6.0])
def test_a_user_that_costs_too_much_for_its_worth_is_not_bought(ratio: float) -> None:
    """Stop rule on: no startup buys above the ratio; backed firms and the rule off are free."""
    changes = {
        **NO_ROUNDS,
        "parameters.dearest_user": 1.0,
        "parameters.ad_user_value": 10.0 * ratio,
    }
    startups = ("moonshot", "zhipu", "minimax")
    for off in ((), ("unit_economics_stop",)):
        run = tables(small({**changes, **switched_off(*off)}, weeks=45), names=("apps",))["apps"]
        spent = float(run.filter(pl.col("firm").is_in(startups))["ad_spend_cny"].sum())
        stops = ratio < 1.0 and not off
        assert (spent == 0.0) == stops
        assert of(run, firm="bytedance")["ad_spend_cny"].sum() > 0.0


@pytest.mark.claim(id="M35")
def test_annoyance_drives_people_out_and_sells_subscriptions() -> None:
    changes = {**NO_ROUNDS, "parameters.annoyance": 0.3, "parameters.annoyance_conversion": 0.5}
    changes |= {"parameters.conversion": 0.01, "consumers.people_per_agent": 10_000}
    on, off = (
        tables(small({**changes, **switched_off(*one)}), names=("apps",))["apps"]
        for one in ((), ("annoyance",))
    )
    for what in ("losses", "subscribers"):
        rates = [float(one[what].sum()) / float(one["mau"].sum()) for one in (on, off)]
        assert rates[0] > 1.1 * rates[1], what
