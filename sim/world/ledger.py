"""The ledger: double entry in integer fen, the only way in which money moves.

Accounts of a firm are its cash, its receivables, its compute credits, and what it owes: unpaid
wages and unpaid bills, both below zero while a debt stands. Outside are parents, media, consumers,
API accounts, suppliers, people, investors and the rest of the world. A posting takes an amount
from one account and gives it to another under a line (why); so all balances sum to zero at every
moment. Income statements and cash flows are read from the turnover by line.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum, auto

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.core.errors import SimError
from sim.core.units import to_cny, to_fen

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]


MOST_CNY = 9e16
"""Largest amount that whole fen of 64 bits can hold."""


class LedgerError(SimError):
    """A posting that is not money: a negative or unbounded amount."""


class Line(IntEnum):
    """Why money moves; the lines of the books."""

    OPENING = 0
    REVENUE_API = auto()
    REVENUE_SUBSCRIPTION = auto()
    REVENUE_DEPLOYMENT = auto()
    REVENUE_OVERSEAS = auto()
    REVENUE_ATTACH = auto()
    COST_RD_COMPUTE = auto()
    COST_RD_STAFF = auto()
    COST_API = auto()
    COST_APPS = auto()
    COST_DEPLOYMENT = auto()
    COST_STAFF = auto()
    COST_ADS = auto()
    COST_MARKETING_OTHER = auto()
    COST_OTHER = auto()
    EQUITY = auto()
    CREDITS_ISSUED = auto()
    CREDITS_USED = auto()
    CREDITS_LAPSED = auto()
    COLLECTION = auto()
    PARENT_SUPPORT = auto()
    TRANSFER_TO_PARENT = auto()
    PURCHASE = auto()
    LIQUIDATION = auto()
    ARREARS = auto()
    WRITTEN_OFF = auto()
    BRIDGE = auto()
    BRIDGE_REPAID = auto()


REVENUES = tuple(line for line in Line if line.name.startswith("REVENUE_"))
COSTS = tuple(line for line in Line if line.name.startswith("COST_"))


@dataclass
class Ledger:
    """Balances and the week's turnover of every account, in fen.

    names: account names; balance: (accounts,) fen; turnover: (lines, accounts) fen of this week,
    received minus paid; entered: (accounts,) all entries since the opening.
    """

    names: tuple[str, ...]
    balance: I64 = field(init=False)
    entered: I64 = field(init=False)
    turnover: I64 = field(init=False)
    index: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.index = {name: number for number, name in enumerate(self.names)}
        self.balance = np.zeros(len(self.names), dtype=np.int64)
        self.entered = np.zeros(len(self.names), dtype=np.int64)
        self.turnover = np.zeros((len(Line), len(self.names)), dtype=np.int64)

    def accounts(self, prefix: str, ids: tuple[str, ...]) -> I64:
        """Return the indices of accounts `prefix:id`, shape (ids,)."""
        return np.array([self.index[f"{prefix}:{one}"] for one in ids], dtype=np.int64)

    def pay(self, source: ArrayLike, target: ArrayLike, amount_cny: ArrayLike, why: Line) -> I64:
        """Move amounts (CNY, not negative) from source to target accounts; return fen moved.

        Arguments broadcast against each other; each element is one posting. Raises LedgerError
        for an amount that is negative, infinite or not a number.
        """
        return self.post(source, target, to_fen(self._checked(amount_cny, why)), why)

    def post(self, source: ArrayLike, target: ArrayLike, fen: I64, why: Line) -> I64:
        """Move whole fen; see `pay`."""
        from sim.world.postings import posted

        source, target, amount = (
            np.array(one, dtype=np.int64, ndmin=1) for one in (source, target, fen)
        )
        shape = np.broadcast(source, target, amount).shape
        if len(shape) > 1:
            source, target, amount = (
                np.broadcast_to(one, shape).ravel() for one in (source, target, amount)
            )
        if amount.size and not posted(self.balance, self.turnover[why], source, target, amount):
            raise LedgerError(f"{why.name} of {fen.tolist()} fen; an amount is 0 or more")
        return fen if fen.shape == shape else np.broadcast_to(fen, shape)

    def collect(self, source: I64, target: I64, fen: I64, lines: I64) -> None:
        """Move whole fen from one account a line to the firms' accounts.

        source: (L,) payer of each line; target: (F,) accounts that all differ; fen: (L, F);
        lines: (L,) that all differ. Raises LedgerError for a negative amount.
        """
        self._move(target, source, fen, lines, 1)

    def spend(self, source: I64, target: I64, fen: I64, lines: I64) -> None:
        """Move whole fen from the firms' accounts to one account a line; see `collect`."""
        self._move(source, target, fen, lines, -1)

    def share_out(self, source: I64, target: I64, fen: I64, why: Line) -> None:
        """Move whole fen from each source to each target; (S,) and (T,) that differ, (S, T) fen."""
        from sim.world.postings import shared

        amounts = np.ascontiguousarray(fen)
        if not shared(self.balance, self.turnover[why], source, target, amounts):
            raise _below_zero(fen, [why])

    def _move(self, inside: I64, outside: I64, fen: I64, lines: I64, sign: int) -> None:
        """Add (L, F) fen, or take them, and let each line's other side bear the sum."""
        from sim.world.postings import moved

        amounts = np.ascontiguousarray(fen)
        if not moved(self.balance, self.turnover, inside, outside, lines, amounts, sign):
            raise _below_zero(fen, lines.tolist())

    def close_week(self) -> None:
        """Add the week's turnover to the entries and start an empty week."""
        self.entered += self.turnover.sum(axis=0)
        self.turnover[:] = 0

    def week_cny(self, why: Line, accounts: I64) -> F64:
        """Return received minus paid under one line this week, CNY, shape of accounts."""
        return to_cny(self.turnover[why, accounts])

    def balance_cny(self, accounts: I64) -> F64:
        """Return balances in CNY, shape of accounts."""
        return to_cny(self.balance[accounts])

    @staticmethod
    def _checked(amount_cny: ArrayLike, why: Line) -> F64:
        amount = np.atleast_1d(np.asarray(amount_cny, dtype=np.float64))
        if not ((amount >= 0) & (amount <= MOST_CNY)).all():
            found = f"{why.name} of {amount.tolist()} CNY"
            raise LedgerError(f"{found}; an amount lies between 0 and {MOST_CNY:g}")
        return amount


def _below_zero(fen: I64, lines: Sequence[int]) -> LedgerError:
    names = ", ".join(Line(one).name for one in lines)
    return LedgerError(f"{names} of {int(fen.min())} fen; an amount is 0 or more")
