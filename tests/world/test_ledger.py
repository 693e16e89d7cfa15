"""The ledger: whatever is paid, nothing is made or lost, and nonsense moves nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.core.errors import SimError
from sim.world.ledger import COSTS, REVENUES, Ledger, LedgerError, Line

NAMES = ("cash:kimi", "cash:doubao", "consumers", "suppliers", "world")
ACCOUNTS = st.integers(0, len(NAMES) - 1)
AMOUNTS = st.floats(0, 1e12)
LINES = st.sampled_from(Line)

one_by_one = st.tuples(ACCOUNTS, ACCOUNTS, AMOUNTS, LINES)


def vector(n: int) -> st.SearchStrategy[tuple[list[int], list[int], list[float], Line]]:
    return st.tuples(
        st.lists(ACCOUNTS, min_size=n, max_size=n),
        st.lists(ACCOUNTS, min_size=n, max_size=n),
        st.lists(AMOUNTS, min_size=n, max_size=n),
        LINES,
    )


payments = st.lists(one_by_one | st.integers(0, 6).flatmap(vector), max_size=12)


def state(ledger: Ledger) -> list[NDArray[np.int64]]:
    return [ledger.balance.copy(), ledger.turnover.copy(), ledger.entered.copy()]


def unchanged(ledger: Ledger, before: list[NDArray[np.int64]]) -> bool:
    return all((now == then).all() for now, then in zip(state(ledger), before, strict=True))


@given(st.lists(payments, max_size=4))
def test_balances_sum_to_zero_after_any_payments(
    weeks: list[list[tuple[int, int, float, Line]]],
) -> None:
    ledger = Ledger(NAMES)
    for week in weeks:
        for source, target, amount, why in week:
            ledger.pay(source, target, amount, why)
            assert ledger.balance.sum() == 0
            assert (ledger.turnover.sum(axis=1) == 0).all()
            assert (ledger.balance == ledger.entered + ledger.turnover.sum(axis=0)).all()
        ledger.close_week()
        assert (ledger.balance == ledger.entered).all()
        assert not ledger.turnover.any()


@given(st.lists(st.integers(0, 10**14), min_size=1, max_size=5))
def test_each_element_is_one_posting_even_to_the_same_account(fen: list[int]) -> None:
    ledger = Ledger(NAMES)
    n = len(fen)
    moved = ledger.post([0] * n, [1] * n, np.array(fen), Line.PURCHASE)
    assert moved.tolist() == fen
    assert ledger.balance.tolist() == [-sum(fen), sum(fen), 0, 0, 0]


def test_one_account_pays_many_and_many_pay_one() -> None:
    ledger = Ledger(NAMES)
    moved = ledger.pay(4, [0, 1], [3.0, 5.0], Line.OPENING)
    assert moved.tolist() == [300, 500]
    ledger.pay([0, 1], 3, [1.0, 2.0], Line.COST_API)
    assert ledger.balance.tolist() == [200, 300, 0, 300, -800]
    assert ledger.balance_cny(np.array([0, 1])).tolist() == [2.0, 3.0]
    assert ledger.week_cny(Line.COST_API, np.array([0, 1, 3])).tolist() == [-1.0, -2.0, 3.0]
    assert ledger.week_cny(Line.OPENING, np.array([4])).tolist() == [-8.0]
    ledger.close_week()
    assert ledger.week_cny(Line.COST_API, np.array([0])).tolist() == [0.0]


@pytest.mark.parametrize(
    ("source", "target"), [([0, 1], 3), (3, [0, 1]), ([0, 1], [3, 3]), ([3, 3], [0, 1])]
)
def test_one_amount_for_many_accounts_moves_it_for_each(
    source: int | list[int], target: int | list[int]
) -> None:
    ledger = Ledger(NAMES)
    moved = ledger.pay(source, target, 5.0, Line.COST_API)
    assert ledger.balance.sum() == 0
    assert np.abs(ledger.balance).tolist() == [500, 500, 0, 1000, 0]
    assert moved.sum() == 1000


@given(payments)
def test_paying_nothing_or_oneself_moves_nothing(
    before: list[tuple[int, int, float, Line]],
) -> None:
    ledger = Ledger(NAMES)
    for payment in before:
        ledger.pay(*payment)
    then = state(ledger)
    ledger.pay(0, 1, 0.0, Line.EQUITY)
    ledger.pay(2, 2, 1e6, Line.EQUITY)
    ledger.pay([], [], [], Line.EQUITY)
    assert unchanged(ledger, then)


@pytest.mark.parametrize("amount", [-0.01, np.nan, np.inf, -np.inf, 1e300, 1e17])
@pytest.mark.parametrize("place", [0, 2])
def test_amount_that_is_not_money_is_refused_and_nothing_moves(amount: float, place: int) -> None:
    ledger = Ledger(NAMES)
    ledger.pay(4, [0, 1], 100.0 * np.ones(2), Line.OPENING)
    before = state(ledger)
    amounts = np.ones(3)
    amounts[place] = amount
    with pytest.raises(LedgerError, match="COST_ADS") as refused:
        ledger.pay(0, [1, 2, 3], amounts, Line.COST_ADS)
    assert isinstance(refused.value, SimError)
    assert unchanged(ledger, before)


@pytest.mark.parametrize("fen", [-1, -(10**12)])
def test_negative_fen_are_refused_and_nothing_moves(fen: int) -> None:
    ledger = Ledger(NAMES)
    with pytest.raises(LedgerError):
        ledger.post(0, 1, np.array([5, fen]), Line.COLLECTION)
    assert not ledger.balance.any()


def test_accounts_are_found_by_kind_and_owner() -> None:
    ledger = Ledger(NAMES)
    assert ledger.accounts("cash", ("doubao", "kimi")).tolist() == [1, 0]
    with pytest.raises(KeyError, match="cash:spark"):
        ledger.accounts("cash", ("spark",))


def test_lines_are_either_revenue_or_cost_or_neither() -> None:
    assert not set(REVENUES) & set(COSTS)
    assert Line.REVENUE_API in REVENUES
    assert Line.COST_ADS in COSTS
    assert Line.EQUITY not in {*REVENUES, *COSTS}


@given(st.lists(st.lists(st.integers(0, 10**12), min_size=2, max_size=2), min_size=2, max_size=2))
def test_tables_of_lines_move_what_single_postings_move(table: list[list[int]]) -> None:
    fen = np.array(table, dtype=np.int64)
    firms, outside = np.array([0, 1]), np.array([2, 3])
    lines = np.array([Line.COST_ADS, Line.COST_STAFF])
    spent, got, shared, singly = (Ledger(NAMES) for _ in range(4))
    spent.spend(firms, outside, fen, lines)
    got.collect(outside, firms, fen, lines)
    shared.share_out(firms, outside, fen, Line.EQUITY)
    for row, line in enumerate((Line.COST_ADS, Line.COST_STAFF)):
        singly.post(firms, int(outside[row]), fen[row], line)
    assert (spent.balance == singly.balance).all()
    assert (spent.turnover == singly.turnover).all()
    assert (got.turnover == -singly.turnover).all()
    assert shared.balance.tolist() == [*(-fen.sum(axis=1)), *fen.sum(axis=0), 0]


def test_tables_of_lines_refuse_negative_amounts() -> None:
    ledger = Ledger(NAMES)
    table = np.array([[1, -1]])
    with pytest.raises(LedgerError, match="COST_ADS of -1 fen"):
        ledger.spend(np.array([0, 1]), np.array([2]), table, np.array([Line.COST_ADS]))
    with pytest.raises(LedgerError, match="EQUITY of -1 fen"):
        ledger.share_out(np.array([0]), np.array([2, 3]), table, Line.EQUITY)
    assert not ledger.balance.any()
