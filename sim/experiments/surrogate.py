"""A surrogate: what runs say on average, as a sparse polynomial of the inputs, fitted to runs.

Inputs on the unit scale of their prior become Legendre polynomials, which no prior correlates:
every input linearly, and of the inputs that matter most for an outcome squares and products too.
The lasso, its penalty chosen by cross-validation, keeps the terms that predict runs left out of the
fit. How far runs lie from the prediction of fits without them is the surrogate's spread: chance and
lack of fit together. Source: Blatman and Sudret 2011, with the lasso of scikit-learn.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.core.errors import SimError

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

CURVED = 12
"""Inputs of an outcome that may have squares and products."""

FOLDS = 5
PENALTIES = 15
SMALLEST_PENALTY = 0.003
SMALLEST_SPREAD = 0.01
FEWEST_RUNS = 2 * FOLDS


class SurrogateError(SimError):
    """A surrogate that cannot be fitted."""


@dataclass(frozen=True)
class Surrogate:
    """What runs say on average at a place of the unit cube, for K outcomes.

    linear (d, K), squares (d, K); products (P, K) of the inputs first (P,) and second (P,);
    constant (K,); spread (K,) of single runs around it; explained (K,): share of the variance
    between runs that fits without them predict, 0 to 1.
    """

    constant: F64
    linear: F64
    squares: F64
    products: F64
    first: I64
    second: I64
    spread: F64
    explained: F64

    def mean(self, unit: F64) -> F64:
        """Return what runs say on average, (n, K), at rows of the unit cube (n, d)."""
        x = 2.0 * unit - 1.0
        pairs = x[:, self.first] * x[:, self.second]
        found: F64 = (
            self.constant + x @ self.linear + _square(x) @ self.squares + pairs @ self.products
        )
        return found

    def slopes(self, unit: F64) -> F64:
        """Return the derivative of each mean by each input, (n, d, K), the cube's side being 1."""
        x = 2.0 * unit - 1.0
        found = self.linear + (3.0 * x)[:, :, None] * self.squares
        for number, (i, j) in enumerate(zip(self.first, self.second, strict=True)):
            found[:, i] += x[:, j, None] * self.products[number]
            found[:, j] += x[:, i, None] * self.products[number]
        return 2.0 * found


def fit(unit: F64, outcomes: F64) -> Surrogate:
    """Return the surrogate of runs.

    unit (n, d): where runs were made; outcomes (n, K), NaN where a run says nothing, which its
    outcome is fitted without. Raises SurrogateError for an outcome with fewer than ten runs.
    """
    inputs = unit.shape[1]
    fits = [_fit_one(unit[known], y[known]) for y in outcomes.T for known in [~np.isnan(y)]]
    pairs = sorted({pair for one in fits for pair in one.products})
    number = {pair: place for place, pair in enumerate(pairs)}
    products = np.zeros((len(pairs), len(fits)))
    for column, one in enumerate(fits):
        for pair, value in one.products.items():
            products[number[pair], column] = value
    index = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return Surrogate(
        constant=np.array([one.constant for one in fits]),
        linear=np.column_stack([one.linear for one in fits]).reshape(inputs, -1),
        squares=np.column_stack([one.squares for one in fits]).reshape(inputs, -1),
        products=products,
        first=index[:, 0],
        second=index[:, 1],
        spread=np.array([one.spread for one in fits]),
        explained=np.array([one.explained for one in fits]),
    )


@dataclass(frozen=True)
class _Fit:
    constant: float
    linear: F64
    squares: F64
    products: dict[tuple[int, int], float]
    spread: float
    explained: float


def _fit_one(unit: F64, y: F64) -> _Fit:
    if len(y) < FEWEST_RUNS:
        raise SurrogateError(f"{len(y)} runs say something; {FEWEST_RUNS} or more are needed")
    x = 2.0 * unit - 1.0
    inputs = x.shape[1]
    curved = _strongest(x, y)
    pairs = [(int(i), int(j)) for n, i in enumerate(curved) for j in curved[n + 1 :]]
    terms = np.column_stack([x, _square(x[:, curved]), *(x[:, i] * x[:, j] for i, j in pairs)])
    weights, constant, errors = _lasso(terms, y)
    squares = np.zeros(inputs)
    squares[curved] = weights[inputs : inputs + len(curved)]
    rest = weights[inputs + len(curved) :]
    spread, total = float(np.sqrt((errors**2).mean())), float(y.std())
    return _Fit(
        constant=constant,
        linear=weights[:inputs],
        squares=squares,
        products={pair: float(w) for pair, w in zip(pairs, rest, strict=True) if w != 0.0},
        spread=max(spread, SMALLEST_SPREAD),
        explained=max(0.0, 1.0 - (spread / total) ** 2) if total > 0 else 0.0,
    )


def _lasso(terms: F64, y: F64) -> tuple[F64, float, F64]:
    """Return weights, constant, and the errors of fits that did not know the run."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import Lasso, LassoCV
    from sklearn.model_selection import KFold, cross_val_predict

    middle, scale = terms.mean(axis=0), terms.std(axis=0)
    scaled = (terms - middle) / np.where(scale > 0, scale, 1.0)
    if y.std() == 0:
        return np.zeros(terms.shape[1]), float(y.mean()), np.zeros(len(y))
    folds = KFold(FOLDS, shuffle=True, random_state=0)
    with warnings.catch_warnings():
        # A penalty at which the solver is not quite done is one of many that are compared.
        warnings.simplefilter("ignore", ConvergenceWarning)
        chosen = LassoCV(alphas=PENALTIES, eps=SMALLEST_PENALTY, cv=folds).fit(scaled, y)
        errors = y - cross_val_predict(Lasso(alpha=chosen.alpha_), scaled, y, cv=folds)
    weights = chosen.coef_ / np.where(scale > 0, scale, 1.0)
    return weights, float(chosen.intercept_ - middle @ weights), errors


def _strongest(x: F64, y: F64) -> I64:
    """Return the inputs that move an outcome most, linearly or by their square."""
    away = y - y.mean()

    def share(terms: F64) -> F64:
        scale = terms.std(axis=0)
        found: F64 = np.abs((terms - terms.mean(axis=0)).T @ away) / np.where(scale > 0, scale, 1.0)
        return found

    found: I64 = np.argsort(-np.maximum(share(x), share(_square(x))), kind="stable")[:CURVED]
    return found


def _square(x: F64) -> F64:
    found: F64 = (3.0 * x**2 - 1.0) / 2.0
    return found


def enough(outcomes: F64) -> NDArray[np.bool_]:
    """Return of which outcomes (n, K) enough runs say something to fit them, (K,)."""
    found: NDArray[np.bool_] = (~np.isnan(outcomes)).sum(axis=0) >= FEWEST_RUNS
    return found
