"""Statements from the ledger alone: exact sums of entries made by hand, errors that name."""

from datetime import date, timedelta

import polars as pl
import pytest

from sim.results.books import (
    CAPITAL,
    COST,
    CREDITS_USED,
    REVENUE,
    WITHIN,
    Books,
    BooksError,
    books,
    typical_replicate,
)
from sim.world.ledger import Line

START = date(2024, 1, 1)
MONDAYS = [START + timedelta(days=7 * week) for week in range(60)]


def ledger(*entries: tuple[int, str, str, int], replicate: int = 0) -> pl.DataFrame:
    """Entries (week, account, line, fen) of one firm."""
    return pl.DataFrame(
        [
            {
                "replicate": replicate,
                "date": MONDAYS[week],
                "owner": "zhipu",
                "account": account,
                "line": line,
                "amount_fen": fen,
            }
            for week, account, line, fen in entries
        ]
    )


LIFE = ledger(
    (0, "cash", "opening", 1_000_00),
    (0, "cash", "revenue_api", 30_00),
    (0, "receivables", "revenue_deployment", 50_00),
    (0, "cash", "cost_staff", -70_01),
    (1, "credits", "credits_issued", 400_00),
    (1, "cash", "equity", 200_00),
    (1, "credits", "credits_used", -100_00),
    (1, "cash", "cost_rd_compute", -25_00),
    (2, "receivables", "collection", -20_00),
    (2, "cash", "collection", 20_00),
    (2, "wages_owed", "cost_staff", -5_00),
    (53, "cash", "arrears", -2_00),
    (53, "wages_owed", "arrears", 2_00),
)


def drawn(first: date = date.min, last: date = date.max) -> Books:
    found = books(LIFE, "zhipu", 0, first, last)
    found.check()
    return found


def nonzero(rows: dict[str, int]) -> dict[str, int]:
    return {name: fen for name, fen in rows.items() if fen}


def test_statements_of_a_whole_life_add_up_by_hand() -> None:
    found = drawn()
    assert nonzero(found.revenue) == {"API": 30_00, "private deployment": 50_00}
    assert nonzero(found.cost) == {"research compute": -125_00, "other staff": -75_01}
    assert found.net_income == -120_01
    assert nonzero(found.assets) == {
        "cash": 1152_99, "receivables": 30_00, "compute credits": 300_00
    }  # fmt: skip
    assert nonzero(found.debts) == {"wages owed": 3_00}
    assert nonzero(found.capital) == {
        "capital at the start": 1000_00,
        "sold to investors for cash": 200_00,
        "sold to investors for credits": 400_00,
    }
    assert found.equity == 1600_00 - 120_01


def test_a_year_starts_with_the_cash_of_the_year_before() -> None:
    second = drawn(date(2025, 1, 1), date(2025, 12, 31))
    assert (second.cash_before, second.cash_change) == (1154_99, -2_00)
    assert second.net_income == 0
    assert second.assets["cash"] == 1152_99
    first = drawn(date(2024, 1, 1), date(2024, 12, 31))
    assert first.equity == second.equity
    assert first.assets["cash"] == second.cash_before


def test_weeks_add_up_to_the_whole() -> None:
    weeks = [drawn(day, day) for day in sorted(LIFE["date"].unique().to_list())]
    whole = drawn()
    assert sum(week.net_income for week in weeks) == whole.net_income
    assert sum(week.cash_change for week in weeks) == whole.cash_change


def test_credits_are_an_asset_and_a_cost_and_never_cash() -> None:
    week = drawn(MONDAYS[1], MONDAYS[1])
    assert week.assets["compute credits"] == 300_00
    assert week.cost["research compute"] == -125_00
    assert week.operating["research compute"] == -25_00
    assert week.financing["sold to investors for credits"] == 0
    assert week.capital["sold to investors for credits"] == 400_00


def test_entry_that_does_not_balance_is_found() -> None:
    lost = ledger((0, "cash", "opening", 100), (1, "receivables", "collection", -20))
    with pytest.raises(BooksError, match="assets of 80 fen, debts and equity of another sum"):
        books(lost, "zhipu", 0, date.min, date.max).check()


def test_every_line_of_the_ledger_has_one_place_in_the_books() -> None:
    places = [*REVENUE, *COST, CREDITS_USED, *CAPITAL, *WITHIN]
    assert len(places) == len(set(places))
    assert {line.name.lower() for line in Line} <= set(places)


def test_unknown_line_firm_and_time_are_named() -> None:
    odd = pl.concat([LIFE, ledger((3, "cash", "lottery", 5))])
    with pytest.raises(BooksError, match="no place for lottery"):
        books(odd, "zhipu", 0, date.min, date.max)
    with pytest.raises(BooksError, match="no entries of `zhipuu`, only of zhipu"):
        books(LIFE, "zhipuu", 0, date.min, date.max)
    with pytest.raises(BooksError, match="the run, which has 2024-01-01 to 2025-01-06"):
        books(LIFE, "zhipu", 0, date(2030, 1, 1), date(2030, 12, 31))


def test_typical_replicate_has_the_median_net_income() -> None:
    many = pl.concat(
        ledger((0, "cash", "revenue_api", fen), replicate=number)
        for number, fen in enumerate((500, 100, 300, 200))
    )
    assert typical_replicate(many, "zhipu", date.min, date.max) == 3
