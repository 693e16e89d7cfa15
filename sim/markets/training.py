"""Training runs: what compute becomes a model, how large the model is, and what the run costs."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

F64 = NDArray[np.float64]

IRREDUCIBLE, PER_PARAMETER, PER_TOKEN = 1.8172, 482.01, 2085.43
ALPHA, BETA = 0.3478, 0.3658
OPERATIONS_PER_PARAMETER_AND_TOKEN = 6.0


def useful_compute(
    spend: ArrayLike,
    gpu_price: float,
    aside: ArrayLike,
    efficiency: ArrayLike,
    run_share: float,
) -> F64:
    """Compute of final pre-training runs that research money buys, CNY at opening GPU prices.

    dC = spend / P (1 - aside) e f

    spend: CNY; gpu_price: P over that of the opening; aside: share of compute for engineering and
    reinforcement learning; efficiency: e, training per unit of compute over that of the opening;
    run_share: f, what experiments leave, 1 without any. Limit: P = e = f = 1, nothing aside:
    spend. Source: MODEL E1.
    """
    bought = np.asarray(spend, dtype=np.float64) / gpu_price
    return np.asarray(bought * (1.0 - np.asarray(aside)) * np.asarray(efficiency) * run_share)


def engineered(
    efficiency: ArrayLike, share: ArrayLike, gain: float, most: float, years: float
) -> F64:
    """Training efficiency after a while of engineering; ever harder to raise.

    d ln e/dt = gain share (1 - ln e / most)

    efficiency: e >= 1; share: of research compute spent on engineering; gain: 1/year; most: the
    log that it approaches. Limit: no share, no change; for ever, e^most. Source: assumption; the
    lower bound of what published engineering saved.
    """
    level = np.log(np.asarray(efficiency, dtype=np.float64))
    left = np.exp(-gain * np.asarray(share, dtype=np.float64) * years / most)
    return np.asarray(np.exp(most - (most - level) * left))


def training_loss(parameters: ArrayLike, tokens: ArrayLike) -> F64:
    """Pre-training loss L(N, D) = E + A / N^alpha + B / D^beta, nats per token.

    Source: Besiroglu et al. 2024, corrected fit of Hoffmann et al. 2022.
    """
    n, d = np.asarray(parameters, dtype=np.float64), np.asarray(tokens, dtype=np.float64)
    return np.asarray(IRREDUCIBLE + PER_PARAMETER / n**ALPHA + PER_TOKEN / d**BETA)


def best_size(operations: ArrayLike) -> tuple[F64, F64]:
    """Parameters and tokens with the least loss for a budget of operations C = 6 N D.

    N = G (C/6)^(beta/(alpha + beta)), D = C / (6 N), G = (alpha A / (beta B))^(1/(alpha + beta))

    operations: > 0. Limit: C = 1e24, N = 9.586e10 and L(N, D) = 1.9597. Source: as for the loss.
    """
    product = np.asarray(operations, dtype=np.float64) / OPERATIONS_PER_PARAMETER_AND_TOKEN
    scale = (ALPHA * PER_PARAMETER / (BETA * PER_TOKEN)) ** (1.0 / (ALPHA + BETA))
    parameters: F64 = scale * product ** (BETA / (ALPHA + BETA))
    return parameters, product / parameters


def final_run_cost(gpu_hours: ArrayLike, price_per_hour: ArrayLike) -> F64:
    """Cost of one final training run: GPU hours times rent, in the currency of the rent."""
    return np.asarray(gpu_hours, dtype=np.float64) * np.asarray(price_per_hour, dtype=np.float64)
