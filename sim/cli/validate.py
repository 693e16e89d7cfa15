"""`llmsim validate`: every error of scenario files at once."""

import sys
from typing import TYPE_CHECKING

import click

from sim.cli.main import FINDINGS, USAGE
from sim.cli.output import print_json, print_next

if TYPE_CHECKING:
    from sim.core.diagnostics import Diagnostic


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--github", is_flag=True, help="Print annotations for GitHub Actions.")
@click.pass_context
def validate(ctx: click.Context, files: tuple[str, ...], as_json: bool, github: bool) -> None:
    """Check scenario FILEs and show every error.

    The exit code is 0 if all are valid, 1 if one is not, 2 if one cannot be read.
    """
    from sim.core.diagnostics import github_annotation, render

    code, rows = 0, []
    for file in files:
        found, found_code = _check(file)
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
        command = f"llmsim run {files[0]}" if code == 0 else "llmsim explain KEY"
        print_next(command, "simulate it" if code == 0 else "what a key means and what it takes")
    sys.stdout.flush()
    ctx.exit(code)


def _check(file: str) -> tuple[tuple["Diagnostic", ...], int]:
    from sim.scenario import Scenario, ScenarioError, UnreadableScenarioError

    try:
        return Scenario.load(file).warnings, 0
    except ScenarioError as error:
        return error.diagnostics, FINDINGS
    except UnreadableScenarioError as error:
        return (error.diagnostic,), USAGE


def _verdict(file: str, errors: int, warnings: int) -> str:
    counts = [
        f"{count} {word}{'s' if count > 1 else ''}"
        for count, word in ((errors, "error"), (warnings, "warning"))
        if count
    ]
    said = click.style("invalid", fg="red") if errors else click.style("valid", fg="green")
    return f"{file}: {said}{' (' + ', '.join(counts) + ')' if counts else ''}"
