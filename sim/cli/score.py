"""`llmsim score`: how well a scenario or a finished run reproduces known figures."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.completion import complete_scenario
from sim.cli.main import FAILED_RUNS, FINDINGS
from sim.cli.options import json_option, seed_option, set_option, where_of, where_options
from sim.cli.output import hanging, print_json, print_next, progress

if TYPE_CHECKING:
    from sim.evidence.figures import Figure
    from sim.experiments.executors import Where
    from sim.experiments.score import Score
    from sim.results.run import Run


@click.command()
@click.argument("subject", metavar="SCENARIO|RUN", shell_complete=complete_scenario)
@set_option
@click.option(
    "-n", "--replicates", type=click.IntRange(min=1), default=20, show_default=True,
    help="How many times a scenario is played.",
)  # fmt: skip
@seed_option
@where_options
@click.option(
    "--figures", "path", type=click.Path(path_type=Path, dir_okay=False),
    help="Figures to score against.  [default: the shipped ones]",
)  # fmt: skip
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write: the run, score.parquet and a report with the score.",
)  # fmt: skip
@click.option("--check", is_flag=True, help="Exit with 1 if the score misses what is asked.")
@json_option
@click.pass_context
def score(
    ctx: click.Context,
    subject: str,
    overrides: tuple[str, ...],
    replicates: int,
    seed: int | None,
    executor: str | None,
    processes: int | None,
    path: Path | None,
    output: Path | None,
    check: bool,
    as_json: bool,
) -> None:
    """Set SCENARIO, simulated now, or RUN, a folder, against known figures.

    A scenario is also simulated without the price war and beyond its end where figures speak of
    that; a finished run says nothing of such figures.
    """
    from sim.evidence.figures import load_figures
    from sim.results.store import check_writable, is_run

    figures = load_figures(path)
    if output is not None:
        check_writable(output)
    if is_run(Path(subject)):
        result, run = _finished(Path(subject), figures)
    else:
        where = where_of(executor, processes, replicates)
        result, run = _simulated(subject, overrides, replicates, seed, where, figures)
    if output is not None:
        _write(result, run, output)
    missed = result.missed()
    if as_json:
        print_json(_described(result, missed), _warnings(run))
    else:
        _print(result, missed, run)
    ctx.exit(FINDINGS if check and missed else FAILED_RUNS if run.failures else 0)


def _finished(folder: Path, figures: tuple[Figure, ...]) -> tuple[Score, Run]:
    from sim.experiments.score import score_run
    from sim.results.store import read_run

    run = read_run(folder)
    return score_run(run, figures), run


def _simulated(
    name: str,
    overrides: tuple[str, ...],
    replicates: int,
    seed: int | None,
    where: Where,
    figures: tuple[Figure, ...],
) -> tuple[Score, Run]:
    from sim.experiments.score import score as simulate_and_score
    from sim.strategies.loading import load_checked

    loaded = load_checked(name, overrides)
    with progress(f"{loaded.name} x {replicates}") as on_progress:
        return simulate_and_score(
            loaded, figures, replicates, seed, on_progress=on_progress, executor=where
        )


def _write(result: Score, run: Run, folder: Path) -> None:
    import polars as pl

    from sim.results.store import REPORT, write_run
    from sim.results.whole import as_parquet, write_whole
    from sim.views.report import write_report

    write_run(run, folder)
    rows = pl.DataFrame([asdict(row) for row in result.rows], infer_schema_length=None)
    write_whole(folder / "score.parquet", as_parquet(rows))
    write_report(run, folder / REPORT, list(result.rows))


def _described(result: Score, missed: list[str]) -> dict[str, object]:
    uses = [{**asdict(one), "coverage": one.coverage} for one in result.uses]
    return {"rows": [asdict(row) for row in result.rows], "uses": uses, "missed": missed}


def _warnings(run: Run) -> list[str]:
    return [f"replicate {one.replicate} failed in {one.stage}: {one.error}" for one in run.failures]


def _print(result: Score, missed: list[str], run: Run) -> None:
    from rich.console import Console

    from sim.views.score_table import print_score

    for warning in _warnings(run):
        click.echo(f"warning: {warning}", err=True)
    print_score(result, Console())
    for sentence in missed:
        click.echo(hanging("Not reached: ", f"{sentence}."))
    print_next("llmsim figures show ID", "who said a figure, and what it may be used for")
