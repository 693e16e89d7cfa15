"""Prices: reviews in their limits, logit demand, and equilibrium on random games."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.core.errors import SimError
from sim.markets.pricing import (
    EquilibriumError,
    alert_price,
    cached_factor,
    calm_price,
    equilibrium,
    logit_shares,
    monopoly_price,
    split_price,
)

F64 = NDArray[np.float64]

money = st.floats(0.01, 100)
shares = st.floats(0, 1)


def first_order_residual(
    prices: F64, quality: F64, net_cost: F64, owner: F64, taste_spread: float, outside: float | None
) -> F64:
    """Return p - c + m - mu / (1 - S_owner), relative to the larger of 1, price, cost and markup.

    1 - S_owner is summed over all others, so it stays exact for an owner that takes nearly all.
    """
    utility = (quality - prices) / taste_spread
    rest = -np.inf if outside is None else outside / taste_spread
    weight = np.exp(utility - max(utility.max(), rest))
    none = math.exp(rest - max(utility.max(), rest))
    total = weight.sum() + none
    others = np.array([(weight[owner != one].sum() + none) / total for one in owner])
    markup = taste_spread / others
    scale = np.maximum.reduce([np.ones(len(prices)), np.abs(prices), np.abs(net_cost), markup])
    residual: F64 = np.abs(prices - net_cost - markup) / scale
    return residual


@st.composite
def games(draw: st.DrawFn, reach: float) -> tuple[F64, F64, F64, F64, float, float | None]:
    """Return quality, cost, owner, attach margin, taste spread and outside utility."""
    n = draw(st.integers(1, 8))
    column = st.lists(st.floats(-reach, reach), min_size=n, max_size=n).map(np.array)
    cost = st.lists(st.floats(0, 30), min_size=n, max_size=n).map(np.array)
    owner = st.lists(st.integers(0, 3), min_size=n, max_size=n).map(np.array)
    return (
        draw(column),
        draw(cost),
        draw(owner),
        draw(cost),
        draw(st.floats(0.1, 10)),
        draw(st.none() | st.floats(-reach, reach)),
    )


@settings(max_examples=200)
@given(games(reach=30))
def test_equilibrium_satisfies_every_owners_first_order_condition(
    game: tuple[F64, F64, F64, F64, float, float | None],
) -> None:
    quality, cost, owner, attach, taste_spread, outside = game
    assume(outside is not None or len(set(owner.tolist())) > 1)
    prices, sold = equilibrium(quality, cost, owner, attach, taste_spread, outside)
    residual = first_order_residual(prices, quality, cost - attach, owner, taste_spread, outside)
    assert residual.max() < 1e-9
    assert sold == pytest.approx(logit_shares(quality, prices, taste_spread, outside), abs=1e-12)
    assert sold.sum() <= 1 + 1e-12


@settings(max_examples=100)
@given(games(reach=1e6))
def test_extreme_qualities_are_solved(
    game: tuple[F64, F64, F64, F64, float, float | None],
) -> None:
    quality, cost, owner, attach, taste_spread, outside = game
    assume(outside is not None or len(set(owner.tolist())) > 1)
    prices, _ = equilibrium(quality, cost, owner, attach, taste_spread, outside)
    assert np.isfinite(prices).all()
    assert (prices > cost - attach).all()
    residual = first_order_residual(prices, quality, cost - attach, owner, taste_spread, outside)
    # A number of 1e6 is known to 1e-10 only; over the taste spread, that moves shares.
    largest = max(np.abs(quality).max(), np.abs(prices).max(), abs(outside or 0.0))
    assert residual.max() < 1e-9 + 16 * np.finfo(float).eps * largest / taste_spread


@settings(max_examples=30)
@given(games(reach=10))
def test_merger_raises_no_rivals_share_and_no_price_falls(
    game: tuple[F64, F64, F64, F64, float, float | None],
) -> None:
    quality, cost, owner, attach, taste_spread, _ = game
    before, _ = equilibrium(quality, cost, owner, attach, taste_spread, 0.0)
    merged = np.where(owner == owner[0], owner[-1], owner)
    after, _ = equilibrium(quality, cost, merged, attach, taste_spread, 0.0)
    # Prices are strategic complements under logit demand (Anderson, de Palma & Thisse 1992).
    assert (after >= before - 1e-9 * np.maximum(1.0, np.abs(before))).all()


def largest_residual(problems: int, seed: int) -> float:
    """Largest |p_i - (c_i - m_i + mu / (1 - S_owner))| / (mu + |p_i|) over random problems."""
    luck, worst = np.random.default_rng(seed), 0.0
    for _ in range(problems):
        n = int(luck.integers(1, 13))
        quality, cost = luck.normal(0, 10 ** luck.uniform(-1, 2), n), luck.uniform(0, 30, n)
        # few owners for many products are mergers, one is a joint monopoly
        owner = luck.integers(0, int(luck.integers(1, n + 1)), n)
        attach = luck.uniform(0, 20, n) * luck.integers(0, 2, n)
        spread, outside = 10 ** luck.uniform(-2, 1.5), luck.normal(0, 20)
        price, _ = equilibrium(quality, cost, owner, attach, spread, outside)
        utility = (quality - price) / spread
        top = max(float(utility.max()), outside / spread)
        weight, nothing = np.exp(utility - top), np.exp(outside / spread - top)
        # 1 - S loses digits where an owner serves nearly everybody, so the others are added up.
        others = np.array([weight[owner != one].sum() + nothing for one in owner])
        rest = others / (weight.sum() + nothing)
        best = cost - attach + spread / rest
        worst = max(worst, float((np.abs(price - best) / (spread + np.abs(price))).max()))
    return worst


def test_random_problems_with_mergers_and_margins_are_solved() -> None:
    assert largest_residual(150, seed=1) < 1e-10


@pytest.mark.slow
def test_a_thousand_random_problems_are_solved() -> None:
    assert largest_residual(1000, seed=2) < 1e-10


def test_labels_of_owners_do_not_matter() -> None:
    arguments = ([2.0, 1.5, 1.0], [1.0, 0.8, 0.5])
    one, _ = equilibrium(*arguments, [0, 1, 0], 0.2, 0.25)
    two, _ = equilibrium(*arguments, [7, -3, 7], 0.2, 0.25)
    assert one == pytest.approx(two, rel=1e-10)


@pytest.mark.parametrize("owner", [[0], [4, 4, 4]])
def test_one_owner_without_outside_option_has_no_price(owner: list[int]) -> None:
    n = len(owner)
    with pytest.raises(EquilibriumError, match="no bound") as refused:
        equilibrium([1.0] * n, [1.0] * n, owner, outside=None)
    assert isinstance(refused.value, SimError)
    assert refused.value.residual == np.inf


@pytest.mark.parametrize(
    ("quality", "cost", "attach", "taste_spread", "outside"),
    [
        (np.nan, 1.0, 0.0, 0.25, 0.0),
        (np.inf, 1.0, 0.0, 0.25, 0.0),
        (2.0, np.inf, 0.0, 0.25, 0.0),
        (2.0, 1.0, np.nan, 0.25, 0.0),
        (2.0, 1.0, 0.0, 0.0, 0.0),
        (2.0, 1.0, 0.0, -1.0, 0.0),
        (2.0, 1.0, 0.0, np.nan, 0.0),
        (2.0, 1.0, 0.0, np.inf, 0.0),
        (2.0, 1.0, 0.0, 0.25, np.nan),
        (2.0, 1.0, 0.0, 0.25, np.inf),
    ],
)
def test_numbers_without_bounds_are_refused(
    quality: float, cost: float, attach: float, taste_spread: float, outside: float
) -> None:
    with pytest.raises(EquilibriumError):
        equilibrium([2.0, quality], [1.0, cost], [0, 1], attach, taste_spread, outside)


def test_search_that_is_cut_short_says_how_far_it_got() -> None:
    with pytest.raises(EquilibriumError, match="after 2 rounds") as refused:
        equilibrium([2.0, 2.0], [1.0, 1.0], [0, 1], 0.0, 0.25, 0.0, rounds=2)
    assert 1e-12 < refused.value.residual < 1


@given(st.lists(st.floats(-50, 50), min_size=2, max_size=6), st.floats(0.1, 10), st.floats(-50, 50))
def test_logit_shares_sum_to_one_with_the_outside_and_follow_the_odds(
    quality: list[float], taste_spread: float, outside: float
) -> None:
    price = np.linspace(0, 3, len(quality))
    sold = logit_shares(quality, price, taste_spread, None)
    assert sold.sum() == pytest.approx(1)
    best = (np.array(quality) - price).max()
    with_outside = logit_shares(quality, price, taste_spread, outside)
    odds = math.exp(min(700.0, (outside - best) / taste_spread))
    assert with_outside.sum() < 1 or odds < 1e-15
    both = (sold > 1e-200) & (with_outside > 1e-200)
    ratio = with_outside[both] / sold[both]
    assert ratio == pytest.approx(np.full(len(ratio), with_outside.sum()), rel=1e-9)


@given(money, money, shares, st.floats(1.05, 4))
def test_calm_review_moves_part_of_the_way_to_the_markup(
    price: float, cost: float, inertia: float, markup: float
) -> None:
    target = calm_price(price, cost, inertia, markup)
    goal = markup * cost
    assert min(price, goal) * (1 - 1e-12) <= target <= max(price, goal) * (1 + 1e-12)
    way = inertia * math.log(price) + (1 - inertia) * math.log(goal)
    assert math.log(target) == pytest.approx(way, abs=1e-12)


def test_calm_review_leaves_a_free_price_free() -> None:
    assert calm_price(0.0, 2.0, 0.65, 3.0) == 0.0


def elastic_price(
    cost: float, attach: float, share: float, conduct: float = 1.6, fear: float = 0.0
) -> float:
    return monopoly_price(
        cost, attach, share, conduct=conduct, market_elasticity=0.8, floor=1.3, fear=fear
    )


def test_firm_without_share_marks_up_by_the_inverse_elasticity() -> None:
    # Lerner: (p - c) / p = 1 / e.
    assert elastic_price(3.0, 0.0, 0.0) == pytest.approx(3.0 * 1.6 / 0.6)
    assert elastic_price(3.0, 0.5, 0.0) == pytest.approx(2.5 * 1.6 / 0.6)
    assert elastic_price(0.0, 0.0, 0.0, fear=0.3) == pytest.approx(0.3 / 0.6)


@given(money, shares, shares, st.floats(1.35, 3))
def test_price_rises_with_share_and_falls_with_the_attach_margin(
    cost: float, one: float, two: float, conduct: float
) -> None:
    low, high = sorted((one, two))
    assert elastic_price(cost, 0, low, conduct) <= elastic_price(cost, 0, high, conduct) + 1e-9
    assert elastic_price(cost, cost / 2, low, conduct) < elastic_price(cost, 0, low, conduct)
    # The elasticity reckoned with never falls below the floor, so the markup stays finite.
    assert elastic_price(cost, 0, 1.0, conduct) == pytest.approx(cost * 1.3 / 0.3)


@given(money, st.floats(0, 100), money, money, st.floats(0, 0.3))
def test_answer_to_a_cut_never_loses_money_and_never_overshoots(
    cost: float, attach: float, optimal: float, lowest: float, free_below: float
) -> None:
    answer = alert_price(cost, attach, optimal, lowest, free_below)
    net_cost = cost - attach
    assert (answer is None) == (lowest <= net_cost)
    if answer is None:
        return
    if net_cost < free_below:
        assert answer == 0
    else:
        assert net_cost <= answer <= max(lowest, net_cost)
        assert answer <= max(optimal, net_cost)


def test_rival_at_net_cost_is_not_followed() -> None:
    assert alert_price(2.0, 0.5, 4.0, 1.5, 0.1) is None
    assert alert_price(2.0, 0.5, 4.0, 1.6, 0.1) == 1.6
    assert alert_price(2.0, 0.5, 1.55, 1.6, 0.1) == 1.55
    assert alert_price(2.0, 0.5, 1.0, 1.6, 0.1) == 1.5


@given(money, st.floats(1, 4), st.floats(0.1, 0.9))
def test_split_price_blends_back(blended: float, ratio: float, input_share: float) -> None:
    entry, output = split_price(blended, ratio, input_share)
    assert output == pytest.approx(ratio * entry)
    assert input_share * entry + (1 - input_share) * output == pytest.approx(blended)


def test_cache_lowers_what_is_paid_for_input_only() -> None:
    # 3 parts input at 1 and 1 part output at 2: half of the input cached at a quarter of the price.
    paid = 3 * (0.5 * 1.0 + 0.5 * 0.25) + 1 * 2.0
    assert cached_factor(2.0, 0.75, 0.5, 0.25) == pytest.approx(paid / 5.0)
    assert cached_factor(2.0, 0.75, 0.0, 0.25) == 1.0
    assert cached_factor(2.0, 0.75, 0.5, 1.0) == 1.0
