"""`llmsim new`: a scenario file to start from."""

import re
from pathlib import Path

import click

from sim.cli.options import json_option
from sim.cli.output import print_json, print_next

SCHEMA = "scenario.schema.json"
TEMPLATE = """\
#:schema ./{schema}
# {question}
#
# What it changes: ...
#
# What to look at: ...

extends = "{parent}"

# Write only what differs; `llmsim show {parent}` lists everything that can. For instance:
#
# [firms.moonshot]
# cash_mcny = "2 bn CNY"
#
# [mechanisms]
# channel_lockout = false
#
# [[shock]]
# id = "my_shock"
# date = 2024-03-01
# kind = "sentiment"
# amount = -0.5
"""


@click.command()
@click.argument("name")
@click.option("--extends", "parent", default="baseline", show_default=True, help="What it changes.")
@click.option("--question", default="What if ...?", help="The question it asks.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Folder to write.  [default: here]",
)
@json_option
def new(name: str, parent: str, question: str, output: Path, as_json: bool) -> None:
    """Write NAME.toml, a scenario that extends another, and the schema for editors beside it."""
    from sim.scenario import Scenario
    from sim.strategies.describe import schema_text

    name = name.removesuffix(".toml")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", name):
        raise click.UsageError(f"{name!r} is not a name: letters, digits, _ and -, at most 64")
    file = output / f"{name}.toml"
    text = TEMPLATE.format(schema=SCHEMA, question=" ".join(question.split()), parent=parent)
    Scenario.loads(text, name, output)
    output.mkdir(parents=True, exist_ok=True)
    try:
        with file.open("x", encoding="utf-8", newline="\n") as opened:
            opened.write(text)
    except FileExistsError:
        raise click.UsageError(f"{file} exists; choose another name") from None
    written = [str(file)]
    if not (output / SCHEMA).exists():
        (output / SCHEMA).write_text(schema_text(), encoding="utf-8")
        written.append(str(output / SCHEMA))
    if as_json:
        print_json({"written": written})
        return
    click.echo(f"Wrote {' and '.join(written)}")
    print_next(f"llmsim validate {file}", "after every change; then llmsim run")
