"""P1, P2: logit Bertrand pricing, duopoly, joint monopoly and attach margin."""

import numpy as np
import pytest
from scipy.special import lambertw

from sim.markets.pricing import equilibrium


@pytest.mark.parametrize(
    ("owner", "price", "profit"), [((0, 1), 1.4729267, 0.2229267), ((0, 0), 1.9249809, 0.3374905)]
)
def test_duopoly_and_joint_monopoly_of_calvano(
    owner: tuple[int, int], price: float, profit: float
) -> None:
    # Calvano, Calzolari, Denicolo & Pastorello 2020: a = 2, c = 1, mu = .25, a_0 = 0.
    prices, shares = equilibrium([2.0, 2.0], [1.0, 1.0], owner, taste_spread=0.25, outside=0.0)
    assert prices == pytest.approx([price, price], abs=5e-8)
    assert (prices - 1.0) * shares == pytest.approx([profit, profit], abs=5e-8)


@pytest.mark.parametrize(("attach", "price"), [(0.0, 1.801985), (0.5, 1.673360), (1.0, 1.581795)])
def test_attach_margin_lowers_the_price_of_a_monopolist(attach: float, price: float) -> None:
    prices, _ = equilibrium([2.0], [1.0], [0], attach, taste_spread=0.25, outside=0.0)
    assert prices == pytest.approx([price], abs=5e-7)
    exact = 1.0 - attach + 0.25 * (1.0 + lambertw(np.exp((2.0 - 1.0 + attach) / 0.25 - 1.0)).real)
    assert prices == pytest.approx([exact], rel=1e-12)
