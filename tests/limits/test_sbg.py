"""Shifted-beta-geometric retention (R1): the curve, a million individuals, the fit."""

import numpy as np
import pytest
from scipy.optimize import minimize

from sim.core.streams import Streams
from sim.core.units import WEEKS_PER_MONTH
from sim.markets.retention import leave_base, log_likelihood, survival
from sim.world.consumer_week import advance
from sim.world.consumers import Hazards, populate

ALPHA, BETA = 0.704, 1.182
MODEL = np.array([62.7, 47.4, 38.8, 33.2, 29.2, 26.2, 23.9]) / 100
DATA = np.array([100.0, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1])


def one_app(base: np.ndarray[tuple[int, int], np.dtype[np.float64]], *, arrive: bool) -> Hazards:
    """Everybody arrives at once, half of them bought; then nothing but leaving."""
    hazard = 1e6 if arrive else 0.0
    return Hazards(
        adopt=np.array([[[hazard, 0.0, hazard, 0.0]]]),
        second=0.0,
        leave_base=base,
        leave_factor=np.ones((1, 1, 3)),
        switch_share=0.0,
        switch_weight=np.zeros(1),
        subscribe=np.zeros((1, 2)),
        lapse=np.zeros((1, 2)),
    )


def test_yearly_curve_of_fader_and_hardie() -> None:
    s = survival(np.arange(13), ALPHA, BETA)
    assert s[0] == 1.0
    assert s[1:8] == pytest.approx(MODEL, abs=0.0005)
    assert s[12] == pytest.approx(0.170, abs=0.0005)
    assert s[1] == pytest.approx(0.6267, abs=0.00005)


@pytest.mark.parametrize("agents", [1_000_000, pytest.param(10_000_000, marks=pytest.mark.slow)])
def test_individuals_follow_the_yearly_curve(agents: int) -> None:
    yearly = -np.diff(np.log(survival(np.arange(13), ALPHA, BETA)))
    base = np.array([yearly, yearly])
    people = populate({"everybody": agents}, ("app",), 13)
    advance(people, one_app(base, arrive=True), Streams(1), 0)
    assert people.holders[0] == agents
    for year in range(1, 13):
        advance(people, one_app(base, arrive=False), Streams(1), year)
        expected = float(survival(year, ALPHA, BETA))
        error = np.sqrt(expected * (1 - expected) / agents)
        assert people.holders[0] / agents == pytest.approx(expected, abs=4 * error)


def test_bought_and_organic_cohorts_follow_their_own_weekly_curves() -> None:
    agents = 400_000
    base = leave_base(0.57, 1.15, 0.6, 60)
    people = populate({"everybody": agents}, ("app",), 60)
    advance(people, one_app(base, arrive=True), Streams(2), 0)
    organic, bought = people.cohorts[0, 0].tolist()
    for week in range(1, 53):
        advance(people, one_app(base, arrive=False), Streams(2), week)
    for start, now, beta in (
        (organic, people.cohorts[0, 0, 0], 1.15),
        (bought, people.cohorts[0, 0, 1], 0.69),
    ):
        expected = float(survival(52 / WEEKS_PER_MONTH, 0.57, beta))
        error = np.sqrt(expected * (1 - expected) / start)
        assert now / start == pytest.approx(expected, abs=4 * error)


def test_fit_of_seven_years_finds_the_published_shapes() -> None:
    fit = minimize(
        lambda x: -log_likelihood(DATA, np.exp(x[0]), np.exp(x[1])),
        x0=[0.0, 0.0],
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-12},
    )
    assert np.exp(fit.x) == pytest.approx([0.7041, 1.1820], abs=0.00006)
