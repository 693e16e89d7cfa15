"""T1, T2: loss of a compute-optimal model, and what a final training run costs."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from sim.markets.training import final_run_cost, training_loss


def test_loss_of_chinchilla_itself() -> None:
    assert training_loss(70e9, 1.4e12) == pytest.approx(1.973882, abs=5e-7)


def test_optimal_size_for_a_budget_of_1e24_operations() -> None:
    def loss(log_parameters: float) -> float:
        size = np.exp(log_parameters)
        return float(training_loss(size, 1e24 / (6.0 * size)))

    best = minimize_scalar(loss, bounds=(np.log(1e9), np.log(1e13)), options={"xatol": 1e-9})
    assert np.exp(best.x) == pytest.approx(9.586e10, abs=5e6)
    assert best.fun == pytest.approx(1.9597, abs=5e-5)


def test_cost_of_the_run_that_deepseek_reported() -> None:
    assert final_run_cost(2_788e3, 2.0) == pytest.approx(5.576e6)
