"""Surrogates of runs: what they recover, how far off they say they are, what they refuse."""

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("sklearn")

from sim.experiments.surrogate import SurrogateError, enough, fit

F64 = NDArray[np.float64]


def runs(number: int, noise: float, inputs: int = 30) -> tuple[F64, F64, F64]:
    """Return places, noisy outcomes and true means: linear, square and product of few inputs."""
    draw = np.random.default_rng(5)
    unit = draw.random((number, inputs))
    x = 2.0 * unit - 1.0
    true = np.column_stack(
        [
            1.0 + 0.5 * x[:, 0] - 0.3 * x[:, 1],
            0.4 * x[:, 2] + 0.3 * (3 * x[:, 3] ** 2 - 1) / 2 + 0.5 * x[:, 2] * x[:, 3],
        ]
    )
    return unit, true + noise * draw.standard_normal(true.shape), true


def test_few_terms_among_many_are_found() -> None:
    unit, seen, true = runs(400, 0.1)
    found = fit(unit, seen)
    assert np.sqrt(((found.mean(unit) - true) ** 2).mean(axis=0)) == pytest.approx(0.0, abs=0.05)
    assert found.linear[:2, 0] == pytest.approx((0.5, -0.3), abs=0.03)
    assert found.squares[3, 1] == pytest.approx(0.3, abs=0.04)
    product = found.products[(found.first == 2) & (found.second == 3), 1]
    other = found.products[(found.first == 3) & (found.second == 2), 1]
    assert float(np.concatenate([product, other])[0]) == pytest.approx(0.5, abs=0.05)


def test_spread_is_that_of_runs_it_has_not_seen() -> None:
    unit, seen, true = runs(400, 0.2)
    found = fit(unit[:300], seen[:300])
    away = seen[300:] - found.mean(unit[300:])
    assert found.spread == pytest.approx(away.std(axis=0), rel=0.2)
    assert found.explained == pytest.approx(1 - 0.04 / (true.var(axis=0) + 0.04), abs=0.1)


def test_noise_alone_explains_nothing() -> None:
    unit, _, _ = runs(300, 0.1)
    noise = np.random.default_rng(1).standard_normal((300, 1))
    found = fit(unit, noise)
    assert found.explained[0] < 0.05
    assert found.spread[0] == pytest.approx(1.0, rel=0.1)


def test_slopes_are_the_derivatives_of_the_mean() -> None:
    unit, seen, _ = runs(200, 0.1, inputs=6)
    found, step = fit(unit, seen), 1e-5
    some = 0.1 + 0.8 * unit[:5]
    slopes = found.slopes(some)
    for number in range(6):
        moved = some.copy()
        moved[:, number] += step
        by_hand = (found.mean(moved) - found.mean(some)) / step
        assert slopes[:, number] == pytest.approx(by_hand, abs=1e-3)


def test_run_that_says_nothing_is_left_out() -> None:
    unit, seen, _ = runs(300, 0.1)
    holes = seen.copy()
    holes[::3, 1] = np.nan
    found, whole = fit(unit, holes), fit(unit, seen)
    assert found.linear[:, 0] == pytest.approx(whole.linear[:, 0])
    assert np.abs(found.mean(unit) - whole.mean(unit)).max() < 0.2
    assert not enough(np.full((20, 2), np.nan)).any()


def test_outcome_that_never_moves_is_its_value() -> None:
    unit, _, _ = runs(50, 0.1)
    found = fit(unit, np.full((50, 1), 2.5))
    assert found.mean(unit) == pytest.approx(2.5)
    assert found.explained[0] == 0.0


def test_too_few_runs_are_refused() -> None:
    unit, seen, _ = runs(9, 0.1)
    with pytest.raises(SurrogateError, match="9 runs"):
        fit(unit, seen)
