"""`llmsim mechanisms`: the causal claims, and what each of them does when it is taken away."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.completion import complete_scenario
from sim.cli.main import FAILED_RUNS, INTERRUPTED
from sim.cli.options import (
    json_option,
    no_resume_option,
    seed_option,
    set_option,
    where_of,
    where_options,
)
from sim.cli.output import hanging, print_json, print_next, progress

if TYPE_CHECKING:
    from sim.evidence.mechanisms import Mechanism
    from sim.experiments.ranking import Ranking

TABLE, PICTURE, REPORT = "ranking.parquet", "ranking.svg", "report.html"


@click.command()
@click.argument("scenario", required=False, shell_complete=complete_scenario)
@click.option("--list", "only_list", is_flag=True, help="List the claims; simulate nothing.")
@click.option("--markdown", is_flag=True, help="With --list: print the page docs/mechanisms.md.")
@click.option("--shocks", is_flag=True, help="Take away dated events instead of claims.")
@set_option
@click.option(
    "-n", "--replicates", type=click.IntRange(min=2), default=100, show_default=True,
    help="How many pairs of runs each effect is measured with.",
)  # fmt: skip
@seed_option
@click.option("--only", multiple=True, metavar="NAME", help="A switch or event; repeatable.")
@click.option(
    "--outcome", "outcomes", multiple=True, metavar="OUTCOME",
    help="Such as apps.kimi.mau@2025-06; repeatable.  [default: users, survival, prices, money]",
)  # fmt: skip
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write.  [default: runs/<name>-mechanisms]",
)  # fmt: skip
@where_options
@no_resume_option
@json_option
@click.pass_context
def mechanisms(
    ctx: click.Context,
    scenario: str | None,
    only_list: bool,
    markdown: bool,
    shocks: bool,
    overrides: tuple[str, ...],
    replicates: int,
    seed: int | None,
    only: tuple[str, ...],
    outcomes: tuple[str, ...],
    output: Path | None,
    executor: str | None,
    processes: int | None,
    no_resume: bool,
    as_json: bool,
) -> None:
    """Measure what each causal claim does in SCENARIO: the scenario without it, same luck.

    The same command goes on where it was interrupted. Writes DIR/ranking.parquet,
    DIR/ranking.svg and DIR/report.html.

    \b
    llmsim mechanisms --list
    llmsim mechanisms baseline -n 20 --only price_war --only own_channel_push
    llmsim mechanisms baseline --shocks -S consumers.people_per_agent=10000
    """
    from sim.experiments.ranking import rank
    from sim.strategies.loading import load_checked

    if only_list:
        _print_claims(as_json, markdown)
        return
    if markdown:
        raise click.UsageError("--markdown goes with --list")
    if scenario is None:
        raise click.UsageError("name a SCENARIO, or give --list")
    loaded = load_checked(scenario, overrides)
    kind = "shocks" if shocks else "mechanisms"
    folder = output or Path("runs") / f"{loaded.name}-{kind}"
    with progress(f"{loaded.name} without each of its {kind}") as on_progress:
        found = rank(
            loaded, "shocks" if shocks else "mechanisms", replicates, seed, outcomes, only,
            where_of(executor, processes), folder, not no_resume, on_progress,
        )  # fmt: skip
    _write(found, folder)
    warnings = _warnings(found)
    if as_json:
        print_json({"folder": str(folder), **_plain(found)}, warnings)
    else:
        _print(found, folder, warnings, scenario)
    if found.sweep.stopped:
        ctx.exit(INTERRUPTED)
    ctx.exit(FAILED_RUNS if found.sweep.counts()["failed"] else 0)


def _print_claims(as_json: bool, markdown: bool) -> None:
    from sim.evidence.mechanisms import load_mechanisms

    claims = load_mechanisms()
    if markdown:
        from sim.views.claims_page import claims_page

        click.echo(claims_page(claims), nl=False)
        return
    if as_json:
        print_json({"mechanisms": [_claim(one) for one in claims]})
        return
    for one in claims:
        click.echo(f"{one.id}  {one.switch or '(outcome)':<26}  {one.state}")
        click.echo(hanging("     ", one.claim))
    print_next("llmsim explain mechanisms.price_war", "what a claim says and where it acts")


def _claim(one: Mechanism) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.claim,
        "switch": one.switch,
        "place": list(one.place),
        "state": one.state,
        "acts_in": list(one.acts_in),
        "outcome": one.outcome,
        "sign_test": one.sign_test,
        "neutral": one.neutral,
        "about": one.about,
        "contested": one.contested or None,
        "articles": list(one.articles),
    }


def _write(found: Ranking, folder: Path) -> None:
    from sim.results.whole import as_parquet, write_whole
    from sim.views.ranking_page import picture, write_ranking_page

    write_whole(folder / TABLE, as_parquet(found.table))
    picture(found).save(folder / PICTURE)
    write_ranking_page(found, folder / REPORT)


def _warnings(found: Ranking) -> list[str]:
    counts = found.sweep.counts()
    warnings = [f"{counts['failed']} runs failed; their pairs are left out"]
    warnings = warnings if counts["failed"] else []
    if found.sweep.stopped:
        warnings.append(f"{found.sweep.stopped}: {counts['pending']} runs are still to be done")
    return warnings


def _plain(found: Ranking) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "replicates": found.replicates,
        "order": list(found.order),
        "effects": found.table.to_dicts(),
    }


def _print(found: Ranking, folder: Path, warnings: list[str], scenario: str) -> None:
    from rich.console import Console

    from sim.views.rankings import renderable

    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)
    Console().print(renderable(found))
    click.echo(f"\nReport, picture and table: {folder}")
    print_next(f"llmsim compare {scenario} mechanisms.NAME=false", "one claim in depth")
