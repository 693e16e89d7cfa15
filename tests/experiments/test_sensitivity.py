"""Sensitivity of a market whose outcome is a known function of its inputs and its luck."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import known_market
import numpy as np
import polars as pl
import pytest
from known_market import KEYS, SPACE
from numpy.typing import NDArray

from sim.experiments.screening import (
    first_from_data,
    morris_design,
    morris_effects,
    variance_split,
)
from sim.experiments.sensitivity import Sensitivity, every_parameter, sensitivity
from sim.experiments.sobol import SensitivityError, saltelli_design, sobol_indices
from sim.experiments.sweep import Sweep, sweep
from sim.scenario import Scenario

F64 = NDArray[np.float64]
USERS = "market.users_any_app"
ADDITIVE: Any = known_market.additive


@pytest.fixture(scope="module")
def base() -> Scenario:
    return Scenario.load("baseline").with_(dict.fromkeys(KEYS, 1500.0))


def found(base: Scenario, method: Any, engine: str = "additive", **options: Any) -> Sensitivity:
    given: dict[str, Any] = {"outcomes": [USERS], "seed": 5, "replicates": 3}
    simulate = getattr(known_market, engine)
    return sensitivity(
        base, SPACE, method, executor="serial", simulate=simulate, **(given | options)
    )


def of(result: Sensitivity, key: str) -> dict[str, Any]:
    rows = result.table.filter(pl.col("input") == key)
    assert rows.height == 1
    return rows.to_dicts()[0]


def test_tornado_holds_each_input_at_its_ends(base: Scenario) -> None:
    result = found(base, "tornado")
    assert result.table["input"].to_list()[:2] == [KEYS[0], KEYS[1]]
    first = of(result, KEYS[0])
    assert (first["low"], first["high"]) == pytest.approx((-1.5, 1.5))
    assert (first["low_from"], first["high_to"]) == pytest.approx((-1.5, 1.5))
    assert (first["low_at"], first["high_at"]) == ("1000", "2000")
    assert first["swing"] == pytest.approx(3.0)
    assert of(result, KEYS[2])["swing"] == pytest.approx(0.0, abs=1e-12)


def test_pairs_of_a_tornado_are_those_that_came_to_their_end(base: Scenario) -> None:
    result = found(base, "tornado", "second_replicate_fails")
    # At its high end the first input makes replicate 1 fail; the others do not move it there.
    assert of(result, KEYS[0])["pairs"] == 2
    assert of(result, KEYS[1])["pairs"] == 3
    assert of(result, KEYS[0])["high"] == pytest.approx(1.5)


def test_morris_finds_the_slopes_of_a_linear_function(base: Scenario) -> None:
    result = found(base, "morris", points=4)
    for key, slope in zip(KEYS, (3.0, 2.0, 0.0), strict=True):
        row = of(result, key)
        assert (row["mu"], row["mu_star"]) == pytest.approx((slope, slope), abs=1e-9)
        assert row["sigma"] == pytest.approx(0.0, abs=1e-9)
        assert row["effects"] == 4
    assert result.manifest["runs"]["ok"] == 4 * 4 * 3


@pytest.mark.slow
def test_sobol_shares_of_a_linear_function(base: Scenario) -> None:
    result = found(base, "sobol", points=64)
    for key, share in zip(KEYS, (9 / 13, 4 / 13, 0.0), strict=True):
        row = of(result, key)
        assert row["first"] == pytest.approx(share, abs=0.06)
        assert row["total"] == pytest.approx(share, abs=0.06)
        assert row["rows"] == 64
    # Luck is uniform: variance 1/12 beside 13/12 of the inputs.
    shares = result.shares.to_dicts()[0]
    assert shares["inputs"] + shares["luck"] + shares["both"] == pytest.approx(1.0)
    assert shares["both"] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.slow
def test_total_index_of_an_input_without_effect_is_zero_in_any_luck(base: Scenario) -> None:
    result = found(base, "sobol", "lucky_product", points=32)
    assert of(result, KEYS[1])["total"] == 0.0
    assert of(result, KEYS[0])["total"] == pytest.approx(1.0, abs=0.15)
    assert result.shares["both"][0] > 0.02


def test_ishigami_comes_out_through_whole_runs(base: Scenario) -> None:
    result = found(base, "sobol", "ishigami", points=64, replicates=1)
    first = [of(result, key)["first"] for key in KEYS]
    total = [of(result, key)["total"] for key in KEYS]
    assert first == pytest.approx([0.313905, 0.442411, 0.0], abs=0.09)
    assert total == pytest.approx([0.557589, 0.442411, 0.243684], abs=0.09)
    assert any("one replicate" in warning for warning in result.warnings)


def test_failed_points_shrink_the_sample_and_are_named(base: Scenario) -> None:
    result = found(base, "sobol", "rich_fail", points=32, replicates=1)
    assert any("runs failed" in warning for warning in result.warnings)
    first = of(result, KEYS[0])
    assert 20 < first["rows"] < 32
    assert of(result, KEYS[1])["first"] == pytest.approx(
        1.0 / (1.0 + (3.0 / 2.0 * 0.9) ** 2), abs=0.15
    )


def test_failed_trajectories_leave_the_others(base: Scenario) -> None:
    result = found(base, "morris", "rich_fail", points=6)
    assert of(result, KEYS[1])["effects"] < 6
    assert of(result, KEYS[1])["mu_star"] == pytest.approx(2.0)


def test_finished_sweep_is_reused(base: Scenario, tmp_path: Path) -> None:
    first = found(base, "sobol", points=16, out=tmp_path / "s")
    again = sensitivity(Sweep.open(tmp_path / "s"), method="sobol")
    assert again.table.equals(first.table)
    assert again.shares.equals(first.shares)


def test_other_designs_give_first_order_indices_only(base: Scenario, tmp_path: Path) -> None:
    done = sweep(
        base, SPACE, "lhs", 160, replicates=1, executor="serial", out=tmp_path / "s", seed=1,
        outcomes=[USERS], simulate=ADDITIVE,
    )  # fmt: skip
    result = sensitivity(done, method="sobol")
    assert any("first-order" in warning for warning in result.warnings)
    for key, share in zip(KEYS, (9 / 13, 4 / 13, 0.0), strict=True):
        row = of(result, key)
        assert row["first"] == pytest.approx(share, abs=0.12)
        assert row["total"] is None
    with pytest.raises(SensitivityError, match="one input at a time"):
        sensitivity(done, method="tornado")
    with pytest.raises(SensitivityError, match="trajectories"):
        sensitivity(done, method="morris")


@pytest.mark.parametrize(
    ("options", "says"),
    [({"method": "oracle"}, "no method"), ({"method": "sobol", "points": 12}, "power of 2")],
)
def test_what_cannot_be_asked_is_refused(
    base: Scenario, options: dict[str, Any], says: str
) -> None:
    with pytest.raises(SensitivityError, match=says):
        found(base, **options)


@pytest.mark.slow
def test_without_ranges_every_parameter_varies_over_its_prior(base: Scenario) -> None:
    texts = every_parameter(base)
    assert len(texts) > 50
    assert all(text.startswith("parameters.") for text in texts)
    from sim.experiments.space import read_space

    assert len(read_space(base, texts)) == len(texts)


def test_bins_explain_nothing_of_mere_chance() -> None:
    # Uncorrected, 20 bins of 160 points explain 19 parts of 159.
    noise = np.random.default_rng(4).normal(size=(60, 160))
    found = [first_from_data(range(160), one, resamples=0)[0] for one in noise]
    assert np.mean(found) == pytest.approx(0.0, abs=0.03)


def test_variance_splits_as_it_was_made() -> None:
    rng = np.random.default_rng(1)
    points, luck = rng.normal(0, 2, (4000, 1)), np.linspace(-1, 1, 21)[None, :]
    both = rng.normal(0, 1, (4000, 21))
    split = variance_split(points + luck + both)
    assert split is not None
    whole = 4.0 + luck.var(ddof=1) + 1.0
    assert split.inputs == pytest.approx(4.0 / whole, abs=0.03)
    assert split.luck == pytest.approx(luck.var(ddof=1) / whole, abs=0.01)
    assert split.both == pytest.approx(1.0 / whole, abs=0.01)


def test_luck_of_few_replicates_does_not_pass_for_an_effect_of_the_inputs() -> None:
    split = variance_split(np.random.default_rng(2).normal(size=(4000, 2)))
    assert split is not None
    assert (split.inputs, split.luck) == pytest.approx((0.0, 0.0), abs=0.05)


def test_variance_of_one_replicate_does_not_split() -> None:
    assert variance_split(np.arange(5.0)) is None
    assert variance_split(np.ones((4, 3))) is None


def test_trajectories_move_one_input_at_a_time_by_two_thirds() -> None:
    cube = morris_design(4, 5, seed=2).reshape(5, 5, 4)
    moved = np.diff(cube, axis=1)
    assert ((np.abs(moved) > 1e-9).sum(axis=2) == 1).all()
    assert np.abs(moved).max(axis=2) == pytest.approx(np.full((5, 4), 2 / 3))
    assert ((cube >= -1e-12) & (cube <= 1 + 1e-12)).all()
    assert (np.abs(moved).sum(axis=1) > 0.6).all()


def test_first_order_from_any_sample_reads_words_and_numbers() -> None:
    rng = np.random.default_rng(3)
    word = rng.choice(["hold", "leader"], 400)
    x = rng.random(400)
    y = np.where(word == "hold", 0.0, 1.0) + x
    shares = [first_from_data(list(values), y)[0] for values in (word, x.tolist(), rng.random(400))]
    assert shares == pytest.approx([0.75, 0.25, 0.0], abs=0.1)


def random_function(seed: int, inputs: int) -> Callable[[F64], F64]:
    rng = np.random.default_rng(seed)
    slopes, pairs = rng.normal(size=inputs), rng.normal(size=(inputs, inputs))

    def function(x: F64) -> F64:
        value: F64 = np.sin(3 * x) @ slopes + np.einsum("ni,ij,nj->n", x, np.triu(pairs, 1), x)
        return value

    return function


@pytest.mark.parametrize("seed", range(3))
def test_random_functions_agree_with_another_library(seed: int) -> None:
    reason = "needs the extra `peers`: pip install llmsim[peers]"
    sobol = pytest.importorskip("SALib.analyze.sobol", reason=reason)
    morris = pytest.importorskip("SALib.analyze.morris", reason=reason)
    d, function = 4, random_function(seed, 4)
    names = np.array([f"x{i}" for i in range(d)])
    problem = {"num_vars": d, "names": names, "bounds": [[0.0, 1.0]] * d}
    y = function(saltelli_design(d, 512, seed))
    blocks = y.reshape(d + 2, -1)
    order = np.concatenate([blocks[:1], blocks[2:], blocks[1:2]]).T.ravel()
    theirs = sobol.analyze(problem, order, calc_second_order=False, num_resamples=2)
    ours = sobol_indices(y, d, resamples=2)
    assert ours.first == pytest.approx(theirs["S1"], abs=1e-4)
    assert ours.total == pytest.approx(theirs["ST"], abs=1e-10)
    cube = morris_design(d, 12, seed)
    theirs = morris.analyze(problem, cube, function(cube), num_resamples=2)
    effects = morris_effects(cube, function(cube), resamples=2)
    assert effects.strength == pytest.approx(theirs["mu_star"], rel=1e-9)
    assert effects.mean == pytest.approx(theirs["mu"], rel=1e-9)
    assert effects.spread == pytest.approx(theirs["sigma"], rel=1e-9)
