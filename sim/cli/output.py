"""What commands print alike: the JSON envelope, the next command, progress on a terminal."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from textwrap import wrap

import click

SCHEMA_VERSION = 1
COLUMNS, MOST_NARROW = 80, 24


def print_json(
    data: object, warnings: Sequence[str] = (), errors: Sequence[Mapping[str, object]] = ()
) -> None:
    """Print the one object of `--json`: schema version, data, warnings; errors if there are any."""
    envelope = {"schema_version": SCHEMA_VERSION, "data": data, "warnings": list(warnings)}
    if errors:
        envelope["errors"] = list(errors)
    click.echo(json.dumps(envelope, ensure_ascii=False, indent=2, allow_nan=False))


def print_next(command: str, why: str) -> None:
    """Print the next useful command; what it does stands below if it does not fit beside."""
    beside = f"   {why}" if len(f"Next: {command}   {why}") <= COLUMNS else f"\n      {why}"
    click.echo(f"\nNext: {click.style(command, bold=True)}{beside}")


def hanging(start: str, text: str) -> str:
    """Return text behind its start, its further lines below its own first; 80 columns wide.

    start: as long as it is shown, so without styles. Lines of the text stay lines.
    """
    room = max(MOST_NARROW, COLUMNS - len(start))
    lines = [
        part
        for line in text.splitlines()
        for part in wrap(line, room, break_long_words=False, break_on_hyphens=False) or [""]
    ]
    return start + f"\n{' ' * len(start)}".join(lines)


@contextmanager
def progress(text: str, quiet: bool = False) -> Iterator[Callable[[float], None] | None]:
    """Yield a function that takes the fraction done and shows it with the time left.

    It writes to stderr and only on a terminal; elsewhere, or if `quiet`, there is None to call.
    """
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TimeRemainingColumn

    columns = (BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(f"{text} ", *columns, console=console, transient=True) as bar:
        task = bar.add_task(text, total=1.0)
        yield lambda fraction: bar.update(task, completed=fraction)
