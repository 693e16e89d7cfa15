"""`llmsim calibrate`: which parameters let runs say what is known."""

from __future__ import annotations

import os
import re
import shlex
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.completion import complete_key, complete_scenario
from sim.cli.main import INTERRUPTED
from sim.cli.options import (
    RANGES,
    json_option,
    no_resume_option,
    seed_option,
    where_of,
    where_options,
)
from sim.cli.output import print_json, print_next, progress

if TYPE_CHECKING:
    from sim.experiments.calibration import Calibration

REPORT = "report.html"
BUDGET = re.compile(r"(\d+)(m?)")


@click.command()
@click.argument("scenario", metavar="SCEN", shell_complete=complete_scenario)
@click.option(
    "--budget", default="2000", show_default=True, metavar="RUNS|MINUTESm",
    help="How many runs, or about how many minutes of them.",
)  # fmt: skip
@click.option(
    "-P", "--param", "ranges", multiple=True, metavar="KEY=RANGE", shell_complete=complete_key,
    help=f"What varies: {RANGES}; repeatable.  [default: every parameter over its prior]",
)  # fmt: skip
@click.option(
    "--figures", "path", type=click.Path(path_type=Path, dir_okay=False),
    help="Figures to aim at.  [default: the shipped ones]",
)  # fmt: skip
@click.option(
    "--draws", type=click.IntRange(min=10), default=500, show_default=True,
    help="Rows of the posterior sample.",
)  # fmt: skip
@seed_option
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write.  [default: runs/<name>-calibration]",
)  # fmt: skip
@where_options
@no_resume_option
@json_option
@click.pass_context
def calibrate(
    ctx: click.Context,
    scenario: str,
    budget: str,
    ranges: tuple[str, ...],
    path: Path | None,
    draws: int,
    seed: int | None,
    output: Path | None,
    executor: str | None,
    processes: int | None,
    no_resume: bool,
    as_json: bool,
) -> None:
    """Draw the parameters of SCEN from what known figures of use `fit` leave of their priors.

    The same command goes on where it was interrupted. Writes DIR/posterior.parquet, the sample;
    DIR/calibrated.toml, SCEN with it; parameters.parquet, figures.parquet and report.html.

    \b
    llmsim calibrate baseline --budget 500
    llmsim calibrate baseline --budget 30m -o runs/calibration
    """
    if find_spec("sklearn") is None:
        raise click.UsageError("calibration needs scikit-learn: pip install 'llmsim[calibrate]'")
    from sim.evidence.figures import load_figures
    from sim.experiments.calibrate import calibrate as find
    from sim.experiments.calibrate import runs_in
    from sim.experiments.calibration_files import write_calibration
    from sim.strategies.loading import load_checked
    from sim.views.calibration_page import write_calibration_page

    number, is_minutes = _budget(budget)
    loaded, figures = load_checked(scenario), load_figures(path)
    folder = output or Path("runs") / f"{loaded.name}-calibration"
    where = where_of(executor, processes)
    if is_minutes:
        number = runs_in(loaded, figures, ranges, 60.0 * number, where, folder, not no_resume)
    try:
        with progress(f"{loaded.name}, {number:,} runs") as on_progress:
            found = find(
                loaded, figures, number, ranges, where, folder, not no_resume, seed, draws,
                on_progress,
            )  # fmt: skip
    except KeyboardInterrupt:
        click.echo(f"interrupted: what was run is in {folder}; the same command goes on", err=True)
        ctx.exit(INTERRUPTED)
    overlay = write_calibration(found, _extends(scenario, folder))
    write_calibration_page(found, shlex.join(["llmsim", *_said(ctx)]), folder / REPORT)
    if as_json:
        print_json({"folder": str(folder), **found.as_dict()})
    else:
        _print(found, overlay)


def _budget(text: str) -> tuple[int, bool]:
    match = BUDGET.fullmatch(text)
    if match is None or int(match[1]) == 0:
        raise click.UsageError(f"--budget is {text!r}; write runs, like 500, or minutes, like 10m")
    return int(match[1]), bool(match[2])


def _said(ctx: click.Context) -> list[str]:
    """Return the words of the command that make the same calibration."""
    given = ctx.params
    words = ["calibrate", given["scenario"], "--budget", given["budget"]]
    words += [part for one in given["ranges"] for part in ("-P", one)]
    for flag, name in (("--figures", "path"), ("--seed", "seed"), ("-o", "output")):
        if given[name] is not None:
            words += [flag, str(given[name])]
    return words


def _extends(scenario: str, folder: Path) -> str:
    """Return what the scenario is called by a file in the folder."""
    path = Path(scenario)
    return os.path.relpath(path, folder) if path.is_file() else scenario


def _print(found: Calibration, overlay: Path) -> None:
    from rich.console import Console

    from sim.views.calibrations import renderable

    Console().print(renderable(found))
    click.echo(f"\nReport, sample and tables: {overlay.parent}")
    print_next(f"llmsim score {overlay}", "how well it says what it was not fitted to")
