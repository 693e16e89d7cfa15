"""Known figures against a run: what the run says of each, and how well it says it.

This is the one mapping from the tables of a run to the quantities of a figures file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import log
from statistics import NormalDist
from typing import Literal

import numpy as np

from sim.evidence.currency import cny_per_usd
from sim.evidence.figures import Figure
from sim.evidence.quantities import find_quantity, log_bias_sd
from sim.experiments import quantities, quantities_capital
from sim.experiments.measures import QUANTITIES, Ask, take
from sim.experiments.weekly import F64, Book, NotModelledError, RunTables

Status = Literal["fitted", "compared", "fed", "not modelled"]

FUNCTION_MODULES = (quantities, quantities_capital)
"""Importing them fills the table of quantities."""

NO_FUNCTION = {
    "web_visits": "visits are proportional to users by a factor that the panel does not publish",
    "weekly_active_users": "a run records monthly and daily users only",
    "retention_day_N": "a run records no cohorts",
    "b2b_revenue_change": "it is a statement against a paired run without the price war",
    "free_tier_max_user_share": "a run records no single users of a free tier",
    "final_run_cost": "a run records the research compute of a firm, not of one training run",
    "final_run_share_of_rd_compute": "a run records the research compute of a firm, not its use",
}
"""Why a quantity that is defined has no function yet."""

BIAS_POINTS = 19
"""Points at which a panel's log-bias is taken: the middles of as many equally likely slices."""

BIASED_UNITS = ("users", "visits", "CNY", "USD", "count", "tokens", "tokens_per_day")
"""Units of amounts; in ratios and shares a panel's own factor cancels."""

APPROXIMATE = 0.10
"""How far the truth may lie from a figure that is called approximate."""

ROUNDING = 1e-9
"""How far arithmetic alone may carry an interval from a figure that it meets."""


@dataclass(frozen=True)
class ScoreRow:
    """One figure against a run; the numbers are in the figure's unit, None where there are none.

    `log_error` is ln(median/observed): positive where the run is too high. A cut in percent is
    compared in what it leaves; more than `at_least` is no error. It is None where one of the two is
    not positive.
    """

    id: str
    entity: str
    quantity: str
    period: str
    use: str
    observed: float | None
    median: float | None
    lo50: float | None
    hi50: float | None
    lo90: float | None
    hi90: float | None
    inside_90: bool | None
    log_error: float | None
    status: Status
    reason: str


def observe(run: RunTables | Book, figure: Figure) -> F64:
    """Return what each replicate says of a figure, in the figure's unit, shape (R,).

    NaN where a replicate has no such number, such as a price of a firm that never entered.

    Raises:
        NotModelledError: the run says nothing about it; the message says why.
    """
    book = run if isinstance(run, Book) else Book(run)
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
    ask = Ask(book, figure)
    values = take(QUANTITIES[name](ask), ask)
    if np.isnan(values).all():
        raise NotModelledError("no replicate has such a number in the period")
    return values / cny_per_usd(ask.period.start) if figure.unit == "USD" else values


def score_rows(run: RunTables, figures: Iterable[Figure]) -> list[ScoreRow]:
    """Return one row per figure that runs are compared with, in the order of the figures.

    Figures of use context and belief have no row. A fed figure is shown but proves nothing.

    Args:
        run: anything with the tables of a run.
        figures: as loaded from a figures file.
    """
    book = Book(run)
    return [_score(book, figure) for figure in figures if figure.scored]


def _score(book: Book, figure: Figure) -> ScoreRow:
    try:
        values = observe(book, figure)
    except NotModelledError as error:
        return _row(figure, None, "fed" if figure.may_be_fed else "not modelled", str(error))
    missing = int(np.isnan(values).sum())
    reason = f"{missing} of {len(values)} replicates have no such number" if missing else ""
    status: Status = "fed" if figure.may_be_fed else "fitted" if figure.fitted else "compared"
    return _row(figure, values[~np.isnan(values)], status, reason)


def _row(figure: Figure, values: F64 | None, status: Status, reason: str) -> ScoreRow:
    quantiles: tuple[float | None, ...] = (None,) * 5
    if values is not None:
        levels = (0.05, 0.25, 0.5, 0.75, 0.95)
        quantiles = tuple(float(q) for q in np.quantile(measured(values, figure), levels))
    lo90, lo50, median, hi50, hi90 = quantiles
    return ScoreRow(
        id=figure.id,
        entity=figure.entity,
        quantity=figure.quantity,
        period=figure.period_text,
        use=figure.use,
        observed=figure.value,
        median=median,
        lo50=lo50,
        hi50=hi50,
        lo90=lo90,
        hi90=hi90,
        inside_90=inside(figure, lo90, hi90),
        log_error=log_error(figure, median),
        status=status,
        reason=reason,
    )


def measured(values: F64, figure: Figure) -> F64:
    """Return what the figure's panel could have measured: values times its own factor.

    A panel's factor is exp(N(0, s^2)), s of the panel table; shape (R,) or (R * BIAS_POINTS,).
    """
    spread = log_bias_sd(figure.panel) if figure.unit in BIASED_UNITS else 0.0
    if spread == 0:
        return values
    normal = NormalDist(0.0, spread)
    points = [normal.inv_cdf((i + 0.5) / BIAS_POINTS) for i in range(BIAS_POINTS)]
    return np.outer(values, np.exp(points)).ravel()


def inside(figure: Figure, low: float | None, high: float | None) -> bool | None:
    """Return whether a figure lies in an interval, as exactly as its qualifier means it."""
    if figure.value is None or low is None or high is None:
        return None
    slack = (APPROXIMATE if figure.qualifier == "approx" else ROUNDING) * abs(figure.value)
    if figure.qualifier == "at_least":
        return figure.value <= high + slack
    return low - slack <= figure.value <= high + slack


def log_error(figure: Figure, median: float | None) -> float | None:
    """Return ln(median/observed), or None where that means nothing."""
    observed = figure.value
    if observed is None or median is None:
        return None
    if figure.quantity == "api_price_cut":
        observed, median = 100 - observed, 100 - median
    if observed <= 0 or median <= 0:
        return None
    error = log(median / observed)
    return min(error, 0.0) if figure.qualifier == "at_least" else error
