"""Dated shocks: the order within a day, and values that change from their date on."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from small_market import NO_ROUNDS, of, small, switched_off, tables, watch

from sim.core.errors import SimError
from sim.engine.state import Engine
from sim.scenario import ScenarioError
from sim.strategies.advertising import NoAdvertising

DAY = date(2023, 8, 14)
AFTER = DAY + timedelta(weeks=1)
SENTIMENT: dict[str, Any] = {"kind": "sentiment", "amount": -1.0}


def shock(name: str, day: date = DAY, **fields: Any) -> dict[str, Any]:
    return {f"shock.{name}.{field}": value for field, value in {"date": day, **fields}.items()}


def set_from(key: str, value: object, day: date = DAY) -> dict[str, Any]:
    return shock("change", day, kind="set", key=key, value=value)


def released_quality(changes: dict[str, Any]) -> float:
    releases = tables(small(changes, 10), names=["releases"])["releases"]
    return float(of(releases, firm="zhipu")["quality"].item())


def test_shocks_of_one_day_act_in_the_order_of_their_ids() -> None:
    """A release at the foreign frontier is worth what the frontier is when its turn comes."""
    step: dict[str, Any] = {"kind": "foreign_release", "who": "foreign", "amount": 70.0}
    copy: dict[str, Any] = {
        "kind": "release",
        "who": "zhipu",
        "amount": 0.0,
        "level": "foreign_frontier",
    }
    step_first = released_quality({**shock("a", **step), **shock("b", **copy)})
    copy_first = released_quality({**shock("a", **copy), **shock("b", **step)})
    assert step_first == 220.0
    assert copy_first == 150.0
    # nor does it matter which stands first in the file
    assert released_quality({**shock("b", **copy), **shock("a", **step)}) == step_first


def test_shocks_of_one_week_act_in_the_order_of_their_days() -> None:
    step: dict[str, Any] = {"kind": "foreign_release", "who": "foreign", "amount": 70.0}
    copy: dict[str, Any] = {
        "kind": "release",
        "who": "zhipu",
        "amount": 0.0,
        "level": "foreign_frontier",
    }
    late = DAY - timedelta(days=1)
    early = DAY - timedelta(days=3)
    assert released_quality({**shock("a", late, **step), **shock("b", early, **copy)}) == 150.0
    assert released_quality({**shock("a", late, **copy), **shock("b", early, **step)}) == 220.0


@pytest.mark.parametrize("days", [0, 1, 6, 7])
def test_shock_acts_at_the_next_monday(days: int) -> None:
    day = DAY + timedelta(days=days)
    mood = tables(small(shock("doubt", day, **SENTIMENT), 12), names=["market"])["market"]
    usual = tables(small(weeks=12), names=["market"])["market"]
    gap = (usual["sentiment"] - mood["sentiment"]).to_list()
    first = next(week for week, one in enumerate(gap) if one != 0.0)
    assert usual["date"][first] == DAY + timedelta(weeks=-(-days // 7))
    assert gap[first] == pytest.approx(0.9716, abs=1e-3)


def compare(changes: dict[str, Any], table: str, weeks: int = 12) -> tuple[pl.DataFrame, ...]:
    """Return a table without and with the changes."""
    return tuple(tables(small(one, weeks), names=[table])[table] for one in ({}, changes))


def test_parameter_has_another_value_from_its_date_on() -> None:
    usual, changed = compare(set_from("parameters.staff_cost", 150_000.0), "firms")
    before = pl.col("date") < DAY
    assert changed.filter(before).equals(usual.filter(before))
    for firm in ("alibaba", "zhipu"):
        for name in ("cost_staff_cny", "cost_rd_staff_cny"):
            plain = of(usual, firm=firm, date=DAY)[name].item()
            assert of(changed, firm=firm, date=DAY)[name].item() == pytest.approx(2 * plain)


def pushed(changes: dict[str, Any]) -> dict[date, float]:
    """Return how many people a week ByteDance wants to show Doubao, by Monday."""
    found: dict[date, float] = {}

    def see(engine: Engine) -> None:
        apps = engine.world.apps
        found[engine.world.monday] = float(apps.pushed[apps.number("doubao")])

    watch(small(changes, 20), see)
    return found


PUSH_FROM = date(2023, 9, 25)


def test_parameter_of_a_strategy_has_another_value_from_its_date_on() -> None:
    """In its first weeks Doubao is pushed at the base rate, .86 M people a week."""
    more = pushed(set_from("parameters.push_base", 1.86, PUSH_FROM))
    assert more[PUSH_FROM - timedelta(weeks=1)] == pytest.approx(0.86e6)
    assert more[PUSH_FROM] == pytest.approx(1.86e6)


def test_number_given_to_a_strategy_stays_when_the_general_one_changes() -> None:
    own = {"firms.bytedance.push.push_base": 1.2}
    more = pushed({**own, **set_from("parameters.push_base", 1.86, PUSH_FROM)})
    assert more[PUSH_FROM] == pytest.approx(1.2e6)


def test_mechanism_is_off_from_its_date_on() -> None:
    end = date(2023, 11, 6)
    usual, changed = compare(set_from("mechanisms.advertising", False, end), "apps", weeks=25)
    assert changed.filter(pl.col("date") < end).equals(usual.filter(pl.col("date") < end))
    spent = changed.group_by("date").agg(pl.col("ad_spend_cny").sum()).sort("date")
    assert (spent.filter(pl.col("date") < end)["ad_spend_cny"].tail(4) > 0.0).all()
    assert (spent.filter(pl.col("date") >= end)["ad_spend_cny"] == 0.0).all()


def test_firm_and_channel_have_other_values_from_their_date_on() -> None:
    found: dict[date, tuple[float, float]] = {}

    def see(engine: Engine) -> None:
        firms, channels = engine.firms, engine.world.channels
        found[engine.world.monday] = (
            float(firms.attach_margin[firms.number("baidu")]),
            float(channels.base_cost[channels.ids.index("bilibili")]),
        )

    one = shock("x", kind="set", key="firms.baidu.attach_margin_cny_per_mtok", value=1.25)
    two = shock("y", kind="set", key="channels.bilibili.base_cost_cny_per_user", value=99.0)
    watch(small({**one, **two}, 8), see)
    assert found[DAY - timedelta(weeks=1)] == (0.5, 30.0)
    assert found[DAY] == (1.25, 99.0)


def test_strategy_that_does_not_exist_is_refused_whenever_it_comes() -> None:
    wrong = shock("new", kind="strategy", who="baidu", target="pricing", level="nonsense")
    with pytest.raises(ScenarioError, match="nonsense"):
        tables(small(wrong, 12))


def no_ads_of_xingye(changes: dict[str, Any]) -> None:
    run = tables(small({**changes, **NO_ROUNDS}), names=["apps"])["apps"]
    assert (of(run, app="xingye")["ad_spend_cny"] == 0.0).all()
    assert of(run, app="qingyan")["ad_spend_cny"].sum() > 0.0


def test_firm_that_never_advertises_buys_nobody() -> None:
    no_ads_of_xingye({"firms.minimax.advertising.strategy": NoAdvertising.name})


def test_firm_takes_another_strategy_from_its_date_on() -> None:
    changes: dict[str, Any] = {"kind": "strategy", "who": "minimax", "target": "advertising"}
    no_ads_of_xingye(shock("new", **changes, level=NoAdvertising.name))


def test_error_of_a_week_comes_out_as_it_was_raised() -> None:
    """The event queue must not dress up what a step raises."""

    class CarefulError(SimError):
        def __init__(self, name: str, week: int) -> None:
            super().__init__(f"{name} in week {week}")
            self.week = week

    def fail(engine: Engine) -> None:
        if engine.world.week == 3:
            raise CarefulError("stop", engine.world.week)

    with pytest.raises(CarefulError, match="stop in week 3") as caught:
        watch(small(switched_off("poaching"), 6), fail)
    assert caught.value.week == 3
