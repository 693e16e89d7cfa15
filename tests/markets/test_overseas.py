"""Users abroad: the logistic curve of one firm, and shares that word of mouth does not move."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.markets.overseas import users_a_week_later

users = st.lists(st.floats(0, 5e7), min_size=1, max_size=8)


def test_one_firm_follows_the_logistic_curve() -> None:
    now = np.array([1e6])
    for week in range(1, 301):
        now = users_a_week_later(now, 300e6, 0.045)
        logistic = 300e6 / (1.0 + 299.0 * math.exp(-0.045 * week))
        assert now[0] == pytest.approx(logistic, rel=1e-9)


def test_few_users_grow_tenfold_in_a_year() -> None:
    now = np.array([1.0, 0.0])
    for _ in range(52):
        now = users_a_week_later(now, 300e6, 0.045)
    assert now == pytest.approx([math.exp(0.045 * 52), 0.0], rel=1e-6)


@given(users, st.floats(1e6, 1e9), st.floats(0, 0.1))
def test_nobody_is_reached_twice_and_shares_stay(
    now: list[float], people: float, word_of_mouth: float
) -> None:
    before = np.array(now)
    after = users_a_week_later(before, people, word_of_mouth)
    assert (after >= before * (1 - 1e-12)).all()
    assert after.sum() <= max(people, before.sum()) * (1 + 1e-12)
    assert after * before.sum() == pytest.approx(before * after.sum(), rel=1e-9)


def test_a_full_market_stands_still() -> None:
    full = np.array([2e8, 1e8])
    assert users_a_week_later(full, 300e6, 0.08) == pytest.approx(full)
