"""What a run says of a known figure: the one mapping from its tables to the quantities."""

from __future__ import annotations

import numpy as np

from sim.evidence.currency import cny_per_usd
from sim.evidence.figures import Figure
from sim.evidence.quantities import find_quantity
from sim.experiments import quantities, quantities_capital
from sim.experiments.measures import QUANTITIES, Ask, take
from sim.experiments.weekly import F64, Book, NotModelledError, RunTables

FUNCTION_MODULES = (quantities, quantities_capital)
"""Importing them fills the table of quantities."""

NO_FUNCTION = {
    "web_visits": "visits are proportional to users by a factor that the panel does not publish",
    "weekly_active_users": "a run records monthly and daily users only",
    "retention_day_N": "a run counts cohorts by quarter, not by day",
    "free_tier_max_user_share": "a run records no single users of a free tier",
}
"""Why a quantity that is defined has no function yet."""


def observe(
    run: RunTables | Book, figure: Figure, counterfactual: RunTables | Book | None = None
) -> F64:
    """Return what each replicate says of a figure, in the figure's unit, shape (R,).

    NaN where a replicate has no such number, such as a price of a firm that never entered.

    Args:
        run: anything with the tables of a run.
        figure: what is asked.
        counterfactual: the same replicates without the price war, for figures that are statements
            against it.

    Raises:
        NotModelledError: the run says nothing about it; the message says why.
    """
    book = _book(run)
    other = None if counterfactual is None else _book(counterfactual)
    definition = find_quantity(figure.quantity)
    if definition is None:
        raise NotModelledError(f"the quantity {figure.quantity!r} is not defined")
    name = figure.quantity.partition(":")[0]
    if name not in QUANTITIES:
        raise NotModelledError(NO_FUNCTION.get(definition.quantity, "not computed from a run yet"))
    if not definition.speaks_of(figure.entity):
        allowed = ", ".join(definition.entities)
        raise NotModelledError(f"{name} is defined for {allowed}, not for {figure.entity}")
    if figure.unit not in definition.units:
        allowed = ", ".join(definition.units)
        raise NotModelledError(f"{name} comes in {allowed}, not in {figure.unit}")
    ask = Ask(book, figure, other)
    values = take(QUANTITIES[name](ask), ask)
    if np.isnan(values).all():
        raise NotModelledError("no replicate has such a number in the period")
    return values / cny_per_usd(ask.period.start) if figure.unit == "USD" else values


def _book(run: RunTables | Book) -> Book:
    return run if isinstance(run, Book) else Book(run)
