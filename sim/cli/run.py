"""`llmsim run`: simulate a scenario, write what came out, say what it means."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.completion import complete_scenario
from sim.cli.main import FAILED_RUNS, INTERRUPTED
from sim.cli.options import json_option, seed_option, set_option, where_of, where_options
from sim.cli.output import print_json, print_next, progress

if TYPE_CHECKING:
    from sim.results.run import Run


@click.command()
@click.argument("scenario", shell_complete=complete_scenario)
@set_option
@click.option(
    "-n", "--replicates", type=click.IntRange(min=1), default=20, show_default=True,
    help="How many times the market is played, each with other luck.",
)  # fmt: skip
@seed_option
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write.  [default: runs/<name>]",
)  # fmt: skip
@where_options
@json_option
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
@click.pass_context
def run(
    ctx: click.Context,
    scenario: str,
    overrides: tuple[str, ...],
    replicates: int,
    seed: int | None,
    output: Path | None,
    executor: str | None,
    processes: int | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Run SCENARIO, a file or the name of a shipped scenario.

    Writes DIR/<table>.parquet, DIR/manifest.json and DIR/report.html.
    """
    from sim.experiments import ensemble
    from sim.results.store import check_writable, write_run
    from sim.strategies.loading import load_checked

    loaded = load_checked(scenario, overrides)
    warnings = [f"{found.origin or loaded.name}: {found.message}" for found in loaded.warnings]
    folder = check_writable(output or Path("runs") / loaded.name)
    where = where_of(executor, processes, replicates)
    with progress(f"{loaded.name} x {replicates}", quiet) as on_progress:
        result = ensemble.run(
            loaded, replicates, seed=seed, executor=where, on_progress=on_progress
        )
    if result.status == "interrupted" and not result.manifest["timing"]["replicate_seconds"]:
        click.echo("Interrupted before a replicate finished; nothing was saved.", err=True)
        ctx.exit(INTERRUPTED)
    write_run(result, folder)
    if result.replicates and result.status != "interrupted":
        _write_report(result, folder)
    warnings += _warnings(result)
    if as_json:
        print_json(_described(result, folder), warnings)
    else:
        for warning in warnings:
            click.echo(f"warning: {warning}", err=True)
        _print(result, folder, quiet)
    ctx.exit({"interrupted": INTERRUPTED, "failed": FAILED_RUNS}.get(result.status, 0))


def _write_report(result: "Run", folder: Path) -> None:
    from sim.results.store import REPORT
    from sim.views.report import write_report

    write_report(result, folder / REPORT)


def _described(result: "Run", folder: Path) -> dict[str, object]:
    keys = ("id", "scenario", "seed", "replicates", "finished", "failures", "status", "timing")
    told = {"folder": str(folder), **{key: result.manifest[key] for key in keys}}
    return {**told, "verdict": _verdict(result) if result.replicates else []}


def _verdict(result: "Run") -> list[dict[str, object]]:
    from sim.views.verdict import verdict

    return [
        {"topic": one.topic, "text": one.text, "numbers": dict(one.numbers)}
        for one in verdict(result).sentences
    ]


def _warnings(result: "Run") -> list[str]:
    warnings = [
        f"replicate {failure.replicate} failed in {failure.stage}: {failure.error}"
        for failure in result.failures
    ]
    if result.status == "interrupted":
        warnings.append(
            f"interrupted: {len(result.replicates)} of {result.manifest['replicates']} "
            "replicates finished"
        )
    return warnings


def _print(result: "Run", folder: Path, quiet: bool) -> None:
    if result.status == "interrupted":
        click.echo(f"What finished is in {folder}", err=True)
    if quiet:
        return
    if result.replicates and result.status != "interrupted":
        from rich.console import Console

        from sim.views.terminal import summary

        summary(result, Console())
        click.echo(f"\nTables and report: {folder}")
        print_next("llmsim scenarios", "other futures to run and set beside this one")
    elif result.replicates:
        print_next(f"llmsim report {folder}", "a report of what finished")
