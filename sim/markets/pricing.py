"""Prices: what a firm asks when calm, when alert, and in equilibrium (equation E3).

All prices are blended over input and output tokens, CNY per million tokens.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.core.errors import SimError

F64 = NDArray[np.float64]


class EquilibriumError(SimError):
    """A pricing game that has no equilibrium within reach; carries the residual."""

    def __init__(self, message: str, residual: float) -> None:
        super().__init__(message)
        self.residual = residual


def calm_price(price: float, cost: float, inertia: float, markup: float) -> float:
    """Target of a review without rivals in mind: p^i (markup c)^(1 - i); CNY/Mtok."""
    return float(price**inertia * (markup * cost) ** (1.0 - inertia)) if price > 0 else price


def monopoly_price(
    cost: float,
    attach: float,
    share: float,
    *,
    conduct: float,
    market_elasticity: float,
    floor: float,
    fear: float,
) -> float:
    """First-order condition of a firm that reckons with one elasticity.

    p = (E (c - m) + h) / (E - 1),  E = max(floor, e (1 - s) + eps s)

    cost, attach, fear: CNY/Mtok; share in [0, 1]. Limit: s = 0, h = 0, m = 0: p = e c / (e - 1).
    """
    elasticity = max(floor, conduct * (1.0 - share) + market_elasticity * share)
    return (elasticity * (cost - attach) + fear) / (elasticity - 1.0)


def alert_price(
    cost: float, attach: float, optimal: float, lowest: float, free_below: float
) -> float | None:
    """Answer to a rival's deep cut; None if matching would lose money, attach margin counted.

    If lowest > c - m: max(c - m, min(optimal, lowest)); 0 where c - m < free_below.
    """
    margin_cost = cost - attach
    if lowest <= margin_cost:
        return None
    if margin_cost < free_below:
        return 0.0
    return max(margin_cost, min(optimal, lowest))


def softened_cut(price: float, goal: float, held: float) -> float:
    """Price after a cut that a firm's old business holds back: p^h goal^(1 - h).

    price before (nan for none), goal: CNY/Mtok; held h in [0, 1]. A rise, an entry and a goal of 0
    are taken as they are. Source: M02. Limit: h = 0, the goal.
    """
    if not 0.0 < goal < price:
        return goal
    return float(price**held * goal ** (1.0 - held))


def split_price(blended: ArrayLike, output_ratio: ArrayLike, input_share: float) -> tuple[F64, F64]:
    """Input and output list price of a blended price: p = i p_in + (1 - i) r p_in."""
    mean = np.asarray(blended, dtype=np.float64)
    ratio = np.asarray(output_ratio, dtype=np.float64)
    entry = mean / (input_share + (1.0 - input_share) * ratio)
    return entry, entry * ratio


def cached_factor(
    output_ratio: ArrayLike, input_share: float, cache_hits: float, cache_price: float
) -> F64:
    """Share of the blended list price that is paid when part of the input is read from a cache.

    1 - h (1 - c) i / (i + (1 - i) r): h of the input costs c of the input price. output_ratio r:
    output over input price, any shape; input_share i of tokens; cache_hits h, share of input
    tokens; cache_price c, share of the input price. Source: price lists with context caching,
    August 2024 on. Limits: no hits, or cached input at full price, 1.
    """
    ratio = np.asarray(output_ratio, dtype=np.float64)
    of_input = input_share / (input_share + (1.0 - input_share) * ratio)
    return np.asarray(1.0 - cache_hits * (1.0 - cache_price) * of_input)


def logit_shares(
    quality: ArrayLike, price: ArrayLike, taste_spread: float, outside: float | None
) -> F64:
    """Logit demand s_i = exp((a_i - p_i)/mu) / (exp(a_0/mu) + sum_j exp((a_j - p_j)/mu)).

    quality a and price p: (n,), in one unit; outside a_0: None means no outside option.
    """
    utility = (np.asarray(quality, dtype=np.float64) - np.asarray(price)) / taste_spread
    rest = -np.inf if outside is None else outside / taste_spread
    top = max(float(utility.max()), rest)
    weight = np.exp(utility - top)
    return np.asarray(weight / (weight.sum() + np.exp(rest - top)))


def equilibrium(
    quality: ArrayLike,
    cost: ArrayLike,
    owner: ArrayLike,
    attach_margin: ArrayLike = 0.0,
    taste_spread: float = 1.0,
    outside: float | None = 0.0,
    tolerance: float = 1e-12,
    rounds: int = 10_000,
) -> tuple[F64, F64]:
    """Bertrand-Nash prices and shares of multi-product owners under logit demand.

    All products of an owner carry one markup over net cost: p_i = c_i - m_i + mu / (1 - S_owner),
    S_owner the owner's total share. So the game has one unknown per owner, and its best-response
    map is iterated with damping to a fixed point.

    quality, cost: (n,); owner: (n,) whole numbers; attach_margin: scalar or (n,); taste_spread
    mu > 0; outside: utility of buying nothing, None for no outside option (then at least two
    owners).
    Returns (prices, shares), both (n,). Raises EquilibriumError with the residual otherwise.
    Source: Anderson, de Palma & Thisse 1992, chapter 7. Limit cases: two symmetric firms a = 2,
    c = 1, mu = .25, a_0 = 0: p = 1.4729267 (Calvano et al. 2020); one owner: joint monopoly.
    """
    a, c = np.asarray(quality, dtype=np.float64), np.asarray(cost, dtype=np.float64)
    net_cost = c - np.asarray(attach_margin, dtype=np.float64)
    _, number = np.unique(np.asarray(owner), return_inverse=True)
    owners = int(number.max()) + 1
    if not (np.isfinite(a).all() and np.isfinite(net_cost).all() and 0 < taste_spread < np.inf):
        raise EquilibriumError("quality, cost and taste_spread > 0 must be finite", np.inf)
    if outside is not None and not np.isfinite(outside):
        raise EquilibriumError(f"outside is {outside}; a finite number or None is possible", np.inf)
    if outside is None and owners == 1:
        raise EquilibriumError("one owner and no outside option: the price has no bound", np.inf)

    # Work with u = utility at net cost; the owner's markup then solves a scalar Lambert equation
    # given what all others offer, and Gauss-Seidel over owners contracts.
    value = (a - net_cost) / taste_spread
    rest = -np.inf if outside is None else outside / taste_spread
    inclusive = np.array([_log_sum(value[number == k]) for k in range(owners)])
    markup = np.ones(owners)
    residual = np.inf
    for _ in range(rounds):
        residual = 0.0
        for k in range(owners):
            others = _log_sum(np.append(np.delete(inclusive - markup, k), rest))
            best = 1.0 + _lambert_of_exp(float(inclusive[k] - others - 1.0))
            residual = max(residual, abs(best - markup[k]) / (1.0 + best))
            markup[k] = best
        if residual < tolerance:
            prices = net_cost + taste_spread * markup[number]
            return prices, logit_shares(a, prices, taste_spread, outside)
    raise EquilibriumError(
        f"no fixed point after {rounds} rounds, residual {residual:.2e}", residual
    )


def _log_sum(values: F64) -> float:
    top = float(values.max())
    return top + float(np.log(np.exp(values - top).sum())) if np.isfinite(top) else -np.inf


def _lambert_of_exp(x: float) -> float:
    """Solve w + ln w = x, that is w = W(exp(x)), by Newton's method; exact for any real x."""
    w = np.exp(x) if x < 0 else (x if x > 3 else 1.0)
    if w < 1e-300:
        return float(w)
    for _ in range(100):
        step = w * (w + np.log(w) - x) / (1.0 + w)
        w_next = w - step if step < w else w / 2.0
        if abs(w_next - w) <= 1e-16 * (1.0 + w):
            return float(w_next)
        w = w_next
    return float(w)
