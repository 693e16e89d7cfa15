"""What a run says of a known figure: the one mapping from its tables to the quantities."""

from __future__ import annotations

import numpy as np

from sim.evidence.currency import cny_per_usd
from sim.evidence.figures import Figure
from sim.evidence.quantities import find_quantity, load_quantities
from sim.experiments import quantities, quantities_capital, quantities_reach
from sim.experiments.measures import QUANTITIES, Ask, near
from sim.experiments.statistic import take
from sim.experiments.weekly import F64, Book, NotModelledError, RunTables

FUNCTION_MODULES = (quantities, quantities_reach, quantities_capital)
"""Importing them fills the table of quantities."""

NO_FUNCTION = {
    "free_tier_max_user_share": "a run records no single users of a free tier",
}
"""Why a quantity that is defined has no function."""

OF_A_CHANGE = ("ratio", "percent")
"""Units in which the change of any quantity may be told besides its own."""


def observe(
    run: RunTables | Book, figure: Figure, counterfactual: RunTables | Book | None = None
) -> F64:
    """Return what each replicate says of a figure, in the figure's unit, shape (R,).

    NaN where a replicate has no such number, such as a price of a firm that never entered.

    Args:
        run: anything with the tables of a run; a `Book` where many figures are asked of one run,
            as it keeps what it has read.
        figure: what is asked.
        counterfactual: the same replicates without the price war, for figures that are statements
            against it.

    Raises:
        NotModelledError: the run says nothing about it; the message says why.
    """
    refused = refusal(figure)
    if refused is not None:
        raise NotModelledError(refused)
    other = None if counterfactual is None else _book(counterfactual)
    ask = Ask(_book(run), figure, other)
    values = take(QUANTITIES[_name(figure)](ask), ask)
    if not np.isfinite(values).any():
        raise NotModelledError(
            "no replicate has such a number then: before an entry or a launch, or nothing to "
            "divide by"
        )
    values = np.where(np.isfinite(values), values, np.nan)
    return values / cny_per_usd(ask.period.start) if figure.unit == "USD" else values


def refusal(figure: Figure) -> str | None:
    """Return why no run at all can say something of a figure, or None."""
    definition = find_quantity(figure.quantity)
    if definition is None:
        names = [row.quantity for row in load_quantities()]
        hint = near(figure.quantity, names)
        return f"the quantity {figure.quantity!r} is not defined in quantities.csv{hint}"
    name = _name(figure)
    if name not in QUANTITIES:
        return NO_FUNCTION[name]
    if not definition.speaks_of(figure.entity):
        allowed = " or ".join(definition.entities)
        return f"{figure.quantity} is defined for {allowed}, not for {figure.entity}"
    units = definition.units
    if figure.statistic == "change":
        units = (*units, *(unit for unit in OF_A_CHANGE if unit not in units))
    if figure.unit not in units:
        return f"{figure.quantity} comes in {' or '.join(units)}, not in {figure.unit}"
    return None


def _name(figure: Figure) -> str:
    """Return the name under which a quantity's function is registered."""
    definition = find_quantity(figure.quantity)
    return "" if definition is None else definition.quantity.partition(":")[0]


def _book(run: RunTables | Book) -> Book:
    return run if isinstance(run, Book) else Book(run)
