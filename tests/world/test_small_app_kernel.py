"""A week of small app startups: money adds up, and who finds users too dear stops or turns."""

from typing import NamedTuple

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.core.streams import Streams
from sim.core.units import WEEKS_PER_MONTH
from sim.world.small_app_kernel import GOES_ON, PIVOTS, STOPS, live_a_week

TRIAL, WAGES, CHANNELS = 13, 50_000, 3


class Week(NamedTuple):
    cash: NDArray[np.int64]
    users: NDArray[np.float64]
    weeks: NDArray[np.int64]
    earned: int
    paid: int
    ads: NDArray[np.int64]
    fate: NDArray[np.int64]


def week(
    cash: list[int],
    cost: float = 10.0,
    held: float = 1000.0,
    age: int = 0,
    careful: bool = True,
    pivot: float = 0.4,
    channels: int = CHANNELS,
    share: float = 0.1,
) -> Week:
    """A user pays 1 CNY a week, for 20 weeks."""
    n = len(cash)
    money, users = np.array(cash, dtype=np.int64), np.full(n, held)
    weeks = np.full(n, age, dtype=np.int64)
    entity, payment = np.arange(n, dtype=np.uint64), np.full(n, WEEKS_PER_MONTH)
    found = live_a_week(
        entity, money, payment, np.full(n, cost), users, weeks, 1.0, 20.0, 0.9, WAGES, 1e6, share,
        careful, TRIAL, pivot, Streams(1).named("small app pivot"), 3, channels,
    )  # fmt: skip
    return Week(money, users, weeks, *found)


@given(
    st.lists(st.integers(0, 10**9), min_size=1, max_size=8),
    st.floats(1.0, 50.0),
    st.floats(0.0, 2e6),
    st.integers(0, 40),
)
def test_money_of_a_week_adds_up(cash: list[int], cost: float, held: float, age: int) -> None:
    after = week(cash, cost, held, age)
    assert after.cash.sum() == sum(cash) + after.earned - after.paid - after.ads.sum()
    assert (after.cash >= 0).all()
    assert (after.weeks == age + 1).all()
    assert ((after.fate == STOPS) | (after.cash >= WAGES)).all()


def test_cash_goes_to_wages_and_then_a_part_of_it_to_ads() -> None:
    after = week([10_000_000, 10_000_000])
    assert after.earned == 2 * 100_000
    assert after.paid == 2 * WAGES
    assert after.ads.tolist() == [1_005_000, 1_005_000, 0]
    # Nine tenths stay, and 10,050 CNY buy people at 10 CNY, over what of the niche is left.
    assert after.users.tolist() == [900 + 10_050 / (10 / 0.999)] * 2
    assert after.fate.tolist() == [GOES_ON, GOES_ON]


def test_who_finds_users_too_dear_buys_none_after_the_trial_unless_nobody_looks() -> None:
    assert week([10**7], cost=21.0, age=TRIAL - 1).ads.any()
    assert not week([10**7], cost=21.0, age=TRIAL).ads.any()
    assert week([10**7], cost=21.0, age=TRIAL, careful=False).ads.any()
    assert week([10**7], cost=19.0, age=TRIAL).ads.any()
    assert not week([10**7], channels=0).ads.any()


def test_who_finds_users_too_dear_at_the_end_of_a_trial_turns_or_stops() -> None:
    ends = TRIAL - 1
    assert week([10**7], cost=21.0, age=ends, pivot=1.0).fate.tolist() == [PIVOTS]
    assert week([10**7], cost=21.0, age=ends, pivot=0.0).fate.tolist() == [STOPS]
    assert week([10**7], cost=21.0, age=ends + 1).fate.tolist() == [GOES_ON]
    assert week([10**7], cost=21.0, age=ends, careful=False).fate.tolist() == [GOES_ON]
    assert week([10**7], cost=19.0, age=ends).fate.tolist() == [GOES_ON]
    assert week([10], cost=21.0, age=ends, held=0.0, pivot=1.0).fate.tolist() == [STOPS]
    luck = Streams(1).uniforms("small app pivot", np.arange(50, dtype=np.uint64), 3)
    turned = week([10**7] * 50, cost=21.0, age=ends).fate == PIVOTS
    assert (turned == (luck < 0.4)).all()
