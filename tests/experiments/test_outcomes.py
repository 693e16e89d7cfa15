"""An outcome says of hand-made runs what can be read off them, and refuses what no run has."""

from datetime import date

import numpy as np
import pytest
from observed_run import HandMade, hand_made

from sim.experiments.outcomes import (
    DEFAULT_OUTCOMES,
    OutcomeError,
    read_outcomes,
    tables_of,
    take_outcomes,
)
from sim.experiments.weekly import Book
from sim.scenario import Scenario

MONDAY = date(2024, 1, 1)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return Scenario.load("baseline")


def taken(scenario: Scenario, run: HandMade, name: str) -> list[float]:
    (values,) = take_outcomes(Book(run), read_outcomes(scenario, [name])).values()
    return [float(value) for value in values]


@pytest.fixture(scope="module")
def run() -> HandMade:
    """Nine weeks from the first of January 2024, two replicates."""
    cash = {"firm": "zhipu", "cash_cny": [float(week) for week in range(9)]}
    return hand_made(
        MONDAY, 9, 2,
        apps=[{"app": "kimi", "replicate": 0, "mau": [10.0] * 5 + [30.0] * 4, "adds": 7.0}],
        firms=[{**cash, "status": ["active"] * 8 + ["closed"]}],
        rounds=[
            {"firm": "moonshot", "week": 2, "replicate": 1, "size_cny": 3e8},
            {"firm": "moonshot", "week": 8, "replicate": 1, "size_cny": 5e8},
            {"firm": "zhipu", "week": 2, "replicate": 1, "size_cny": 1e9},
        ],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("firms.zhipu.cash_cny", 8),  # a level: the last one
        ("firms.zhipu.cash_cny@2024-01", 4),  # the week that holds 31 January
        ("firms.zhipu.cash_cny:first@2024-02", 4),
        ("firms.zhipu.cash_cny:max@2024-01", 4),
        ("firms.zhipu.cash_cny:min", 0),
        ("firms.zhipu.cash_cny:mean", 4),
        ("firms.zhipu.cash_cny:mean@2024-02-05..2024-02-18", 5.5),
        ("firms.zhipu.status=closed", 1),
        ("firms.zhipu.status=closed@2024-01", 0),
        ("firms.zhipu.status=active:mean", 8 / 9),
        ("apps.kimi.adds", 63),  # a flow: the sum
        ("apps.kimi.adds@2024-01", 31),
    ],
)
def test_level_stands_and_flow_adds_up(
    scenario: Scenario, run: HandMade, name: str, expected: float
) -> None:
    assert taken(scenario, run, name)[0] == pytest.approx(expected, rel=1e-12)


def test_events_are_added_up_and_counted(scenario: Scenario, run: HandMade) -> None:
    assert taken(scenario, run, "rounds.moonshot.size_cny") == [0, 8e8]
    assert taken(scenario, run, "rounds.moonshot.size_cny@2024-01") == [0, pytest.approx(3e8)]
    assert taken(scenario, run, "rounds.moonshot.rows") == [0, 2]
    assert taken(scenario, run, "rounds.rows") == [0, 3]


def test_replicate_without_such_a_number_has_none(scenario: Scenario, run: HandMade) -> None:
    assert taken(scenario, run, "apps.kimi.mau") == [30, pytest.approx(np.nan, nan_ok=True)]
    assert np.isnan(taken(scenario, run, "apps.kimi.mau:max")[1])


def test_period_that_the_run_does_not_reach_has_no_value(scenario: Scenario, run: HandMade) -> None:
    assert np.isnan(taken(scenario, run, "firms.zhipu.cash_cny@2024-08")).all()


def test_star_stands_for_each_of_the_scenario(scenario: Scenario) -> None:
    names = [one.name for one in read_outcomes(scenario, ["firms.*.cash_cny:min@2024"])]
    assert names == [f"firms.{firm}.cash_cny:min@2024" for firm in scenario.firms]


def test_an_outcome_is_taken_once(scenario: Scenario) -> None:
    names = [one.name for one in read_outcomes(scenario, ["apps.kimi.mau", "apps.*.mau"])]
    assert len(names) == len(set(names))
    assert names[0] == "apps.kimi.mau"


def test_default_outcomes_exist_and_need_three_tables_at_most(scenario: Scenario) -> None:
    outcomes = read_outcomes(scenario, DEFAULT_OUTCOMES)
    assert tables_of(outcomes) == {"firms", "apps", "market"}


def test_tables_tell_which_weeks_there_were(scenario: Scenario) -> None:
    def needed(name: str) -> frozenset[str]:
        return tables_of(read_outcomes(scenario, [name]))

    assert needed("rounds.moonshot.size_cny") == {"rounds", "market"}
    assert needed("apps.kimi.mau") == {"apps", "market"}
    assert needed("firms.zhipu.cash_cny") == {"firms"}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("users", "is no outcome; write table.entity.column"),
        ("app.kimi.mau", "no table 'app'; did you mean 'apps'"),
        ("apps.kimmi.mau", "no app 'kimmi'; did you mean 'kimi'"),
        ("apps.kimi.maus", "no column of apps 'maus'; did you mean 'mau'"),
        ("apps.kimi.mau:median", "no statistic 'median'"),
        ("apps.mau", "names no one"),
        ("market.kimi.hhi_api", "the market is one"),
        ("firms.zhipu.status", "status of firms is a text; write =word"),
        ("firms.zhipu.cash_cny=5", "=word goes with text only"),
        ("apps.kimi.mau@20250", "a period is 2024"),
        ("apps.kimi.mau@2031", "the scenario covers 2023-07-03 to"),
        ("stakes.zhipu.share:", "is no outcome"),
        ("events.*.rows", "`*` stands for firms, apps and channels"),
    ],
)
def test_what_no_run_has_is_refused(scenario: Scenario, name: str, said: str) -> None:
    with pytest.raises(OutcomeError) as caught:
        read_outcomes(scenario, [name])
    assert said in str(caught.value)
    assert name in str(caught.value)


def test_no_outcome_at_all_is_refused(scenario: Scenario) -> None:
    with pytest.raises(OutcomeError, match="one or more"):
        read_outcomes(scenario, [])
