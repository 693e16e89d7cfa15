"""The full calculation: its numbers are those that the saved file gives."""

import json
from pathlib import Path

import pytest

from sim.experiments import ensemble
from sim.experiments.comparison import read_comparison
from sim.results.store import read_run
from sim.scenario import Scenario
from sim.views.dashboard.futures import Choice, load, scenario_file
from sim.views.dashboard.refine import COMPARISON, REPORTS, A, B, calculate

pytestmark = pytest.mark.slow
SMALL = ("end=2023-09-04", "consumers.people_per_agent=100000", "accounts.count=100")


def test_saved_file_reproduces_the_refined_numbers(tmp_path: Path) -> None:
    choice = Choice(settings=(*SMALL, "firms.moonshot.cash_mcny=20"))
    _, b = load(choice)
    a = Scenario.load("baseline", SMALL)
    for name, scenario in ((A, a), (B, b)):
        (tmp_path / f"{name}.toml").write_text(scenario.to_toml(), encoding="utf-8")
    (tmp_path / "asked.json").write_text(json.dumps({"replicates": 2}), encoding="utf-8")
    calculate(tmp_path)
    saved = tmp_path / "mine.toml"
    saved.write_text(scenario_file(choice, "mine"), encoding="utf-8")
    again = ensemble.run(Scenario.load(saved), 2)
    refined = read_run(tmp_path / B)
    assert refined.tables["firms"].equals(again.tables["firms"])
    assert refined.tables["apps"].equals(again.tables["apps"])
    assert not refined.tables["firms"].equals(read_run(tmp_path / A).tables["firms"])
    assert read_comparison(tmp_path / COMPARISON).manifest["pairs"] == 2
    assert all((tmp_path / name).stat().st_size > 10_000 for name in REPORTS.values())
