"""What the articles claim of products, routes and small apps: each claim off against on."""

from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest
from small_market import NO_ROUNDS, of, small, switched_off, tables, watch

from sim.engine.state import Engine

SEEDS = (1, 2)
NAMES = ("apps", "firms", "small_apps", "rounds")
ROUTE = "firms.zhipu.product.strategy"


@cache
def runs(*off: str, **changes: Any) -> tuple[dict[str, pl.DataFrame], ...]:
    """Two replicates with claims switched off; `__` in a key stands for a dot."""
    given = {key.replace("__", "."): value for key, value in changes.items()}
    scenario = small({**NO_ROUNDS, **given, **switched_off(*off)}, weeks=70)
    return tuple(tables(scenario, seed, names=NAMES) for seed in SEEDS)


def spent(run: dict[str, pl.DataFrame], app: str) -> float:
    return float(of(run["apps"], app=app)["ad_spend_cny"].sum())


@pytest.mark.claim(id="M32")
def test_owner_moves_its_budget_to_the_next_app_while_use_stays_shallow() -> None:
    shallow = {"parameters__engagement_least": 0.95}
    for on, off in zip(runs(**shallow), runs("engagement_threshold", **shallow), strict=True):
        # Xingye came first, Hailuo a half-year later; both are MiniMax's.
        assert spent(on, "hailuo") > 1.2 * spent(off, "hailuo")
        assert spent(on, "xingye") < spent(off, "xingye")


@pytest.mark.claim(id="M39")
def test_consumers_first_has_more_users_and_later_revenue_than_business_first() -> None:
    earned = "revenue_deployment_cny"
    routes = (
        runs(**{ROUTE.replace(".", "__"): one}) for one in ("consumers_first", "business_first")
    )
    for people, firms in zip(*routes, strict=True):
        for more, less, table, column in (
            (people, firms, "apps", "ad_spend_cny"),
            (people, firms, "apps", "adds_paid"),
            (firms, people, "firms", earned),
        ):
            one, other = (float(of(run[table], firm="zhipu")[column].sum()) for run in (more, less))
            assert one > other, column


@pytest.mark.claim(id="M39")
def test_without_route_choice_routes_make_no_difference() -> None:
    one, other = (
        runs("route_choice", **{ROUTE.replace(".", "__"): name})
        for name in ("consumers_first", "business_first")
    )
    assert one[0]["apps"].equals(other[0]["apps"])


@pytest.mark.claim(id="M40")
def test_a_saturated_route_brings_the_second_one_in() -> None:
    """Diversification adds weight to the second route; revenue varies less relative to its mean."""
    focus: dict[bool, float] = {}

    def ended(on: bool) -> float:
        last = 0.0

        def see(engine: Engine) -> None:
            nonlocal last
            products = engine.world.products
            startups = engine.firms.startup
            both = products.consumer_focus + products.business_focus
            last = max(last, float(both[startups].max()))

        off = () if on else ("route_diversification",)
        watch(small({**NO_ROUNDS, **switched_off(*off)}, weeks=70), see)
        return last

    focus = {on: ended(on) for on in (True, False)}
    assert focus[False] == pytest.approx(2.0)
    assert focus[True] > 2.1


@pytest.mark.claim(id="M76")
@pytest.mark.claim(id="M73")
def test_small_apps_enter_only_if_switched_on_and_more_when_model_rounds_cool() -> None:
    on, off, calm = runs(), runs("small_app_entry"), runs("apps_favoured")
    for with_them, without, unmoved in zip(on, off, calm, strict=True):
        assert without["small_apps"]["entrants"].sum() == 0
        # No model firm raises here, so money moves to applications.
        raised = [float(one["small_apps"]["raised_cny"].sum()) for one in (with_them, unmoved)]
        assert raised[0] > 1.5 * raised[1] > 0.0


@pytest.mark.claim(id="M34")
def test_small_app_whose_users_cost_more_than_they_pay_stops_or_pivots() -> None:
    for on, off in zip(runs(), runs("unit_economics_stop"), strict=True):
        ended = [
            one["small_apps"].select(pl.col("stopped").sum(), pl.col("pivoted").sum()).row(0)
            for one in (on, off)
        ]
        assert ended[0][0] > ended[1][0]
        assert ended[0][1] > 0 == ended[1][1]


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
