"""Adoption: novelty, news, logit choice, and hazards that sell exactly what was bought."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.core.streams import Streams
from sim.markets.adoption import (
    adoption_hazards,
    choice_shares,
    elo_utility,
    fading_lead,
    lead_over_rivals,
    mean_one,
    news_reach,
    news_release,
    news_reproduction,
    novelty_factor,
    spread_hazard,
    switch_weights,
)
from sim.markets.bought import paid_hazard
from sim.world.consumer_week import advance
from sim.world.consumers import Hazards, populate

F64 = NDArray[np.float64]


@given(st.lists(st.floats(-30, 30), min_size=2, max_size=12), st.data())
def test_deleting_an_option_keeps_the_ratios_of_the_others(
    utility: list[float], data: st.DataObject
) -> None:
    gone = data.draw(st.integers(0, len(utility) - 1))
    shares = choice_shares(utility)
    assert shares.sum() == pytest.approx(1.0, abs=1e-12)
    without = np.array(utility)
    without[gone] = -np.inf
    rest = choice_shares(without)
    assert rest[gone] == 0.0
    keep = np.arange(len(utility)) != gone
    np.testing.assert_allclose(
        rest[keep] * shares[keep].sum(), shares[keep], rtol=1e-12, atol=1e-300
    )


def test_hundred_points_win_64_percent() -> None:
    assert elo_utility(1.0) == pytest.approx(0.0057565, abs=5e-8)
    assert choice_shares(elo_utility([100.0, 0.0]))[0] == pytest.approx(0.6401, abs=5e-5)


def test_nothing_to_choose_gives_no_shares() -> None:
    assert choice_shares([-np.inf, -np.inf]).tolist() == [0.0, 0.0]


def test_leavers_weigh_users_and_quality_of_open_apps_only() -> None:
    weights = switch_weights(
        [10.0, 10.0, 5.0, 7.0], [0.0, 100.0, 0.0, 900.0], [1, 1, 1, 0], 0.0057565
    )
    assert weights[1] / weights[0] == pytest.approx(10 ** (100 / 400), rel=1e-5)
    assert weights[2] / weights[0] == pytest.approx(0.5)
    assert weights[3] == 0.0


def test_lead_is_over_the_best_other_open_app() -> None:
    lead = lead_over_rivals([30.0, 100.0, 70.0, 500.0], [True, True, True, False])
    assert lead.tolist() == [-70.0, 30.0, -30.0, 0.0]
    assert lead_over_rivals([30.0, 100.0], [True, False]).tolist() == [0.0, 0.0]


def test_novelty_grows_with_the_lead_up_to_e_and_fades_by_half_in_its_half_life() -> None:
    factor = novelty_factor([0.0, 50.0, 71.4286, 400.0], 1.4)
    assert factor == pytest.approx([1.0, 2.0137527, math.e, math.e], rel=1e-5)
    lead = fading_lead([0.0], [80.0], 4.0)
    for _ in range(4):
        lead = fading_lead(lead, [0.0], 4.0)
    assert lead == pytest.approx([40.0])


@given(st.floats(0, 6), st.floats(1e-6, 0.5))
def test_news_reach_solves_its_equation(reproduction: float, seed_share: float) -> None:
    z = float(news_reach(reproduction, seed_share))
    assert 0 < z < 1
    assert 1 - np.exp(-(reproduction * z + seed_share)) == pytest.approx(z, abs=2e-15, rel=1e-12)


def test_news_reach_near_and_above_the_critical_point() -> None:
    # Without press, final sizes of an epidemic: z / R from -ln(1 - z) / z = R.
    z = np.array([0.2, 0.5, 0.796812, 0.98])
    assert news_reach(-np.log1p(-z) / z, 0.0) == pytest.approx(z, rel=1e-9)
    assert news_reach([0.0, 0.5, 1.0], 0.0).max() < 1e-6
    # At R = 1 and small s the reach is sqrt(2 s) to first order: forty times the press's own.
    assert float(news_reach(1.0, 1e-8)) == pytest.approx(np.sqrt(2e-8), rel=1e-3)
    assert float(news_reach(0.0, 0.005)) == pytest.approx(-np.expm1(-0.005), rel=1e-12)


def test_small_differences_in_reproduction_become_large_ones_in_reach() -> None:
    ordinary, flagship = news_reproduction(
        0.43, 1.04, np.array([0.15, 1.0]), np.array([100.0, 120.0])
    )
    assert ordinary == pytest.approx(0.43 * np.exp(0.156))
    assert flagship == pytest.approx(0.43 * np.exp(1.248))
    small, large = news_reach([ordinary, flagship], 0.005)
    assert large > 40 * small


def test_news_brings_all_its_trials_in_time_half_of_them_in_the_half_life() -> None:
    reach, people = 0.3, 600.0
    flow = news_release([0.0], [reach], people, 8.0)
    total = flow.copy()
    for week in range(1, 600):
        if week == 8:
            half = total.copy()
        flow = news_release(flow, [0.0], people, 8.0)
        total += flow
    rho = -np.log1p(-reach)
    assert total == pytest.approx([people * rho])
    assert half == pytest.approx([people * rho / 2])


def test_adoption_hazards_by_source_segment_and_opening() -> None:
    hazards = adoption_hazards(
        push=[4.0, 1.0],
        organic=[0.01, 0.02],
        news=[0.5, 0.0],
        spread=spread_hazard(0.012, [math.e, 1.0], [50.0, 20.0], 600.0),
        addressable=600.0,
        segment_factor=mean_one([[2.0, 1.0, 1.0], [1.0, 1.0, 1.0]], [0.25, 0.75]),
        paid=[[0.1, 0.2], [0.3, 0.4]],
        open_apps=[True, False],
    )
    assert hazards.shape == (2, 2, 4)
    assert hazards[:, 1].max() == 0.0
    assert hazards[0, 0] == pytest.approx(
        [0.1, 4 / 600 * 1.6, 0.51 / 600, 0.012 * math.e * 50 / 600]
    )
    assert [0.25, 0.75] @ hazards[:, 0, 1] == pytest.approx(4 / 600)


@settings(max_examples=8)
@given(st.integers(0, 2**32))
def test_spend_over_realised_paid_adds_is_the_cost_per_acquisition(seed: int) -> None:
    """Through the kernel, with every other event competing, saturation and second apps."""
    rng = np.random.default_rng(seed)
    sizes = {"student": 60_000, "office": 90_000, "developer": 6_000, "mass": 144_000}
    apps = 4
    people = populate(sizes, tuple("abcd"), 40)
    audience = rng.uniform(0.2, 1.5, (4, apps))
    bought = rng.uniform(0, 0.01, apps) * people.population
    other = rng.uniform(0, 0.004, (4, apps, 4))
    other[:, :, 0] = 0.0
    base = np.array([[0.1], [0.2]])
    realised = np.zeros(apps)
    for week in range(40):
        paid = paid_hazard(
            bought,
            audience,
            people.no_app,
            people.one_app,
            3.0,
            other=other.sum(axis=2),
            leaving=_mean_leaving(people.cohorts, base),
        )
        adopt = other.copy()
        adopt[:, :, 0] = paid
        hazards = Hazards(
            adopt=adopt,
            second=3.0,
            leave_base=base,
            leave_factor=np.ones((4, apps, 3)),
            switch_share=0.1,
            switch_weight=np.ones(apps),
            subscribe=np.zeros((apps, 2)),
            lapse=np.zeros((apps, 2)),
        )
        realised += advance(people, hazards, Streams(seed), week).adds_paid
    assert people.one_app.sum() + people.overlap.sum() // 2 > 0.1 * people.population
    spent = 30.0 * bought * 40
    error = 30.0 / np.sqrt(bought * 40)
    # 2e-3: hazards of leaving differ within an app, and the mean stands for them.
    assert (np.abs(spent / realised - 30.0) <= 4 * error + 30.0 * 2e-3).all()


def _mean_leaving(cohorts: NDArray[np.int64], base: F64) -> F64:
    holders = cohorts.sum(axis=1)
    mean: F64 = holders @ base[:, 0] / np.maximum(holders.sum(axis=1), 1)
    return mean


def test_paid_hazard_in_its_limits() -> None:
    few = paid_hazard([6.0], [[1.0]], [6e6], [[0.0]], 3.0)
    assert few == pytest.approx(np.array([[1e-6]]), rel=1e-6)
    # Nobody left to buy, nothing bought, and a segment the ads do not reach.
    assert paid_hazard([5.0], [[1.0]], [0.0], [[10.0]], 3.0).tolist() == [[0.0]]
    assert paid_hazard([0.0], [[1.0]], [9.0], [[0.0]], 3.0).tolist() == [[0.0]]
    reached = paid_hazard([5.0], [[1.0], [0.0]], [1e6, 1e6], [[0.0], [0.0]], 3.0)
    assert reached[1, 0] == 0.0
    assert reached[0, 0] == pytest.approx(5e-6, rel=1e-5)
