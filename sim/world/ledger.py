"""The ledger: double entry in integer fen, the only way in which money moves.

Accounts of a firm are its cash, its receivables, its compute credits, and what it owes: unpaid
wages and unpaid bills, both below zero while a debt stands. Outside are parents, media, consumers,
API accounts, suppliers, people, investors and the rest of the world. A posting takes an amount
from one account and gives it to another under a line (why); so all balances sum to zero at every
moment. Income statements and cash flows are read from the turnover by line.
"""

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
        shapes = {fen.shape, np.shape(source), np.shape(target)} - {()}
        if len(shapes) > 1 or fen.ndim == 0:
            fen = np.broadcast_to(fen, np.broadcast_shapes((1,), *shapes))
        if (fen < 0).any():
            raise LedgerError(f"{why.name} of {fen.tolist()} fen; an amount is 0 or more")
        columns = (self.balance, self.turnover[why])
        _add(columns, source, -fen)
        _add(columns, target, fen)
        return fen

    def collect(self, source: I64, target: I64, fen: I64, lines: I64) -> None:
        """Move whole fen from one account a line to the firms' accounts.

        source: (L,) payer of each line; target: (F,) accounts that all differ; fen: (L, F);
        lines: (L,) that all differ. Raises LedgerError for a negative amount.
        """
        self._move(target, source, self._positive(fen, lines), lines)

    def spend(self, source: I64, target: I64, fen: I64, lines: I64) -> None:
        """Move whole fen from the firms' accounts to one account a line; see `collect`."""
        self._move(source, target, -self._positive(fen, lines), lines)

    def share_out(self, source: I64, target: I64, fen: I64, why: Line) -> None:
        """Move whole fen from each source to each target; (S,) and (T,) that differ, (S, T) fen."""
        self._positive(fen, np.array([why]))
        for account, amount in ((source, -fen.sum(axis=1)), (target, fen.sum(axis=0))):
            self.balance[account] += amount
            self.turnover[why, account] += amount

    def _move(self, inside: I64, outside: I64, fen: I64, lines: I64) -> None:
        """Add (L, F) fen to the firms' accounts and take each line's sum from its other side."""
        self.balance[inside] += fen.sum(axis=0)
        self.turnover[lines[:, None], inside] += fen
        total = fen.sum(axis=1)
        np.subtract.at(self.balance, outside, total)
        self.turnover[lines, outside] -= total

    @staticmethod
    def _positive(fen: I64, lines: I64) -> I64:
        if (fen < 0).any():
            names = ", ".join(Line(one).name for one in lines)
            raise LedgerError(f"{names} of {int(fen.min())} fen; an amount is 0 or more")
        return fen

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


def _add(columns: tuple[I64, I64], account: ArrayLike, amount: I64) -> None:
    """Add amounts to accounts of both columns, one account for all of them or one for each."""
    where = np.asarray(account, dtype=np.int64)
    if where.ndim == 0:
        total = amount.sum()
        for column in columns:
            column[where] += total
    else:
        if where.shape != amount.shape:
            where = np.broadcast_to(where, amount.shape)
        for column in columns:
            np.add.at(column, where, amount)
