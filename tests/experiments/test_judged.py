"""Outcomes come with a unit and a direction; groups add up, or have a middle."""

from datetime import date

import pytest
from observed_run import hand_made

from sim.experiments.judged import ASKED, Judged, read_judged
from sim.experiments.outcomes import OutcomeError
from sim.experiments.weekly import Book
from sim.scenario import Scenario

MONDAY = date(2024, 1, 1)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return Scenario.load("baseline")


def only(scenario: Scenario, text: str) -> Judged:
    (found,) = read_judged([scenario], [text])
    return found


@pytest.mark.parametrize(
    ("text", "unit", "direction"),
    [
        ("apps.kimi.mau", "users", "more"),
        ("firms.zhipu.cost_ads_cny", "CNY", "less"),
        ("firms.zhipu.revenue_api_cny", "CNY", "more"),
        ("firms.all.price_input_cny_per_mtok", "CNY/Mtok", "less"),
        ("firms.all.price_input_cny_per_mtok:more", "CNY/Mtok", "more"),
        ("market.hhi_mau", "share", "less"),
        ("market.hhi_mau:mean:more", "share", "more"),
        ("market.tokens_served_per_day", "tokens/day", "more"),
        ("firms.zhipu.status=closed", "probability", "less"),
        ("firms.startups.status=active", "count", "more"),
        ("rounds.failed=false", "count", "more"),
        ("rounds.rows", "count", "more"),
    ],
)
def test_outcome_has_a_unit_and_a_direction(
    scenario: Scenario, text: str, unit: str, direction: str
) -> None:
    found = only(scenario, text)
    assert (found.unit, found.direction) == (unit, direction)
    assert found.sign == (1 if direction == "more" else -1)
    assert found.id == text.removesuffix(":more").removesuffix(":less")
    assert found.meaning


def test_what_is_asked_by_default_has_its_meaning(scenario: Scenario) -> None:
    found = read_judged([scenario])
    ids = [one.id for one in found]
    assert ids[0].startswith("apps.")
    assert {"market.independent_startups", "rounds.failed=false"} < set(ids)
    assert len(ids) == len(set(ids)) == len(ASKED) - 1 + sum(one.startswith("apps.") for one in ids)
    assert {one.meaning for one in found} == set(ASKED.values())


def test_by_default_only_what_all_have_is_asked(scenario: Scenario) -> None:
    fewer = scenario.with_({"apps.wanzhi.remove": True})
    ids = [one.id for one in read_judged([scenario, fewer])]
    assert "apps.wanzhi.mau" not in ids
    assert "apps.kimi.mau" in ids


def test_an_outcome_one_scenario_lacks_is_refused(scenario: Scenario) -> None:
    fewer = scenario.with_({"apps.wanzhi.remove": True})
    with pytest.raises(OutcomeError, match="wanzhi"):
        read_judged([scenario, fewer], ["apps.wanzhi.mau"])


def test_group_adds_up_amounts_and_takes_the_middle_of_prices(scenario: Scenario) -> None:
    firms = [
        {"firm": "zhipu", "price_input_cny_per_mtok": 1.0, "revenue_api_cny": 5.0},
        {"firm": "moonshot", "price_input_cny_per_mtok": 2.0, "revenue_api_cny": 7.0},
        {"firm": "baidu", "price_input_cny_per_mtok": 9.0, "revenue_api_cny": 100.0},
    ]
    book = Book(hand_made(MONDAY, 3, 1, firms=firms))

    def value(text: str) -> float:
        return float(only(scenario, text).outcome.of(book)[0])

    assert value("firms.all.price_input_cny_per_mtok") == 2.0
    assert value("firms.startups.price_input_cny_per_mtok") == 1.5
    assert value("firms.startups.revenue_api_cny") == 3 * 12.0
    assert value("firms.all.revenue_api_cny") == 3 * 112.0


def test_rounds_that_failed_do_not_count(scenario: Scenario) -> None:
    rounds = [
        {"firm": "zhipu", "week": 0, "failed": False},
        {"firm": "zhipu", "week": 1, "failed": True},
        {"firm": "moonshot", "week": 2, "failed": False},
    ]
    book = Book(hand_made(MONDAY, 3, 1, rounds=rounds))
    assert only(scenario, "rounds.failed=false").outcome.of(book) == [2]
    assert only(scenario, "rounds.zhipu.failed=true").outcome.of(book) == [1]


def test_series_of_a_flow_is_its_running_total(scenario: Scenario) -> None:
    apps = [{"app": "kimi", "adds": 2.0, "mau": [5.0, 6.0, 7.0]}]
    book = Book(hand_made(MONDAY, 3, 1, apps=apps))
    assert only(scenario, "apps.kimi.adds").outcome.series(book).values.tolist() == [[2, 4, 6]]
    assert only(scenario, "apps.kimi.mau").outcome.series(book).values.tolist() == [[5, 6, 7]]


@pytest.mark.parametrize(
    "text", ["rounds.failed=maybe", "firms.everyone.cash_cny", "apps.startups.mau"]
)
def test_what_no_run_has_is_refused(scenario: Scenario, text: str) -> None:
    with pytest.raises(OutcomeError, match="there is no"):
        read_judged([scenario], [text])
