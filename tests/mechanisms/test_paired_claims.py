"""Claims about prices, subscriptions, news, parents and agents: the paired interval has a side."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from sign import Measure, Run, added
from small_market import NO_ROUNDS, START, of, small, switched_off, tables, without

BEFORE_THE_WAR = date(2024, 2, 26)
CLOUDS = ("alibaba", "baidu", "tencent", "bytedance")
STARTUPS = ("zhipu", "moonshot", "minimax", "baichuan", "01ai", "stepfun")
BURST = date(2023, 10, 2)
NEWS: dict[str, Any] = {
    **NO_ROUNDS,
    "consumers.people_per_agent": 20_000,
    "shock.burst.date": BURST,
    "shock.burst.kind": "news",
    "shock.burst.who": "xingye",
    "shock.burst.scope": 0.5,
    "shock.burst.lead": 100.0,
}
AGENTS: dict[str, Any] = {
    **NO_ROUNDS,
    "firms.baidu.quality_offset": 85.0,
    "parameters.agent_quality": 80.0,
    "parameters.agent_ramp_weeks": 26.0,
}
PAYING: dict[str, Any] = {"parameters.conversion": 0.005}
REASONING: dict[str, Any] = {
    "shock.o1_preview.date": date(2023, 7, 10),
    "parameters.conversion": 0.01,
    "parameters.premium_share": 0.2,
}


def last(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(pl.col("date") == pl.col("date").max())


def log_price(frame: pl.DataFrame, column: str, *firms: str) -> float:
    """Mean log of a price, a fen added so that free is a number."""
    asked = frame.filter(pl.col("firm").is_in(firms)).drop_nulls(column)[column]
    return float(np.log(asked.to_numpy() + 0.01).mean())


def total(table: str, column: str, *firms: str) -> Measure:
    def measure(run: Run) -> float:
        frame = run[table]
        rows = frame.filter(pl.col("firm").is_in(firms)) if firms else frame
        return float(rows[column].sum())

    return measure


def users(run: Run) -> float:
    return float(last(run["apps"])["mau"].sum())


def list_price_of_clouds(run: Run) -> float:
    return log_price(run["firms"], "price_input_cny_per_mtok", *CLOUDS[:3])


def weeks_until_clouds_cut(run: Run) -> float:
    """Mean weeks until each cloud first cuts by half or more; all of them if it never does."""
    found = []
    for cloud in CLOUDS[:3]:
        price = of(run["firms"], firm=cloud)["price_input_cny_per_mtok"].to_numpy()
        cuts = np.flatnonzero(price[1:] < 0.5 * price[:-1])
        found.append(cuts[0] if len(cuts) else len(price))
    return float(np.mean(found))


@pytest.mark.claim(id="M02")
def test_old_business_makes_the_first_cut_later_and_smaller() -> None:
    later, dearer = added(
        "legacy_cannibalisation", weeks_until_clouds_cut, list_price_of_clouds,
        names=("firms",), changes={"parameters.legacy_weight": 1.0}, weeks=15,
        start=BEFORE_THE_WAR, replicates=12,
    )  # fmt: skip
    assert later.low > 0.0
    assert dearer.low > 0.0


@pytest.mark.claim(id="M03")
def test_margin_on_other_services_lets_clouds_ask_less_and_takes_revenue_from_startups() -> None:
    def price(run: Run) -> float:
        return log_price(last(run["firms"]), "price_effective_cny_per_mtok", *CLOUDS)

    def revenue(run: Run) -> float:
        return total("firms", "revenue_api_cny", *STARTUPS)({"firms": last(run["firms"])}) / 1e6

    dearer, earned = added(
        "attach_margin", price, revenue, names=("firms",), weeks=20, start=BEFORE_THE_WAR,
        replicates=10,
    )  # fmt: skip
    assert dearer.high < 0.0
    assert earned.high < 0.0


@pytest.mark.claim(id="M60")
def test_models_that_are_alike_are_cheaper_in_june_2024() -> None:
    def price(run: Run) -> float:
        sold = last(run["firms"]).drop_nulls("price_input_cny_per_mtok")
        tokens = sold["tokens_external_per_day"].to_numpy()
        return float(sold["price_input_cny_per_mtok"].to_numpy() @ tokens / tokens.sum())

    (dearer,) = added(
        "differentiation", price, names=("firms",), weeks=20, start=BEFORE_THE_WAR, replicates=8
    )
    assert dearer.high < 0.0


@pytest.mark.claim(id="M78")
def test_startups_in_niches_of_their_own_keep_dearer_flagships() -> None:
    """Among themselves: a cloud sells to every niche, and its cuts reach them all."""

    def price(run: Run) -> float:
        return log_price(last(run["firms"]), "flagship_price_input_cny_per_mtok", *STARTUPS)

    alone = without(*CLOUDS, "huawei", "iflytek", "deepseek")
    (dearer,) = added("niches", price, names=("firms",), changes=alone)
    assert dearer.low > 0.0


@pytest.mark.claim(id="M31")
def test_lead_in_one_feature_brings_users_for_weeks_without_ads_and_then_fewer() -> None:
    def adds(begin: int, end: int, column: str) -> Any:
        between = pl.col("date").is_between(
            BURST + timedelta(weeks=begin), BURST + timedelta(weeks=end)
        )
        return lambda run: float(of(run["apps"], app="xingye").filter(between)[column].sum())

    first, later, bought = added(
        "quality_lead", adds(0, 8, "adds"), adds(20, 28, "adds"), adds(0, 8, "adds_paid"),
        names=("apps",), changes=NEWS, weeks=44,
    )  # fmt: skip
    assert first.low > 0.0
    assert later.mean < 0.5 * first.mean
    assert abs(bought.mean) < 0.01 * first.mean


@pytest.mark.claim(id="M36")
def test_low_renewal_costs_revenue_and_hardly_any_users() -> None:
    revenue, people = added(
        "subscription_renewal", total("firms", "revenue_subscription_cny"), users,
        names=("apps", "firms"), changes=PAYING,
    )  # fmt: skip
    assert revenue.high < 0.0
    assert people.low < 0.0 < people.high


@pytest.mark.claim(id="M37")
def test_consumers_pay_by_subscription_or_not_at_all() -> None:
    revenue, subscribers = added(
        "subscriptions", total("firms", "revenue_subscription_cny"), total("apps", "subscribers"),
        names=("apps", "firms"), changes=PAYING,
    )  # fmt: skip
    assert revenue.low > 0.0
    assert subscribers.low > 0.0
    without_them = tables(small({**PAYING, **switched_off("subscriptions")}), names=("firms",))
    assert total("firms", "revenue_subscription_cny")(without_them) == 0.0


@pytest.mark.claim(id="M38")
def test_premium_tier_raises_revenue_per_user_and_moves_nobody() -> None:
    def per_user(run: Run) -> float:
        return total("firms", "revenue_subscription_cny")(run) / users(run)

    revenue, people, paying = added(
        "premium_tier", per_user, users, total("apps", "subscribers"),
        names=("apps", "firms"), changes=REASONING, replicates=8,
    )  # fmt: skip
    assert revenue.low > 0.0
    assert people.mean == paying.mean == 0.0


@pytest.mark.claim(id="M71")
def test_parents_spare_clouds_the_runway_that_startups_face() -> None:
    def runway(*firms: str) -> Any:
        return lambda run: float(
            run["firms"].filter(pl.col("firm").is_in(firms))["runway_months"].min()
        )

    clouds, startups = added(
        "parent_backing", runway(*CLOUDS), runway("zhipu", "moonshot"), names=("firms",), weeks=20
    )
    assert clouds.low > 60.0
    assert abs(startups.mean) < 6.0


@pytest.mark.claim(id="M79")
def test_new_category_draws_budgets_from_apps() -> None:
    drawn, left = added(
        "new_categories", total("market", "agent_ad_spend_cny"), total("apps", "ad_spend_cny"),
        names=("apps", "market"), changes=AGENTS,
    )  # fmt: skip
    assert drawn.low > 0.0
    assert left.high < 0.0


@pytest.mark.claim(id="M80")
def test_agents_that_need_good_models_come_later() -> None:
    def arrival(run: Run) -> float:
        (day,) = of(run["events"], kind="category")["date"]
        return float((day - START).days / 7)

    (later,) = added(
        "agent_threshold", arrival, names=("events",), weeks=45,
        changes={"parameters.agent_quality": 20.0}, replicates=3,
    )  # fmt: skip
    assert later.low > 5.0


@pytest.mark.claim(id="M81")
def test_agents_bring_training_and_hiring_back() -> None:
    def staff(run: Run) -> float:
        return float(last(run["firms"])["staff"].sum())

    training, hired = added(
        "agents_need_models", total("firms", "cost_rd_compute_cny"), staff,
        names=("firms",), changes=AGENTS,
    )  # fmt: skip
    assert training.low > 0.0
    assert hired.low > 0.0
