"""Options that several commands share."""

import click

from sim.cli.completion import complete_key

set_option = click.option(
    "-S",
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    shell_complete=complete_key,
    help="Change one key; repeatable.",
)
