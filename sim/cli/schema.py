"""`llmsim schema`: the JSON Schema of scenario files, for editors and other programs."""

import json

import click

from sim.cli.output import print_json


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Wrap the schema as other commands do.")
def schema(as_json: bool) -> None:
    """Print the JSON Schema (draft 2020-12) of scenario files.

    An editor with a TOML language server finds it by the first line of a scenario file,
    `#:schema ./scenario.schema.json`.
    """
    from sim.strategies.describe import schema_text

    text = schema_text()
    if as_json:
        print_json(json.loads(text))
        return
    click.echo(text, nl=False)
    click.echo("Next: llmsim new my_scenario   a file that uses it", err=True)
