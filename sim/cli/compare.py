"""`llmsim compare`: scenarios with the same luck, what changed and what that does."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.completion import complete_scenario
from sim.cli.main import FAILED_RUNS, INTERRUPTED
from sim.cli.options import json_option, set_option, where_of, where_options
from sim.cli.output import print_json, print_next, progress

if TYPE_CHECKING:
    from sim.experiments.comparison import Comparison
    from sim.scenario import Scenario

NAME_LENGTH = 60


@click.command()
@click.argument("base", shell_complete=complete_scenario)
@click.argument(
    "alternatives", metavar="ALT...", nargs=-1, required=True, shell_complete=complete_scenario
)
@set_option
@click.option(
    "-n", "--replicates", type=click.IntRange(min=2), default=20, show_default=True,
    help="How many pairs are run, each with other luck.",
)  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), help="Default: that of BASE.")
@click.option(
    "--outcome", "outcomes", multiple=True, metavar="OUTCOME",
    help="Such as apps.kimi.mau@2025-06; repeatable.  [default: users, survival, prices, money]",
)  # fmt: skip
@click.option(
    "--attribution/--no-attribution", default=True,
    help="Run each change of an ALT with two to six of them alone as well.  [default: yes]",
)  # fmt: skip
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write.  [default: runs/<BASE>-against-<ALT>]",
)  # fmt: skip
@where_options
@json_option
@click.pass_context
def compare(
    ctx: click.Context,
    base: str,
    alternatives: tuple[str, ...],
    overrides: tuple[str, ...],
    replicates: int,
    seed: int | None,
    outcomes: tuple[str, ...],
    attribution: bool,
    output: Path | None,
    executor: str | None,
    processes: int | None,
    as_json: bool,
) -> None:
    """Compare BASE with one ALT or more, each run with the same luck.

    A scenario is a file or the name of a shipped one; an ALT may also be KEY=VALUE, which is BASE
    with one key changed. -S changes all of them. Writes DIR/report.html, DIR/manifest.json and
    Parquet files: differences, weeks, outcomes.

    \b
    llmsim compare baseline no_price_war
    llmsim compare baseline firms.moonshot.pricing.strategy=hold -n 50
    """
    from sim.experiments.compare import compare as run
    from sim.experiments.comparison import check_writable, write_comparison
    from sim.views.comparison_page import register

    first, others = _load(base, alternatives, overrides)
    folder = check_writable(output or Path("runs") / _folder_name(base, alternatives))
    with progress(f"{first.name} against {len(others)} x {replicates}") as on_progress:
        comparison = run(
            first, *others, replicates=replicates, seed=seed, outcomes=outcomes,
            attribution=attribution, executor=where_of(executor, processes),
            on_progress=on_progress,
        )  # fmt: skip
    register()
    write_comparison(comparison, folder)
    comparison.to_html(folder / "report.html")
    if as_json:
        print_json({"folder": str(folder), **_plain(comparison)}, comparison.warnings)
    else:
        _print(comparison, folder, (base, *alternatives))
    status = comparison.manifest["status"]
    ctx.exit({"interrupted": INTERRUPTED, "failed": FAILED_RUNS}.get(status, 0))


def _load(
    base: str, alternatives: tuple[str, ...], overrides: tuple[str, ...]
) -> "tuple[Scenario, list[Scenario]]":
    from sim.strategies.loading import load_checked

    loaded = [load_checked(base, overrides)]
    for one in alternatives:
        is_setting = "=" in one and not Path(one).exists()
        name, settings = (base, (*overrides, one)) if is_setting else (one, overrides)
        loaded.append(load_checked(name, settings))
    return loaded[0], loaded[1:]


def _folder_name(base: str, alternatives: tuple[str, ...]) -> str:
    names = [Path(base).stem, "against", *(Path(one).stem for one in alternatives)]
    text = "-".join("".join(c if c.isalnum() or c in "._" else "_" for c in n) for n in names)
    return text[:NAME_LENGTH]


def _plain(comparison: "Comparison") -> dict[str, object]:
    """Return what JSON holds: without the scenarios' text, which the manifest file keeps."""
    data = comparison.as_dict()
    alternatives = [
        {key: value for key, value in one.items() if key != "scenario_text"}
        for one in data["alternatives"]
    ]
    return {k: v for k, v in data.items() if k not in ("scenario_text", "warnings")} | {
        "alternatives": alternatives
    }


def _print(comparison: "Comparison", folder: Path, names: tuple[str, ...]) -> None:
    from rich.console import Console

    from sim.views.comparison_terminal import renderable

    for warning in comparison.warnings:
        click.echo(f"warning: {warning}", err=True)
    Console().print(renderable(comparison))
    click.echo(f"\nReport and tables: {folder}")
    print_next(f"llmsim sensitivity {names[0]}", "which inputs these outcomes depend on")
