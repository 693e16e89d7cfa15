"""The command `llmsim`: which commands there are, and what an error looks like."""

from importlib import import_module
from typing import NoReturn

import click

from sim import __version__
from sim.core.errors import SimError

FINDINGS, USAGE, FAILED_RUNS, INTERRUPTED = 1, 2, 3, 130
"""Exit codes: invalid scenario; usage or I/O; finished with failed runs; stopped by Ctrl-C."""

COMMANDS = {
    "run": "Run a scenario and write tables, manifest and report.",
    "compare": "Set scenarios side by side with the same luck.",
    "sweep": "Run a scenario at many points; resumes where it stopped.",
    "sensitivity": "Rank the inputs by what they do to outcomes.",
    "solve": "Find what an input must be for a goal to be reached.",
    "scenarios": "List the shipped scenarios with their questions.",
    "dashboard": "Turn levers in a browser and see two futures side by side.",
    "new": "Start a scenario file of your own.",
    "validate": "Check scenario files and show every error.",
    "show": "Print a scenario with everything it inherits.",
    "explain": "Say what a key means: unit, default, range, source.",
    "schema": "Print the JSON Schema of scenario files.",
    "books": "Print a firm's income statement, cash flow and balance sheet.",
    "runs": "List finished runs, or filter the runs of a sweep.",
    "report": "Write the report of a run as one HTML file.",
    "score": "Set a scenario or a run against known figures.",
    "calibrate": "Draw parameters from what known figures leave of their priors.",
    "mechanisms": "Measure what each causal claim does, or list them.",
    "figures": "List the known figures, or show one.",
    "completion": "Print a script that makes your shell complete llmsim.",
}

WELCOME = """\b
Three commands to try:
  llmsim scenarios              the shipped scenarios and their questions
  llmsim run baseline           simulate 2023 to 2025, twenty times
  llmsim explain parameters     every number you can change
"""


class LazyGroup(click.Group):
    """A group that imports the module of a command only when that command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands in the order in which people need them."""
        return [*COMMANDS, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the object `<name>` of the module `sim.cli.<name>`."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        command = getattr(import_module(f"sim.cli.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; every error a user can act on ends here."""
        as_json = "--json" in ctx.args
        try:
            return super().invoke(ctx)
        except SimError as error:
            text = str(error)
            if as_json:
                _print_error(error)
            click.echo(text if text.startswith("error") else f"error: {text}", err=True)
            _exit(ctx, _exit_code(error))
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise
            click.echo(f"error: {error.filename or 'input or output'}: {error.strerror}", err=True)
            _exit(ctx, USAGE)
        except KeyboardInterrupt:
            click.echo("Interrupted.", err=True)
            _exit(ctx, INTERRUPTED)


@click.group(
    cls=LazyGroup, epilog=WELCOME, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="llmsim")
def main() -> None:
    """Simulate China's market for large language models, 2023 to 2029."""


def _print_error(error: SimError) -> None:
    """Print what went wrong as the one object of `--json`, without data."""
    from sim.cli.output import print_json

    one = getattr(error, "diagnostic", None)
    found = getattr(error, "diagnostics", ()) if one is None else (one,)
    listed = [finding.as_dict() for finding in found] or [{"message": str(error)}]
    print_json(None, errors=listed)


def _exit(ctx: click.Context, code: int) -> NoReturn:
    ctx.exit(code)


def _exit_code(error: SimError) -> int:
    from sim.evidence.table import EvidenceError
    from sim.scenario import ScenarioError

    in_a_line = isinstance(error, EvidenceError) and any(one.line for one in error.problems)
    return FINDINGS if in_a_line or isinstance(error, ScenarioError) else USAGE
