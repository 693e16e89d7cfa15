"""A scenario that draws its parameters from a calibrated sample, each replicate a row of it."""

import pickle
from pathlib import Path

import polars as pl
import pytest

from sim.scenario import Scenario
from sim.scenario.errors import ScenarioError
from sim.world.build import build_world

ROWS = {
    "organic": [0.01, 0.02, 0.03, 0.04],
    "churn_quality": [0.3, 0.4, 0.5, 0.6],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pl.DataFrame(ROWS).write_parquet(tmp_path / "posterior.parquet")
    (tmp_path / "drawn.toml").write_text(
        'extends = "baseline"\nparameters = "posterior"\n', encoding="utf-8"
    )
    return tmp_path


def draws(scenario: Scenario, replicates: int = 40) -> list[tuple[float, float]]:
    found = [scenario.parameters_of(1, replicate) for replicate in range(replicates)]
    return [(one["organic"], one["churn_quality"]) for one in found]


def test_every_replicate_draws_a_whole_row(folder: Path) -> None:
    found = draws(Scenario.load(folder / "drawn.toml"))
    assert set(found) == set(zip(*ROWS.values(), strict=True))


def test_draw_depends_on_seed_and_replicate_alone(folder: Path) -> None:
    one = Scenario.load(folder / "drawn.toml")
    other = one.with_({"mechanisms.price_war": False, "consumers.people_per_agent": 5000})
    assert draws(one) == draws(other)
    assert one.parameters_of(1, 3) != one.parameters_of(2, 3) or draws(one) != [
        tuple(one.parameters_of(2, replicate)[name] for name in ROWS) for replicate in range(40)
    ]


def test_market_is_built_with_the_draw(folder: Path) -> None:
    scenario = Scenario.load(folder / "drawn.toml").with_({"consumers.people_per_agent": 100_000})
    world = build_world(scenario, 1, 7)
    assert world.parameters.organic == scenario.parameters_of(1, 7)["organic"]


def test_what_is_not_in_the_sample_keeps_its_value(folder: Path) -> None:
    scenario = Scenario.load(folder / "drawn.toml")
    baseline = Scenario.load("baseline")
    drawn = scenario.parameters_of(1, 0)
    assert {name for name in drawn if drawn[name] != baseline.parameters[name]} <= set(ROWS)
    assert scenario.parameters["organic"] == pytest.approx(0.025), "the median stands in the file"


def test_parameter_set_later_is_no_longer_drawn(folder: Path) -> None:
    scenario = Scenario.load(folder / "drawn.toml", ["parameters.organic=0.005"])
    assert {one for one, _ in draws(scenario)} == {0.005}
    assert len({other for _, other in draws(scenario)}) == 4
    child = folder / "child.toml"
    child.write_text('extends = "drawn"\n[parameters]\nchurn_quality = 0.7\n', encoding="utf-8")
    assert {other for _, other in draws(Scenario.load(child))} == {0.7}


def test_parameter_set_below_is_drawn(folder: Path) -> None:
    (folder / "below.toml").write_text(
        'extends = "baseline"\n[parameters]\norganic = 0.045\n', encoding="utf-8"
    )
    (folder / "above.toml").write_text(
        'extends = "below"\nparameters = "posterior"\n', encoding="utf-8"
    )
    assert 0.045 not in {one for one, _ in draws(Scenario.load(folder / "above.toml"))}


def test_resolved_file_names_the_sample_and_loads_back_equal(folder: Path) -> None:
    scenario = Scenario.load(folder / "drawn.toml", ["parameters.organic=0.005"])
    again = Scenario.loads(scenario.to_toml(), scenario.name, folder)
    assert again == scenario
    assert draws(again) == draws(scenario)
    assert again.digest == scenario.digest != Scenario.load("baseline").digest


def test_drawn_scenario_survives_pickling(folder: Path) -> None:
    scenario = Scenario.load(folder / "drawn.toml")
    assert draws(pickle.loads(pickle.dumps(scenario))) == draws(scenario)


def test_another_sample_is_refused(folder: Path) -> None:
    text = Scenario.load(folder / "drawn.toml").to_toml()
    pl.DataFrame({"organic": [0.02]}).write_parquet(folder / "posterior.parquet")
    with pytest.raises(ScenarioError, match="no sample has the digest"):
        Scenario.loads(text, "drawn", folder)


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"organc": [0.1]}, "`organc` is no parameter; did you mean `organic`"),
        ({"organic": [0.01, float("nan")]}, "holds nan"),
        ({"organic": [-1.0]}, "holds -1.0; at least 0 is possible"),
        ({"organic": ["a"]}, "holds a"),
        ({"organic": []}, "holds no draws"),
    ],
)
def test_sample_that_is_no_sample_is_one_error(
    folder: Path, columns: dict[str, list[object]], says: str
) -> None:
    pl.DataFrame(columns).write_parquet(folder / "posterior.parquet")
    with pytest.raises(ScenarioError) as caught:
        Scenario.load(folder / "drawn.toml")
    assert says in str(caught.value)
    assert "drawn.toml:2:14" in str(caught.value)
    assert len(caught.value.diagnostics) == 1


def test_file_that_is_no_parquet_is_one_error(folder: Path) -> None:
    (folder / "posterior.parquet").write_text("organic\n0.1\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="cannot be used"):
        Scenario.load(folder / "drawn.toml")


def test_draws_of_what_the_sample_lacks_are_refused(folder: Path) -> None:
    digest = Scenario.load(folder / "drawn.toml").posterior
    assert digest is not None
    text = f'extends = "baseline"\n[posterior]\nsample = "{digest.sample}"\ndraws = ["renewal"]\n'
    with pytest.raises(ScenarioError, match="holds no draws of `renewal`"):
        Scenario.loads(text, "other", folder)
