"""Income statement, cash flow and balance sheet of a firm, from the ledger of a run alone.

Amounts are whole fen. A line that moves money across a firm's boundary is either income or
capital; one that moves it between the firm's own accounts is neither. So what a firm owns less
what it owes is its capital paid in plus what it has earned, to the fen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sim.core.errors import SimError

if TYPE_CHECKING:
    import polars as pl

Rows = dict[str, int]
"""Amounts in fen by the name of a row, in the order of a statement."""

REVENUE = {
    "revenue_api": "API",
    "revenue_subscription": "subscriptions",
    "revenue_deployment": "private deployment",
    "revenue_overseas": "users abroad",
    "revenue_attach": "cloud services, channels, licences",
}
COST = {
    "cost_rd_compute": "research compute",
    "cost_rd_staff": "research staff",
    "cost_api": "serving the API",
    "cost_apps": "serving own apps",
    "cost_deployment": "delivering deployments",
    "cost_staff": "other staff",
    "cost_ads": "advertising",
    "cost_marketing_other": "other marketing",
    "cost_other": "overhead and surprises",
    "credits_lapsed": "compute credits lapsed",
    "written_off": "debts written off",
}
CREDITS_USED = "credits_used"
CAPITAL = {
    "opening": "capital at the start",
    "equity": "sold to investors for cash",
    "credits_issued": "sold to investors for credits",
    "parent_support": "paid in by the parent",
    "transfer_to_parent": "paid out to the parent",
    "bridge": "bridge notes",
    "bridge_repaid": "bridge notes repaid",
    "purchase": "purchase of other firms",
    "liquidation": "paid out on winding up",
}
WITHIN = {"collection": "collected from customers", "arrears": "debts paid"}
ASSETS = {"cash": "cash", "receivables": "receivables", "credits": "compute credits"}
DEBTS = {"wages_owed": "wages owed", "bills_owed": "bills owed"}


class BooksError(SimError):
    """Books that cannot be drawn up: no such firm, period or replicate, or an unknown line."""


@dataclass(frozen=True)
class Books:
    """The three statements of one firm over some weeks of one replicate, in fen.

    income: revenue and cost by row, costs negative; cash_flow: changes of cash by row; assets,
    debts, capital: balances at the end; earned: all income since the start; cash_before: cash
    when the weeks began.
    """

    firm: str
    replicate: int
    first: date
    last: date
    revenue: Rows
    cost: Rows
    operating: Rows
    financing: Rows
    cash_before: int
    assets: Rows
    debts: Rows
    capital: Rows
    earned: int

    @property
    def net_income(self) -> int:
        """Revenue less cost."""
        return sum(self.revenue.values()) + sum(self.cost.values())

    @property
    def cash_change(self) -> int:
        """All that was received less all that was paid."""
        return sum(self.operating.values()) + sum(self.financing.values())

    @property
    def equity(self) -> int:
        """Capital paid in and income kept."""
        return sum(self.capital.values()) + self.earned

    def check(self) -> None:
        """Raise BooksError unless the statements tie out to the fen."""
        owned = sum(self.assets.values())
        if owned != sum(self.debts.values()) + self.equity:
            raise BooksError(f"{self.firm}: assets of {owned} fen, debts and equity of another sum")
        if self.cash_before + self.cash_change != self.assets["cash"]:
            raise BooksError(f"{self.firm}: the cash flow does not lead to the cash at the end")


def books(ledger: pl.DataFrame, firm: str, replicate: int, first: date, last: date) -> Books:
    """Draw up the books of a firm for the weeks whose Mondays lie from `first` to `last`.

    ledger: table `ledger` of a run, from its first week on. The balance sheet stands at the end of
    the last of these weeks. Raises BooksError for a firm or replicate without entries, weeks out
    of the run, or a line without a place in the books.
    """
    import polars as pl

    inside = _mondays(ledger, first, last)
    mine = ledger.filter(pl.col("owner") == firm, pl.col("replicate") == replicate)
    if mine.is_empty():
        firms = ledger.filter(pl.col("account") == "cash")["owner"].unique().sort().to_list()
        raise BooksError(
            f"replicate {replicate} has no entries of `{firm}`, only of {', '.join(firms)}"
        )
    if strange := sorted(set(mine["line"]) - {*REVENUE, *COST, CREDITS_USED, *CAPITAL, *WITHIN}):
        raise BooksError(f"the books have no place for {', '.join(strange)}")
    until = _sums(mine.filter(pl.col("date") <= inside[-1]))
    before = _sums(mine.filter(pl.col("date") < inside[0]))
    now = {key: amount - before.get(key, 0) for key, amount in until.items()}
    return Books(
        firm=firm,
        replicate=replicate,
        first=inside[0],
        last=inside[-1],
        **_income(now),
        **_cash_flow(now),
        cash_before=_balance(before, "cash"),
        assets={said: _balance(until, account) for account, said in ASSETS.items()},
        debts={said: -_balance(until, account) for account, said in DEBTS.items()},
        capital={said: _over_accounts(until, line) for line, said in CAPITAL.items()},
        earned=sum(sum(part.values()) for part in _income(until).values()),
    )


def typical_replicate(ledger: pl.DataFrame, firm: str, first: date, last: date) -> int:
    """Return the replicate whose net income of a firm over some weeks is the (lower) median."""
    numbers = sorted(ledger["replicate"].unique().to_list())
    order = sorted(numbers, key=lambda one: books(ledger, firm, one, first, last).net_income)
    return int(order[(len(order) - 1) // 2])


def _mondays(ledger: pl.DataFrame, first: date, last: date) -> list[date]:
    """Return the weeks of the run from `first` to `last`; raises BooksError if there are none."""
    all_weeks: list[date] = ledger["date"].unique().sort().to_list()
    if inside := [day for day in all_weeks if first <= day <= last]:
        return inside
    run = f"{all_weeks[0]} to {all_weeks[-1]}" if all_weeks else "no week"
    raise BooksError(f"no week from {first} to {last} is in the run, which has {run}")


def _sums(entries: pl.DataFrame) -> dict[tuple[str, str], int]:
    """Return the total of each (account, line)."""
    import polars as pl

    total = entries.group_by("account", "line").agg(pl.col("amount_fen").sum())
    return {(account, line): amount for account, line, amount in total.iter_rows()}


def _over_accounts(sums: Mapping[tuple[str, str], int], line: str) -> int:
    return sum(amount for (_, of), amount in sums.items() if of == line)


def _balance(sums: Mapping[tuple[str, str], int], account: str) -> int:
    return sum(amount for (of, _), amount in sums.items() if of == account)


def _income(sums: Mapping[tuple[str, str], int]) -> dict[str, Rows]:
    """Return revenue and cost; credits used are cost to their holder, revenue to their issuer."""
    revenue = {said: _over_accounts(sums, line) for line, said in REVENUE.items()}
    cost = {said: _over_accounts(sums, line) for line, said in COST.items()}
    revenue[REVENUE["revenue_attach"]] += sums.get(("cash", CREDITS_USED), 0)
    cost[COST["cost_rd_compute"]] += sums.get(("credits", CREDITS_USED), 0)
    return {"revenue": revenue, "cost": cost}


def _cash_flow(sums: Mapping[tuple[str, str], int]) -> dict[str, Rows]:
    cash = {line: amount for (account, line), amount in sums.items() if account == "cash"}
    paid = {COST[line]: cash.get(line, 0) for line in COST}
    received = {
        "customers, at once": sum(cash.get(line, 0) for line in (*REVENUE, CREDITS_USED)),
        WITHIN["collection"]: cash.get("collection", 0),
    }
    return {
        "operating": {**received, **paid, WITHIN["arrears"]: cash.get("arrears", 0)},
        "financing": {said: cash.get(line, 0) for line, said in CAPITAL.items()},
    }
