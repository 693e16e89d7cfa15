"""What outcomes depend on, on a terminal: the strongest inputs of each outcome, and luck's part."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from rich.console import Group, RenderableType
from rich.text import Text

from sim.experiments.sensitivity import Sensitivity
from sim.views.fitted import fitted
from sim.views.format import MISSING, digits3, percent
from sim.views.outcomes import difference_text, interval_text, name_with_unit, outcome_value

MOST_INPUTS = 10
Row = Mapping[str, Any]

EXPLAINED = {
    "tornado": "At low, at high: what the outcome differs by when this input alone stands at the "
    "end of its range, with the paired 90 % interval.",
    "morris": "Strength: mean size of the effect over the whole range (mu*), with its 90 % "
    "interval; spread: its standard deviation, large where an input acts in bends or together "
    "with others.",
    "sobol": "Shares of the variance at given luck. Alone: first order; in all: with what it does "
    "together with others; both with 90 % intervals.",
}


def renderable(result: Sensitivity) -> Group:
    """Return the ranking for a console of 80 columns or more; colour carries no meaning."""
    told = result.manifest
    runs = told["runs"]
    heading = (
        f"{told['scenario']}: {result.method} over {len(told['inputs'])} inputs, "
        f"{runs['ok']} runs of {sum(runs.values())}, {told['replicates']} replicates a point, "
        f"seed {told['seed']}"
    )
    parts: list[RenderableType] = [Text(heading, style="bold")]
    for one in told["outcomes"]:
        rows = result.table.filter(pl.col("outcome") == one["id"]).to_dicts()
        if rows:
            parts += [Text(""), Text(name_with_unit(one["id"], one["unit"]), style="bold")]
            parts += [_table(result.method, rows), *_shares(result, one["id"])]
    return Group(*parts, Text(""), Text(EXPLAINED[result.method], style="dim"))


def _table(method: str, rows: Sequence[Row]) -> RenderableType:
    shown = rows[:MOST_INPUTS]
    write = {"tornado": _tornado, "morris": _morris, "sobol": _sobol}[method]
    heads = {
        "tornado": ("Input", "Range", "At low", "At high", "90 % at high"),
        "morris": ("Input", "Strength", "90 % interval", "Spread", "Effects"),
        "sobol": ("Input", "Alone", "90 %", "In all", "90 %", "Rows"),
    }[method]
    cells = [write(row) for row in shown]
    if len(rows) > len(shown):
        cells.append((f"and {len(rows) - len(shown)} weaker ones", *[""] * (len(heads) - 1)))
    return fitted(heads, cells)


def _tornado(row: Row) -> tuple[str, ...]:
    unit = row["unit"]
    return (
        row["input"],
        f"{row['low_at']}–{row['high_at']}",
        difference_text(row["low"], unit),
        difference_text(row["high"], unit),
        interval_text(row["high_from"], row["high_to"], unit),
    )


def _morris(row: Row) -> tuple[str, ...]:
    unit = row["unit"]
    return (
        row["input"],
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
        row["input"],
        share(row["first"]),
        band(row["first_low"], row["first_high"]),
        share(row["total"]),
        band(row["total_low"], row["total_high"]),
        digits3(row["rows"]),
    )


def _shares(result: Sensitivity, outcome: str) -> list[RenderableType]:
    # One input at a time is no sample of the inputs, so the parts would mean nothing.
    found = result.shares.filter(pl.col("outcome") == outcome).to_dicts()
    if result.method == "tornado" or not found or found[0]["inputs"] is None:
        return []
    one = found[0]
    return [
        Text(
            f"Of its variance {percent(one['inputs'])} is due to the inputs, "
            f"{percent(one['luck'])} to luck, {percent(one['both'])} to both together."
        )
    ]
