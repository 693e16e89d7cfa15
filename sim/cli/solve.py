"""`llmsim solve`: what an input must be for an outcome to reach a goal."""

import click

from sim.cli.completion import complete_key, complete_scenario
from sim.cli.main import FINDINGS
from sim.cli.options import json_option, seed_option, set_option, where_of, where_options
from sim.cli.output import print_json, print_next, progress


@click.command()
@click.argument("scenario", shell_complete=complete_scenario)
@set_option
@click.option(
    "--vary", "ranges", multiple=True, required=True, metavar="KEY=LO:HI",
    shell_complete=complete_key,
    help="The key to solve for and its range; a second one is stepped through.",
)  # fmt: skip
@click.option(
    "--until", required=True, metavar="GOAL",
    help='Such as "apps.kimi.mau@2025-06 >= 20 M" or "P(apps.kimi.mau >= 20e6) >= 90 %".',
)  # fmt: skip
@click.option(
    "-n", "--replicates", type=click.IntRange(min=2), default=20, show_default=True,
    help="Of each value tried.",
)  # fmt: skip
@seed_option
@where_options
@json_option
@click.pass_context
def solve(
    ctx: click.Context,
    scenario: str,
    overrides: tuple[str, ...],
    ranges: tuple[str, ...],
    until: str,
    replicates: int,
    seed: int | None,
    executor: str | None,
    processes: int | None,
    as_json: bool,
) -> None:
    """Find the value of a key at which an outcome of SCENARIO just reaches a goal.

    Every value is tried with the same luck. The exit code is 1 if the goal is out of reach.

    \b
    llmsim solve baseline --vary firms.moonshot.cash_mcny=500:5000 \\
        --until "apps.kimi.mau@2025-06 >= 20 M"
    """
    from sim.experiments.solve import solve as find
    from sim.strategies.loading import load_checked

    loaded = load_checked(scenario, overrides)
    with progress(f"{loaded.name}, {until}") as on_progress:
        found = find(
            loaded, ranges, until, replicates, seed, where_of(executor, processes), on_progress
        )
    if as_json:
        print_json(found.as_dict(), found.warnings)
    else:
        from rich.console import Console

        from sim.views.solve_terminal import renderable

        for warning in found.warnings:
            click.echo(f"warning: {warning}", err=True)
        Console().print(renderable(found))
        key = found.solutions[0].key
        if found.value is not None:
            print_next(f"llmsim compare {scenario} {key}={found.value:.6g}", "all it changes")
        else:
            print_next(f"llmsim explain {key}", "what the key may be, for another range")
    ctx.exit(FINDINGS if all(one.status == "never" for one in found.solutions) else 0)
