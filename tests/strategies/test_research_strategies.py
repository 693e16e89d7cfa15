"""Research and talent strategies: when they stop, what they save, what they pay."""

from typing import Any

import pytest
from firms_that_see import OBSERVATION, decide
from hypothesis import given
from hypothesis import strategies as st

from sim.strategies.base import Decision, Observation

LAB = OBSERVATION.lab
RUNWAY = ("pretrain_always", "stop_on_runway", "make_or_buy", "reasoning_shift", "efficiency_first")


def seen(**changes: Any) -> Observation:
    lab = {name: changes.pop(name) for name in tuple(changes) if name in LAB._fields}
    return OBSERVATION._replace(lab=LAB._replace(**lab), **changes)


def research(name: str, settings: dict[str, float] | None = None, **changes: Any) -> Decision:
    return decide("research", name, seen(**changes), **(settings or {}))


@given(st.floats(0.0, 120.0), st.floats(0.0, 1e10), st.booleans())
def test_budgets_stay_within_a_seventh_of_cash_and_above_nothing(
    runway: float, cash: float, hot: bool
) -> None:
    for name in ("grow_with_runway", *RUNWAY, "hoard_compute"):
        budget = research(name, runway_months=runway, cash=cash, market_hot=hot).research_week
        assert budget is not None
        assert 0.0 <= budget <= cash / (7.0 * 4.34) + 1e-6


def test_who_always_trains_neither_stops_nor_shrinks_by_choice() -> None:
    poor = research("pretrain_always", runway_months=1.0)
    assert poor.pretraining is True
    assert poor.research_week == pytest.approx(OBSERVATION.research_week)
    assert research("grow_with_runway", runway_months=1.0).research_week < poor.research_week  # type: ignore[operator]


def test_runway_rule_stops_below_its_threshold_and_never_with_a_parent() -> None:
    rule = {"stop_below": 9.0}
    assert research("stop_on_runway", rule, runway_months=9.0).pretraining is True
    assert research("stop_on_runway", rule, runway_months=8.9).pretraining is False
    backed = research("stop_on_runway", rule, runway_months=1.0, parent_backed=True)
    assert backed.pretraining is True


def test_make_or_buy_compares_the_budget_with_the_lead_over_open_weights() -> None:
    """4 M CNY a week are 17.4 M a month: worth 8.7 points at 2 M a point."""
    worth = {"worth_per_point": 2.0}
    level = {"runway_months": 6.0}
    ahead = research("make_or_buy", worth, own_quality=60.0, bought_quality=50.0, **level)
    level_with = research("make_or_buy", worth, own_quality=57.0, bought_quality=50.0, **level)
    assert ahead.pretraining is True
    assert level_with.pretraining is False


def test_default_leaves_stopping_to_chance() -> None:
    assert research("grow_with_runway").pretraining is None


def test_race_answers_a_better_rival_as_far_as_rivals_train() -> None:
    def budget(rivals_training: float, best: float) -> float:
        decided = research(
            "grow_with_runway", rivals_training=rivals_training, best_rival_quality=best
        )
        assert decided.research_week is not None
        return decided.research_week

    assert budget(1.0, 150.0) > budget(0.5, 150.0) > budget(0.0, 150.0)
    assert budget(1.0, 0.0) == budget(0.0, 150.0)


def test_engineering_saves_what_it_brings_until_nothing_is_left() -> None:
    fresh = research("efficiency_first")
    done = research("efficiency_first", training_efficiency=2.718281828459045)
    usual = research("grow_with_runway")
    assert fresh.engineering == 0.1
    assert fresh.research_week < usual.research_week  # type: ignore[operator]
    assert done.research_week == pytest.approx(usual.research_week)


def test_shift_and_hoard_say_how_much() -> None:
    assert research("reasoning_shift", {"reasoning_share": 0.3}).reasoning == 0.3
    hoard = research("hoard_compute", {"hoard_share": 0.5})
    assert hoard.accelerators == pytest.approx(0.5 * hoard.research_week)  # type: ignore[operator]
    assert research("hoard_compute", runway_months=12.0).accelerators == 0


def pay(name: str, **changes: Any) -> float:
    decided = decide("talent", name, seen(**changes)).key_pay
    assert decided is not None
    return decided


def test_pay_answers_offers_only_where_the_strategy_says_so() -> None:
    assert pay("pay_market", best_offer=2.5) == 1
    assert pay("keep_people", best_offer=2.5) == 2.5
    assert pay("keep_people", best_offer=9.0) == 3
    assert pay("keep_people", best_offer=0.5) == 1
    assert pay("bid_for_talent") == 2


@pytest.mark.parametrize("name", ["keep_people", "bid_for_talent"])
def test_who_runs_short_pays_the_market(name: str) -> None:
    assert pay(name, best_offer=2.5, runway_months=3.0) == 1
    assert pay(name, best_offer=2.5, runway_months=3.0, parent_backed=True) > 1
