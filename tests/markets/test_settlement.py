"""What firms earn, owe and pay in a week, to the last fen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.core.units import WEEKS_PER_MONTH
from sim.markets.settlement import (
    ADS,
    APPS,
    MARKETING,
    OLD_BILLS,
    OLD_WAGES,
    OTHER_WAGES,
    OVERHEAD,
    RANKS,
    RESEARCH_WAGES,
    SERVING,
    TRAINING,
    ad_bill,
    divided,
    earned,
    lacking,
    owed_this_week,
    paid_with_credits,
)

BOTH = np.array([True, False])
NONE = np.zeros(2)


def whole(*rows: list[int]) -> NDArray[np.int64]:
    return np.array(rows, dtype=np.int64)


def test_revenue_is_tokens_times_price_and_a_gone_firm_earns_nothing() -> None:
    tokens = np.array([[1e9, 1e9], [2e9, 2e9]])
    price = np.array([[0.5, 0.5], [np.nan, 1.0]])
    margin, some = np.array([0.2, 0.2]), np.array([3.004, 3.004])
    fen = earned(tokens, tokens, price, margin, some, some, some, BOTH)
    # 7,000 million tokens a week at .5; the flagship is not on sale; 21,000 bring .2 elsewhere.
    assert fen[:, 0].tolist() == [350_000, 420_000, 300, 300, 300]
    assert not fen[:, 1].any()


def test_an_owner_pays_its_transfer_price_on_its_own_channel_only() -> None:
    spend = np.array([[10.0, 20.0], [1.0, 2.0], [5.0, 5.0]])
    bill, total = ad_bill(spend, np.array([0, 0, 1]), 2, np.array([0, -1]), 0.3)
    assert bill == pytest.approx(np.array([[3.3, 22.0], [5.0, 5.0]]))
    assert total == pytest.approx([25.3, 10.0])


def test_what_is_due_is_ranked_and_a_gone_firm_owes_old_debts_only() -> None:
    due = owed_this_week(
        np.full(2, WEEKS_PER_MONTH),
        NONE - 1e9,
        np.array([-50.0, 0.0]),
        np.array([5.0, 5.0]),
        np.full((2, 2), 1e6),
        np.array([[1.0, 1.0], [np.nan, 2.0]]),
        np.array([40e6, 10e6]),
        np.array([7.0, 1.0]),
        np.array([2.0, 1.0]),
        np.array([0, 1]),
        NONE,
        np.array([100.0, 100.0]),
        np.array([9.0, 9.0]),
        whole([-3, -4], [-5, -6]),
        BOTH,
        30.0,
        0.4,
        0.5,
        100.0,
        0.25,
        0.1,
        0.2,
    )
    assert due.shape == (RANKS, 2)
    assert due[[OLD_WAGES, OLD_BILLS]].tolist() == [[3, 4], [5, 6]]
    assert due[RESEARCH_WAGES, 0] == 0  # key people for less than the market pays
    assert due[OTHER_WAGES, 0] == 1_800
    assert due[OVERHEAD, 0] == 2_000  # half of pay and the severance; a windfall is no cost
    assert due[SERVING, 0] == 0  # without a cost of one class it is not known
    assert due[APPS, 0] == 70_000  # 1,000 Mtok a day for a week at a tenth of 1 CNY
    assert due[[ADS, MARKETING, TRAINING], 0].tolist() == [10_000, 2_900, 900]
    assert due[:, 1].sum() == 10


@given(
    st.lists(st.integers(0, 10**12), min_size=3, max_size=3),
    st.integers(0, 10**12),
    st.floats(0, 1),
)
def test_credits_pay_their_share_of_training_as_far_as_they_go(
    held: list[int], training: int, share: float
) -> None:
    credits = np.zeros((3, 3), dtype=np.int64)
    credits[1] = held
    used = paid_with_credits(np.array([0, training, 0]), credits, share)
    assert ((used >= 0) & (used <= credits)).all()
    assert used.sum() == min(int(np.floor(share * training)), sum(held))
    first = np.flatnonzero(used[1] < credits[1])
    assert not used[1, first[0] + 1 :].any() if len(first) else True


def test_parents_pay_what_is_missing_of_the_firms_they_back() -> None:
    due = whole([60, 60, 60], [50, 50, 30])
    assert lacking(due, np.array([100, 100, 100]), np.array([True, False, True])).tolist() == [
        10,
        0,
        0,
    ]


@given(
    st.lists(st.floats(0, 1e9), min_size=4, max_size=4),
    st.integers(0, 10**12),
    st.sampled_from([(-1, -1, -1, -1), (0, -1, 0, -1), (1, 1, 1, 1)]),
)
def test_an_ad_bill_is_divided_to_the_last_fen(
    bill: list[float], fen: int, owner: tuple[int, ...]
) -> None:
    part, own = divided(np.array([fen]), np.array([bill]), np.array(owner))
    assert part.sum() + own.sum() == fen
    assert not part[0, np.array(owner) == 0].any()


def test_the_largest_channel_takes_what_whole_fen_leave() -> None:
    part, own = divided(np.array([10]), np.array([[1.0, 1.0, 4.0]]), np.array([-1, -1, -1]))
    assert part.tolist() == [[1, 1, 8]]
    assert own.tolist() == [0]
