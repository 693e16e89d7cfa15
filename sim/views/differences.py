"""What a comparison says, sorted for readers: terminal, page and pictures share it."""

from collections.abc import Mapping
from math import ceil
from typing import Any

import polars as pl

from sim.experiments.comparison import Comparison
from sim.experiments.differences import WHOLE
from sim.views.format import count, percent
from sim.views.outcomes import (
    difference_text,
    input_text,
    interval_text,
    outcome_name,
    shown_unit,
)

Row = Mapping[str, Any]

SMALLEST = 1e-300
NAMED = 3


def difference_rows(comparison: Comparison, alternative: str) -> list[Row]:
    """Return the rows of an alternative: clear differences first, each group in its order."""
    found = comparison.table.filter(
        (pl.col("alternative") == alternative) & (pl.col("change") == WHOLE)
    )
    rows: list[Row] = [*found.to_dicts()]
    return sorted(rows, key=lambda row: not is_clear(row))


def alone_rows(comparison: Comparison, whole: Row) -> list[Row]:
    """Return what each change alone does to one outcome of an alternative."""
    mine = pl.col("alternative") == whole["alternative"]
    alone = (pl.col("outcome") == whole["outcome"]) & (pl.col("change") != WHOLE)
    return [*comparison.table.filter(mine & alone).to_dicts()]


def surest(comparison: Comparison, alternative: str, most: int) -> list[Row]:
    """Return the clear differences with the smallest standard error against their size."""
    clear = [row for row in difference_rows(comparison, alternative) if is_clear(row)]
    clear.sort(key=lambda row: -abs(row["difference"]) / max(row["standard_error"], SMALLEST))
    return clear[:most]


def is_clear(row: Row) -> bool:
    """Tell whether the interval of a difference leaves out 0."""
    return row["low"] is not None and (row["low"] > 0 or row["high"] < 0)


def is_better(row: Row) -> bool:
    """Tell whether a difference goes the way that is better."""
    return bool((row["difference"] > 0) == (row["direction"] == "more"))


def moves(row: Row) -> bool:
    """Tell whether an outcome differs in any pair, or is not known."""
    return row["difference"] is None or bool(row["difference"] or row["standard_error"])


def changed_values(alternative: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return key, before and after of every value that an alternative changes."""
    return [
        (one["key"], input_text(one["before"], one["unit"]), input_text(one["after"], one["unit"]))
        for change in alternative["changes"]
        for one in change["values"]
    ]


def best_shares(comparison: Comparison) -> list[tuple[str, tuple[float, ...]]]:
    """Return by outcome how often the base and each alternative is the best of all.

    Outcomes that are the same in all are left out.
    """
    whole = comparison.table.filter(pl.col("change") == WHOLE)
    found = []
    for outcome in whole["outcome"].unique(maintain_order=True):
        rows = whole.filter(pl.col("outcome") == outcome).to_dicts()
        shares = [row["best"] for row in rows]
        if None not in shares and any(map(moves, rows)):
            found.append((outcome, (1.0 - sum(shares), *shares)))
    return found


def verdict_of(comparison: Comparison, alternative: str) -> str:
    """Return the surest differences of an alternative as one sentence with their intervals."""
    rows = surest(comparison, alternative, NAMED)
    pairs = comparison.manifest["pairs"]
    if not rows:
        return f"Nothing differs that {pairs} pairs could tell from luck."
    said = [with_interval(row) for row in rows]
    return f"Surest of what differs: {'; '.join(said)}."


def with_interval(row: Row, is_named: bool = True) -> str:
    """Write a difference: Kimi users −6.59 M (−11.6 to −1.61 M); without the name if so asked."""
    parts = (
        outcome_name(row["outcome"]) if is_named else "",
        difference_text(row["difference"], row["unit"]),
        shown_unit(row["unit"]),
        f"({interval_text(row['low'], row['high'], row['unit'])})",
    )
    return " ".join(part for part in parts if part)


def worth_of(comparison: Comparison) -> str:
    """Return what pairing was worth in the middle outcome, as a sentence; empty if not known."""
    ratios = comparison.table.filter((pl.col("change") == WHOLE) & (pl.col("standard_error") > 0))[
        "variance_ratio"
    ].drop_nulls()
    middle = ratios.median()
    if not isinstance(middle, float) or middle <= 0:
        return ""
    needed = count(ceil(comparison.manifest["pairs"] / middle))
    return (
        f"In the middle outcome the variance is {percent(middle)} of that with independent seeds, "
        f"which would have needed {needed} replicates of each scenario for the same interval."
    )


def explained(comparison: Comparison) -> str:
    """Return what the columns mean."""
    fewer = [
        outcome_name(one["id"])
        for one in comparison.manifest["outcomes"]
        if one["direction"] == "less"
    ]
    less = f"; less is better for {', '.join(fewer)}" if fewer else ""
    return (
        f"Differs: mean over the pairs, with the paired t interval. Better: share of pairs that "
        f"are better, ties by half{less}. Apart: replicates of each that independent seeds would "
        "need for the same interval."
    )
