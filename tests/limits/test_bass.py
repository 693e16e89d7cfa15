"""Bass diffusion (A1 to A3): one app, no ads, no second app, no churn, through the real kernel."""

from collections.abc import Callable

import numpy as np
import pytest

from sim.core.streams import Streams
from sim.core.units import WEEKS_PER_YEAR
from sim.markets.adoption import adoption_hazards, spread_hazard
from sim.world.consumer_week import advance
from sim.world.consumers import Hazards, populate

RUN_WEEKS = 500
STEP_ERROR = 0.0014


def diffuse(
    agents: int, p: float, q: float, years: float, effort: Callable[[float], float]
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the share of adopters at the end of each week; p and q per year.

    The state tells 512 weeks apart. Nobody leaves, so start weeks do not matter here and a longer
    run goes on with week 0 of the next replicate's draws.
    """
    people = populate({"everybody": agents}, ("app",), RUN_WEEKS)
    share = [0.0]
    for week in range(round(years * WEEKS_PER_YEAR)):
        x = effort(week / WEEKS_PER_YEAR) / WEEKS_PER_YEAR
        adopt = adoption_hazards(
            push=[0.0],
            organic=[p * x * agents],
            news=[0.0],
            spread=spread_hazard(q * x, [1.0], people.holders, agents),
            addressable=agents,
            segment_factor=[[1.0]],
            paid=0.0,
            open_apps=[True],
        )
        hazards = Hazards(
            adopt=adopt,
            second=0.0,
            leave_base=np.zeros((2, 1)),
            leave_factor=np.ones((1, 1, 3)),
            switch_share=0.0,
            switch_weight=np.zeros(1),
            subscribe=np.zeros((1, 2)),
            lapse=np.zeros((1, 2)),
        )
        run, week_of_run = divmod(week, RUN_WEEKS)
        advance(people, hazards, Streams(1, replicate=run), week_of_run)
        share.append(int(people.holders[0]) / agents)
    return np.array(share)


def at_years(
    share: np.ndarray[tuple[int], np.dtype[np.float64]], years: list[float]
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.interp(np.array(years) * WEEKS_PER_YEAR, np.arange(len(share)), share)


TEN_MILLION = pytest.param(10_000_000, marks=pytest.mark.slow)


@pytest.mark.parametrize("agents", [1_000_000, TEN_MILLION])
def test_bass_curve(agents: int) -> None:
    seen = at_years(diffuse(agents, 0.03, 0.38, 20.1, lambda _: 1.0), [1, 5, 10, 15, 20])
    expected = np.array([0.035758, 0.331199, 0.812803, 0.971610, 0.996259])
    # Early luck multiplies: the spread of F is that of a binomial, raised by the word of mouth.
    error = 2 * np.sqrt(expected * (1 - expected) / agents)
    assert (np.abs(seen - expected) <= STEP_ERROR + 4 * error).all(), seen - expected


@pytest.mark.parametrize("agents", [1_000_000, TEN_MILLION])
def test_generalised_bass_with_more_effort_from_the_second_year(agents: int) -> None:
    share = diffuse(agents, 0.03, 0.38, 10.1, lambda year: 1.5 if year >= 2 else 1.0)
    # The step in effort falls within a week; a week's adopters are about .002 of all.
    tolerance = 1.5 * STEP_ERROR + 0.002
    assert at_years(share, [5, 10]) == pytest.approx([0.494475, 0.957784], abs=tolerance)


@pytest.mark.parametrize("agents", [967_170, pytest.param(9_671_700, marks=pytest.mark.slow)])
def test_black_and_white_television(agents: int) -> None:
    share = diffuse(agents, 0.027877, 0.25105, 9.4, lambda _: 1.0)
    year = 96_717 * (at_years(share, [8.38]) - at_years(share, [7.38]))
    # Sales in the year around the peak are below the peak rate by a quarter of a percent.
    assert year == pytest.approx(7493, rel=0.01)
    quarters = [0.25 * i for i in range(37)]
    sales = np.diff(at_years(share, quarters))
    assert quarters[int(np.argmax(sales))] + 0.125 == pytest.approx(7.88, abs=1.2)
