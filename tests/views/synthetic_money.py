"""Rounds, owners, tenders, ledger and small apps of the invented run."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

ROUND_WEEKS = (20, 60, 100)


class Columns:
    """Columns that grow by rows."""

    def __init__(self) -> None:
        self.values: dict[str, list[Any]] = {}

    def add(self, **row: Any) -> None:
        for name, value in row.items():
            self.values.setdefault(name, []).append(value)


def money_rows(weeks: int, replicate: int, firms: Sequence[str], start: date) -> dict[str, Columns]:
    """Return the tables by name: each startup raises 1 bn a round, valued 5 bn more each time."""
    tables = {name: Columns() for name in ("rounds", "stakes", "tenders", "ledger", "small_apps")}
    for firm in firms:
        _owned(tables, weeks, replicate, firm, start)
    for week in range(weeks):
        when = {"replicate": replicate, "date": start + timedelta(weeks=week)}
        for firm in (*firms[:1], "integrator"):
            tables["tenders"].add(**when, firm=firm, budget_cny=3e6, price_cny=2e6, cost_cny=1.5e6)
        tables["small_apps"].add(
            **when, entrants=2, active=week + 2 - week // 2, stopped=week % 2, users=1e5,
            cpa_cny=20.0, lifetime_value_cny=10.0 + 0.1 * week,
        )  # fmt: skip
    return tables


def _owned(tables: dict[str, Columns], weeks: int, replicate: int, firm: str, start: date) -> None:
    held, opening = {"founders": 1.0}, {"replicate": replicate, "date": start}
    tables["ledger"].add(
        **opening, owner=firm, account="cash", line="opening", amount_fen=100_000_000_000
    )
    tables["stakes"].add(**opening, firm=firm, investor="founders", share=1.0)
    for number, week in enumerate(week for week in ROUND_WEEKS if week < weeks):
        when = {"replicate": replicate, "date": start + timedelta(weeks=week)}
        tables["rounds"].add(
            **when, firm=firm, size_cny=1e9, pre_money_cny=4e9 + 5e9 * number,
            post_money_cny=5e9 + 5e9 * number, lead=f"usd_vc_0{number}",
        )  # fmt: skip
        held = {name: 0.8 * share for name, share in held.items()} | {f"usd_vc_0{number}": 0.2}
        for investor, share in held.items():
            tables["stakes"].add(**when, firm=firm, investor=investor, share=share)
        for line, fen in (("equity", 100_000_000_000), ("cost_rd_compute", -60_000_000_000),
                          ("cost_ads", -20_000_000_000)):  # fmt: skip
            tables["ledger"].add(**when, owner=firm, account="cash", line=line, amount_fen=fen)
