"""The shipped scenarios ask a question, load without an error, and change what they say."""

import pytest

from sim.scenario import Scenario
from sim.scenario.catalogue import shipped_scenarios
from sim.scenario.layers import shipped_files
from sim.scenario.reading import read_bounded


@pytest.mark.parametrize("name", shipped_files())
def test_shipped_scenario_loads(name: str) -> None:
    loaded = Scenario.load(name)
    assert loaded.question.endswith("?")
    text = read_bounded(shipped_files()[name])
    assert "# What it changes:" in text
    assert "# What to look at:" in text


def test_catalogue_gives_the_question_of_each() -> None:
    found = shipped_scenarios()
    assert {"baseline", "no_price_war", "no_channel_lockout", "funding_winter"} <= set(found)
    assert all(Scenario.load(name).question == question for name, question in found.items())


def test_baseline_runs_on_the_dated_history_to_2024_alone() -> None:
    baseline = Scenario.load("baseline")
    assert (baseline.start.isoformat(), baseline.end.isoformat()) == ("2023-07-03", "2025-12-29")
    assert baseline.history == ("history",)
    assert max(shock.date for shock in baseline.shock.values()).year == 2024
    assert len(baseline.firms) == 13


def test_no_price_war_leaves_entrant_and_cost_step_in_place() -> None:
    loaded = Scenario.load("no_price_war")
    assert [change.key for change in loaded.changed()] == ["mechanisms.price_war"]
    assert {"deepseek_v2", "doubao_api"} <= set(loaded.shock)


def test_no_channel_lockout_drops_the_dated_and_the_later_ones() -> None:
    loaded = Scenario.load("no_channel_lockout")
    assert not loaded.mechanisms["channel_lockout"]
    assert all(shock.kind != "channel_lockout" for shock in loaded.shock.values())


def test_funding_winter_turns_cold_nine_months_early_without_the_state() -> None:
    loaded, baseline = Scenario.load("funding_winter"), Scenario.load("baseline")
    turn, before = loaded.shock["funding_turn"], baseline.shock["funding_turn"]
    assert (turn.kind, turn.level) == (before.kind, before.level) == ("regime", "cold")
    assert turn.date.isoformat() == "2023-10-01"
    assert before.date.isoformat() == "2024-07-01"
    assert loaded.parameters["state_money"] == 0
    doubts = [shock for shock in loaded.shock.values() if shock.kind == "sentiment"]
    assert [shock.amount for shock in doubts] == [-1.0]
