"""F1: when a firm without income runs out of cash, at weekly steps."""

from math import sqrt

import numpy as np
import pytest

from sim.core.streams import Streams
from sim.core.units import to_fen
from sim.markets.treasury import paid_in_order, unforeseen_cost

FIRMS = 120_000
RUINED = {52: 0.05814, 78: 0.29046, 104: 0.55965, 156: 0.87281}
"""Share ruined by the end of years 1, 1.5, 2 and 3; exact for weekly monitoring."""


@pytest.fixture(scope="module")
def ruined() -> dict[int, float]:
    """Cash 1,000, burn 500 a year with a spread of 300, paid each week as the treasury pays."""
    firms = np.arange(FIRMS, dtype=np.uint64)
    cash = np.full(FIRMS, to_fen(1000.0))
    alive = np.ones(FIRMS, dtype=np.bool_)
    burn = np.full(FIRMS, to_fen(500.0 / 52))
    found = {}
    for week in range(1, max(RUINED) + 1):
        normal = Streams(1).normals("unforeseen cost", firms, week)
        cost = unforeseen_cost(500.0, 0.6, 1 / 52, normal)
        cash = cash + to_fen(np.maximum(-cost, 0.0))
        due = np.stack([burn, to_fen(np.maximum(cost, 0.0))])
        paid = paid_in_order(cash, due)
        alive &= (paid == due).all(axis=0)
        cash = cash - paid.sum(axis=0)
        if week in RUINED:
            found[week] = 1.0 - float(alive.mean())
    return found


@pytest.mark.parametrize("week", RUINED)
def test_share_of_firms_ruined(ruined: dict[int, float], week: int) -> None:
    expected = RUINED[week]
    standard_error = sqrt(expected * (1.0 - expected) / FIRMS)
    assert standard_error <= 0.0015
    assert abs(ruined[week] - expected) < 4 * standard_error
