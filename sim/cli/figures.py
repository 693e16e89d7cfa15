"""`llmsim figures`: the known figures that runs are fed, fitted to or compared with."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.options import json_option
from sim.cli.output import print_json, print_next

if TYPE_CHECKING:
    from sim.evidence.figures import Figure

FILE = click.option(
    "--file",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Read another figures file than the shipped one.",
)


@click.group()
def figures() -> None:
    """List the known figures, or show one."""


@figures.command("list")
@click.option("--use", help="Only this use: fit, validate, input, belief, context or your own.")
@click.option("--entity", help="Only this entity, such as app:kimi or firm:zhipu.")
@click.option("--quantity", help="Only this quantity, such as monthly_active_users.")
@FILE
@json_option
def list_figures(
    use: str | None, entity: str | None, quantity: str | None, path: Path | None, as_json: bool
) -> None:
    """List the figures, all or those of a use, an entity, a quantity."""
    from sim.evidence.figures import load_figures

    wanted = {"use": use, "entity": entity, "quantity": quantity}
    known = load_figures(path)
    found = [figure for figure in known if _is_wanted(figure, wanted)]
    warnings = [] if found else [_nothing_found(known, wanted)]
    if as_json:
        print_json({"figures": [_plain(figure) for figure in found]}, warnings)
        return
    for warning in warnings:
        click.echo(warning, err=True)
    if found:
        _print_list(found)


@figures.command()
@click.argument("figure_id", metavar="ID")
@FILE
@json_option
def show(figure_id: str, path: Path | None, as_json: bool) -> None:
    """Show the figure ID with its source and what it may be used for."""
    from sim.evidence.figures import USES, find_figure, load_figures

    figure = find_figure(figure_id, load_figures(path))
    if as_json:
        print_json({"figure": _plain(figure)})
        return
    meaning = USES.get(figure.use, "compared, never fitted")
    lines = {**_shown(figure), "use": f"{figure.use}: {meaning}"}
    for name, text in lines.items():
        if text:
            click.echo(f"{name:<10} {text}")
    print_next(f"llmsim figures list --entity {figure.entity}", "list what is known of it")


def _is_wanted(figure: Figure, wanted: dict[str, str | None]) -> bool:
    return all(word is None or getattr(figure, name) == word for name, word in wanted.items())


def _nothing_found(known: tuple[Figure, ...], wanted: dict[str, str | None]) -> str:
    """Say which of the wanted words no figure has, with the closest that one has."""
    from sim.evidence.table import suggestion

    for name, word in wanted.items():
        there = sorted({getattr(figure, name) for figure in known})
        if word is not None and word not in there:
            return f"no figure has the {name} {word!r}{suggestion(word, there)}"
    return "no figure has all of these"


def _plain(figure: Figure) -> dict[str, Any]:
    """Return a figure as JSON: its period as text and as days, the end not included."""
    cells, period = asdict(figure), figure.period
    cells["period"] = cells.pop("period_text")
    return {
        **cells,
        "start": period.start.isoformat() if period else None,
        "end": period.end.isoformat() if period else None,
    }


def _shown(figure: Figure) -> dict[str, str]:
    return {
        "id": figure.id,
        "entity": figure.entity,
        "quantity": figure.quantity,
        "value": f"{_value(figure)} {figure.unit}",
        "period": figure.period_text,
        "panel": figure.panel,
        "statistic": figure.statistic,
        "qualifier": figure.qualifier,
        "use": figure.use,
        "source": figure.source,
        "note": figure.note,
    }


def _value(figure: Figure) -> str:
    """Return a number as people write it: 48.4 M, 2.5 bn, 4 tn."""
    if figure.value is None:
        return figure.text
    for size, name in ((1e12, "tn"), (1e9, "bn"), (1e6, "M")):
        if abs(figure.value) >= size:
            return f"{figure.value / size:.4g} {name}"
    return f"{figure.value:,.6g}"


def _print_list(found: list[Figure]) -> None:
    """Print a table on a terminal, else nothing but a line a figure, tabs between the cells."""
    rows = [_shown(figure) for figure in found]
    if not sys.stdout.isatty():
        for row in rows:
            cells = (row[name] for name in ("id", "entity", "quantity", "value", "period", "use"))
            click.echo("\t".join(cells))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("id", no_wrap=True)
    table.add_column("figure", overflow="fold", min_width=20)
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("use", no_wrap=True)
    for row in rows:
        what = f"{row['entity']} {row['quantity']} {row['period']}"
        table.add_row(row["id"], what, row["value"], row["use"])
    Console().print(table)
    print_next(f"llmsim figures show {found[0].id}", "show one of them")
