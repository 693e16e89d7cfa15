"""The page of a sweep: what depends on what, what failed, how to go on; it loads nothing."""

from pathlib import Path
from typing import Any

import known_market
import numpy as np
import pytest
from click.testing import CliRunner
from known_market import KEYS, SPACE

from sim.cli.main import main
from sim.experiments.ranked_inputs import Grid
from sim.experiments.strongest import strongest_pairs
from sim.experiments.sweep import Sweep, sweep
from sim.scenario import Scenario
from sim.views.charts.pairs import pairs
from sim.views.sweep_page import again_of, page

USERS, STEADY = "market.users_any_app", "market.hhi_api"


def swept(folder: Path, engine: str = "additive", **options: Any) -> Sweep:
    base = Scenario.load("baseline").with_(dict.fromkeys(KEYS, 1500.0))
    given: dict[str, Any] = {"points": 32, "replicates": 2, "seed": 3, "outcomes": (USERS, STEADY)}
    simulate: Any = getattr(known_market, engine)
    return sweep(base, SPACE, executor="serial", out=folder, simulate=simulate, **given | options)


def test_pairs_are_those_of_which_the_input_explains_most(tmp_path: Path) -> None:
    found = strongest_pairs(Grid.of(swept(tmp_path / "s", points=128)), (USERS, STEADY), 9)
    assert [pair.key for pair in found] == [*KEYS[:2]]
    assert {pair.outcome for pair in found} == {USERS}
    assert [pair.share for pair in found] == pytest.approx([9 / 13, 4 / 13], abs=0.1)


def test_input_that_explains_nothing_is_no_finding(tmp_path: Path) -> None:
    grid = Grid.of(swept(tmp_path / "s", points=64))
    rest = Grid(grid.inputs[2:], tuple(point[2:] for point in grid.values), 2, grid.frame)
    assert strongest_pairs(rest, (USERS,), 9) == ()


def test_outcome_that_hardly_varies_is_no_finding(tmp_path: Path) -> None:
    grid = Grid.of(swept(tmp_path / "s"))
    large = grid.frame.with_columns(grid.frame[USERS] + 1e6)
    assert strongest_pairs(Grid(grid.inputs, grid.values, 2, large), (USERS,), 9) == ()


def test_page_says_what_failed_and_how_to_go_on(tmp_path: Path) -> None:
    done = swept(tmp_path / "s", "rich_fail")
    failed = done.counts()["failed"]
    result = CliRunner().invoke(main, ["report", str(tmp_path / "s")])
    assert result.exit_code == 0, result.output
    text = (tmp_path / "s" / "report.html").read_text(encoding="utf-8")
    assert f"{64 - failed} of 64 runs went well: " in text
    assert f"{failed} runs in " in text
    assert "ZeroDivisionError: too rich" in text
    assert f"{KEYS[0]} alone explains" in text
    assert "<script" not in text
    assert 'src="' not in text


def test_command_on_the_page_makes_the_same_runs(tmp_path: Path) -> None:
    done = swept(tmp_path / "s", points=8)
    command = again_of(done).command
    for key, text in zip(KEYS, SPACE, strict=True):
        assert f"{key}={text.partition('=')[2]}" in command
    assert "--design sobol -N 8 -n 2 --seed 3" in command


def test_sweep_in_which_all_failed_still_has_a_page(tmp_path: Path) -> None:
    base = Scenario.load("baseline")
    done = sweep(
        base, {KEYS[0]: [1950, 2000]}, "grid", executor="serial", out=tmp_path / "s",
        outcomes=(USERS,), simulate=known_market.rich_fail,  # type: ignore[arg-type]
    )  # fmt: skip
    assert done.counts()["failed"] == 2
    text = page(done)
    assert "0 of 2 runs went well: " in text
    assert "No input is seen" in text


@pytest.mark.parametrize("width", [760, 350])
def test_panels_are_valid_and_have_words(width: int, tmp_path: Path) -> None:
    done = swept(tmp_path / "s")
    words = sweep(
        done.scenario, {KEYS[0]: [1000, 2000], "mechanisms.price_war": [True, False]}, "grid",
        executor="serial", out=tmp_path / "w", outcomes=(USERS,), replicates=3,
        simulate=known_market.additive,  # type: ignore[arg-type]
    )  # fmt: skip
    for one in (done, words):
        found = strongest_pairs(Grid.of(one), (USERS,), 3)
        assert found
        assert np.isfinite(found[0].outcomes).all()
        specification = pairs(found, {USERS: "users"}, "Users depend", width).to_dict()
        assert specification["title"]["text"] == ["Users depend"]
