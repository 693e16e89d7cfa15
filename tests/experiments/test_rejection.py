"""Approximate Bayesian computation: what is kept, what batches change, what is refused."""

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.core.streams import Streams
from sim.experiments.abc import Posterior, RejectionError, distance, rejection

F64 = NDArray[np.float64]
U64 = NDArray[np.uint64]


def noisy(parameters: F64, keys: U64) -> F64:
    """Two summaries: the first parameter with noise, and the second as it is."""
    noise = 0.1 * Streams(1).normals("noise", keys, 0)
    return np.column_stack([parameters[:, 0] + noise, parameters[:, 1]])


def draw(batch: int = 1000, accepted: int = 200, **settings: int) -> Posterior:
    tolerance = [0.2, 0.05]
    given = {"inputs": 2, "accepted": accepted, "seed": 4, "batch": batch, **settings}
    return rejection(lambda u: 2.0 * u, noisy, [1.0, 0.5], tolerance, **given)


def test_kept_draws_are_close_in_every_summary() -> None:
    found = draw()
    assert found.parameters.shape == (200, 2)
    assert (np.abs(found.parameters[:, 1] - 0.5) <= 0.05).all()
    assert found.distance.max() <= 1.0
    # The first summary is within .2 of 1 for .2 of the draws, the second within .05 for .05.
    assert found.acceptance == pytest.approx(0.2 * 0.05, rel=0.35)


def test_batch_size_changes_nothing() -> None:
    one, other = draw(batch=777), draw(batch=50_000)
    assert (one.parameters == other.parameters).all()
    assert one.tried == other.tried


def test_fewer_draws_are_the_first_of_more() -> None:
    assert (draw(accepted=50).parameters == draw().parameters[:50]).all()


def test_inputs_are_drawn_independently() -> None:
    found = rejection(lambda u: u, lambda x, _: 0.0 * x[:, :1], [0.0], 1.0, 3, 20_000, seed=1)
    assert found.tried == 20_000
    off_diagonal = np.asarray(np.corrcoef(found.parameters.T))[np.triu_indices(3, 1)]
    assert np.abs(off_diagonal).max() < 4 / np.sqrt(20_000)


def test_summary_that_is_no_number_is_infinitely_far() -> None:
    away = distance([[1.0, np.nan], [1.0, 3.0]], [1.0, 2.0], [1.0, 2.0])
    assert away.tolist() == [np.inf, 0.5]


def test_prior_that_never_comes_close_is_reported() -> None:
    with pytest.raises(RejectionError, match="0 of 3000 draws"):
        rejection(lambda u: u + 9.0, lambda x, _: x, [0.0], 0.1, 1, 1, seed=1, most=3000)


@pytest.mark.parametrize("tolerance", [0.0, -1.0, np.nan])
def test_tolerance_must_be_positive(tolerance: float) -> None:
    with pytest.raises(RejectionError, match="above 0"):
        rejection(lambda u: u, lambda x, _: x, [0.0], tolerance, 1, 1, seed=1)


def test_numbers_of_draws_must_be_positive() -> None:
    with pytest.raises(RejectionError, match="1 or more"):
        draw(accepted=0)
