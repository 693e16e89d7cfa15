"""`llmsim show`: a scenario with everything it inherits, and where each value comes from."""

import re
from typing import TYPE_CHECKING

import click

from sim.cli.completion import complete_scenario
from sim.cli.options import json_option, set_option
from sim.cli.output import print_json

if TYPE_CHECKING:
    from sim.scenario import Scenario

ORIGIN_COLUMN = 60
VALUE = re.compile(r"(?!reset = )\S+ = ")
MODEL = "a default of the model"


@click.command()
@click.argument("scenario", metavar="FILE", shell_complete=complete_scenario)
@click.option("--origin", is_flag=True, help="Add file and line behind every value.")
@click.option(
    "--diff",
    metavar="OTHER",
    shell_complete=complete_scenario,
    help="Print only what differs from another scenario.",
)
@set_option
@json_option
def show(
    scenario: str, origin: bool, diff: str | None, overrides: tuple[str, ...], as_json: bool
) -> None:
    """Print scenario FILE, a file or a shipped name, with everything it inherits.

    The output is a scenario file itself: it needs no other and loads back equal.
    """
    from sim.scenario import Scenario

    loaded = Scenario.load(scenario, overrides)
    if diff is not None:
        _differences(loaded, Scenario.load(diff), as_json)
    elif as_json:
        _print_json(loaded)
    else:
        for line, place in loaded.lines_with_origins():
            if not origin or not VALUE.match(line):
                click.echo(line)
                continue
            said = f"{place.file}:{place.line}" if place else MODEL
            click.echo(f"{line:<{ORIGIN_COLUMN}}  # {said}")
        click.echo(f"\n# Next: llmsim run {scenario}")


def _print_json(loaded: "Scenario") -> None:
    values = loaded.model_dump(mode="json")
    origins = {key: str(place) for key in loaded.flat() if (place := loaded.origin(key))}
    changed = [
        {"key": key, "value": _plain(value), "origin": str(place) if place else None}
        for key, value, place in loaded.changed()
    ]
    data = {
        "name": loaded.name,
        "extends": list(loaded.parents),
        "values": values,
        "origins": origins,
        "changed": changed,
    }
    print_json(data, [warning.message for warning in loaded.warnings])


def _differences(loaded: "Scenario", other: "Scenario", as_json: bool) -> None:
    rows = loaded.differences(other)
    if as_json:
        listed = [
            {
                "key": row.key,
                "before": _plain(row.before),
                "after": _plain(row.after),
                "origin": str(row.origin) if row.origin else None,
            }
            for row in rows
        ]
        print_json({"name": loaded.name, "other": other.name, "differences": listed})
        return
    for row in rows:
        place = f"   # {row.origin.file}:{row.origin.line}" if row.origin else ""
        click.echo(f"{row.key}: {_said(row.before)} -> {_said(row.after)}{place}")
    if not rows:
        click.echo(f"{loaded.name} and {other.name} say the same")
    click.echo(f"\nNext: llmsim run {loaded.name}   then open the report of each")


def _said(value: object) -> str:
    from sim.scenario.scenario import ABSENT
    from sim.scenario.writing import toml_value

    return ABSENT if value == ABSENT else toml_value(value)


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
