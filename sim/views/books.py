"""The books of a firm as lines of text, 80 columns wide."""

from collections.abc import Iterator

from sim.core.units import FEN_PER_CNY
from sim.results.books import Books, Rows
from sim.views.format import scaled

AMOUNT = 16
LABEL = 44


def lines_of(books: Books, which: str) -> Iterator[str]:
    """Yield the three statements; rows that are zero are left out."""
    yield f"Books of {books.firm}, weeks of {books.first} to {books.last}"
    yield which
    yield from _title("Income statement")
    yield from _part(books.revenue, "Revenue")
    yield from _part(books.cost, "Cost")
    yield _row("Net income", books.net_income)
    yield from _title("Cash flow")
    yield from _part(books.operating, "From operations")
    yield from _part(books.financing, "From owners and investors")
    yield _row("Change of cash", books.cash_change)
    yield _row("Cash before", books.cash_before)
    yield _row("Cash at the end", books.cash_before + books.cash_change)
    yield from _title("Balance sheet at the end")
    yield from _part(books.assets, "Assets")
    yield from _part(
        {**books.debts, **books.capital, "earned since the start": books.earned}, "Debts and equity"
    )


def _title(text: str) -> tuple[str, str]:
    return "", text


def _part(rows: Rows, total: str) -> Iterator[str]:
    for said, fen in rows.items():
        if fen:
            yield _row(f"  {said}", fen)
    yield _row(total, sum(rows.values()))


def _row(said: str, fen: int) -> str:
    return f"{said:<{LABEL}}{_money(fen / FEN_PER_CNY):>{AMOUNT}}"


def _money(value: float) -> str:
    if abs(value) < 1.0:
        return "0 CNY"
    return " ".join(part for part in (*scaled(value), "CNY") if part)
