"""How far to trust a run, what it assumes and what happened in it, in words that hold."""

from dataclasses import replace
from datetime import date

import pytest
from synthetic_run import SyntheticRun, example_manifest, example_run, example_score

from sim.core.parameters import PARAMETER_TABLE
from sim.evidence.figures import load_figures
from sim.scenario import Scenario
from sim.views.assumptions import (
    PARTS,
    assumptions,
    world,
)
from sim.views.basis import basis, basis_of_run, parameters_among
from sim.views.happenings import happenings
from sim.views.names import scenario_of
from sim.views.rundata import Score, horizon
from sim.views.trust import QUANTITIES, Trust, part_of_quantity, trust


def run_with(scenario_text: str) -> SyntheticRun:
    manifest = {**example_manifest(), "scenario_text": scenario_text}
    return SyntheticRun(example_run().tables, manifest)


def trusted(run: SyntheticRun, score: Score) -> dict[str, Trust]:
    return {one.part: one for one in trust(scenario_of(run), horizon(run), score)}


def test_every_equation_and_every_scored_figure_belongs_to_one_part() -> None:
    equations = [one for of in PARTS.values() for one in of]
    assert {row.equation for row in PARAMETER_TABLE.values()} <= set(equations)
    assert len(equations) == len(set(equations))
    assert QUANTITIES.keys() == PARTS.keys()
    scored = {one.quantity for one in load_figures() if one.use in ("fit", "validate")}
    assert {one for one in scored if part_of_quantity(one) is None} == set()


def test_trust_counts_parameters_figures_and_weeks_beyond_them() -> None:
    rows = trusted(example_run(), example_score())
    users = rows["Users and advertising"]
    by_hand = [
        row for row in PARAMETER_TABLE.values()
        if row.equation in PARTS["Users and advertising"]
        and row.source.startswith("assumption")
    ]  # fmt: skip
    assert f"{len(by_hand)} set by hand" in users.parameters
    assert users.fitted.endswith("of 4")
    assert users.unfitted.endswith("of 2")
    # Figures to 2024-12-31; the run ends on 22 December 2025, 903 days after its start.
    assert users.beyond == "after 31 December 2024: 39 %"
    assert rows["Research and quality"].beyond == "all of it"
    assert rows["Research and quality"].reading.startswith("Hardly checked")


@pytest.mark.parametrize(
    ("inside", "reading"), [(3, "Sizes hold"), (2, "Directions and orders"), (0, "Directions only")]
)
def test_reading_follows_what_was_never_fitted(inside: int, reading: str) -> None:
    base = next(row for row in example_score() if row.use == "validate")
    rows = [
        replace(base, quantity="revenue", status="compared", inside_90=number < inside)
        for number in range(4)
    ]
    found = trusted(example_run(), rows)["Deployments and the books"]
    assert found.unfitted == f"{inside} of 4"
    assert found.reading.startswith(reading)
    assert "Set by hand" in found.reading


def test_calibrated_parameters_are_told_from_those_set_by_hand() -> None:
    text = (
        '[parameters]\nrun_failure = 0.2\n[posterior]\nsample = "x"\ndraws = ["follower_speed"]\n'
    )
    run = run_with(text)
    research = trusted(run, ())["Research and quality"]
    assert "1 drawn from the calibrated sample" in research.parameters
    told = {one.name: one for one in assumptions(scenario_of(run))}
    assert "follower_speed" not in told
    assert told["run_failure"].reason == "set by the scenario"
    assert told["run_failure"].value == "0.2 probability"
    assert "drawn anew" in world(scenario_of(run))[-1]


def test_world_is_told_from_the_scenario() -> None:
    text = (
        "[consumers]\naddressable_people = 600_000_000\npeople_per_agent = 1000\n"
        "[accounts]\ncount = 3000\n[mechanisms]\nprice_war = false\nlock_in = true\n"
    )
    said = " ".join(world(scenario_of(run_with(text))))
    assert "600 M people could use an assistant; one simulated person stands for 1 k" in said
    assert "3,000 accounts" in said
    assert "do not act: price_war." in said


def test_happenings_are_in_order_and_say_who_made_them() -> None:
    found = happenings(example_run())
    assert [one.when for one in found] == sorted(one.when for one in found)
    said = {one.what: one for one in found}
    lockout = said["Douyin: Douyin stops selling to rival assistants"]
    assert (lockout.when, lockout.given, lockout.often) == (date(2024, 6, 3), True, "100 %")
    entry = said["ByteDance enters at 0.8 CNY/Mtok"]
    assert entry.given
    cut = next(one for what, one in said.items() if what.startswith("Baidu cuts 8"))
    assert not cut.given
    assert cut.label == "around May 2024"


def test_basis_of_a_scenario_says_what_is_extrapolated() -> None:
    found = basis(Scenario.load("baseline").to_toml())
    assert "set by hand within their priors" in found.sentence
    # 130 weeks from 3 July 2023; 363 of the 909 days lie after 2024.
    assert "What lies after December 2024, 40 % of the run" in found.sentence
    assert found.world[0].startswith("13 firms decide once a week")
    assert found.changes == ()
    # The same figures end users, prices, books and funding; nothing dated tells of research.
    assert {one.part: one.beyond for one in found.parts}["Users and advertising"] == (
        "after 31 December 2024: 40 %"
    )
    assert [one.reading for one in found.parts] == [""] * len(PARTS)


def test_basis_tells_what_a_study_varies_from_what_was_set_by_hand() -> None:
    text = Scenario.load("baseline").to_toml()
    here = parameters_among(["parameters.word_of_mouth", "firms.moonshot.cash_mcny"])
    alone, told = basis(text), basis(text, here=here)
    assert here == {"word_of_mouth": "varied here"}
    assert told.parts[0].parameters.startswith("1 varied here, ")
    assert {one.name for one in alone.assumptions} - {one.name for one in told.assumptions} == {
        "word_of_mouth"
    }


def test_basis_of_a_run_has_its_score() -> None:
    found = basis_of_run(example_run(), example_score())
    assert found.is_scored
    assert found.parts[0].fitted.endswith("of 4")


def test_events_that_an_earlier_end_takes_away_are_a_line_each() -> None:
    found = basis(Scenario.load("baseline", ("end=2024-01-01",)).to_toml()).changes
    assert found is not None
    said = {one.key: (one.before, one.after) for one in found}
    assert said["end"] == ("29 December 2025", "1 January 2024")
    assert said["shock.deepseek_v2"] == ("6 May 2024", "absent")
    assert not [key for key in said if key.startswith("shock.deepseek_v2.")]
