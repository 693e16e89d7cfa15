"""What holds of every tender: who may bid, and below cost or not."""

from datetime import date
from functools import cache

import polars as pl
import pytest
from small_market import small, switched_off, tables

YEAR_2024 = date(2024, 1, 1)


@cache
def tenders(*off: str) -> pl.DataFrame:
    """Return the tenders of two replicates."""
    scenario = small(switched_off(*off), weeks=40, start=YEAR_2024)
    frames = [tables(scenario, replicate=one, names=["tenders"])["tenders"] for one in (0, 1)]
    return pl.concat(frames)


def wins(frame: pl.DataFrame, *firms: str) -> int:
    return len(frame.filter(pl.col("firm").is_in(list(firms))))


@pytest.mark.claim(id="M42")
def test_only_loss_leaders_bid_below_cost() -> None:
    on, off = tenders(), tenders("loss_leader_bids")
    assert on["budget_cny"].to_list() == off["budget_cny"].to_list()
    assert (on["price_cny"] < on["cost_cny"]).any()
    assert (off["price_cny"] >= off["cost_cny"] * (1 - 1e-9)).all()


@pytest.mark.claim(id="M44")
def test_the_late_cloud_bids_only_once_it_sells_to_the_public() -> None:
    early = tenders().filter(pl.col("date") < date(2024, 5, 13))
    assert len(early) > 50
    assert wins(early, "bytedance") == 0


def test_integrators_win_about_half() -> None:
    share = wins(tenders(), "integrator") / len(tenders())
    assert 0.42 < share < 0.58
