"""Tenders: equilibrium bids, the award, arrivals and budgets over the years."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.markets.bidding import award, seated
from sim.markets.tenders import equilibrium_bid, mean_budget, tenders_per_year


@given(st.floats(0, 1), st.floats(0.5, 3), st.integers(2, 6))
def test_bid_lies_between_cost_and_the_highest_cost(
    share: float, highest: float, bidders: int
) -> None:
    cost = share * highest
    bid = equilibrium_bid(cost, highest, bidders)
    assert cost <= bid <= highest * (1 + 1e-12)
    assert bid <= equilibrium_bid(cost, highest, bidders - 1) * (1 + 1e-12)


def test_a_single_bidder_asks_for_the_highest_cost() -> None:
    assert equilibrium_bid([0.0, 0.3], 0.9, 1) == pytest.approx([0.9, 0.9])


@pytest.mark.parametrize("cost", [0.0, 0.2, 0.5, 0.9])
def test_no_other_bid_earns_more_against_rivals_in_equilibrium(cost: float) -> None:
    # A rival with cost x bids (3 x + 1) / 4, so a bid b beats it with probability (4 (1 - b) / 3).
    bids = np.linspace(0.25, 1, 30_001)
    profit = (bids - cost) * np.minimum(1.0, 4 * (1 - bids) / 3) ** 3
    assert bids[profit.argmax()] == pytest.approx(float(equilibrium_bid(cost, 1.0, 4)), abs=1e-4)


def test_lowest_scored_bid_wins() -> None:
    bids = np.array([[5.0, 4.9, 6.0], [5.0, 4.0, 6.0], [5.0, 4.0, 3.0]])
    advantage = np.array([[0.1, 0.0, 0.0]] * 3)
    present = np.array([[True, True, True], [True, True, True], [True, True, False]])
    assert award(bids, advantage, present).tolist() == [0, 1, 1]


@given(st.integers(0, 1000), st.integers(1, 5))
def test_absent_bidders_never_win(seed: int, seats: int) -> None:
    generator = np.random.default_rng(seed)
    bids = generator.uniform(0.4, 0.9, (8, 6))
    present = np.arange(6) < generator.integers(1, seats + 1, (8, 1))
    winner = award(bids, np.zeros((8, 6)), present)
    assert present[np.arange(8), winner].all()
    lowest = np.where(present, bids, np.inf).min(axis=1)
    assert (bids[np.arange(8), winner] == lowest).all()


def test_a_firm_takes_one_seat_and_integrators_many() -> None:
    drawn = np.array([[0.1, 0.05, 0.3, 0.9, 0.95, 0.6]])
    who, bids = seated(np.array([5.0]), drawn, np.array([0.2, 0.2, 0.5, 0.8]))
    assert who.tolist() == [[0, 0, 2, 4, 4, 3]]
    assert bids.tolist() == [[True, False, True, True, True, False]]


def test_tenders_arrive_as_counted_in_both_years_and_then_slow_down() -> None:
    def rate(years: float) -> float:
        return tenders_per_year(years, 92, 1520, 2.0)

    assert rate(0.0) == rate(0.5) == pytest.approx(92)
    assert rate(1.5) == pytest.approx(1520)
    assert rate(1.0) == pytest.approx(np.sqrt(92 * 1520))
    assert rate(2.5) == pytest.approx(2 * 1520)
    assert rate(3.5) == pytest.approx(2**1.5 * 1520)
    assert rate(100.0) == pytest.approx(4 * 1520)


@given(st.floats(0, 10), st.floats(0, 0.01))
def test_arrivals_have_no_jump(years: float, step: float) -> None:
    before, after = (tenders_per_year(at, 92, 1520, 2.0) for at in (years, years + step))
    assert 1 - 1e-12 <= after / before <= np.exp(np.log(1520 / 92) * step) + 1e-9


def test_budgets_fall_once() -> None:
    assert mean_budget(0.0, 8.6, 4.3) == mean_budget(0.5, 8.6, 4.3) == pytest.approx(8.6)
    assert mean_budget(1.0, 8.6, 4.3) == pytest.approx(8.6 / np.sqrt(2))
    assert mean_budget(1.5, 8.6, 4.3) == mean_budget(9.0, 8.6, 4.3) == pytest.approx(4.3)
