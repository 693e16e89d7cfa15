"""`llmsim scenarios`: the shipped scenarios and the question each of them asks."""

import click

from sim.cli.options import json_option
from sim.cli.output import hanging, print_json, print_next


@click.command()
@json_option
def scenarios(as_json: bool) -> None:
    """List the shipped scenarios with their questions."""
    from sim.scenario.catalogue import shipped_scenarios

    found = shipped_scenarios()
    if as_json:
        listed = [{"name": name, "question": question} for name, question in found.items()]
        print_json({"scenarios": listed})
        return
    width = max(map(len, found), default=0)
    for name, question in found.items():
        said = hanging(f"{name.ljust(width)}  ", question)
        click.echo(click.style(said[:width], bold=True) + said[width:])
    print_next("llmsim run baseline", "or the name of any of these")
