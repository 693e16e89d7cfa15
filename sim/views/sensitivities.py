"""What a sensitivity says in words, cells and figures; terminal and page share it."""

from collections.abc import Mapping
from typing import Any

import polars as pl
from altair.typing import ChartType

from sim.experiments.sensitivity import NO_NUMBER, Sensitivity
from sim.views.charts.labelled import short_key
from sim.views.format import MISSING, digits3, percent
from sim.views.outcomes import (
    difference_text,
    interval_text,
    outcome_name,
    outcome_value,
    shown_unit,
)

Row = Mapping[str, Any]

HEADS = {
    "tornado": ("Input", "Range", "At low", "At high", "90 % at high", "Pairs"),
    "morris": ("Input", "Strength", "90 % interval", "Spread", "Effects"),
    "sobol": ("Input", "Alone", "90 %", "In all", "90 %", "Rows"),
}
EXPLAINED = {
    "tornado": "At low, at high: what the outcome differs by when this input alone stands at the "
    "end of its range, with the paired 90 % interval. Pairs: how many of the replicates came to "
    "their end.",
    "morris": "Strength: mean size of the effect over the whole range (mu*), with its 90 % "
    "interval; spread: its standard deviation, large where an input acts in bends or together "
    "with others. Effects: how many were measured.",
    "sobol": "Shares of the variance at given luck. Alone: first order; in all: with what it does "
    "together with others; both with 90 % intervals. Rows: how many of the design are complete.",
}
MEASURES = ("swing", "mu_star", "first", "total")


def rows_of(result: Sensitivity, outcome: str) -> list[dict[str, Any]]:
    """Return the rows of inputs that move an outcome, the strongest first."""
    rows = result.table.filter(pl.col("outcome") == outcome).to_dicts()
    return [row for row in rows if any(row.get(name) for name in MEASURES)]


def idle_text(result: Sensitivity, outcome: str) -> str:
    """Say how many inputs do nothing to an outcome, or that no run has it; empty if all act."""
    rows = result.table.filter(pl.col("outcome") == outcome)
    left = rows.height - len(rows_of(result, outcome))
    if f"{outcome}: {NO_NUMBER}" in result.warnings:
        return f"{NO_NUMBER.capitalize()}."
    if left == rows.height:
        return "No input moves it."
    return f"{left} {'inputs do' if left > 1 else 'input does'} nothing to it." if left else ""


def cells(method: str, row: Row) -> tuple[str, ...]:
    """Return a row as text under `HEADS`."""
    return {"tornado": _tornado, "morris": _morris, "sobol": _sobol}[method](row)


def shares_text(result: Sensitivity, outcome: str) -> str:
    """Say how much of an outcome's variance is due to inputs and to luck; empty if unknown."""
    # One input at a time is no sample of the inputs, so the parts would mean nothing.
    found = result.shares.filter(pl.col("outcome") == outcome).to_dicts()
    if result.method == "tornado" or not found or found[0]["inputs"] is None:
        return ""
    one = found[0]
    return (
        f"Of its variance {percent(one['inputs'])} is due to the inputs, "
        f"{percent(one['luck'])} to luck, {percent(one['both'])} to both together."
    )


def strongest_text(result: Sensitivity, outcome: str) -> str:
    """Say which input matters most to an outcome, and how much, with its 90 % interval."""
    rows = rows_of(result, outcome)
    if not rows:
        return idle_text(result, outcome)
    return f"{short_key(rows[0]['input'])} matters most: {effect_text(result.method, rows[0])}."


def effect_text(method: str, row: Row) -> str:
    """Say what one input does to an outcome, with its 90 % interval where it is known."""
    unit = row["unit"]
    if method == "tornado":
        low = _banded(row["low"], row["low_from"], row["low_to"], unit)
        high = _banded(row["high"], row["high_from"], row["high_to"], unit)
        return f"{low} at {row['low_at']}, {high} at {row['high_at']}"
    if method == "morris":
        band = interval_text(row["mu_star_low"], row["mu_star_high"], unit, sign="")
        said = " ".join(filter(None, (outcome_value(row["mu_star"], unit), shown_unit(unit))))
        return f"its whole range makes {said}{_bracketed(band)} on average"
    alone = f"{_part(row, 'first')} of the variance alone"
    return alone if row["total"] is None else f"{alone}, {_part(row, 'total')} in all"


def _banded(value: float | None, low: float | None, high: float | None, unit: str) -> str:
    said = " ".join(filter(None, (difference_text(value, unit), shown_unit(unit))))
    return f"{said}{_bracketed(interval_text(low, high, unit))}"


def _bracketed(band: str) -> str:
    # The scenario's own value may be an end of the range, where nothing differs in any pair.
    return "" if band in (MISSING, "0") else f" ({band})"


def _part(row: Row, name: str) -> str:
    """Write a share of the variance; what the sample puts beyond 0 and 1 is cut off there."""
    ends = [row[f"{name}{end}"] for end in ("", "_low", "_high")]
    said = [None if one is None else percent(min(1.0, max(0.0, one))) for one in ends]
    return f"{said[0]} ({said[1]} to {said[2]})" if None not in said else str(said[0])


def chart(result: Sensitivity, outcome: str, width: int = 760) -> ChartType:
    """Return the picture of an outcome: tornado, effects or shares, as the method is."""
    from sim.views.charts.strengths import morris_strengths, sobol_shares
    from sim.views.charts.tornado import tornado

    draw = {"tornado": tornado, "morris": morris_strengths, "sobol": sobol_shares}
    return draw[result.method](rows_of(result, outcome), outcome_name(outcome), width)


def _tornado(row: Row) -> tuple[str, ...]:
    unit = row["unit"]
    return (
        short_key(row["input"]),
        f"{row['low_at']}–{row['high_at']}",
        difference_text(row["low"], unit),
        difference_text(row["high"], unit),
        interval_text(row["high_from"], row["high_to"], unit),
        digits3(row["pairs"]),
    )


def _morris(row: Row) -> tuple[str, ...]:
    unit = row["unit"]
    return (
        short_key(row["input"]),
        outcome_value(row["mu_star"], unit),
        interval_text(row["mu_star_low"], row["mu_star_high"], unit, sign=""),
        outcome_value(row["sigma"], unit),
        digits3(row["effects"]),
    )


def _sobol(row: Row) -> tuple[str, ...]:
    def share(value: float | None) -> str:
        return MISSING if value is None else f"{value:.2f}".replace("-", "−")

    def band(low: float | None, high: float | None) -> str:
        return MISSING if low is None else f"{share(low)} to {share(high)}"

    return (
        short_key(row["input"]),
        share(row["first"]),
        band(row["first_low"], row["first_high"]),
        share(row["total"]),
        band(row["total_low"], row["total_high"]),
        digits3(row["rows"]),
    )
