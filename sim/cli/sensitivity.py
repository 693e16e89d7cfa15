"""`llmsim sensitivity`: which inputs the outcomes depend on."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.completion import complete_key, complete_scenario
from sim.cli.main import FAILED_RUNS
from sim.cli.options import RANGES, json_option, seed_option, set_option, where_of, where_options
from sim.cli.output import print_json, print_next, progress

if TYPE_CHECKING:
    from sim.experiments.sensitivity import Method, Sensitivity

CHARTS = (".svg", ".png")
METHODS = ("tornado", "morris", "sobol")


@click.command()
@click.argument("scenario", metavar="SCEN|SWEEP", shell_complete=complete_scenario)
@set_option
@click.option(
    "--method", type=click.Choice(METHODS), default="tornado", show_default=True,
    help="One input at a time, elementary effects, or shares of the variance.",
)  # fmt: skip
@click.option(
    "-P", "--param", "ranges", multiple=True, metavar="KEY=RANGE", shell_complete=complete_key,
    help=f"What varies: {RANGES}; repeatable."
    "  [default: every parameter over its prior]",
)  # fmt: skip
@click.option(
    "--outcome", "outcomes", multiple=True, metavar="OUTCOME",
    help="Such as apps.kimi.mau@2025-06; repeatable.",
)  # fmt: skip
@click.option(
    "-N", "--points", type=click.IntRange(min=2),
    help="Trajectories of morris (10), rows of sobol, a power of 2 (64).",
)  # fmt: skip
@click.option(
    "-n", "--replicates", type=click.IntRange(min=1), default=4, show_default=True,
    help="Of each point, with the same luck in all.",
)  # fmt: skip
@seed_option
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the sweep, resumed if it is there, and of the report."
    "  [default: runs/<SCEN>-<METHOD>, or SWEEP]",
)  # fmt: skip
@click.option(
    "--chart", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.svg|.png",
    help="Draw the picture; with several outcomes FILE-1, FILE-2 and so on.",
)  # fmt: skip
@where_options
@json_option
@click.pass_context
def sensitivity(
    ctx: click.Context,
    scenario: str,
    overrides: tuple[str, ...],
    method: "Method",
    ranges: tuple[str, ...],
    outcomes: tuple[str, ...],
    points: int | None,
    replicates: int,
    seed: int | None,
    output: Path | None,
    chart: Path | None,
    executor: str | None,
    processes: int | None,
    as_json: bool,
) -> None:
    """Rank the inputs by what they do to outcomes, around a scenario or from a finished sweep.

    The runs are kept as a sweep, so that Ctrl-C loses little: the same command goes on. Writes
    DIR/<METHOD>.html and DIR/<METHOD>.parquet.

    \b
    llmsim sensitivity baseline --method tornado
    llmsim sensitivity baseline --method sobol -P parameters.word_of_mouth=0.01:0.03 \\
        -P firms.moonshot.cash_mcny=500:3000 --outcome apps.kimi.mau@2025-06
    """
    from sim.experiments.sensitivity import sensitivity as rank
    from sim.experiments.stored_sweep import Sweep
    from sim.experiments.sweep_folder import is_sweep
    from sim.strategies.loading import load_checked

    if chart is not None and chart.suffix not in CHARTS:
        raise click.UsageError("--chart draws to a file that ends in .svg or .png")
    folder = Path(scenario)
    if is_sweep(folder):
        if overrides or ranges or points:
            raise click.UsageError(f"{scenario} is a sweep, which says what varies: no -S, -P, -N")
        result = rank(Sweep.open(folder), method=method, outcomes=outcomes)
        target = output or folder
    else:
        folder = target = output or Path("runs") / f"{Path(scenario).stem}-{method}"
        loaded = load_checked(scenario, overrides)
        with progress(f"{loaded.name}, {method}") as on_progress:
            result = rank(
                loaded, ranges, method, points, replicates, outcomes, seed=seed,
                executor=where_of(executor, processes), out=folder, on_progress=on_progress,
            )  # fmt: skip
    if chart is not None:
        _draw(result, chart)
    if as_json:
        print_json({"folder": str(folder), **_plain(result)}, result.warnings)
    else:
        _print(result, folder, target)
    _write(result, folder, target)
    ctx.exit(FAILED_RUNS if result.manifest["runs"]["failed"] else 0)


def _draw(result: "Sensitivity", file: Path) -> None:
    from sim.views.sensitivities import chart

    shown = [one["id"] for one in result.manifest["outcomes"]]
    for number, outcome in enumerate(shown, start=1):
        one = file if len(shown) == 1 else file.with_stem(f"{file.stem}-{number}")
        chart(result, outcome).save(one)


def _write(result: "Sensitivity", sweep: Path, target: Path) -> None:
    from sim.results.whole import as_parquet, write_whole
    from sim.views.sensitivity_page import write_sensitivity_page

    target.mkdir(parents=True, exist_ok=True)
    write_sensitivity_page(result, sweep, target / f"{result.method}.html")
    write_whole(target / f"{result.method}.parquet", as_parquet(result.table))


def _plain(result: "Sensitivity") -> dict[str, object]:
    left_out = ("warnings", "scenario_text")
    return {key: value for key, value in result.as_dict().items() if key not in left_out}


def _print(result: "Sensitivity", sweep: Path, target: Path) -> None:
    from rich.console import Console

    from sim.views.sensitivity_terminal import renderable

    for warning in result.warnings:
        click.echo(f"warning: {warning}", err=True)
    Console().print(renderable(result))
    click.echo(f"\nRuns: {sweep}\nReport: {target / f'{result.method}.html'}")
    strongest = result.table["input"].head(1).to_list()
    if strongest:
        print_next(f"llmsim explain {strongest[0]}", "what the strongest input means")
    else:
        print_next(f"llmsim runs {sweep}", "its runs; no input moved")
