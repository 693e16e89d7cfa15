"""Every shipped scenario runs to its end in the real engine, and no path explodes or dies out."""

import numpy as np
import pytest

from sim.engine.simulation import simulate
from sim.scenario import Scenario
from sim.scenario.catalogue import shipped_scenarios

FUTURES = tuple(name for name in shipped_scenarios() if "/" not in name)


def test_thirteen_futures_are_shipped_and_the_calibrated_one() -> None:
    assert len(FUTURES) == 14
    assert "calibrated" in FUTURES


@pytest.mark.parametrize("name", FUTURES)
def test_future_runs_to_its_end(name: str) -> None:
    scenario = Scenario.load(name).with_({"consumers.people_per_agent": 20000})
    recorded = simulate(scenario, 1, 0, frozenset({"firms", "market"}))
    firms, market = recorded["firms"], recorded["market"]
    assert len(market["date"]) > 120
    sold = np.asarray(firms["price_input_cny_per_mtok"], dtype=np.float64)
    assert np.nanmax(sold) <= 100.0
    served = np.asarray(market["tokens_served_per_day"], dtype=np.float64)
    assert 1e10 < served[-1] < 1e14
    research = np.asarray(firms["cost_rd_compute_cny"], dtype=np.float64)
    assert research.max() < 5e9
    assert market["independent_startups"][-1] >= 1
