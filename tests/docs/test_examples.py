"""Every script in examples/ does what it says, at small size."""

import importlib.util
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from sim import Scenario

FOLDER = Path(__file__).parents[2] / "examples"
SMALL = {"consumers.people_per_agent": 100_000, "accounts.count": 200, "end": date(2023, 10, 2)}
RUN_HERE = {"price_war_study", "sensitivity_study", "cluster_sweep"}
RUN_ELSEWHERE = {"festival_week": "tests/engine", "patient_pricing": "tests/strategies"}


@pytest.fixture
def small() -> Scenario:
    return Scenario.load("baseline").with_(SMALL)


def example(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_price_war_study_writes_its_pages(
    small: Scenario, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    example("price_war_study").main(small, tmp_path, replicates=2)
    assert {path.name for path in tmp_path.iterdir()} == {"no_war.html", "moonshot_holds.html"}
    assert "no_war: differences" in capsys.readouterr().out


@pytest.mark.slow
def test_sensitivity_study_ranks_what_it_swept(
    small: Scenario, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    example("sensitivity_study").main(small, tmp_path, points=4, replicates=2)
    said = capsys.readouterr().out
    assert (tmp_path / "study" / "sweep.json").is_file()
    assert "explains alone" in said
    assert "does alone" in said


@pytest.mark.slow
def test_sweep_on_a_cluster_makes_every_run(
    small: Scenario, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    example("cluster_sweep").main(small, tmp_path, points=2)
    assert capsys.readouterr().out.startswith("2 runs")


def test_no_example_is_left_out() -> None:
    named = RUN_HERE | set(RUN_ELSEWHERE)
    assert {path.stem for path in FOLDER.rglob("*.py")} == named
