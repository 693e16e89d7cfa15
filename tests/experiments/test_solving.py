"""Solving finds where a known function of an input reaches a goal, and says where it cannot."""

from typing import Any

import known_market
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from known_market import KEYS, luck

from sim.experiments.goal import Goal, GoalError, read_goal
from sim.experiments.outcomes import OutcomeError
from sim.experiments.solve import Solved, solve
from sim.experiments.tries import SolveError
from sim.scenario import Scenario

USERS = "market.users_any_app"
BASE = Scenario.load("baseline").with_(dict.fromkeys(KEYS, 1000.0))
REPLICATES = 12
MEAN_LUCK = float(np.mean([luck(3, number) for number in range(REPLICATES)]))


def solved(until: str, engine: str = "additive", vary: Any = (f"{KEYS[0]}=1000:2000",)) -> Solved:
    simulate = getattr(known_market, engine)
    return solve(BASE, vary, until, REPLICATES, seed=3, executor="serial", simulate=simulate)


def test_goal_is_reached_where_the_formula_says() -> None:
    found = solved(f"{USERS} >= 2")
    (crossing,) = found.solutions[0].crossings
    # 3 x + mean luck = 2, with x from 0 to 1 over 1000 M CNY.
    truth = 1000.0 + 1000.0 * (2.0 - MEAN_LUCK) / 3.0
    assert crossing.value == pytest.approx(truth, abs=0.005 * 1000)
    assert crossing.rising
    assert found.solutions[0].one_way
    assert crossing.low is not None
    assert crossing.high is not None
    # The interval is that of the mean of a uniform luck, over the slope.
    reach = 1.645 * np.sqrt(1 / 12 / REPLICATES) * 1000 / 3
    assert crossing.high - crossing.low == pytest.approx(2 * reach, rel=0.4)


def test_less_is_a_goal_too_and_units_are_read() -> None:
    one, other = solved(f"{USERS} <= 2"), solved(f"{USERS} = 0.002 k")
    assert one.value == other.value == solved(f"{USERS} >= 2").value


def test_chance_of_a_goal_asks_for_more_than_its_mean() -> None:
    sure, middle = solved(f"P({USERS} >= 2) >= 0.9"), solved(f"P({USERS} >= 2) >= 0.5")
    assert sure.value is not None
    assert middle.value is not None
    assert sure.value > middle.value
    draws = sorted(luck(3, number) for number in range(REPLICATES))
    # 11 of 12 replicates reach it where all but the unluckiest do.
    truth = 1000.0 + 1000.0 * (2.0 - draws[1]) / 3.0
    assert sure.value == pytest.approx(truth, abs=20)


@pytest.mark.parametrize(
    ("until", "status"), [(f"{USERS} >= 9", "never"), (f"{USERS} >= -1", "always"),
                          (f"{USERS} <= 9", "always"), (f"{USERS} <= -1", "never")],
)  # fmt: skip
def test_goal_out_of_reach_or_always_reached_says_so(until: str, status: str) -> None:
    found = solved(until).solutions[0]
    assert found.status == status
    assert found.crossings == ()
    tried = found.tried.to_dicts()
    assert (tried[0]["value"], tried[-1]["value"]) == (1000.0, 2000.0)
    assert tried[0]["mean"] == pytest.approx(MEAN_LUCK)
    assert tried[-1]["mean"] == pytest.approx(3 + MEAN_LUCK)


def test_hill_is_crossed_twice_and_warned_of() -> None:
    found = solved(f"{USERS} >= 0.75", "hill")
    solution = found.solutions[0]
    target = 0.75 - 0.1 * MEAN_LUCK
    half = 0.5 * np.sqrt(1.0 - target)
    truth = [1000 + 1000 * (0.5 - half), 1000 + 1000 * (0.5 + half)]
    assert [one.value for one in solution.crossings] == pytest.approx(truth, abs=6)
    assert [one.rising for one in solution.crossings] == [True, False]
    assert not solution.one_way
    assert any("rises and falls" in warning for warning in found.warnings)


def test_second_key_gives_a_frontier() -> None:
    found = solved(f"{USERS} >= 2.5", vary=(f"{KEYS[0]}=1000:2000", f"{KEYS[1]}=1000:1500"))
    assert len(found.solutions) == 5
    for one in found.solutions:
        second = (float(str(one.at[KEYS[1]])) - 1000) / 1000
        truth = 1000 + 1000 * (2.5 - MEAN_LUCK - 2 * second) / 3
        assert one.value == pytest.approx(truth, abs=6)


def test_logarithmic_range_finds_the_same() -> None:
    found = solved(f"{USERS} >= 2", vary=(f"{KEYS[0]}=log:1000:2000",))
    assert found.value == pytest.approx(solved(f"{USERS} >= 2").value, abs=10)


def test_interval_that_leaves_the_range_is_open() -> None:
    found = solved(f"{USERS} >= {3 + MEAN_LUCK - 0.05}")
    (crossing,) = found.solutions[0].crossings
    assert crossing.high is None
    assert crossing.low is not None


def test_failed_replicate_is_left_out_and_counted() -> None:
    found = solved(f"{USERS} >= 2", "second_replicate_fails")
    assert any("runs failed" in warning for warning in found.warnings)
    assert found.value is not None


def test_end_at_which_nothing_finishes_is_named() -> None:
    with pytest.raises(SolveError, match=r"=2000: fewer than two .*too rich"):
        solved(f"{USERS} >= 2", "rich_fail")


def test_integer_key_is_solved_by_an_integer() -> None:
    base = Scenario.load("baseline")
    key = next(
        key for key, value in base.flat().items()
        if isinstance(value, int) and not isinstance(value, bool) and key == "accounts.count"
    )  # fmt: skip

    def engine(scenario: Scenario, *rest: Any) -> Any:
        recorded = known_market.additive(BASE, *rest)
        recorded["market"]["users_any_app"] = [scenario.accounts.count / 10] * 3
        return recorded

    stand_in: Any = engine
    found = solve(base, [f"{key}=100:900"], f"{USERS} >= 45.61", 2, simulate=stand_in)
    assert found.value == 457


@pytest.mark.parametrize(
    ("vary", "says"),
    [
        ((f"{KEYS[0]}=1000:2000", f"{KEYS[1]}=1:2", f"{KEYS[2]}=1:2"), "one or two"),
        ((f"{KEYS[0]}=1000,2000",), "takes a range"),
    ],
)
def test_question_that_cannot_be_put_is_refused(vary: tuple[str, ...], says: str) -> None:
    with pytest.raises(SolveError, match=says):
        solved(f"{USERS} >= 2", vary=vary)


def goal(text: str) -> Goal:
    return read_goal(text, [BASE])


@pytest.mark.parametrize(
    ("text", "sign", "number", "share"),
    [
        ("apps.kimi.mau@2025-06 >= 20e6", ">=", 20e6, None),
        ("apps.kimi.mau@2025-06>=20 M", ">=", 20e6, None),
        ("firms.zhipu.cash_cny:min > 0", ">=", 0.0, None),
        ("firms.zhipu.status=closed <= 5 %", "<=", 0.05, None),
        ("firms.zhipu.revenue_api_cny@2024 = 3 bn CNY", "=", 3e9, None),
        ("P(apps.kimi.mau >= 20 M) >= 90 %", ">=", 20e6, 0.9),
        (" P( apps.kimi.mau <= 20 M ) > .5 ", "<=", 20e6, 0.5),
    ],
)
def test_goals_are_read(text: str, sign: str, number: float, share: float | None) -> None:
    found = goal(text)
    assert (found.sign, found.share) == (sign, share)
    assert found.number == pytest.approx(number)


@pytest.mark.parametrize(
    "text",
    [
        "apps.kimi.mau", "apps.kimi.mau >=", ">= 5", "apps.*.mau >= 1", "apps.kimi.mau >= 5 weeks",
        "__import__('os').system('x') >= 1", "apps.kimi.mau >= (1)", "P(apps.kimi.mau >= 1) >= 2",
        "P(apps.kimi.mau = 1) >= .5", "apps.kimi.mau != 3", "", "P(apps.kimi.mau >= 1)",
    ],
)  # fmt: skip
def test_what_is_no_goal_is_refused(text: str) -> None:
    with pytest.raises((GoalError, OutcomeError)):
        goal(text)


@given(st.text(max_size=60))
def test_any_text_is_a_goal_or_an_error(text: str) -> None:
    try:
        goal(text)
    except (GoalError, OutcomeError):
        return
    raise AssertionError(f"{text!r} was read as a goal")
