"""Quality and unit cost: limits in which nothing changes, and what each cause does alone."""

import itertools
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.parameters import Parameters
from sim.markets.technology import (
    cost_decline,
    data_feedback,
    offered_quality,
    quality_to_serve,
    reasoning_quality,
    released_quality,
    shadow_cost,
    unit_cost,
)

elo = st.floats(-500, 1000)
positive = st.floats(1e-3, 1e3)


def released(compute: float = 1.0, years: float = 0.0, people: float = 8.0) -> float:
    return float(
        released_quality(
            -20.0,
            compute,
            1.0,
            years,
            people,
            8.0,
            per_log_compute=41.0,
            per_log_talent=15.0,
            algorithmic_progress=1.04,
        )
    )


def test_nothing_changed_means_the_opening_quality() -> None:
    assert released() == -20


def test_tenfold_compute_gives_about_a_hundred_points() -> None:
    assert released(compute=10) - released() == pytest.approx(41 * math.log(10))
    assert released(years=1) - released() == pytest.approx(41 * 1.04)
    # A year of progress is worth e^1.04 as much compute.
    assert released(years=1) == pytest.approx(released(compute=math.exp(1.04)))


def test_losing_one_lead_of_eight_costs_two_points_and_losing_all_is_finite() -> None:
    assert released(people=7) - released() == pytest.approx(15 * math.log(7 / 8))
    assert -3 < released(people=7) - released() < -1
    assert math.isfinite(released(people=0))


@given(elo, elo, st.booleans())
def test_quitting_never_raises_quality_and_open_weights_never_lower_it(
    own: float, open_served: float, make_or_buy: bool
) -> None:
    offered = offered_quality([own], open_served, make_or_buy)[0]
    assert offered == (max(own, open_served) if make_or_buy else own)


def test_users_data_help_by_their_log() -> None:
    assert data_feedback([0.0, 10e6, 30e6], 5.0) == pytest.approx(
        [0, 5 * math.log(2), 5 * math.log(4)]
    )


def test_thinking_helps_on_its_share_of_tasks() -> None:
    assert reasoning_quality(20.0, 0.0, 0.15) == 0
    assert reasoning_quality(20.0, 4.0, 0.15) == pytest.approx(0.15 * 20 * math.log(5))


def cost(**changes: Any) -> float:
    arguments: dict[str, Any] = {
        "opening_cost": 4.6,
        "efficiency": 1.0,
        "volume_ratio": 1.0,
        "quality": 0.0,
        "architecture": 0.0,
        "decline": 0.0,
        "learning": 0.04,
        "cost_of_quality": 1.6,
    }
    return float(unit_cost(**(arguments | changes)))


def test_unit_cost_opens_at_its_level_times_efficiency() -> None:
    assert cost() == pytest.approx(4.6)
    assert cost(efficiency=0.9) == pytest.approx(4.14)


@pytest.mark.parametrize(
    ("changes", "factor"),
    [
        ({"decline": 1.45}, math.exp(-1.45)),
        ({"volume_ratio": 100.0}, 100**-0.04),
        ({"volume_ratio": 0.01}, 1.0),
        ({"quality": 100.0}, math.exp(1.6)),
        ({"architecture": math.log(0.4)}, 0.4),
        ({"thinking": 4.0}, 5.0),
        ({"decline": 2.0, "power": 0.5}, math.exp(-1.0)),
        ({"thinking": 4.0, "power": 0.5}, 5.0),
        ({"efficiency": 2.0, "power": 0.5}, 2.0),
    ],
    ids=str,
)
def test_each_cause_multiplies_unit_cost(changes: dict[str, float], factor: float) -> None:
    assert cost(**changes) / cost() == pytest.approx(factor)


def decline(years: float) -> float:
    return cost_decline(years, turn=1.5, early=1.45, late=1.2, half_life=3.0)


def test_costs_fall_early_then_ever_more_slowly() -> None:
    assert decline(0.0) == 0
    assert decline(1.0) == pytest.approx(1.45)
    assert decline(1.5) == pytest.approx(1.5 * 1.45)
    # The late rate halves every three years: 1.2 x 3 / ln 2 in all, half of it in three years.
    assert decline(4.5) == pytest.approx(1.5 * 1.45 + 1.8 / math.log(2))
    assert decline(500.0) == pytest.approx(1.5 * 1.45 + 3.6 / math.log(2))


@given(st.floats(0, 20), st.floats(0, 0.1))
def test_fall_of_costs_has_no_jump_and_no_reversal(years: float, step: float) -> None:
    assert -1e-12 <= decline(years + step) - decline(years) <= 1.45 * step + 1e-12


def test_small_models_keep_up_with_part_of_what_is_gained_after_distillation_came() -> None:
    assert quality_to_serve([50.0, 100.0, 300.0], 100.0, 0.35) == pytest.approx([50, 100, 230])


@given(elo, elo, st.floats(0, 0.7))
def test_better_models_never_cost_less_to_serve(one: float, other: float, share: float) -> None:
    for came in (math.inf, 90.0):
        low, high = quality_to_serve([min(one, other), max(one, other)], came, share)
        assert low <= high <= max(one, other)
    assert quality_to_serve(one, math.inf, share) == one


def test_unit_cost_falls_on_while_open_weights_catch_up() -> None:
    """A quarter brings at most one open step; neither trend outlives the other before 2030."""
    p = Parameters()
    quarters = [
        cost(
            decline=cost_decline(
                1.5 + k / 4, 1.5, p.cost_decline, p.cost_decline_late, p.cost_half_life
            ),
            quality=float(quality_to_serve(100.0 + p.open_step * k, 100.0, p.distillation)),
            cost_of_quality=p.cost_of_quality,
        )
        for k in range(21)
    ]
    assert all(later < earlier for earlier, later in itertools.pairwise(quarters))
    assert 0.1 < quarters[-1] / quarters[0] < 0.5


def test_scarce_capacity_costs_more() -> None:
    factor = shadow_cost([0.0, 0.8, 0.9, 1.0, 3.0], 0.5)
    assert factor == pytest.approx([1, 1, 1.125, 1.5, 1.5])


def test_no_fall_of_cost_at_fixed_quality_is_counted_twice() -> None:
    """Engineering, volume and architecture stay below the 10 to 40 a year of quoted prices."""
    p = Parameters()
    spread = math.log(0.4) * (1 - math.exp(-34 / p.architecture_diffusion_weeks))
    early = cost_decline(1.5, 1.5, p.cost_decline, p.cost_decline_late, p.cost_half_life)
    after = cost(decline=early, volume_ratio=100.0, learning=p.learning, architecture=spread)
    a_year = (cost() / after) ** (1 / 1.5)
    assert 5 < a_year < 10
