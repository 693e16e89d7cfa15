"""B1 and beyond: first-price bids where ranges of costs differ, against known solutions."""

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.markets.bidding import GRID, BiddingError, asymmetric_bids, bid_table, tabled_bid
from sim.markets.tenders import equilibrium_bid

F64 = NDArray[np.float64]
ACCURACY = 1e-4
"""The stated one, over the range of costs."""


@pytest.mark.parametrize("bidders", [(1, 1), (2, 1), (1, 2), (3, 3), (1, 5)])
def test_equal_ranges_give_the_symmetric_bid(bidders: tuple[int, int]) -> None:
    cost = np.linspace(0, 1, 11)
    n = sum(bidders)
    for found in asymmetric_bids(cost, (0.0, 0.0), (1.0, 1.0), bidders):
        assert found == pytest.approx(((n - 1) * cost + 1) / n)
    # A strong bidder that is hardly stronger bids hardly otherwise.
    for found in asymmetric_bids(cost, (-1e-7, 0.0), (1.0 - 1e-7, 1.0), bidders):
        assert found == pytest.approx(((n - 1) * cost + 1) / n, abs=ACCURACY)


@pytest.mark.parametrize("weak_low", [0.2, 0.4, 0.7])
def test_common_highest_cost_is_as_griesmer_levitan_and_shubik_solved_it(weak_low: float) -> None:
    def known(cost: F64, own: float, other: float) -> F64:
        # With v = 1 - c, v of one on [0, own]: bid 1 - (1 - sqrt(1 - k v^2)) / (k v).
        v, k = 1.0 - cost, 1.0 / own**2 - 1.0 / other**2
        return 1.0 - (1.0 - np.sqrt(1.0 - k * v**2)) / (k * v)

    wide, narrow = 1.0, 1.0 - weak_low
    cost = np.linspace(0, 0.99, 34)
    strong, _ = asymmetric_bids(cost, (0.0, weak_low), (1.0, 1.0), (1, 1))
    assert np.abs(strong - known(cost, wide, narrow)).max() < ACCURACY
    cost = np.linspace(weak_low, 0.99, 34)
    _, weak = asymmetric_bids(cost, (0.0, weak_low), (1.0, 1.0), (1, 1))
    assert np.abs(weak - known(cost, narrow, wide)).max() < ACCURACY


@pytest.mark.parametrize(
    ("low", "high"),
    [((0.0, 0.1), (0.8, 1.0)), ((0.0, 0.5), (1.0, 1.5)), ((0.36, 0.4), (0.81, 0.9))],
)
def test_two_bidders_are_as_kaplan_and_zamir_solved_them(
    low: tuple[float, float], high: tuple[float, float]
) -> None:
    (l1, l2), (h1, h2) = low, high
    top = (h1 + h2) / 2
    lowest = (top**2 - l1 * l2) / (h1 + h2 - l1 - l2)
    strong = asymmetric_bids(np.linspace(l1, h1, 400), low, high, (1, 1))[0]
    weak = asymmetric_bids(np.linspace(l2, top, 400), low, high, (1, 1))[1]
    near = ACCURACY * (h2 - l1)
    assert strong[0] == pytest.approx(lowest, abs=near)
    assert weak[0] == pytest.approx(lowest, abs=near)
    assert strong[-1] == weak[-1] == pytest.approx(top, abs=near)
    # Along the solution c1 c2 - b (c1 + c2) + (h1 + h2) b = top^2.
    bid = np.linspace(lowest, top, 50)[1:-1]
    c1 = np.interp(bid, strong, np.linspace(l1, h1, 400))
    c2 = np.interp(bid, weak, np.linspace(l2, top, 400))
    constant = c1 * c2 - bid * (c1 + c2) + (h1 + h2) * bid
    assert np.abs(constant - top**2).max() < 5 * near


@pytest.mark.parametrize("bidders", [(1, 1), (2, 1), (1, 2), (2, 2), (1, 4), (4, 1), (3, 3)])
@pytest.mark.parametrize("bonus", [0.05, 0.1, 0.3])
def test_no_other_bid_earns_more_against_the_rivals(bidders: tuple[int, int], bonus: float) -> None:
    low, high = ((1 - bonus) * 0.4, 0.4), ((1 - bonus) * 0.9, 0.9)
    grid = [np.linspace(low[kind], high[kind], 4001) for kind in range(2)]
    bids = [asymmetric_bids(grid[kind], low, high, bidders)[kind] for kind in range(2)]
    asked = np.linspace(min(bids[0][0], bids[1][0]), high[1], 4001)

    def beats(kind: int) -> F64:
        """Chance that one rival of a kind bids more."""
        below = np.searchsorted(bids[kind], asked, side="right")
        return 1.0 - below / len(bids[kind])

    for kind in range(2):
        rivals = np.array(bidders) - np.eye(2, dtype=int)[kind]
        chance = beats(0) ** rivals[0] * beats(1) ** rivals[1]
        for place in (0, 1000, 2000, 3000):
            profit = (asked - grid[kind][place]) * chance
            own = np.interp(bids[kind][place], asked, profit)
            assert own >= profit.max() - 1e-3 * 0.5


def test_weak_bidders_who_cannot_win_ask_their_cost() -> None:
    cost = np.array([0.8, 0.9])
    assert asymmetric_bids(cost, (0.0, 0.8), (0.5, 1.0), (2, 1))[1].tolist() == cost.tolist()
    assert asymmetric_bids([0.1], (0.0, 0.8), (0.5, 1.0), (2, 1))[0] == pytest.approx(0.3)
    assert asymmetric_bids([0.1], (0.0, 0.8), (0.5, 1.0), (1, 1))[0] == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("low", "high", "bidders"),
    [
        ((0.5, 0.4), (0.9, 1.0), (1, 1)),
        ((0.0, 0.0), (1.0, 0.9), (1, 1)),
        ((0.0, 1.0), (1.0, 1.0), (1, 1)),
        ((0.0, 0.0), (1.0, 1.0), (0, 2)),
    ],
)
def test_ranges_that_make_no_sense_are_refused(
    low: tuple[float, float], high: tuple[float, float], bidders: tuple[int, int]
) -> None:
    with pytest.raises(BiddingError, match="must lie lower at both ends"):
        asymmetric_bids([0.5], low, high, bidders)


def along(table: F64, strong: int, weak: int, kind: int, place: F64) -> F64:
    return np.array([tabled_bid(table, strong, weak, kind, one) for one in place.tolist()])


def test_table_without_advantage_is_the_symmetric_bid() -> None:
    table = bid_table(0.4, 0.9, 0.0, 4)
    place = np.array([0.0, 0.31, 1.0])
    cost = 0.4 + 0.5 * place
    for strong, weak in ((1, 1), (3, 1), (0, 2), (4, 0)):
        for kind in range(2):
            bids = along(table, strong, weak, kind, place)
            assert bids == pytest.approx(equilibrium_bid(cost, 0.9, strong + weak), abs=1e-12)


def test_table_keeps_bids_as_accurate_as_they_are() -> None:
    table = bid_table(0.4, 0.9, 0.1, 4)
    place = np.linspace(0, 0.95, 3 * GRID)
    cost = 0.4 + 0.5 * place
    found = along(table, 1, 3, 0, place)
    exact = asymmetric_bids(0.9 * cost, (0.36, 0.4), (0.81, 0.9), (1, 3))[0] / 0.9
    assert np.abs(found - exact).max() < ACCURACY


def test_incumbents_bid_higher_and_their_rivals_lower_than_without_an_advantage() -> None:
    table, plain = bid_table(0.4, 0.9, 0.1, 4), bid_table(0.4, 0.9, 0.0, 4)
    assert (table[1, 1, 0] > plain[1, 1, 0]).all()
    assert (table[1, 1, 1, :-1] < plain[1, 1, 1, :-1]).all()
