"""A score: how often known figures lie inside the intervals of a run, and how far its medians miss.

Rows that a calibration may aim at and rows that it may not are counted apart. A row that the run
says nothing about counts as outside; zero said of something positive is an infinite error. Goals,
forecasts and beliefs stand beside what the run says and count nowhere. Two forecasters that know
earlier figures only stand beside it, on the rows for which they have something to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count
from math import inf, isfinite, log
from statistics import median

from sim.core.tables import TABLES
from sim.evidence.figures import Figure
from sim.experiments import ensemble
from sim.experiments.ensemble import OnProgress
from sim.experiments.executors import Where
from sim.experiments.observables import refusal
from sim.experiments.scoring import CUTS, ScoreRow, score_rows
from sim.results.run import Run
from sim.scenario import Scenario

AGAINST_PEACE = "b2b_revenue_change"
FURTHEST = date(2030, 1, 1)
"""The day after the last one that a score simulates beyond a scenario's end."""

PEACE = {"mechanisms.price_war": False}
NEVER_SCORED = ("events", "ledger")
GOALS = {
    "fit": {"coverage": 0.90, "median_log_error": 0.20, "median_width": 3.0},
    "validate": {"coverage": 0.80},
}
"""What a calibrated scenario must reach: share inside at least, error and width at most."""


@dataclass(frozen=True)
class UseScore:
    """The rows of one use in numbers; None where no row has such a number, or it is infinite.

    coverage: share of all rows inside the 90 % interval; width: median of its upper over its lower
    end. The naive errors are medians over the rows for which that forecaster has a value, and
    `model_on_*` is the model's on the same rows.
    """

    use: str
    rows: int
    modelled: int
    inside_90: int
    median_log_error: float | None
    median_width: float | None
    mean_crps: float | None
    naive_last_rows: int
    naive_last_log_error: float | None
    naive_last_crps: float | None
    model_on_last_log_error: float | None
    model_on_last_crps: float | None
    naive_trend_rows: int
    naive_trend_log_error: float | None
    naive_trend_crps: float | None
    model_on_trend_log_error: float | None
    model_on_trend_crps: float | None

    @property
    def coverage(self) -> float:
        """Share of the rows inside the 90 % interval; rows that are not modelled lie outside."""
        return self.inside_90 / self.rows if self.rows else 1.0


@dataclass(frozen=True)
class Score:
    """All rows, and each use in numbers."""

    rows: tuple[ScoreRow, ...]
    uses: tuple[UseScore, ...]

    def missed(self) -> list[str]:
        """Return, in words, which goals of a calibrated scenario the score does not reach."""
        found = []
        for one in self.uses:
            goals = GOALS.get(one.use, {})
            if one.coverage < goals.get("coverage", 0.0):
                found.append(
                    f"{one.use}: {one.inside_90} of {one.rows} rows lie inside the 90 % interval, "
                    f"{goals['coverage']:.0%} are asked for"
                )
            for name, most in goals.items():
                value = getattr(one, name)
                if name != "coverage" and (value is None or value > most):
                    said = "not finite" if value is None else f"{value:.2f}"
                    found.append(
                        f"{one.use}: {name.replace('_', ' ')} is {said}, at most {most:g} is asked"
                    )
        return found


def score_run(run: Run, figures: Iterable[Figure], counterfactual: Run | None = None) -> Score:
    """Score a finished run; statements against a paired future need `counterfactual`."""
    return summed_up(score_rows(run, figures, counterfactual))


def score(
    scenario: Scenario,
    figures: Iterable[Figure],
    replicates: int = 20,
    seed: int | None = None,
    processes: int = 1,
    on_progress: OnProgress | None = None,
    executor: Where | None = None,
) -> tuple[Score, Run]:
    """Simulate a scenario and score it; return the run too.

    `executor` says where replicates are made, in the place of `processes`, as in `ensemble.run`.

    Figures that are statements against a market without the price war are set against the same
    replicates without it, and figures of a time after the scenario's end, until the end of 2029,
    against the same replicates simulated further. Beliefs are set against the model's own forecast:
    the same replicates without the dated events of after the belief's first day.
    """
    known = tuple(figures)
    asked = [figure for figure in known if _is_asked(figure)]
    against_peace = [one for one in asked if one.quantity == AGAINST_PEACE]
    forecasts = _forecasts(scenario, asked)
    believed = {one.id for group in forecasts.values() for one in group}
    beyond = [
        one
        for one in asked
        if one.period and one.period.end > scenario.end and one.id not in believed
    ]
    futures = 1 + bool(against_peace) + bool(beyond) + len(forecasts)
    done = count()

    def simulate(changes: Mapping[str, object], until: Iterable[Figure] = ()) -> Run:
        end = max([scenario.end, *(one.period.end for one in until if one.period)])
        longer = {"end": end} if end > scenario.end else {}
        which = scenario.with_({**changes, **longer}) if changes or longer else scenario
        tables = tables_needed() if which is not scenario else None
        report = None if on_progress is None else _part(on_progress, next(done), futures)
        return ensemble.run(which, replicates, seed, processes, tables, report, executor=executor)

    run = simulate({})
    peace = simulate(PEACE, against_peace) if against_peace else None
    rows = {row.id: row for row in score_rows(run, known, peace)}
    beyond = [figure for figure in beyond if rows[figure.id].median is None]
    if beyond:
        silent = {row.id for row in rows.values() if row.median is None}
        further = score_rows(simulate({}, beyond), known, peace)
        rows |= {row.id: row for row in further if row.id in silent}
    for news, group in forecasts.items():
        unheard = simulate({f"shock.{one}.remove": True for one in news}, group)
        heard = {one.id for one in group}
        rows |= {row.id: row for row in score_rows(unheard, known) if row.id in heard}
    return summed_up(rows.values()), run


def _forecasts(scenario: Scenario, asked: Iterable[Figure]) -> dict[tuple[str, ...], list[Figure]]:
    """Return the beliefs by the dated events that nobody had heard of when they speak.

    A belief is set against what the model says from the first day of its period on. Beliefs that no
    event comes after need no run of their own.
    """
    found: dict[tuple[str, ...], list[Figure]] = {}
    for figure in asked:
        if figure.use == "belief" and figure.period:
            start = figure.period.start
            news = tuple(name for name, one in scenario.shock.items() if one.date >= start)
            if news:
                found.setdefault(news, []).append(figure)
    return found


def tables_needed() -> tuple[str, ...]:
    """Return the tables that scores read."""
    return tuple(name for name in TABLES if name not in NEVER_SCORED)


def _is_asked(figure: Figure) -> bool:
    """Return whether a run may have an answer for a figure, and is to be simulated for it."""
    if figure.period is None or figure.may_be_fed or figure.use == "context":
        return False
    return figure.period.end <= FURTHEST and refusal(figure) is None


def _part(on_progress: OnProgress, done: int, of: int) -> Callable[[float], None]:
    return lambda fraction: on_progress((done + fraction) / of)


def summed_up(rows: Iterable[ScoreRow]) -> Score:
    """Return the score of rows: each use that has any, known uses first."""
    listed = tuple(rows)
    uses = sorted(
        {row.use for row in listed if row.counts},
        key=lambda use: (use != "fit", use != "validate", use),
    )
    counted = [row for row in listed if row.counts]
    return Score(listed, tuple(_use(use, [r for r in counted if r.use == use]) for use in uses))


def _use(use: str, rows: list[ScoreRow]) -> UseScore:
    last = [row for row in rows if row.naive_last is not None and row.is_ratio]
    trend = [row for row in rows if row.naive_trend is not None and row.is_ratio]
    return UseScore(
        use=use,
        rows=len(rows),
        modelled=sum(row.median is not None for row in rows),
        inside_90=sum(row.inside_90 is True for row in rows),
        median_log_error=_middle(_distance(row) for row in rows if row.is_ratio),
        median_width=_middle(_width(row) for row in rows if row.is_ratio),
        mean_crps=_mean(row.crps for row in rows if row.is_ratio),
        naive_last_rows=len(last),
        naive_last_log_error=_middle(naive_log_error(row, row.naive_last) for row in last),
        naive_last_crps=_mean(naive_crps(row, row.naive_last) for row in last),
        model_on_last_log_error=_middle(map(_distance, last)),
        model_on_last_crps=_mean(row.crps for row in last),
        naive_trend_rows=len(trend),
        naive_trend_log_error=_middle(naive_log_error(row, row.naive_trend) for row in trend),
        naive_trend_crps=_mean(naive_crps(row, row.naive_trend) for row in trend),
        model_on_trend_log_error=_middle(map(_distance, trend)),
        model_on_trend_crps=_mean(row.crps for row in trend),
    )


def _distance(row: ScoreRow) -> float:
    """Return |log error|: infinite where a run says zero of something positive."""
    return inf if row.log_error is None else abs(row.log_error)


def _width(row: ScoreRow) -> float:
    """Return the upper over the lower end of the 90 % interval, of a cut of what it leaves."""
    low, high = sorted((_left(row, row.lo90), _left(row, row.hi90)))
    if low == high:
        return 1.0
    return high / low if low > 0 else inf


def naive_log_error(row: ScoreRow, value: float | None) -> float:
    """Return |ln(value/observed)| of a point forecast, of a cut in what it leaves."""
    said, seen = _left(row, value), _left(row, row.observed)
    return abs(log(said / seen)) if said > 0 else inf


def naive_crps(row: ScoreRow, value: float | None) -> float:
    """Return the ranked score of a point forecast: its distance, over what was observed."""
    said, seen = _left(row, value), _left(row, row.observed)
    return abs(said - seen) / seen


def _left(row: ScoreRow, value: float | None) -> float:
    assert value is not None
    return 100.0 - value if row.quantity in CUTS else value


def _middle(values: Iterable[float]) -> float | None:
    found = list(values)
    middle = median(found) if found else inf
    return middle if isfinite(middle) else None


def _mean(values: Iterable[float | None]) -> float | None:
    found = [value for value in values if value is not None]
    return sum(found) / len(found) if found else None
