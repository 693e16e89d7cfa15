"""Small runs made by hand, as the observables read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from sim.core.tables import TABLES
from sim.evidence.figures import Figure
from sim.evidence.period import Period

TYPES = {
    "int": pl.Int64,
    "float": pl.Float64,
    "text": pl.String,
    "flag": pl.Boolean,
    "date": pl.Date,
}
Row = Mapping[str, Any]


@dataclass(frozen=True)
class HandMade:
    """A run with nothing but tables."""

    tables: Mapping[str, pl.DataFrame]


def hand_made(start: date, weeks: int, replicates: int = 1, **rows: Sequence[Row]) -> HandMade:
    """Return a run of some weeks from a Monday.

    Each row of a table names its text columns and gives a number, or a list of one number a week,
    per column; `replicate` (default all) says where it holds and `week` (default all) when. A
    table `market` with a row a week is always there.
    """
    market = {"market": [{}], **rows}
    tables = {name: _frame(name, given, start, weeks, replicates) for name, given in market.items()}
    return HandMade(tables)


def _frame(
    table: str, given: Sequence[Row], start: date, weeks: int, replicates: int
) -> pl.DataFrame:
    columns = {column.name: TYPES[column.kind] for column in TABLES[table]}
    records = []
    for row in given:
        row_weeks = [row["week"]] if "week" in row else range(weeks)
        row_replicates = [row["replicate"]] if "replicate" in row else range(replicates)
        for replicate in row_replicates:
            for week in row_weeks:
                cells: dict[str, Any] = {
                    name: cell[week] if isinstance(cell, list) else cell
                    for name, cell in row.items()
                }
                day = start + timedelta(weeks=week)
                cells |= {"replicate": replicate, "date": day}
                records.append({name: cells.get(name) for name in columns})
    return pl.DataFrame(records, schema=columns)


def a_figure(entity: str, quantity: str, unit: str, period: str, **more: Any) -> Figure:
    """Return a figure of use fit with the value 1, the mean over the period, unless said."""
    cells: dict[str, Any] = {
        "id": "f", "source": "by hand", "value": 1.0, "text": "1", "panel": "",
        "statistic": "mean", "qualifier": "exact", "use": "fit", "mechanism": "", "note": "",
    } | more  # fmt: skip
    return Figure(
        entity=entity,
        quantity=quantity,
        unit=unit,
        period=Period.read(period),
        period_text=period,
        **cells,
    )
