"""A comparison holds what was changed and nothing else; luck is the same on both sides."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import known_market
import polars as pl
import pytest
from known_market import KEYS
from small_market import small

from sim.experiments.attribution import changes_between, each_alone
from sim.experiments.compare import compare
from sim.experiments.comparison import (
    CompareError,
    Comparison,
    is_comparison,
    read_comparison,
    write_comparison,
)
from sim.scenario import Scenario

USERS, LUCK = "market.users_any_app", "market.hhi_mau"


@cache
def at(first: float, second: float = 1000.0, third: float = 1000.0) -> Scenario:
    """Return the baseline with the three inputs."""
    values = dict(zip(KEYS, (first, second, third), strict=True))
    return Scenario.load("baseline").with_(values)


def compared(*alternatives: Scenario, engine: str = "additive", **options: Any) -> Comparison:
    given: dict[str, Any] = {"replicates": 6, "outcomes": [USERS, LUCK], "seed": 3}
    simulate = getattr(known_market, engine)
    return compare(at(1000.0), *alternatives, simulate=simulate, **(given | options))


def row(
    found: Comparison, outcome: str = USERS, change: str = "all", number: int = 0
) -> dict[str, Any]:
    name = found.alternatives[number]
    rows = found.table.filter(
        (pl.col("outcome") == outcome)
        & (pl.col("change") == change)
        & (pl.col("alternative") == name)
    )
    assert rows.height == 1
    return rows.to_dicts()[0]


def test_only_what_was_changed_differs() -> None:
    found = compared(at(1400.0))
    users, luck = row(found), row(found, LUCK)
    assert users["difference"] == pytest.approx(1.2, rel=1e-12)
    assert (users["low"], users["high"]) == pytest.approx((1.2, 1.2), rel=1e-9)
    assert users["better"] == 1.0
    assert users["variance_ratio"] == pytest.approx(0.0, abs=1e-12)
    assert luck["difference"] == luck["standard_error"] == 0.0
    assert users["value"] - users["base"] == pytest.approx(1.2)


def test_less_is_better_where_it_is_said() -> None:
    found = compared(at(1400.0), outcomes=[f"{USERS}:less"])
    assert row(found)["direction"] == "less"
    assert row(found)["better"] == 0.0
    assert row(found)["best"] == 0.0


def test_best_of_all_is_shared_out_among_all() -> None:
    found = compared(at(1400.0), at(1600.0), at(1100.0))
    shares = [row(found, number=number)["best"] for number in range(3)]
    assert shares == [0.0, 1.0, 0.0]
    ties = [row(found, LUCK, number=number)["best"] for number in range(3)]
    assert ties == pytest.approx([0.25, 0.25, 0.25])


def test_alternatives_of_one_name_are_told_apart() -> None:
    found = compared(at(1400.0), at(1600.0))
    assert len(set(found.alternatives)) == 2
    assert "cash_mcny=1400.0" in found.alternatives[0]


def test_each_change_alone_adds_up_in_an_additive_market() -> None:
    found = compared(at(1400.0, 1500.0))
    alone = [row(found, change=key)["difference"] for key in KEYS[:2]]
    assert alone == pytest.approx([1.2, 1.0])
    assert row(found)["difference"] == pytest.approx(sum(alone))
    assert row(found, change=KEYS[0])["best"] is None


def test_changed_inputs_come_with_their_units() -> None:
    (told,) = compared(at(1400.0)).manifest["alternatives"]
    (change,) = told["changes"]
    (value,) = change["values"]
    assert (value["key"], value["before"], value["after"]) == (KEYS[0], 1000.0, 1400.0)
    assert "CNY" in value["unit"]


def test_single_changes_are_those_of_two_to_six() -> None:
    base, one = at(1000.0), at(1400.0)
    assert each_alone(base, changes_between(base, one)) == ()
    two = at(1400.0, 1500.0)
    alone = each_alone(base, changes_between(base, two))
    assert {one.change.key for one in alone} == {*KEYS[:2]}


def test_a_shock_is_one_change() -> None:
    base, other = Scenario.load("baseline"), Scenario.load("funding_winter")
    alone = each_alone(base, changes_between(base, other))
    assert [one.change.key for one in alone] == [
        "parameters.state_money", "shock.funding_turn", "shock.doubt_about_returns",
    ]  # fmt: skip
    assert [len(changes_between(base, one.scenario)) for one in alone if one.scenario] == [1, 1, 1]


def test_a_removed_shock_can_be_removed_alone() -> None:
    base, other = Scenario.load("baseline"), Scenario.load("no_channel_lockout")
    alone = {one.change.key: one.scenario for one in each_alone(base, changes_between(base, other))}
    removed = alone["shock.douyin_lockout"]
    assert removed is not None
    assert "douyin_lockout" not in removed.shock
    assert removed.mechanisms["channel_lockout"]


def test_failed_replicate_is_dropped_from_both_and_named() -> None:
    found = compared(at(1900.0), engine="second_replicate_fails")
    assert row(found)["pairs"] == 5
    assert found.manifest["status"] == "failed"
    assert any("replicate 1 failed" in one and "bad luck" in one for one in found.warnings)
    assert found.manifest["failures"][0]["replicate"] == 1


def test_alternative_that_always_fails_says_why() -> None:
    with pytest.raises(CompareError, match="too rich"):
        compared(at(1950.0), engine="rich_fail")


def test_interrupt_keeps_whole_pairs() -> None:
    found = compared(at(1900.0), engine="stopped_in_the_third_pair")
    assert found.manifest["status"] == "interrupted"
    assert found.manifest["pairs"] == row(found)["pairs"] == 2


def test_different_ends_are_compared_until_the_first() -> None:
    later = small(weeks=8, changes={"parameters.word_of_mouth": 0.03})
    found = compare(small(weeks=6), later, replicates=2, outcomes=["market.users_any_app"])
    assert any("before the end of" in one for one in found.warnings)
    assert found.fans["date"].n_unique() == 6


@pytest.mark.parametrize(
    ("options", "says"),
    [({"replicates": 1}, "2 or more"), ({"alternatives": ()}, "nothing to compare")],
)
def test_what_cannot_be_compared_is_refused(options: dict[str, Any], says: str) -> None:
    others = options.pop("alternatives", (at(1400.0),))
    with pytest.raises(CompareError, match=says):
        compared(*others, **options)


def test_different_first_days_share_no_luck() -> None:
    from datetime import date

    with pytest.raises(CompareError, match="start"):
        compare(small(weeks=4), small(weeks=4, start=date(2023, 8, 7)), replicates=2)


def test_comparison_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    found = compared(at(1400.0, 1500.0))
    folder = write_comparison(found, tmp_path / "c")
    again = read_comparison(folder)
    assert again.table.equals(found.table)
    assert again.fans.equals(found.fans)
    assert again.outcomes.equals(found.outcomes)
    assert json.dumps(again.manifest) == json.dumps(found.manifest)
    assert is_comparison(folder)
    write_comparison(found, folder)
    assert sorted(path.name for path in folder.iterdir()) == [
        "differences.parquet", "manifest.json", "outcomes.parquet", "weeks.parquet",
    ]  # fmt: skip


def test_folder_of_something_else_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("all my work")
    with pytest.raises(CompareError, match=r"thesis\.tex"):
        write_comparison(compared(at(1400.0)), tmp_path)
    with pytest.raises(CompareError, match="no comparison"):
        read_comparison(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_every_value_is_kept(tmp_path: Path) -> None:
    found = compared(at(1400.0))
    users = found.outcomes.filter(pl.col("outcome") == USERS)
    assert users.height == 2 * 6
    wide = users.pivot("change", index="replicate", values="value", aggregate_function="len")
    assert wide.height == 6


def test_market_differs_only_after_what_was_changed() -> None:
    # The price war begins with DeepSeek's entry, long after these weeks.
    early = compare(
        small(weeks=10), small({"mechanisms.price_war": False}, weeks=10),
        replicates=2, outcomes=["apps.*.mau", "firms.all.price_input_cny_per_mtok"],
    )  # fmt: skip
    known = early.table.filter(pl.col("pairs") > 0)
    assert known.height >= 4
    assert set(known["difference"]) == set(known["standard_error"]) == {0.0}


def test_word_of_mouth_brings_users_and_pairing_pays() -> None:
    more = small({"parameters.word_of_mouth": 0.1}, weeks=9)
    found = compare(
        small({"parameters.word_of_mouth": 0.012}, weeks=9), more,
        replicates=12, seed=1, outcomes=["market.users_any_app"],
    )  # fmt: skip
    users = row(found)
    assert users["low"] > 0
    assert users["independent_replicates"] > 2 * users["pairs"]
    assert users["independent_replicates"] == pytest.approx(
        users["pairs"] / users["variance_ratio"]
    )
