"""Algorithms that learn to price by trial and error, and how far they end above competition.

Two sellers of logit goods each keep a table of values Q of a price given last period's two prices,
mostly ask what the table says is best, and now and then try something else (Calvano, Calzolari,
Denicolo & Pastorello 2020, American Economic Review 110). This module imports numba; import it
only where sellers learn.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.core.compiled import compiled
from sim.core.errors import SimError
from sim.core.streams import GOLDEN, MULTIPLY_1, MULTIPLY_2
from sim.markets.pricing import equilibrium, logit_shares

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]

_GOLDEN = np.uint64(GOLDEN)
_MULTIPLY_1 = np.uint64(MULTIPLY_1)
_MULTIPLY_2 = np.uint64(MULTIPLY_2)
_S27, _S30, _S31, _S32 = (np.uint64(shift) for shift in (27, 30, 31, 32))
_LOW_32 = np.uint64(0xFFFFFFFF)


class QLearningError(SimError):
    """A game or a way to learn that makes no sense."""


@dataclass(frozen=True)
class PriceGame:
    """Two sellers alike, a grid of prices, and what each price earns against each other price."""

    prices: F64
    """(m,) rising."""
    profit: F64
    """(m, m) of the seller that asks the row's price while its rival asks the column's."""
    competitive: float
    """Profit of each in the one-period equilibrium."""
    collusive: float
    """Profit of each under joint monopoly."""


@dataclass(frozen=True)
class Learned:
    """How sessions ended."""

    gain: F64
    """(n,) mean profit gain Delta of the two sellers, 0 in competition, 1 under joint monopoly."""
    periods: I64
    """(n,) periods played."""
    converged: NDArray[np.bool_]
    """(n,) whether what both sellers think best had stood still for `stable_periods`."""


def price_game(
    quality: float = 2.0,
    cost: float = 1.0,
    taste_spread: float = 0.25,
    outside: float = 0.0,
    prices: int = 15,
    beyond: float = 0.1,
) -> PriceGame:
    """Return the game of two sellers alike under logit demand.

    Prices run evenly from p_N - x (p_M - p_N) to p_M + x (p_M - p_N), p_N the equilibrium price,
    p_M that of a joint monopoly; profit (p - c) s(p, p').

    quality a, cost c, taste_spread mu, outside a_0 as of `pricing.equilibrium`; prices m, at least
    2; beyond x. Raises QLearningError for fewer prices. Limit: a = 2, c = 1, mu = .25, a_0 = 0:
    p_N = 1.4729, p_M = 1.9250.
    """
    if prices < 2:
        raise QLearningError(f"{prices} prices to choose from; 2 or more are needed")
    a, c = [quality, quality], [cost, cost]
    rival, rival_share = equilibrium(a, c, [0, 1], 0.0, taste_spread, outside)
    joint, joint_share = equilibrium(a, c, [0, 0], 0.0, taste_spread, outside)
    low, high = float(rival[0]), float(joint[0])
    grid = np.linspace(low - beyond * (high - low), high + beyond * (high - low), prices)
    profit = np.array(
        [
            [(p - cost) * logit_shares(a, [p, other], taste_spread, outside)[0] for other in grid]
            for p in grid
        ]
    )
    return PriceGame(
        prices=grid,
        profit=profit,
        competitive=float((low - cost) * rival_share[0]),
        collusive=float((high - cost) * joint_share[0]),
    )


def learn(
    game: PriceGame,
    keys: U64,
    learning_rate: float = 0.15,
    exploration_decay: float = 4e-6,
    discount: float = 0.95,
    stable_periods: int = 100_000,
    most_periods: int = 20_000_000,
) -> Learned:
    """Let pairs of sellers learn until nothing changes, and return what they then earn.

    Q(s, p) <- (1 - alpha) Q(s, p) + alpha (profit + delta max_p' Q(s', p')), the state s being
    last period's two prices; a random price with probability e^(-beta t). Q starts at what a price
    earns for ever against a rival that picks prices at random. Delta = (pi - pi_N)/(pi_M - pi_N),
    pi the mean over the cycle of prices that the final tables lead to.

    keys (n, 2): 64 random bits of each session and seller, such as `Streams.key` gives; every draw
    is a hash of key and period. learning_rate alpha in (0, 1]; exploration_decay beta >= 0 a
    period; discount delta in [0, 1). Returns (n,) outcomes. Raises QLearningError for numbers out
    of range. Source and limit: Calvano et al. 2020 report about .85 at the defaults; 200 sessions
    of an independent program give .845 with a standard error of .008.
    """
    keys = np.asarray(keys, dtype=np.uint64)
    if keys.ndim != 2 or keys.shape[1] != 2:
        raise QLearningError(f"keys have shape {keys.shape}; (sessions, 2) is needed")
    if not (0 < learning_rate <= 1 and exploration_decay >= 0 and 0 <= discount < 1):
        raise QLearningError(
            f"learning rate {learning_rate}, decay {exploration_decay}, discount {discount};"
            " above 0 to 1, 0 or more, and 0 to under 1 are possible"
        )
    start = game.profit.mean(axis=1) / (1.0 - discount)
    gain = np.zeros(len(keys))
    periods = np.zeros(len(keys), dtype=np.int64)
    converged = np.zeros(len(keys), dtype=np.bool_)
    for session, pair in enumerate(keys):
        profit, played, stable = _session(
            np.ascontiguousarray(game.profit, dtype=np.float64),
            start,
            np.ascontiguousarray(pair),
            learning_rate,
            exploration_decay,
            discount,
            stable_periods,
            most_periods,
        )
        gain[session] = (profit - game.competitive) / (game.collusive - game.competitive)
        periods[session], converged[session] = played, stable
    return Learned(gain=gain, periods=periods, converged=converged)


@compiled
def _session(
    profit: F64,
    start: F64,
    keys: U64,
    rate: float,
    decay: float,
    discount: float,
    stable_periods: int,
    most_periods: int,
) -> tuple[float, int, bool]:
    """Play one session; return mean profit of the final cycle, periods, and whether it is final."""
    m = len(start)
    value = np.empty((2, m * m, m))
    value[:, :, :] = start
    best = np.full((2, m * m), np.argmax(start))
    chosen = np.zeros(2, dtype=np.int64)
    for i in range(2):
        chosen[i] = ((_hash(keys[i], -1) & _LOW_32) * np.uint64(m)) >> _S32
    state = chosen[0] * m + chosen[1]
    explore, keep = 1.0, np.exp(-decay)
    unchanged, period = 0, 0
    while period < most_periods and unchanged < stable_periods:
        for i in range(2):
            bits = _hash(keys[i], period)
            if np.float64(bits >> _S32) < explore * 4294967296.0:
                chosen[i] = ((bits & _LOW_32) * np.uint64(m)) >> _S32
            else:
                chosen[i] = best[i, state]
        following = chosen[0] * m + chosen[1]
        unchanged += 1
        for i in range(2):
            row = value[i, state]
            own = chosen[i]
            earned = profit[own, chosen[1 - i]]
            ahead = value[i, following, best[i, following]]
            row[own] += rate * (earned + discount * ahead - row[own])
            favourite = np.argmax(row)
            if favourite != best[i, state]:
                best[i, state] = favourite
                unchanged = 0
        state = following
        explore *= keep
        period += 1
    return _cycle_profit(profit, best, state), period, unchanged >= stable_periods


@compiled
def _cycle_profit(profit: F64, best: I64, state: int) -> float:
    """Return the mean profit of both sellers over the cycle that their best prices lead into."""
    m = len(profit)
    # After as many steps as there are states the path is on its cycle.
    for _ in range(m * m):
        state = best[0, state] * m + best[1, state]
    first, total, length = state, 0.0, 0
    while length == 0 or state != first:
        one, other = best[0, state], best[1, state]
        total += (profit[one, other] + profit[other, one]) / 2.0
        length += 1
        state = one * m + other
    return total / length


@compiled
def _hash(key: np.uint64, period: int) -> np.uint64:
    """Return 64 bits for a key and a period, as `streams.mix_array` mixes."""
    x = (key ^ np.uint64(period)) + _GOLDEN
    x = (x ^ (x >> _S30)) * _MULTIPLY_1
    x = (x ^ (x >> _S27)) * _MULTIPLY_2
    return x ^ (x >> _S31)
