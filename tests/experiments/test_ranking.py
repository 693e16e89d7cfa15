"""Claims and events taken away alone: effects, order, resuming, failures."""

from pathlib import Path
from typing import Any

import pytest
import switched_market

from sim.evidence.mechanisms import MECHANISMS
from sim.experiments.ranking import Ranking, RankingError, rank, things_of
from sim.scenario import Scenario

BASELINE = Scenario.load("baseline")
CLAIMS = ("price_war", "own_channel_push", "viability")


def ranked(folder: Path, **more: Any) -> Ranking:
    asked: dict[str, Any] = {
        "only": CLAIMS, "replicates": 6, "outcomes": ["market.users_any_app"],
        "executor": "serial", "out": folder, "simulate": switched_market.users,
    }  # fmt: skip
    return rank(BASELINE, **(asked | more))


def effect(found: Ranking, name: str) -> dict[str, Any]:
    (row,) = found.table.filter(found.table["alternative"] == name).to_dicts()
    return row


def test_effect_is_what_taking_away_does_and_luck_cancels(tmp_path: Path) -> None:
    found = ranked(tmp_path / "a")
    for name, with_it in switched_market.EFFECTS.items():
        row = effect(found, name)
        assert row["difference"] == pytest.approx(-with_it, abs=1e-9)
        assert row["high"] - row["low"] == pytest.approx(0.0, abs=1e-9)


def test_strongest_comes_first_and_what_does_nothing_last(tmp_path: Path) -> None:
    assert ranked(tmp_path / "a").order == ("own_channel_push", "price_war", "viability")


def test_strength_is_the_effect_over_what_luck_does(tmp_path: Path) -> None:
    found = ranked(tmp_path / "a")
    one, other = effect(found, "own_channel_push"), effect(found, "price_war")
    assert one["strength"] / other["strength"] == pytest.approx(-8.0 / 3.0)


def test_dated_event_is_removed(tmp_path: Path) -> None:
    found = ranked(tmp_path / "a", kind="shocks", only=["deepseek_v2", "llama3"])
    assert effect(found, "deepseek_v2")["difference"] == pytest.approx(-5.0)
    assert effect(found, "llama3")["difference"] == 0.0


def test_ranking_goes_on_without_doing_again_what_was_done(tmp_path: Path) -> None:
    first = ranked(tmp_path / "a", replicates=3)
    before = set(first.sweep.frame().select("run", "time_started").collect().iter_rows())
    second = ranked(tmp_path / "a")
    after = set(second.sweep.frame().select("run", "time_started").collect().iter_rows())
    assert before < after
    assert len(after) == 6 * (1 + len(CLAIMS))


def test_failed_run_costs_its_pair_only(tmp_path: Path) -> None:
    found = ranked(tmp_path / "a", simulate=switched_market.lost_without_push)
    assert effect(found, "own_channel_push")["pairs"] == 5
    assert effect(found, "own_channel_push")["difference"] == pytest.approx(-8.0)
    assert effect(found, "price_war")["pairs"] == 6


def test_only_claims_that_act_are_taken_away() -> None:
    names = {one.name for one in things_of(BASELINE, "mechanisms")}
    in_force = {switch for switch, on in BASELINE.mechanisms.items() if on}
    assert names == {switch for switch in in_force if MECHANISMS[switch].place}
    without = BASELINE.with_({"mechanisms.price_war": False})
    assert "price_war" not in {one.name for one in things_of(without, "mechanisms")}


def test_unknown_name_is_refused_with_those_there_are() -> None:
    with pytest.raises(RankingError, match="'price_wars' is none of the mechanisms"):
        things_of(BASELINE, "mechanisms", ["price_wars"])


def test_one_pair_is_too_few(tmp_path: Path) -> None:
    with pytest.raises(RankingError, match="replicates is 1"):
        ranked(tmp_path / "a", replicates=1)
