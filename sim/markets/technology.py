"""Quality and unit cost: what compute, people and time make of a model (equations E1 and E2)."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.core.ranges import within
from sim.markets.trends import fading

F64 = NDArray[np.float64]


def released_quality(
    opening_quality: ArrayLike,
    compute: ArrayLike,
    compute_opening: ArrayLike,
    years: float,
    people: ArrayLike,
    people_opening: float,
    *,
    per_log_compute: float,
    per_log_talent: float,
    algorithmic_progress: float,
) -> F64:
    """Quality of a model released now.

    q = q0 + kappa ln(C A / C0) + kappa_T ln(people / opening),  A = exp(g_alg t)

    opening_quality: Elo; compute, compute_opening: any one unit, > 0; years since the opening;
    people: key people, > 0. Returns Elo, broadcast shape. Limit: no progress, C = C0, people at
    opening: q = q0. Source: MODEL E1; Ho et al. 2024 for A.
    """
    stock = np.asarray(compute, dtype=np.float64) / np.asarray(compute_opening, dtype=np.float64)
    growth = np.log(stock) + algorithmic_progress * years
    talent = np.log(np.maximum(np.asarray(people, dtype=np.float64), 0.5) / people_opening)
    gained: F64 = per_log_compute * growth + per_log_talent * talent
    return gained + np.asarray(opening_quality, dtype=np.float64)


def offered_quality(own: ArrayLike, open_served: float, make_or_buy: bool) -> F64:
    """Quality a firm can serve: the better of its own model and post-trained open weights.

    max(q, q_O - d_post), the latter as far as products have moved to it; so quitting never raises
    quality. Elo, shape of own. Limit: no make-or-buy, own.
    """
    own = np.asarray(own, dtype=np.float64)
    return np.maximum(own, open_served) if make_or_buy else own


def data_feedback(users: ArrayLike, per_log_users: float) -> F64:
    """Quality that users' data add: kappa_D ln(1 + MAU / 10 M); Elo. Limit: no users, 0."""
    return np.asarray(per_log_users * np.log1p(np.asarray(users, dtype=np.float64) / 10e6))


def reasoning_quality(gain: float, thinking: ArrayLike, scope: float) -> F64:
    """Mean gain of a reasoning model: scope kappa_r ln(1 + think); Elo. Limit: no scope, 0."""
    return np.asarray(scope * gain * np.log1p(np.asarray(thinking, dtype=np.float64)))


def unit_cost(
    opening_cost: float,
    efficiency: ArrayLike,
    volume_ratio: ArrayLike,
    quality: ArrayLike,
    architecture: ArrayLike,
    *,
    decline: float,
    learning: float,
    cost_of_quality: float,
    power: float = 1.0,
    thinking: ArrayLike = 0.0,
) -> F64:
    """Cost of serving a million tokens, CNY.

    ln c = ln c0 + ln eff + power [-D(t) - b ln(Q/Q0) + psi q/100 + A] + ln(1 + think)

    decline: D(t), the log fall at fixed quality so far; volume_ratio: tokens served over those at
    the opening, >= 1; quality: Elo over the best domestic model of the opening, so that one
    quality costs everybody the same but for efficiency; architecture: log step, <= 0;
    thinking: extra tokens per answer token. Limit: no decline, ratio 1, quality 0: c = c0 eff.
    Source: MODEL E2.
    """
    bracket = (
        -decline
        - learning * np.log(np.maximum(volume_ratio, 1.0))
        + cost_of_quality * np.asarray(quality) / 100.0
        + np.asarray(architecture)
    )
    cost = opening_cost * np.asarray(efficiency) * np.exp(power * bracket)
    return np.asarray(cost * (1.0 + np.asarray(thinking)), dtype=np.float64)


def quality_to_serve(quality: ArrayLike, distilled_from: float, distillation: float) -> F64:
    """Quality that a model has to pay for in its size.

    q up to k, k + (1 - d)(q - k) above: of what is gained beyond k, a share d is taught by larger
    models to models as small as before.

    quality: Elo, any shape; distilled_from: k, what open weights gave products when distillation
    came, inf before; distillation: d. Limits: d = 0 or q <= k, q.
    """
    q = np.asarray(quality, dtype=np.float64)
    return q - distillation * np.maximum(q - distilled_from, 0.0)


def cost_decline(years: float, turn: float, early: float, late: float, half_life: float) -> float:
    """Log fall of unit cost after some years: rate early until turn, then late, halving over time.

    D(t) = early min(t, turn) + late h / ln 2 (1 - 2^(-(t - turn)/h)); so the fall has a floor.
    """
    return early * min(years, turn) + fading(max(years - turn, 0.0), late, half_life)


def shadow_cost(utilisation: ArrayLike, strength: float) -> F64:
    """Factor on unit cost when capacity runs short: 1 + s ((u - .8)/.2)^2 above u = .8."""
    excess = within((np.asarray(utilisation, dtype=np.float64) - 0.8) / 0.2, 0.0, 1.0)
    return 1.0 + strength * excess**2
