"""Laboratories: models are retired, money buys compute at its price, bids for people are paid."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from small_market import NO_ROUNDS, START, of, small, switched_off, tables, watch

from sim.engine.state import Engine

QUIET: dict[str, Any] = {**NO_ROUNDS, **switched_off("poaching", "stop_pretraining")}
EMBARGO: dict[str, Any] = {
    "shock.embargo.date": date(2023, 9, 4),
    "shock.embargo.kind": "export_limit",
    "shock.embargo.who": "gpu",
    "shock.embargo.amount": 1.0,
}


def test_model_is_retired_13_weeks_after_its_successor_came_out() -> None:
    released: set[tuple[int, int]] = set()
    retired: set[tuple[int, int]] = set()

    def look(engine: Engine) -> None:
        week = engine.world.week
        released.update((int(firm), week) for firm in np.flatnonzero(engine.flow.released))
        retired.update((int(firm), week) for firm in np.flatnonzero(engine.flow.retired))

    watch(small(QUIET, 45), look)
    assert len(retired) > 10
    assert retired == {(firm, week + 13) for firm, week in released if week + 13 < 45}


def test_failed_run_is_told_and_releases_nothing() -> None:
    run = tables(small({**QUIET, "parameters.run_failure": 0.3}, 30), names=["events", "releases"])
    failed = of(run["events"], kind="run_failed").select("date", "who")
    assert len(failed) > 0
    both = failed.join(run["releases"], left_on=["date", "who"], right_on=["date", "firm"])
    assert len(both) == 0


def test_embargo_raises_the_price_of_compute_and_halves_what_a_budget_buys() -> None:
    def stock(changes: dict[str, Any]) -> tuple[list[float], list[float]]:
        found: tuple[list[float], list[float]] = [], []

        def look(engine: Engine) -> None:
            found[0].append(float(engine.firms.tech.compute_stock[2]))
            found[1].append(engine.world.frontiers.gpu_price)

        still = {**QUIET, "firms.baidu.research.strategy": "level", **changes}
        watch(small(still, 30), look)
        return found

    (usual, calm), (less, dear) = stock({}), stock(EMBARGO)
    assert dear[-1] == pytest.approx(2.0 * calm[-1], rel=0.1)
    assert less[-1] - less[-10] == pytest.approx((usual[-1] - usual[-10]) / 2.0, rel=0.1)


def test_embargo_makes_serving_dearer() -> None:
    usual, dear = (
        tables(small({**QUIET, **changes}, 20), names=["firms"])["firms"]
        for changes in ({}, EMBARGO)
    )
    day = START + timedelta(weeks=19)
    cost = [of(one, date=day)["unit_cost_cny_per_mtok"].to_numpy() for one in (dear, usual)]
    assert (cost[0] > 1.2 * cost[1]).all()


def test_bidder_for_talent_pays_for_it_and_draws_people() -> None:
    moving = {**QUIET, "mechanisms.poaching": True, "parameters.poaching": 1.0}
    high_pay = {"strategy": "bid_for_talent", "premium": 5.0}
    bids = {**moving, **{f"firms.alibaba.talent.{key}": one for key, one in high_pay.items()}}
    usual, high = (tables(small(one, 50), names=["firms"])["firms"] for one in (moving, bids))
    pay, people = (
        [of(one, firm="alibaba")[name].to_numpy() for one in (high, usual)]
        for name in ("cost_rd_staff_cny", "key_people")
    )
    assert (pay[0][1:] > pay[1][1:]).all()
    assert people[0][-1] > people[1][-1] + 5.0


def test_hoarder_pays_for_machines_and_owns_them() -> None:
    hoards = {**QUIET, "firms.baidu.research.strategy": "hoard_compute"}
    usual, more = (tables(small(one, 20), names=["firms"])["firms"] for one in (QUIET, hoards))
    spent = [of(one, firm="baidu")["cost_rd_compute_cny"].to_numpy() for one in (more, usual)]
    assert spent[0] == pytest.approx(1.25 * spent[1], rel=0.01)
    assert pl.Series(spent[1]).min() > 0  # type: ignore[operator]
