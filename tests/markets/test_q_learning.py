"""Sellers who learn: their game, what they can end up with, and what chance may not depend on."""

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.core.streams import Streams
from sim.markets.pricing import equilibrium
from sim.markets.q_learning import QLearningError, learn, price_game


def keys(sessions: int, first: int = 0) -> NDArray[np.uint64]:
    return np.array(
        [[Streams(7, first + s).key(f"seller {i}", 0) for i in (0, 1)] for s in range(sessions)],
        dtype=np.uint64,
    )


def test_prices_reach_a_tenth_beyond_competition_and_joint_monopoly() -> None:
    game = price_game()
    # Calvano et al. 2020: p_N = 1.4729267, p_M = 1.9249809.
    gap = 0.1 * (1.9249809 - 1.4729267)
    assert game.prices[[0, -1]] == pytest.approx([1.4729267 - gap, 1.9249809 + gap], abs=1e-7)
    assert (game.competitive, game.collusive) == pytest.approx((0.2229267, 0.3374905), abs=1e-7)


def test_profit_table_is_what_logit_demand_says() -> None:
    game = price_game(quality=1.5, cost=0.5, taste_spread=0.5, outside=0.2, prices=3)
    p, rival = game.prices[2], game.prices[0]
    weights = np.exp((np.array([1.5 - p, 1.5 - rival, 0.2])) / 0.5)
    assert game.profit[2, 0] == pytest.approx((p - 0.5) * weights[0] / weights.sum(), rel=1e-12)
    both, _ = equilibrium([1.5, 1.5], [0.5, 0.5], [0, 1], 0.0, 0.5, 0.2)
    assert game.prices[0] < both[0] < game.prices[2]


def test_sellers_who_do_not_look_ahead_end_near_competition() -> None:
    patient = learn(price_game(), keys(4), exploration_decay=4e-5)
    myopic = learn(price_game(), keys(4), exploration_decay=4e-5, discount=0.0)
    assert patient.converged.all()
    assert myopic.converged.all()
    assert myopic.gain.mean() < 0.4 < patient.gain.mean()


def test_gain_lies_between_the_worst_and_the_best_pair_of_prices() -> None:
    game = price_game(prices=5)
    found = learn(game, keys(6), exploration_decay=1e-3, stable_periods=2_000)
    joint = (game.profit + game.profit.T) / 2.0
    ends = (np.array([joint.min(), joint.max()]) - game.competitive) / (
        game.collusive - game.competitive
    )
    assert (found.gain >= ends[0] - 1e-12).all()
    assert (found.gain <= ends[1] + 1e-12).all()
    assert (found.periods >= 2_000).all()


def test_session_depends_on_its_own_keys_alone() -> None:
    game = price_game(prices=4)
    together, last, other = (
        learn(game, some, exploration_decay=1e-4, stable_periods=1_000)
        for some in (keys(3), keys(1, first=2), keys(1, first=3))
    )
    assert together.gain[2] == last.gain[0]
    assert together.periods[2] == last.periods[0] != other.periods[0]


def test_sellers_of_one_key_act_alike() -> None:
    one = keys(1)[:, :1].repeat(2, axis=1)
    game = price_game(prices=4)
    found = learn(game, one, exploration_decay=1e-3, stable_periods=1_000)
    # They always ask the same price, so they earn the mean of some cells of the diagonal.
    gains = (np.diag(game.profit) - game.competitive) / (game.collusive - game.competitive)
    cycles = [np.mean(some) for n in range(1, 5) for some in combinations(gains, n)]
    assert np.abs(np.array(cycles) - found.gain).min() < 1e-12


def test_time_out_is_told_from_convergence() -> None:
    found = learn(price_game(), keys(1), most_periods=1_000)
    assert not found.converged.any()
    assert found.periods.tolist() == [1_000]


@pytest.mark.parametrize(
    ("rate", "decay", "discount"), [(0.0, 0.1, 0.9), (0.1, -1.0, 0.9), (0.1, 0.1, 1.0)]
)
def test_impossible_ways_to_learn_are_refused(rate: float, decay: float, discount: float) -> None:
    with pytest.raises(QLearningError, match="are possible"):
        learn(price_game(prices=2), keys(1), rate, decay, discount)


def test_keys_of_another_shape_and_one_price_are_refused() -> None:
    with pytest.raises(QLearningError, match="sessions, 2"):
        learn(price_game(prices=2), np.zeros(2, dtype=np.uint64))
    with pytest.raises(QLearningError, match="2 or more"):
        price_game(prices=1)
