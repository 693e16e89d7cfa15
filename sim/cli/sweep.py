"""`llmsim sweep`: a scenario at many points of a space of inputs, resumable."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.completion import complete_key, complete_scenario
from sim.cli.main import FAILED_RUNS, INTERRUPTED
from sim.cli.options import (
    EXECUTORS,
    RANGES,
    json_option,
    no_resume_option,
    seed_option,
    set_option,
)
from sim.cli.output import print_json, print_next, progress

if TYPE_CHECKING:
    from sim.experiments.stored_sweep import Sweep
    from sim.experiments.sweep_estimate import Estimate

DEFAULT_POINTS = 64
DEFAULT_LEVELS = 2
HELD_BY_LEVELS = ("grid", "oat")


@click.command()
@click.argument("scenario", shell_complete=complete_scenario)
@click.option(
    "-P", "--param", "space", multiple=True, metavar="KEY=RANGE", shell_complete=complete_key,
    help=f"What varies: {RANGES}; repeatable.",
)  # fmt: skip
@set_option
@click.option(
    "--design", default="sobol", show_default=True, metavar="sobol|lhs|grid|oat|FILE.csv",
    help="How points fill the space; oat is one at a time; a CSV file has keys in its first line.",
)  # fmt: skip
@click.option(
    "-N", "--points", type=click.IntRange(min=1),
    help="Points; of grid and oat, values per range.  [default: 64; 2 per range]",
)  # fmt: skip
@click.option(
    "-n", "--replicates", type=click.IntRange(min=1), default=1, show_default=True,
    help="Runs per point, each with other luck.",
)  # fmt: skip
@seed_option
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write.  [default: runs/<name>-sweep]",
)  # fmt: skip
@click.option(
    "--outcome", "--keep", "outcomes", multiple=True, metavar="NAME",
    help="What is kept of each run, such as apps.kimi.mau@2025-06 or firms.*.cash_cny:min; "
    "repeatable.  [default: users, cash, prices, shares and more]",
)  # fmt: skip
@click.option("--tables", default="", metavar="A,B", help="Tables to keep whole of each run.")
@click.option(
    "--executor", default="process", show_default=True,
    metavar=EXECUTORS,
    help="Where runs are made; dask alone starts a cluster on this machine.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what it takes, from one trial run.")
@no_resume_option
@click.option("--retry-failed", is_flag=True, help="Do runs again that failed before.")
@click.option(
    "--max-failures", type=click.IntRange(min=0), help="Stop when more runs than this fail."
)
@click.option("--fail-fast", is_flag=True, help="Stop at the first run that fails.")
@json_option
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
@click.pass_context
def sweep(
    ctx: click.Context,
    scenario: str,
    space: tuple[str, ...],
    overrides: tuple[str, ...],
    design: str,
    points: int | None,
    replicates: int,
    seed: int | None,
    output: Path | None,
    outcomes: tuple[str, ...],
    tables: str,
    executor: str,
    dry_run: bool,
    no_resume: bool,
    retry_failed: bool,
    max_failures: int | None,
    fail_fast: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Run SCENARIO at many points, and keep every run in a folder.

    The same command goes on where it was interrupted. A run that fails is kept with its reason and
    does not stop the others.

    \b
    llmsim sweep baseline -P firms.moonshot.cash_mcny=1000:3000 -P mechanisms.price_war=true,false
    llmsim sweep baseline -P firms.zhipu.pricing.strategy=hold,respond --design grid -n 20
    """
    from sim.experiments.outcomes import DEFAULT_OUTCOMES
    from sim.experiments.sweep import plan_sweep, run_plan
    from sim.experiments.sweep_estimate import estimate
    from sim.strategies.loading import load_checked

    loaded = load_checked(scenario, overrides)
    folder = output or Path("runs") / f"{loaded.name}-sweep"
    plan = plan_sweep(
        loaded, space, design,
        points=points or (DEFAULT_LEVELS if design in HELD_BY_LEVELS else DEFAULT_POINTS),
        replicates=replicates, seed=seed, outcomes=outcomes or DEFAULT_OUTCOMES,
        tables=[name for name in tables.split(",") if name],
    )  # fmt: skip
    if dry_run:
        _print_estimate(estimate(plan, folder, executor), folder, executor, as_json)
        return
    allowed = 0 if fail_fast else max_failures
    with progress(f"{loaded.name}: {len(plan.runs)} runs", quiet) as on_progress:
        done = run_plan(plan, folder, executor, not no_resume, allowed, retry_failed, on_progress)
    counts = done.counts()
    warnings = [f"{found.origin or loaded.name}: {found.message}" for found in loaded.warnings]
    warnings += _warnings(done, counts)
    if as_json:
        print_json(_described(done, counts), warnings)
    else:
        for warning in warnings:
            click.echo(f"warning: {warning}", err=True)
        if not quiet:
            _print(done, counts)
    interrupted = done.stopped == "interrupted"
    ctx.exit(INTERRUPTED if interrupted else FAILED_RUNS if counts["failed"] else 0)


def _warnings(done: "Sweep", counts: dict[str, int]) -> list[str]:
    warnings = []
    if done.stopped:
        left = f"{counts['pending']} runs are left; the same command goes on with them"
        warnings.append(f"{done.stopped}: {left}")
    if others := done.outside():
        warnings.append(
            f"{others} runs in {done.folder} are not counted: they are of other ranges, points or "
            "another version of the code"
        )
    return warnings


def _described(done: "Sweep", counts: dict[str, int]) -> dict[str, Any]:
    keys = ("scenario", "seed", "design", "points", "replicates", "outcomes", "tables")
    said = {key: done.description[key] for key in keys}
    return {
        "folder": str(done.folder), **said, "inputs": done.inputs, "runs": counts,
        "stopped": done.stopped,
    }  # fmt: skip


def _print(done: "Sweep", counts: dict[str, int]) -> None:
    total = sum(counts.values())
    said = ", ".join(f"{number} {status}" for status, number in counts.items() if number)
    click.echo(f"{done.description['scenario']}: {total} runs, {said}; {done.folder}")
    if counts["failed"]:
        print_next(f"llmsim runs {done.folder} --status failed", "why they failed")
    else:
        print_next(f"llmsim report {done.folder}", "what depends on what, as a page")


def _print_estimate(found: "Estimate", folder: Path, executor: str, as_json: bool) -> None:
    warnings = []
    if found.bytes > found.bytes_free:
        warnings.append(f"{folder} has only {found.bytes_free / 1e6:,.0f} MB left")
    if as_json:
        print_json({"folder": str(folder), **asdict(found)}, warnings)
        return
    done = f", of which {found.done} are done" if found.done else ""
    click.echo(
        f"{found.points} points x {found.replicates} replicates = {found.runs} runs{done}\n"
        f"time   {_time(found, executor)}, {found.seconds_per_run:.2f} s a run\n"
        f"disk   {found.bytes / 1e6:,.1f} MB of {found.bytes_free / 1e6:,.0f} MB free in {folder}"
    )
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)
    print_next("the same command without --dry-run", "do it")


def _time(found: "Estimate", executor: str) -> str:
    if found.seconds is None:
        total = duration(found.left * found.seconds_per_run)
        return f"about {total} of computing, shared by the workers of {executor}"
    return f"about {duration(found.seconds)} on {found.workers} at once ({executor})"


def duration(seconds: float) -> str:
    """Say a duration in the unit that fits."""
    for size, unit in ((86400.0, "days"), (3600.0, "hours"), (60.0, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} seconds"
