"""Calibrations find known parameters, leave the unknown alone, and go on where they stopped."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from calibration_engine import SPACE, figures, simulate

pytest.importorskip("sklearn")

from sim.experiments.calibrate import CalibrationError, calibrate, runs_in
from sim.experiments.calibration import Calibration
from sim.experiments.calibration_files import write_calibration
from sim.experiments.ensemble import OnProgress
from sim.scenario import Scenario

ORGANIC, MOUTH = 0.025, 0.012


@cache
def market() -> Scenario:
    return Scenario.load("baseline")


def found_in(folder: Path, runs: int = 100, on_progress: OnProgress | None = None) -> Calibration:
    """Return the calibration of the known market in a folder."""
    aims = figures(folder, ORGANIC, MOUTH)
    return calibrate(
        market(), aims, runs, SPACE, "serial", folder / "c", seed=3, draws=200,
        on_progress=on_progress, simulate=simulate,
    )  # fmt: skip


def interrupted(folder: Path, after: float) -> None:
    """Begin the calibration and stop it like Ctrl-C does."""

    def stop(fraction: float) -> None:
        if fraction > after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        found_in(folder, on_progress=stop)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Calibration:
    return found_in(tmp_path_factory.mktemp("calibration"))


def test_known_parameters_lie_inside_and_are_narrowed(found: Calibration) -> None:
    known = {row["key"]: row for row in found.by_parameter.to_dicts()}
    for key, truth in (("parameters.organic", ORGANIC), ("parameters.word_of_mouth", MOUTH)):
        assert known[key]["q05"] < truth < known[key]["q95"]
        assert known[key]["narrowed"] > 0.4
        assert known[key]["told"]


def test_parameter_of_which_no_figure_tells_keeps_its_prior(found: Calibration) -> None:
    row = found.by_parameter.filter(pl.col("key") == "parameters.renewal").to_dicts()[0]
    assert abs(row["narrowed"]) < 0.15
    assert not row["told"]
    assert row["q50"] == pytest.approx(0.65, abs=0.08)


def test_figure_that_pins_a_parameter_is_named(found: Calibration) -> None:
    pinned = dict(found.by_parameter.select("key", "figure").iter_rows())
    assert pinned["parameters.organic"].startswith("kimi")
    assert pinned["parameters.word_of_mouth"].startswith("doubao")


def test_luck_is_told_from_parameters(found: Calibration) -> None:
    rows = found.by_figure.to_dicts()
    assert [row["luck"] for row in rows] == pytest.approx([0.05] * 4, rel=0.6)
    assert all(row["explained"] > 0.9 and row["reached"] and row["inside_90"] for row in rows)
    for row in rows:
        assert row["foretold"] == pytest.approx(row["observed"], rel=0.2)


def test_runs_are_those_asked_for_each_with_its_own_luck(found: Calibration) -> None:
    assert found.runs == 100
    assert [len(one.misses) for one in found.waves] == [40, 20, 20, 20]
    assert found.waves[-1].replicates == 2
    said = np.concatenate([one.misses[:, 0] for one in found.waves])
    assert len(np.unique(said)) > 90


def test_figure_out_of_reach_is_named_and_bends_nothing(tmp_path: Path) -> None:
    aims = figures(tmp_path, ORGANIC, MOUTH)
    far = replace(aims[0], id="far", value=5e7)
    found = calibrate(
        market(), [*aims, far], 100, SPACE, "serial", tmp_path / "c", seed=3, draws=200,
        simulate=simulate,
    )  # fmt: skip
    reached = dict(found.by_figure.select("id", "reached").iter_rows())
    assert [name for name, near in reached.items() if not near] == ["far"]
    known = {row["key"]: row for row in found.by_parameter.to_dicts()}
    assert known["parameters.organic"]["q05"] < 1.3 * ORGANIC
    assert np.median(found.discrepancy) > 0.05


def test_interrupted_calibration_goes_on_to_the_same_end(
    found: Calibration, tmp_path: Path
) -> None:
    interrupted(tmp_path, after=0.5)
    again = found_in(tmp_path)
    assert again.sample.equals(found.sample)


def test_another_calibration_in_the_folder_is_refused(tmp_path: Path) -> None:
    interrupted(tmp_path, after=0.0)
    with pytest.raises(CalibrationError, match="other runs"):
        found_in(tmp_path, runs=120)


def test_budget_in_seconds_becomes_runs(tmp_path: Path) -> None:
    aims = figures(tmp_path, ORGANIC, MOUTH)
    number = runs_in(market(), aims, SPACE, 0.001, "serial", tmp_path / "c")
    assert number == 100


def test_files_are_a_scenario_that_draws(found: Calibration) -> None:
    overlay = write_calibration(found, "baseline")
    drawn = Scenario.load(overlay)
    assert drawn.posterior is not None
    assert set(drawn.posterior.draws) == {
        one.removeprefix("parameters.") for one in (key.partition("=")[0] for key in SPACE)
    }
    sample = pl.read_parquet(found.folder / "posterior.parquet")
    assert sample.height == 200
    assert drawn.flat()["parameters.organic"] == pytest.approx(sample["organic"].median())


def test_too_few_runs_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CalibrationError, match="100 or more"):
        found_in(tmp_path, runs=99)
