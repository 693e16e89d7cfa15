"""Claims about who cuts and who follows, each on against off with the same luck."""

from datetime import date
from functools import cache

import polars as pl
import pytest
from small_market import small, switched_off, tables

START = date(2024, 2, 26)
FOLLOWERS = ("alibaba", "baidu", "tencent", "zhipu")


@cache
def june(*off: str, holder: str = "", weeks: int = 18) -> pl.DataFrame:
    """Firms in the last of some weeks, that of late June 2024, of three replicates together."""
    held = {f"firms.{holder}.pricing.strategy": "hold"} if holder else {}
    scenario = small({**switched_off(*off), **held}, weeks, START)
    frames = [tables(scenario, replicate=number, names={"firms"})["firms"] for number in range(3)]
    return pl.concat(one.filter(pl.col("date") == one["date"].max()) for one in frames)


def mean_price(frame: pl.DataFrame) -> float:
    """Mean list price of main models, by tokens."""
    sold = frame.drop_nulls("price_input_cny_per_mtok")
    tokens = sold["tokens_external_per_day"].to_numpy()
    return float(sold["price_input_cny_per_mtok"].to_numpy() @ tokens / tokens.sum())


def total(frame: pl.DataFrame, column: str, *firms: str) -> float:
    return float(frame.filter(pl.col("firm").is_in(firms))[column].to_numpy().sum())


def margin(frame: pl.DataFrame, *firms: str) -> float:
    """Gross margin on the API."""
    return 1.0 - total(frame, "cost_api_cny", *firms) / total(frame, "revenue_api_cny", *firms)


@pytest.mark.claim(id="M01")
def test_without_rivals_alert_prices_of_june_are_higher() -> None:
    assert mean_price(june("rival_alert")) > mean_price(june())


@pytest.mark.claim(id="M07")
def test_firm_that_follows_asks_less_and_earns_less_on_a_token_than_if_it_held() -> None:
    follows, holds = june(), june(holder="alibaba")
    for column in ("price_input_cny_per_mtok", "price_effective_cny_per_mtok"):
        assert total(follows, column, "alibaba") < total(holds, column, "alibaba")
    assert margin(follows, "alibaba") < margin(holds, "alibaba")


@pytest.mark.claim(id="M07")
def test_firm_that_follows_serves_a_larger_share_half_a_year_later() -> None:
    # Contracts are slow: within weeks of the cut the share has hardly moved.
    follows, holds = june(weeks=44), june(holder="alibaba", weeks=44)
    assert total(follows, "api_share", "alibaba") > 1.05 * total(holds, "api_share", "alibaba")


@pytest.mark.claim(id="M07")
def test_without_rules_of_whom_to_follow_prices_of_june_are_higher() -> None:
    assert mean_price(june("follow_rule")) > mean_price(june())


@pytest.mark.claim(id="M10")
def test_war_squeezes_startups_margin_on_the_api() -> None:
    startups = ("zhipu", "moonshot", "minimax", "baichuan")
    assert margin(june(), *startups) < margin(june("price_war"), *startups)


@pytest.mark.claim(id="M12")
def test_share_objective_lowers_the_maximisers_price() -> None:
    column = "price_input_cny_per_mtok"
    with_it, without = june(), june("share_objective")
    assert total(with_it, column, "bytedance") < total(without, column, "bytedance")
