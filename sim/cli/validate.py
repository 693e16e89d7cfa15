"""`llmsim validate`: every error of scenario and figures files at once."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.completion import complete_key, complete_scenario
from sim.cli.main import FINDINGS, USAGE
from sim.cli.options import RANGES, json_option, set_option
from sim.cli.output import print_json, print_next

if TYPE_CHECKING:
    from sim.core.diagnostics import Diagnostic

Found = tuple[tuple["Diagnostic", ...], int]


@click.command()
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, shell_complete=complete_scenario
)
@set_option
@click.option(
    "-P",
    "--param",
    "ranges",
    multiple=True,
    metavar="KEY=RANGE",
    shell_complete=complete_key,
    help=f"Check a range: {RANGES}; repeatable.",
)
@json_option
@click.option("--github", is_flag=True, help="Print annotations for GitHub Actions.")
@click.pass_context
def validate(
    ctx: click.Context,
    files: tuple[str, ...],
    overrides: tuple[str, ...],
    ranges: tuple[str, ...],
    as_json: bool,
    github: bool,
) -> None:
    """Check FILEs and show every error: scenarios, by file or shipped name, and figures (.csv).

    The exit code is 0 if all are valid, 1 if one is not, 2 if one cannot be read.
    """
    from sim.core.diagnostics import github_annotation, render

    code, rows = 0, []
    for file in files:
        is_figures = file.endswith(".csv")
        found, found_code = _figures(file) if is_figures else _scenario(file, overrides, ranges)
        code = max(code, found_code)
        errors = [finding for finding in found if finding.severity == "error"]
        rows.append(
            {
                "file": file,
                "valid": not errors,
                "diagnostics": [finding.as_dict() for finding in found],
            }
        )
        if github:
            for finding in found:
                click.echo(github_annotation(finding))
        elif not as_json:
            click.echo(render(found) + "\n" if found else "", nl=False)
            click.echo(_verdict(file, len(errors), len(found) - len(errors)))
    if as_json:
        print_json({"files": rows})
    elif not github:
        _print_next(files[0], code)
    sys.stdout.flush()
    ctx.exit(code)


def _scenario(file: str, overrides: tuple[str, ...], ranges: tuple[str, ...]) -> Found:
    from sim.scenario import ScenarioError, UnreadableScenarioError
    from sim.scenario.ranges import read_ranges
    from sim.strategies.loading import load_checked

    try:
        loaded = load_checked(file, overrides)
        read_ranges(loaded, ranges)
    except ScenarioError as error:
        return error.diagnostics, FINDINGS
    except UnreadableScenarioError as error:
        return (error.diagnostic,), USAGE
    return loaded.warnings, 0


def _figures(file: str) -> Found:
    from sim.core.diagnostics import Diagnostic
    from sim.evidence.figures import FiguresError, load_figures
    from sim.experiments.observables import refusal

    try:
        figures = load_figures(Path(file))
    except FiguresError as error:
        return error.diagnostics, FINDINGS if any(one.line for one in error.problems) else USAGE
    reasons = [(one.id, refusal(one)) for one in figures if one.use != "context"]
    warnings = tuple(
        Diagnostic("figures", f"{file}: no run can answer {name}: {why}", severity="warning")
        for name, why in reasons
        if why is not None
    )
    return warnings, 0


def _print_next(file: str, code: int) -> None:
    if file.endswith(".csv"):
        print_next(f"llmsim figures list --file {file}", "what it holds")
    elif code == 0:
        print_next(f"llmsim run {file}", "simulate it")
    else:
        print_next("llmsim explain KEY", "what a key means and what it takes")


def _verdict(file: str, errors: int, warnings: int) -> str:
    counts = [
        f"{count} {word}{'s' if count > 1 else ''}"
        for count, word in ((errors, "error"), (warnings, "warning"))
        if count
    ]
    said = click.style("invalid", fg="red") if errors else click.style("valid", fg="green")
    return f"{file}: {said}{' (' + ', '.join(counts) + ')' if counts else ''}"
