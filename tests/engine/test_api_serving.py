"""Serving tokens: free tiers run out of capacity, and only what is paid for pays."""

from datetime import date
from typing import Any

import numpy as np
import pytest
from small_market import START, of, small, tables, watch

from sim.engine.state import Engine
from sim.world.firms import MAIN

FREE_BAIDU: dict[str, Any] = {"firms.baidu.main_price_cny_per_mtok": 0.0}


def test_free_tier_runs_out_of_capacity() -> None:
    seen: list[tuple[float, float]] = []

    def see(engine: Engine) -> None:
        baidu, flow = engine.firms.number("baidu"), engine.flow
        assert (engine.firms.menu.price[MAIN, baidu], flow.paying[MAIN, baidu]) == (0.0, 0.0)
        demanded, served = flow.demanded[MAIN, baidu], flow.served[MAIN, baidu]
        assert served <= 0.5 * demanded
        seen.append((demanded, served))

    watch(small(FREE_BAIDU), see)
    demanded, served = np.array(seen[20:]).T
    assert (demanded > 0.0).all()
    assert (served > 0.0).all()
    assert (served < demanded).all()


def test_market_counts_what_free_tiers_cannot_serve() -> None:
    free, paid = (tables(small(one), names=["market"])["market"] for one in (FREE_BAIDU, {}))
    assert (paid["tokens_served_per_day"] == paid["tokens_demanded_per_day"]).all()
    late = free.tail(20)
    assert (late["tokens_served_per_day"] < 0.9 * late["tokens_demanded_per_day"]).all()


def test_free_models_of_a_firm_share_one_capacity() -> None:
    changes = {
        **FREE_BAIDU,
        "firms.baidu.flagship_price_cny_per_mtok": 0.0,
        "shock.free.date": date(2023, 10, 2),
        "shock.free.kind": "set",
        "shock.free.key": "parameters.free_capacity_share",
        "shock.free.value": 0.8,
    }

    def see(engine: Engine) -> None:
        firm = engine.firms.number("baidu")
        served = engine.flow.served[:, firm].sum()
        assert served <= engine.firms.tech.capacity[firm] * (1 + 1e-9)

    watch(small(changes), see)


def test_vendor_that_enters_with_a_free_model_serves_some_of_it() -> None:
    changes = {
        "firms.stepfun.main_price_cny_per_mtok": 0.0,
        "firms.stepfun.main_entry": START,
        "firms.stepfun.flagship_entry": None,
    }
    firms = tables(small(changes), names=["firms"])["firms"]
    stepfun = of(firms, firm="stepfun")
    assert (stepfun["api_customers"] > 0.0).any()
    assert stepfun["tokens_external_per_day"][-1] > 0.0
    assert (stepfun["revenue_api_cny"] == 0.0).all()


def test_free_small_model_earns_nothing_but_attach() -> None:
    alone = {**FREE_BAIDU, "firms.baidu.flagship_entry": None}
    baidu = of(tables(small(alone), names=["firms"])["firms"], firm="baidu")
    assert (baidu["revenue_api_cny"] == 0.0).all()


def test_tokens_cost_and_pay_by_what_is_served() -> None:
    def see(engine: Engine) -> None:
        flow, menu = engine.flow, engine.firms.menu
        if engine.world.week != 30:
            return
        firm = engine.firms.number("alibaba")
        volume = 7 / 1e6
        revenue = (flow.paying[:, firm] * menu.effective[:, firm]).sum() * volume
        cost = (flow.served[:, firm] * menu.unit_cost[:, firm]).sum() * volume
        rows.append((revenue, cost))

    rows: list[tuple[float, float]] = []
    watch(small(weeks=31), see)
    alibaba = of(tables(small(weeks=31), names=["firms"])["firms"], firm="alibaba").tail(1)
    (revenue, cost) = rows[0]
    assert alibaba["revenue_api_cny"].item() == pytest.approx(revenue, abs=0.02)
    assert alibaba["cost_api_cny"].item() == pytest.approx(cost, abs=0.02)
