"""What a visitor chooses: levers with their sources, addresses, files that reproduce it."""

from pathlib import Path
from typing import Any

import pytest

import sim.views.dashboard.preview as preview_module
from sim.scenario import Scenario, ScenarioError
from sim.views.dashboard.futures import (
    Choice,
    FutureError,
    load,
    offered,
    read_address,
    scenario_file,
)
from sim.views.dashboard.levers import CLAIMS, groups, levers
from sim.views.dashboard.preview import Previews, coarse

SETTINGS = (
    "firms.moonshot.cash_mcny=2 bn CNY",
    "firms.moonshot.valuation_bn_cny=none",
    "firms.moonshot.pricing.strategy=hold",
    "mechanisms.price_war=false",
    "parameters.algorithmic_progress=1.2",
    "shock.douyin_lockout.remove=true",
    "end=2024-12-30",
)


def test_every_firm_and_market_has_levers_that_say_where_their_number_is_from() -> None:
    scenario = Scenario.load("baseline")
    named = groups(scenario)
    assert {f"Firm: {firm}" for firm in scenario.firms} < set(named)
    for group in named:
        found = levers(scenario, group)
        assert found
        assert all(lever.meaning and lever.source for lever in found if group != CLAIMS)


def test_lever_says_unit_range_and_source_of_a_parameter() -> None:
    found = {one.name: one for one in levers(Scenario.load("baseline"), "Market: API prices")}
    assert found
    assert all(one.unit and "prior" in one.range for one in found.values())


def test_saved_file_says_only_what_differs_and_loads_back_equal(tmp_path: Path) -> None:
    choice = Choice(settings=SETTINGS)
    file = tmp_path / "mine.toml"
    file.write_text(scenario_file(choice, "mine"), encoding="utf-8")
    again, (_, b) = Scenario.load(file), load(choice)
    assert again.differences(b) == []
    assert again.parents == ("baseline",)
    assert len(again.changed()) < 20


def test_address_leads_back_to_the_same_choice() -> None:
    choice = Choice("baseline", "no_price_war", SETTINGS)
    told = {key: [one] if isinstance(one, str) else one for key, one in choice.address().items()}
    assert read_address(told, offered(None), "baseline") == choice


@pytest.mark.parametrize("name", ["/etc/passwd", "../secret.toml", "nobody"])
def test_address_opens_no_file_that_was_not_offered(name: str) -> None:
    with pytest.raises(FutureError, match="offered are"):
        read_address({"a": [name]}, offered(None), "baseline")


def test_a_setting_replaces_the_one_before_and_can_be_taken_away() -> None:
    choice = Choice().with_setting("seed", "2").with_setting("seed", "3")
    assert choice.settings == ("seed=3",)
    assert choice.with_setting("seed", None) == Choice()


def test_invalid_value_is_refused_in_the_words_of_the_command_line() -> None:
    wrong = Choice(settings=("firms.moonshot.cash_mcny=much",))
    with pytest.raises(ScenarioError) as here:
        load(wrong)
    with pytest.raises(ScenarioError) as there:
        Scenario.load("baseline", wrong.settings)
    assert str(here.value) == str(there.value)


def test_preview_is_never_finer_than_the_scenario() -> None:
    scenario = Scenario.load("baseline")
    assert coarse(scenario).consumers.people_per_agent == 20_000
    tiny = scenario.with_({"consumers.people_per_agent": 100_000, "accounts.count": 50})
    assert coarse(tiny) == tiny


def test_preview_is_made_once_for_each_scenario_and_the_oldest_are_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[str] = []

    def simulated(scenario: Scenario, seed: int) -> str:
        made.append(scenario.name)
        return scenario.name

    monkeypatch.setattr(preview_module, "preview", simulated)
    previews: Any = Previews(most=2)
    first, second, third = (
        Scenario.loads(f'extends = "baseline"\nname = "{name}"') for name in ("a", "b", "c")
    )
    assert [previews(one, 1) for one in (first, second, first)] == ["a", "b", "a"]
    assert made == ["a", "b"]
    previews(third, 1)  # forgets b, which was asked for longest ago
    assert [previews(one, 1) for one in (first, second)] == ["a", "b"]
    assert made == ["a", "b", "c", "b"]
    assert previews(first, 2) == "a"
    assert made[-1] == "a"
