"""Dated shocks: the order within a day, and values that change from their date on."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from small_market import NO_ROUNDS, START, of, small, switched_off, tables, watch

from sim.core.errors import SimError
from sim.engine.state import Engine
from sim.scenario import ScenarioError

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
    step = {"kind": "foreign_release", "who": "foreign", "amount": 70.0}
    copy = {"kind": "release", "who": "zhipu", "amount": 0.0, "level": "foreign_frontier"}
    step_first = released_quality({**shock("a", **step), **shock("b", **copy)})
    copy_first = released_quality({**shock("a", **copy), **shock("b", **step)})
    assert step_first == 220.0
    assert copy_first == 150.0
    # nor does it matter which stands first in the file
    assert released_quality({**shock("b", **copy), **shock("a", **step)}) == step_first


def test_shocks_of_one_week_act_in_the_order_of_their_days() -> None:
    step = {"kind": "foreign_release", "who": "foreign", "amount": 70.0}
    copy = {"kind": "release", "who": "zhipu", "amount": 0.0, "level": "foreign_frontier"}
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
    return tuple(
        tables(small(one, weeks), names=[table])[table] for one in ({}, changes)
    )


def test_parameter_has_another_value_from_its_date_on() -> None:
    usual, changed = compare(set_from("parameters.staff_cost", 150_000.0), "firms")
    before = pl.col("date") < DAY
    assert changed.filter(before).equals(usual.filter(before))
    for firm in ("alibaba", "zhipu"):
        for name in ("cost_staff_cny", "cost_rd_staff_cny"):
            plain = of(usual, firm=firm, date=DAY)[name].item()
            assert of(changed, firm=firm, date=DAY)[name].item() == pytest.approx(2 * plain)


def test_parameter_of_a_strategy_has_another_value_from_its_date_on() -> None:
    """DeepSeek asks a multiple of its cost; after a deep change of the multiple it asks more."""
    entry = date(2024, 5, 6)
    later = set_from("parameters.cost_plus_markup", 4.0, entry + timedelta(weeks=2))
    usual, changed = compare(later, "firms", weeks=60)
    last = usual["date"].max()
    for table, markup in ((usual, 2.0), (changed, 4.0)):
        rows = of(table, firm="deepseek")
        at_entry = of(rows, date=entry)
        ratio = at_entry["price_input_cny_per_mtok"] / at_entry["unit_cost_cny_per_mtok"]
        now = of(rows, date=last)
        later_ratio = now["price_input_cny_per_mtok"] / now["unit_cost_cny_per_mtok"]
        assert later_ratio.item() / ratio.item() == pytest.approx(markup / 2.0, rel=0.35)


def test_strategy_set_in_the_scenario_keeps_its_own_number() -> None:
    """A number that a firm's strategy was given stays when the general one changes."""
    own = {"firms.deepseek.pricing.cost_plus_markup": 3.0}
    change = set_from("parameters.cost_plus_markup", 1.2, date(2024, 4, 1))
    firms = [
        of(tables(small(one, 50), names=["firms"])["firms"], firm="deepseek").tail(1)
        for one in (own, {**own, **change})
    ]
    prices = [one["price_input_cny_per_mtok"].item() for one in firms]
    assert prices[0] == pytest.approx(prices[1])


def test_mechanism_is_off_from_its_date_on() -> None:
    off = set_from("mechanisms.subscriptions", False, date(2023, 11, 6))
    usual, changed = compare(off, "channels", weeks=25)
    assert usual.height > 0
    usual, changed = compare(set_from("mechanisms.advertising", False, date(2023, 11, 6)), "apps")
    assert usual.equals(changed), "not before its date"
    usual, changed = compare(
        set_from("mechanisms.advertising", False, date(2023, 11, 6)), "apps", weeks=25
    )
    spent = changed.group_by("date").agg(pl.col("ad_spend_cny").sum()).sort("date")
    before, after = (
        spent.filter(pl.col("date") < date(2023, 11, 6))["ad_spend_cny"].tail(4),
        spent.filter(pl.col("date") >= date(2023, 11, 6))["ad_spend_cny"],
    )
    assert (before > 0.0).all()
    assert len(after) > 0
    assert (after == 0.0).all()


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


def test_firm_takes_another_strategy_from_its_date_on() -> None:
    never = shock("new", START, kind="strategy", who="moonshot", target="advertising", level="none")
    run = tables(small({**never, **NO_ROUNDS}), names=["apps"])["apps"]
    assert (of(run, app="kimi")["ad_spend_cny"] == 0.0).all()
    assert of(run, app="qingyan")["ad_spend_cny"].sum() > 0.0


def test_error_of_a_week_comes_out_as_it_was_raised() -> None:
    """The event queue must not dress up what a step raises."""

    class Careful(SimError):
        def __init__(self, name: str, week: int) -> None:
            super().__init__(f"{name} in week {week}")
            self.week = week

    def fail(engine: Engine) -> None:
        if engine.world.week == 3:
            raise Careful("stop", engine.world.week)

    with pytest.raises(Careful, match="stop in week 3") as caught:
        watch(small(switched_off("poaching"), 6), fail)
    assert caught.value.week == 3
