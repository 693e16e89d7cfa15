"""A score on the terminal: each figure beside what the run says, then each use in numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

from sim.evidence.figures import NO_FACTS
from sim.experiments.score import UseScore
from sim.views.figures import figure_error, figure_interval, figure_name, figure_value
from sim.views.format import percent

if TYPE_CHECKING:
    from rich.console import Console

    from sim.experiments.score import Score
    from sim.experiments.scoring import ScoreRow

HEADINGS = {
    "fit": "What a calibration may aim at",
    "validate": "What it may not",
    "belief": "What people expected, and what the run says instead",
}
LONG = 1000.0
WIDE = 110
"""Columns of a terminal from which on both intervals have room."""

MARKS = {True: "yes", False: "no", None: "-"}


def print_score(score: Score, console: Console) -> None:
    """Print all rows by use, then coverage and errors beside those of naive forecasters."""
    for use in dict.fromkeys(row.use for row in score.rows if row.status != "fed"):
        rows = [row for row in score.rows if row.use == use and row.status != "fed"]
        title = HEADINGS.get(use, f"Your own use: {use}")
        said = [row for row in rows if row.median is not None]
        is_wide = console.width >= WIDE
        console.print(figure_rows(title, said, is_wide) if said else f"[bold]{title}[/bold]")
        console.print(_silent([row for row in rows if row.median is None]))
    fed = sum(row.status == "fed" for row in score.rows)
    if fed:
        console.print(f"{fed} figures may be fed to a run and prove nothing; they are left out.\n")
    console.print(_summary(score.uses))
    console.print(
        "error: median over known, of a cut in what it leaves; with a sign, where that means "
        "nothing, their difference"
    )


def figure_rows(title: str, rows: list[ScoreRow], is_wide: bool = False) -> Table:
    """Return a table of figures, each beside the median, interval and error of a run."""
    made = Table(
        title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold",
        pad_edge=False, padding=(0, 1, 0, 0), show_edge=False, header_style="bold",
    )  # fmt: skip
    made.add_column("figure", overflow="fold", ratio=1)
    made.add_column("known", justify="right", no_wrap=True)
    made.add_column("median", justify="right", no_wrap=True)
    if is_wide:
        made.add_column("50 % interval", justify="right")
    made.add_column("90 % interval", justify="right")
    made.add_column("error", justify="right", no_wrap=True)
    made.add_column("in", justify="right", no_wrap=True)
    for row in rows:
        halves = [figure_interval(row, 50)] if is_wide else []
        known, median = (figure_value(row, value) for value in (row.observed, row.median))
        cells = (*halves, figure_interval(row), figure_error(row), _mark(row))
        made.add_row(figure_name(row), known, median, *cells)
    return made


def _mark(row: ScoreRow) -> str:
    """Say whether a figure lies inside; of a goal or forecast, what it is instead of a fact."""
    is_expected = row.use != "belief" and row.qualifier in NO_FACTS
    return row.qualifier if is_expected else MARKS[row.inside_90]


def _silent(rows: list[ScoreRow]) -> str:
    """Say which figures the run is silent about, and why; equal reasons once."""
    reasons: dict[str, list[str]] = {}
    for row in rows:
        reasons.setdefault(row.reason, []).append(row.id)
    return "".join(f"Not modelled: {', '.join(ids)}: {why}.\n" for why, ids in reasons.items())


def _summary(uses: tuple[UseScore, ...]) -> Table:
    made = Table(
        title="In numbers: the model beside forecasters that know earlier figures only",
        box=box.SIMPLE_HEAD, title_justify="left", title_style="bold", pad_edge=False,
        padding=(0, 1, 0, 0), show_edge=False, header_style="bold",
    )  # fmt: skip
    made.add_column("")
    for one in uses:
        made.add_column(one.use, justify="right", no_wrap=True)
    for name, cell in LINES:
        made.add_row(name, *(cell(one) for one in uses))
    return made


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.2f}" if value < LONG else f"{value:.1e}"


def _factor(value: float | None) -> str:
    return "-" if value is None else f"x {_number(value)}"


def _beside(rows: int, naive: float | None, model: float | None) -> str:
    return f"{_number(naive)} (model {_number(model)}, {rows} rows)" if rows else "-"


LINES: tuple[tuple[str, Callable[[UseScore], str]], ...] = (
    ("rows", lambda one: f"{one.rows} ({one.modelled} modelled)"),
    ("inside the 90 % interval", lambda one: f"{one.inside_90} ({percent(one.coverage)})"),
    ("median |log error|", lambda one: _number(one.median_log_error)),
    ("median width of the interval", lambda one: _factor(one.median_width)),
    ("mean ranked score (CRPS)", lambda one: _number(one.mean_crps)),
    (
        "last value: |log error|",
        lambda one: _beside(
            one.naive_last_rows, one.naive_last_log_error, one.model_on_last_log_error
        ),
    ),
    (
        "last value: CRPS",
        lambda one: _beside(one.naive_last_rows, one.naive_last_crps, one.model_on_last_crps),
    ),
    (
        "log-linear trend: |log error|",
        lambda one: _beside(
            one.naive_trend_rows, one.naive_trend_log_error, one.model_on_trend_log_error
        ),
    ),
    (
        "log-linear trend: CRPS",
        lambda one: _beside(one.naive_trend_rows, one.naive_trend_crps, one.model_on_trend_crps),
    ),
)
