"""Sobol indices: the design, additive functions, another library's numbers, what is refused."""

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.experiments.sobol import SensitivityError, saltelli_design, sobol_indices

F64 = NDArray[np.float64]


def ishigami(points: F64) -> F64:
    x = np.pi * (2.0 * points - 1.0)
    value: F64 = np.sin(x[:, 0]) * (1.0 + 0.1 * x[:, 2] ** 4) + 7.0 * np.sin(x[:, 1]) ** 2
    return value


def test_design_exchanges_one_column_at_a_time() -> None:
    design = saltelli_design(3, 8, seed=1).reshape(5, 8, 3)
    a, b = design[:2]
    for i, mixed in enumerate(design[2:]):
        expected = a.copy()
        expected[:, i] = b[:, i]
        assert (mixed == expected).all()
    assert not (a == b).any()


def test_design_fills_every_column_evenly() -> None:
    a = saltelli_design(4, 64, seed=3)[:64]
    for cells in np.sort(np.floor(64 * a), axis=0).T:
        assert cells.tolist() == list(range(64))


def test_seed_scrambles_the_design() -> None:
    assert (saltelli_design(2, 16, 1) == saltelli_design(2, 16, 1)).all()
    assert (saltelli_design(2, 16, 1) != saltelli_design(2, 16, 2)).any()


def test_additive_function_has_equal_first_order_and_total_indices() -> None:
    design = saltelli_design(3, 4096, seed=1)
    found = sobol_indices(design @ [3.0, 2.0, 0.0], 3, resamples=2)
    # Variances 9/12, 4/12, 0.
    assert found.first == pytest.approx([9 / 13, 4 / 13, 0.0], abs=2e-3)
    assert found.total == pytest.approx([9 / 13, 4 / 13, 0.0], abs=2e-3)


def test_product_of_two_centred_inputs_shows_in_total_alone() -> None:
    design = saltelli_design(2, 4096, seed=1)
    found = sobol_indices((design - 0.5).prod(axis=1), 2, resamples=2)
    assert found.first == pytest.approx([0.0, 0.0], abs=0.01)
    assert found.total == pytest.approx([1.0, 1.0], abs=0.01)


def test_shift_and_scale_of_the_outcome_change_nothing() -> None:
    outcome = ishigami(saltelli_design(3, 256, seed=1))
    one, other = (sobol_indices(y, 3, resamples=20) for y in (outcome, 5.0 - 1e3 * outcome))
    assert other.first == pytest.approx(one.first, abs=1e-9)
    assert other.total_low == pytest.approx(one.total_low, abs=1e-9)


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    truth = np.array([[0.313905, 0.442411, 0.0], [0.557589, 0.442411, 0.243684]])
    inside = []
    for seed in range(30):
        # Independent points: a Sobol sequence is more even than resampling knows.
        uniform = np.random.default_rng(seed).random((2, 512, 3))
        mixed = np.stack([uniform[0]] * 3)
        for i in range(3):
            mixed[i, :, i] = uniform[1, :, i]
        outcome = ishigami(np.concatenate([*uniform, *mixed]))
        found = sobol_indices(outcome, 3, level=0.9, resamples=100, seed=seed)
        low = np.array([found.first_low, found.total_low])
        high = np.array([found.first_high, found.total_high])
        inside.append((low <= truth) & (truth <= high))
    # 180 intervals of 90 %; a standard error of .022 if they were independent.
    assert 0.8 <= np.mean(inside) <= 0.97


def test_numbers_agree_with_those_of_another_library() -> None:
    analyze = pytest.importorskip(
        "SALib.analyze.sobol", reason="needs the extra `peers`: pip install llmsim[peers]"
    ).analyze
    outcome = ishigami(saltelli_design(3, 1024, seed=5))
    blocks = outcome.reshape(5, -1)
    theirs = analyze(
        {"num_vars": 3, "names": np.array(["x1", "x2", "x3"]), "bounds": [[0.0, 1.0]] * 3},
        # Point by point: A, A with one column of B each, B.
        np.concatenate([blocks[:1], blocks[2:], blocks[1:2]]).T.ravel(),
        calc_second_order=False,
        num_resamples=2,
    )
    ours = sobol_indices(outcome, 3, resamples=2)
    # They take outcomes from the mean of all points, which shifts first-order noise a little.
    assert ours.first == pytest.approx(theirs["S1"], abs=1e-6)
    assert ours.total == pytest.approx(theirs["ST"], abs=1e-12)


@pytest.mark.parametrize(("inputs", "points"), [(0, 8), (2, 0), (2, 1), (2, 100)])
def test_impossible_designs_are_refused(inputs: int, points: int) -> None:
    with pytest.raises(SensitivityError, match="needed"):
        saltelli_design(inputs, points, 1)


@pytest.mark.parametrize(
    ("outcomes", "says"),
    [
        (np.zeros(9), "multiple of 5"),
        (np.zeros(0), "multiple of 5"),
        (np.ones(10), "1 everywhere"),
        (np.append(np.full(9, np.nan), 1.0), "9 of 10 outcomes"),
    ],
)
def test_outcomes_that_belong_to_no_design_are_refused(outcomes: F64, says: str) -> None:
    with pytest.raises(SensitivityError, match=says):
        sobol_indices(outcomes, 3)
