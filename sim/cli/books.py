"""`llmsim books`: income statement, cash flow and balance sheet of a firm, from a run's ledger."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.output import print_json, print_next

if TYPE_CHECKING:
    from sim.experiments.scoring import ScoreRow
    from sim.results.books import Books
    from sim.results.run import Run

MEDIAN = "median"
EVER = (date.min, date.max)


@click.command()
@click.argument("run", type=click.Path(path_type=Path, file_okay=False))
@click.option("--firm", required=True, help="Id of the firm.")
@click.option("--year", type=click.IntRange(2000, 2100), help="A calendar year.")
@click.option(
    "--week", type=click.DateTime(["%Y-%m-%d"]), help="The week of a day.  [default: the whole run]"
)
@click.option(
    "--replicate", default=MEDIAN, show_default=True,
    help="Number of a replicate, or the one with the median net income.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object; amounts in fen.")
def books(
    run: Path, firm: str, year: int | None, week: date | None, replicate: str, as_json: bool
) -> None:
    """Print the books of a firm in RUN, a folder that `llmsim run` wrote, beside known figures.

    They are drawn up from the ledger alone, and one replicate's: medians over replicates would
    not add up.
    """
    from sim.results.books import books as draw_up
    from sim.results.books import typical_replicate
    from sim.results.store import read_run

    if year is not None and week is not None:
        raise click.UsageError("--year and --week exclude each other")
    found = read_run(run)
    first, last = _span(year, week)
    number = _replicate(found, replicate)
    if number is None:
        number = typical_replicate(found.ledger, firm, first, last)
    drawn = draw_up(found.ledger, firm, number, first, last)
    drawn.check()
    known = _known(found, firm, drawn)
    if as_json:
        print_json({"books": _plain(drawn), "known": [asdict(row) for row in known]})
        return
    said = f"replicate {number} of {len(found.replicates)}"
    _print(drawn, f"{said}, the one with the median net income" if replicate == MEDIAN else said)
    _print_known(known)
    print_next(f"llmsim report {run}", "the whole run as one page")


def _span(year: int | None, week: date | None) -> tuple[date, date]:
    if year is not None:
        return date(year, 1, 1), date(year, 12, 31)
    if week is not None:
        monday = date(week.year, week.month, week.day) - timedelta(days=week.weekday())
        return monday, monday
    return EVER


def _replicate(run: Run, text: str) -> int | None:
    """Return the number asked for, None for the median."""
    if text == MEDIAN:
        return None
    if not text.isdigit() or int(text) not in run.replicates:
        numbers = ", ".join(map(str, run.replicates))
        raise click.BadParameter(f"{text!r} is no replicate of the run: {MEDIAN}, {numbers}")
    return int(text)


def _known(run: Run, firm: str, drawn: Books) -> list[ScoreRow]:
    """Return what is known of the firm in these weeks, with what the run says of it."""
    from sim.evidence.figures import load_figures
    from sim.experiments.scoring import score_rows

    end = drawn.last + timedelta(days=7)
    figures = [
        one
        for one in load_figures()
        if one.entity == f"firm:{firm}" and one.period
        if drawn.first - timedelta(days=6) <= one.period.start and one.period.end <= end
    ]
    return [row for row in score_rows(run, figures) if row.median is not None]


def _print(drawn: Books, which: str) -> None:
    from sim.views.books import lines_of

    for line in lines_of(drawn, which):
        click.echo(line)


def _print_known(known: list[ScoreRow]) -> None:
    from rich.console import Console

    from sim.views.score_table import figure_rows

    if known:
        click.echo()
        Console().print(figure_rows("Known figures, beside all replicates", known))


def _plain(drawn: Books) -> dict[str, object]:
    totals = {
        "net_income": drawn.net_income,
        "cash_change": drawn.cash_change,
        "equity": drawn.equity,
    }
    days = {"first": drawn.first.isoformat(), "last": drawn.last.isoformat()}
    return {**asdict(drawn), **days, **totals}
