"""What holds of products, routes and small apps in every run."""

from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest
from small_market import NO_ROUNDS, small, switched_off, tables

SEEDS = (1, 2)
NAMES = ("apps", "firms", "small_apps", "rounds")
ROUTE = "firms.zhipu.product.strategy"


@cache
def runs(*off: str, **changes: Any) -> tuple[dict[str, pl.DataFrame], ...]:
    """Two replicates with claims switched off; `__` in a key stands for a dot."""
    given = {key.replace("__", "."): value for key, value in changes.items()}
    scenario = small({**NO_ROUNDS, **given, **switched_off(*off)}, weeks=30)
    return tuple(tables(scenario, seed, names=NAMES) for seed in SEEDS)


@pytest.mark.claim(id="M39")
def test_without_route_choice_routes_make_no_difference() -> None:
    one, other = (
        runs("route_choice", **{ROUTE.replace(".", "__"): name})
        for name in ("consumers_first", "business_first")
    )
    assert one[0]["apps"].equals(other[0]["apps"])


@pytest.mark.claim(id="M76")
def test_small_apps_enter_only_if_switched_on() -> None:
    for run in runs("small_app_entry"):
        assert run["small_apps"]["entrants"].sum() == 0


@pytest.mark.claim(id="M37")
def test_nobody_pays_where_nothing_is_on_sale() -> None:
    for run in runs("subscriptions", parameters__conversion=0.05):
        assert run["firms"]["revenue_subscription_cny"].sum() == 0.0


def test_small_apps_are_as_many_as_came_and_stayed_with_the_cash_they_have() -> None:
    for run in runs():
        table = run["small_apps"]
        active = (table["entrants"] - table["stopped"]).cum_sum()
        assert active.to_list() == table["active"].to_list()
        flow = table["raised_cny"] + table["revenue_cny"] - table["ad_spend_cny"]
        # Wages and what is left of those that stop go out besides.
        assert (table["cash_cny"] <= flow.cum_sum() + 0.01).all()
        assert np.diff(table["users"]).min() < 0.0


def test_small_apps_saturate_their_niches() -> None:
    """No niche holds more people than it has, so whatever happens their users stay few."""
    off = switched_off("unit_economics_stop")
    table = tables(small({**NO_ROUNDS, **off}, weeks=130), names=("small_apps",))["small_apps"]
    assert (table["users"] <= 0.3e6 * table["active"]).all()
    assert (table["users"] > 0.0).any()
