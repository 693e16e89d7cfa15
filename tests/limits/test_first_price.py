"""B1: first-price tenders with costs drawn from U[0, 1]."""

from math import sqrt

import numpy as np
import pytest

from sim.core.streams import Streams
from sim.markets.bidding import award
from sim.markets.tenders import equilibrium_bid

TENDERS = 40_000


@pytest.mark.parametrize("bidders", [2, 3, 6])
def test_price_and_winners_profit(bidders: int) -> None:
    seats = np.arange(TENDERS * 6, dtype=np.uint64).reshape(TENDERS, 6)
    cost = Streams(1).uniforms("bid cost", seats, 0)
    # Seats beyond the bidders stay empty; they must neither bid nor count.
    present = np.broadcast_to(np.arange(6) < bidders, cost.shape)
    bids = equilibrium_bid(cost, 1.0, bidders)
    assert np.abs(bids - ((bidders - 1) * cost + 1) / bidders).max() < 1e-12
    rows, winner = np.arange(TENDERS), award(bids, np.zeros_like(bids), present)
    price, profit = bids[rows, winner], (bids - cost)[rows, winner]
    for found, expected in ((price, 2 / (bidders + 1)), (profit, 1 / (bidders + 1))):
        standard_error = found.std() / sqrt(TENDERS)
        assert standard_error < 0.002
        assert abs(found.mean() - expected) < 4 * standard_error
