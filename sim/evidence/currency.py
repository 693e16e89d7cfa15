"""What a dollar costs in yuan, by date."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from sim.core.shipped import shipped
from sim.evidence.table import Amount, read_table


@dataclass(frozen=True)
class ExchangeRate:
    """The rate from a day on."""

    start: date
    cny_per_usd: Amount
    source: str


@cache
def load_exchange_rates(path: Path | None = None) -> tuple[ExchangeRate, ...]:
    """Return the rates, earliest first."""
    rows = read_table(path or shipped("seeds") / "exchange_rates.csv", ExchangeRate, ("start",))
    return tuple(sorted(rows, key=lambda row: row.start))


def cny_per_usd(day: date) -> float:
    """Return the rate of a day; before the first dated rate, the first."""
    rates = load_exchange_rates()
    position = bisect_right([rate.start for rate in rates], day)
    return rates[max(position - 1, 0)].cny_per_usd
