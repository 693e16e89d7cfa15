"""Claims about private deployments: each switch moves what the claim says, in its direction."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
import pytest
from small_market import NOTHING, small, switched_off, tables

from sim.scenario import Scenario

YEAR_2024 = date(2024, 1, 1)
STARTUPS = [name for name, one in Scenario.load("baseline").firms.items() if one.kind == "startup"]


def runs(
    mechanism: str, table: str, changes: Mapping[str, Any] = NOTHING, **settings: Any
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return a table of two replicates with a mechanism and without it, with the same draws."""

    def both(extra: Mapping[str, Any]) -> pl.DataFrame:
        scenario = small({**changes, **extra}, **settings)
        return pl.concat(tables(scenario, replicate=one, names=[table])[table] for one in (0, 1))

    return both({}), both(switched_off(mechanism))


def wins(frame: pl.DataFrame, *firms: str) -> int:
    return len(frame.filter(pl.col("firm").is_in(list(firms))))


def of_startups(frame: pl.DataFrame, column: str) -> float:
    return float(frame.filter(pl.col("firm").is_in(STARTUPS))[column].sum())


@pytest.mark.claim(id="M41")
def test_tenders_are_worth_more_where_budgets_do_not_fall() -> None:
    on, off = runs("tender_price_decay", "firms", start=YEAR_2024)
    assert on["revenue_deployment_cny"].sum() < off["revenue_deployment_cny"].sum()


@pytest.mark.claim(id="M42")
def test_loss_leaders_lower_prices_and_win_from_startups() -> None:
    on, off = runs("loss_leader_bids", "tenders", start=YEAR_2024, weeks=50)
    assert on["budget_cny"].to_list() == off["budget_cny"].to_list()
    assert on["price_cny"].sum() < off["price_cny"].sum()
    assert wins(on, *STARTUPS) < wins(off, *STARTUPS)
    assert (on["price_cny"] < on["cost_cny"]).any()
    assert (off["price_cny"] >= off["cost_cny"] * (1 - 1e-9)).all()


@pytest.mark.claim(id="M43")
def test_incumbents_win_more_where_scoring_prefers_them() -> None:
    on, off = runs("incumbency_bonus", "tenders", start=YEAR_2024, weeks=50)
    preferred = ("integrator", "baidu", "iflytek")
    assert wins(on, *preferred) > wins(off, *preferred)
    assert wins(on, *STARTUPS) < wins(off, *STARTUPS)


@pytest.mark.claim(id="M44")
def test_a_late_cloud_takes_tenders_from_startups() -> None:
    on, off = runs("cloud_entry_private", "tenders", start=YEAR_2024, weeks=60)
    assert wins(off, "bytedance") == 0
    assert wins(on, "bytedance") > 0
    assert wins(on, *STARTUPS) < wins(off, *STARTUPS)


@pytest.mark.claim(id="M44")
def test_the_late_cloud_bids_only_once_it_sells_to_the_public() -> None:
    on, _ = runs("cloud_entry_private", "tenders", start=YEAR_2024, weeks=60)
    early = on.filter(pl.col("date") < date(2024, 5, 13))
    assert len(early) > 50
    assert wins(early, "bytedance") == 0


@pytest.mark.claim(id="M45")
def test_deployments_earn_more_where_businesses_pay_willingly() -> None:
    on, off = runs("business_willingness_to_pay", "tenders", start=YEAR_2024)
    margin = (pl.col("price_cny") - pl.col("cost_cny")).sum()
    assert on.select(margin).item() > off.select(margin).item()


@pytest.mark.claim(id="M06")
def test_api_buyers_who_order_deployments_are_revenue_of_startups() -> None:
    many = {"parameters.api_conversion": 100.0}
    on, off = runs("api_to_deployment", "firms", many, weeks=50)
    column = "revenue_deployment_cny"
    assert of_startups(on, column) > of_startups(off, column)
    usual, _ = runs("api_to_deployment", "firms", weeks=50)
    assert of_startups(off, column) <= of_startups(usual, column) < of_startups(on, column)


def test_integrators_win_about_half() -> None:
    on, _ = runs("incumbency_bonus", "tenders", start=YEAR_2024, weeks=50)
    share = wins(on, "integrator") / len(on)
    assert 0.42 < share < 0.58
