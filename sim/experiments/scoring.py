"""Known figures against a run: intervals, errors, and what somebody without a model would say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import hypot, log
from statistics import NormalDist
from typing import Literal

import numpy as np

from sim.evidence.figures import NO_FACTS, Figure
from sim.evidence.quantities import log_bias_sd, visits_log_sd
from sim.experiments.forecasters import by_series, naive_forecast, series_of
from sim.experiments.observables import observe
from sim.experiments.weekly import F64, Book, NotModelledError, RunTables

Status = Literal["fitted", "compared", "fed", "not modelled"]

BIAS_POINTS = 99
"""Points at which a panel's log-bias is taken: the middles of as many equally likely slices."""

BIASED_UNITS = (
    "users", "visits", "CNY", "USD", "count", "tokens", "tokens_per_day", "calls_per_day",
)  # fmt: skip
"""Units of amounts; in ratios and shares a panel's own factor cancels."""

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Ends of the 90 and the 50 % interval, and the median."""

APPROXIMATE = 0.10
"""How far the truth may lie from a figure that is called approximate."""

ROUNDING = 1e-9
"""How far arithmetic alone may carry an interval from a figure that it meets."""

CUTS = ("api_price_cut", "unit_cost_decline")
"""Quantities that say how much is gone, in percent; compared is what is left."""

SIGNED = ("gross_margin", "b2b_revenue_change")
"""Quantities that may be negative: their errors are differences in the figure's unit."""

CHANGES = ("_growth", "_change", "_ratio", "price_cuts_in_month")
"""How quantities end that are changes or counts whatever their statistic."""

VISITS = "web_visits"


@dataclass(frozen=True)
class ScoreRow:
    """One figure against a run; the numbers are in the figure's unit, None where there are none.

    `log_error` is ln(median/observed): positive where the run is too high. A cut in percent is
    compared in what it leaves; more than `at_least` is no error. Where a ratio means nothing (a
    price of zero, a margin, a change in percent) it is None and `absolute_error` is the median less
    what was observed. Both are None where the run says nothing, and `log_error` also where it says
    zero of something positive; medians take that for an infinite error. `crps` is the continuous
    ranked probability score, over what was observed where the error is a ratio, else in the
    figure's unit. `naive_last` and `naive_trend` are what
    earlier figures of the series alone would have said.
    """

    id: str
    entity: str
    quantity: str
    period: str
    use: str
    unit: str
    qualifier: str
    observed: float | None
    median: float | None
    lo50: float | None
    hi50: float | None
    lo90: float | None
    hi90: float | None
    inside_90: bool | None
    log_error: float | None
    absolute_error: float | None
    crps: float | None
    naive_last: float | None
    naive_trend: float | None
    status: Status
    reason: str

    @property
    def counts(self) -> bool:
        """Return whether coverage counts it: it is a fact and was not fed."""
        is_fact = self.use != "belief" and self.qualifier not in NO_FACTS
        return is_fact and self.status != "fed"

    @property
    def is_ratio(self) -> bool:
        """Return whether the run says something of which the error is a ratio."""
        return self.median is not None and self.absolute_error is None


def score_rows(
    run: RunTables, figures: Iterable[Figure], counterfactual: RunTables | None = None
) -> list[ScoreRow]:
    """Return one row per figure that runs are compared with, in the order of the figures.

    Figures of use context have no row; beliefs come with what the run says instead, and a figure
    that may be fed is shown but proves nothing.

    Args:
        run: anything with the tables of a run.
        figures: as loaded from a figures file.
        counterfactual: the same replicates without the price war.
    """
    known = tuple(figures)
    earlier = by_series(known)
    book, other = Book(run), None if counterfactual is None else Book(counterfactual)
    return [
        _score(book, figure, earlier[series_of(figure)], other)
        for figure in known
        if figure.scored or figure.use == "belief"
    ]


def _score(
    book: Book, figure: Figure, series: Sequence[Figure], counterfactual: Book | None
) -> ScoreRow:
    try:
        values = observe(book, figure, counterfactual)
    except NotModelledError as error:
        status: Status = "fed" if figure.may_be_fed else "not modelled"
        return score_row(figure, None, status, str(error), series)
    missing = int(np.isnan(values).sum())
    reason = f"{missing} of {len(values)} replicates have no such number" if missing else ""
    status = "fed" if figure.may_be_fed else "fitted" if figure.fitted else "compared"
    return score_row(figure, values[~np.isnan(values)], status, reason, series)


def score_row(
    figure: Figure, values: F64 | None, status: Status, reason: str, series: Sequence[Figure] = ()
) -> ScoreRow:
    """Return a figure's row: values (R,) that runs say, None where nothing can be said.

    series: figures of its series, so that those before it can speak for it.
    """
    quantiles: tuple[float | None, ...] = (None,) * 5
    ranked: float | None = None
    if values is not None:
        seen = measured(values, figure)
        seen.sort()
        places = np.array(LEVELS) * (len(seen) - 1)
        quantiles = tuple(np.interp(places, np.arange(len(seen)), seen).tolist())
        ranked = ranked_score(seen, figure)
    lo90, lo50, median, hi50, hi90 = quantiles
    naive = naive_forecast(figure, series)
    return ScoreRow(
        id=figure.id,
        entity=figure.entity,
        quantity=figure.quantity,
        period=figure.period_text,
        use=figure.use,
        unit=figure.unit,
        qualifier=figure.qualifier,
        observed=figure.value,
        median=median,
        lo50=lo50,
        hi50=hi50,
        lo90=lo90,
        hi90=hi90,
        inside_90=inside(figure, lo90, hi90),
        log_error=log_error(figure, median),
        absolute_error=absolute_error(figure, median),
        crps=ranked,
        naive_last=naive.last,
        naive_trend=naive.trend,
        status=status,
        reason=reason,
    )


def measured(values: F64, figure: Figure) -> F64:
    """Return what the figure's panel could have measured: values times exp(N(0, s^2)).

    s is `panel_spread`. Shape (R,) or (R * BIAS_POINTS,).
    """
    spread = panel_spread(figure)
    if spread == 0:
        return values.copy()
    normal = NormalDist(0.0, spread)
    points = [normal.inv_cdf((i + 0.5) / BIAS_POINTS) for i in range(BIAS_POINTS)]
    return np.outer(values, np.exp(points)).ravel()


def panel_spread(figure: Figure) -> float:
    """Return the standard deviation of the log of what the figure's panel is off by, of its table.

    Visits are off by a second factor: the visits that the panel counts per user.
    """
    if figure.unit not in BIASED_UNITS:
        return 0.0
    by_visit = visits_log_sd(figure.panel) if figure.quantity == VISITS else 0.0
    return hypot(log_bias_sd(figure.panel), by_visit)


def inside(figure: Figure, low: float | None, high: float | None) -> bool | None:
    """Return whether a figure lies in an interval, as exactly as its qualifier means it.

    `approx` allows a tenth of the figure to either side, of a cut a tenth of what it leaves.
    """
    if figure.value is None or low is None or high is None:
        return None
    scale = abs(left(figure, figure.value))
    slack = (APPROXIMATE if figure.qualifier == "approx" else ROUNDING) * scale
    if figure.qualifier == "at_least":
        return figure.value <= high + slack
    return low - slack <= figure.value <= high + slack


def is_ratio(figure: Figure) -> bool:
    """Return whether a figure's error is a ratio: not of zero, a margin, or a signed change."""
    if figure.value is None or _is_signed(figure):
        return False
    return left(figure, figure.value) > 0


def _is_signed(figure: Figure) -> bool:
    name = figure.quantity.partition(":")[0]
    if name in SIGNED:
        return True
    in_percent = figure.unit == "percent" and name.endswith("_growth")
    of_its_own = figure.statistic == "change" and not name.endswith(CHANGES) and name not in CUTS
    return in_percent or (of_its_own and figure.unit != "ratio")


def left(figure: Figure, value: float) -> float:
    """Return the value that is compared: of a cut in percent, what it leaves."""
    return 100.0 - value if figure.quantity in CUTS else value


def log_error(figure: Figure, median: float | None) -> float | None:
    """Return ln(median/observed), or None where that means nothing."""
    if figure.value is None or median is None or not is_ratio(figure):
        return None
    simulated = left(figure, median)
    if _enough(figure, median):
        return 0.0
    if simulated <= 0:
        return None
    return log(simulated / left(figure, figure.value))


def absolute_error(figure: Figure, median: float | None) -> float | None:
    """Return median less observed where a ratio means nothing, else None."""
    if figure.value is None or median is None or is_ratio(figure):
        return None
    return 0.0 if _enough(figure, median) else median - figure.value


def _enough(figure: Figure, median: float) -> bool:
    """Return whether a figure asks for at least so much and has it."""
    assert figure.value is not None
    return figure.qualifier == "at_least" and median >= figure.value


def ranked_score(values: F64, figure: Figure) -> float | None:
    """Return the continuous ranked probability score of an ensemble, 0 for certainty that is right.

    CRPS = mean |x_i - y| - mean |x_i - x_j| / 2, in units of y where the error is a ratio. A point
    forecast x scores |x - y|. Values beyond `at_least` count as that value.

    values (n,): what replicates say. Source: Gneiting and Raftery 2007, eq. 21.
    """
    if figure.value is None or not len(values):
        return None
    x = np.sort(values)
    if figure.qualifier == "at_least":
        x = np.minimum(x, figure.value)
    n = len(x)
    apart = float((x * (2.0 * np.arange(1, n + 1) - n - 1.0)).sum()) / n**2
    score = float(np.abs(x - figure.value).mean()) - apart
    return score / left(figure, figure.value) if is_ratio(figure) else score
