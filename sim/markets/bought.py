"""How ads become a hazard: spend buys exactly spend over cost per acquisition (E4), compiled.

This module imports numba; import it only where people are advanced.
"""

from math import expm1
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.core.compiled import compiled, inlined

F64 = NDArray[np.float64]

STEPS = 4


def paid_hazard(
    people: ArrayLike,
    audience: ArrayLike,
    no_app: ArrayLike,
    one_app: ArrayLike,
    second: float,
    other: ArrayLike = 0.0,
    leaving: ArrayLike = 0.0,
) -> F64:
    """Return the hazard that ads bring a person without an app to an app, per week.

    lambda_is = v_is B_i / sum_s v_is (N0_s g0_s + m2 sum_{j != i} N1_sj g1_sj)

    where v is how far the ads reach into the segment, B the people bought, N0 people without an
    app, N1 those who hold one other app (their hazard is m2 lambda), and g = (1 - exp(-H)) / H,
    H the sum of a person's hazards. Without g, competing events would take some of the people
    that were bought; H contains lambda, so four fixed-point steps are made.

    people B (A,) per week; audience v (S, A), any scale; no_app (S,); one_app (S, A) who hold that
    app only; second m2; other (S, A) adoption hazards from all other sources; leaving (A,) mean
    hazard of all other events of people who hold one app. Returns (S, A), 0 where nothing was
    bought or nobody is left to buy. Source: E4, spend buys exactly spend / CPA people. Limit:
    one app, nobody holds one, few bought: B / N0.
    """
    single = _table(one_app)
    shape = single.shape
    hazard: F64 = fixed_point(
        _table(people),
        _table(audience),
        _table(no_app),
        single,
        float(second),
        _table(other, shape),
        _table(leaving, shape[1:]),
    )
    return hazard


def _table(values: ArrayLike, shape: tuple[int, ...] | None = None) -> F64:
    """Return numbers row by row, as the compiled loops take them, and spread over a shape."""
    table = np.ascontiguousarray(values, dtype=np.float64)
    return table if shape in (None, table.shape) else np.full(shape, table)


@inlined
def event_over_hazard(hazard: Any) -> Any:
    """Return (1 - exp(-H)) / H, 1 at H = 0."""
    safe = -max(hazard, 1e-12)
    return expm1(safe) / safe


@compiled
def fixed_point(
    bought: Any, reach: Any, empty: Any, single: Any, second: Any, rest: Any, leaving: Any
) -> Any:
    """Make the steps of `paid_hazard`."""
    segments, apps = single.shape
    hazard, weight = np.zeros((segments, apps)), np.empty((segments, apps))
    exposed = np.empty(apps)
    for _ in range(STEPS):
        for s in range(segments):
            total = 0.0
            for a in range(apps):
                total += rest[s, a] + hazard[s, a]
            everybody = 0.0
            for a in range(apps):
                held = leaving[a] + second * (total - (rest[s, a] + hazard[s, a]))
                exposed[a] = single[s, a] * event_over_hazard(held)
                everybody += exposed[a]
            free = empty[s] * event_over_hazard(total)
            for a in range(apps):
                weight[s, a] = reach[s, a] * (free + second * (everybody - exposed[a]))
        for a in range(apps):
            sold = weight[:, a].sum()
            for s in range(segments):
                hazard[s, a] = reach[s, a] * (bought[a] / sold) if sold > 0.0 else 0.0
    return hazard
