"""`llmsim runs`: the runs in a folder, newest first."""

from pathlib import Path
from typing import Any

import click

from sim.cli.output import print_json, print_next


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path("runs"))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def runs(folder: Path, as_json: bool) -> None:
    """List the runs under FOLDER, newest first (default: ./runs)."""
    found, warnings = _found(folder)
    if as_json:
        print_json({"runs": found}, warnings)
        return
    for warning in warnings:
        click.echo(warning, err=True)
    if not found:
        click.echo(f"No runs under {folder}.")
        print_next("llmsim run baseline", "make one")
        return
    _print_table(found)
    print_next(f"llmsim report {folder / found[0]['name']}", "write its report")


def _found(folder: Path) -> tuple[list[dict[str, Any]], list[str]]:
    from sim.results.errors import StoreError
    from sim.results.store import MANIFEST, read_manifest

    rows, warnings = [], []
    for path in sorted(folder.glob(f"*/{MANIFEST}")):
        try:
            rows.append(_row(path.parent.name, read_manifest(path.parent)))
        except StoreError as error:
            warnings.append(str(error))
    return sorted(rows, key=lambda row: row["started"], reverse=True), warnings


def _row(name: str, manifest: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "scenario": manifest["scenario"],
        "seed": manifest["seed"],
        "replicates": manifest["replicates"],
        "finished": len(manifest["finished"]),
        "started": manifest["timing"]["started"],
        "status": manifest["status"],
        "id": manifest["id"],
    }


def _print_table(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold")
    for column in ("run", "scenario", "seed", "replicates", "started (UTC)", "status"):
        table.add_column(column, justify="right" if column in ("seed", "replicates") else "left")
    for row in rows:
        started = row["started"][:16].replace("T", " ")
        replicates = f"{row['finished']}/{row['replicates']}"
        cells = (row["name"], row["scenario"], str(row["seed"]), replicates, started, row["status"])
        table.add_row(*cells)
    Console().print(table)
