"""Options that several commands share."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sim.cli.completion import complete_key

if TYPE_CHECKING:
    from sim.experiments.executors import Where

Command = TypeVar("Command", bound=Callable[..., Any])

EXECUTORS = "process[:N]|thread[:N]|serial|dask[:ADDRESS]"

RANGES = "lo:hi, log:lo:hi, normal(mean,sd), triangular(lo,mode,hi) or a,b,c"

set_option = click.option(
    "-S",
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    shell_complete=complete_key,
    help="Change one key; repeatable.",
)

seed_option = click.option(
    "--seed", type=click.IntRange(min=0), help="Default: the scenario's own."
)  # fmt: skip

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")

no_resume_option = click.option(
    "--no-resume", is_flag=True, help="Remove what is in the folder and start anew."
)


def where_options(command: Command) -> Command:
    """Let a command take --executor, and --processes as a shorthand of it; see `where_of`."""
    processes = click.option(
        "--processes", type=click.IntRange(min=1), help="The same as --executor process:N."
    )
    executor = click.option(
        "--executor", metavar=EXECUTORS,
        help="Where runs are made; dask alone starts a cluster on this machine."
        "  [default: process, one per CPU]",
    )  # fmt: skip
    return executor(processes(command))


def where_of(executor: str | None, processes: int | None, most: int | None = None) -> "Where":
    """Return where runs are made; raise UsageError if both options say so.

    most: how many processes can have work, if known.
    """
    if executor and processes:
        raise click.UsageError("give --executor or --processes, not both")
    if executor:
        return executor
    number = processes or os.cpu_count() or 1
    return number if most is None else min(number, most)
