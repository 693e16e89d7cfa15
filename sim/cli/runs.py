"""`llmsim runs`: the runs and sweeps in a folder, newest first; or the runs of one sweep."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.options import json_option
from sim.cli.output import print_json, print_next

if TYPE_CHECKING:
    import polars as pl

CONDITION = re.compile(r"\s*(?P<sign><=|>=|==|!=|=|<|>)\s*(?P<value>[^<>=!]+?)\s*")
SHOWN_COLUMNS = 6
HEAD_WIDTH = 11


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path("runs"))
@click.option(
    "--where", "conditions", multiple=True, metavar="'COLUMN > VALUE'",
    help="Of a sweep: only runs for which this is so; repeatable.",
)  # fmt: skip
@click.option(
    "--status", type=click.Choice(("ok", "failed", "pending")), help="Of a sweep: only these."
)
@click.option(
    "--limit", type=click.IntRange(min=1), default=20, show_default=True,
    help="Of a sweep: how many runs to show.",
)  # fmt: skip
@json_option
def runs(
    folder: Path, conditions: tuple[str, ...], status: str | None, limit: int, as_json: bool
) -> None:
    """List the runs and sweeps under FOLDER, newest first (default: ./runs).

    Where FOLDER is a sweep, list its runs; columns are its inputs and outcomes.
    """
    from sim.experiments.sweep_folder import is_sweep

    if is_sweep(folder):
        _list_sweep(folder, conditions, status, limit, as_json)
        return
    if conditions or status:
        raise click.UsageError(f"{folder} is no sweep; --where and --status are for one")
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
    newest = found[0]
    if newest["kind"] == "sweep":
        print_next(f"llmsim runs {folder / newest['name']}", "its runs")
    else:
        print_next(f"llmsim report {folder / newest['name']}", "write its report")


def _found(folder: Path) -> tuple[list[dict[str, Any]], list[str]]:
    from sim.experiments.stored_sweep import Sweep
    from sim.experiments.sweep_folder import SWEEP
    from sim.results.errors import StoreError
    from sim.results.store import MANIFEST, read_manifest

    rows, warnings = [], []
    for path in sorted((*folder.glob(f"*/{MANIFEST}"), *folder.glob(f"*/{SWEEP}"))):
        try:
            if path.name == MANIFEST:
                rows.append(_row(path.parent.name, read_manifest(path.parent)))
            else:
                rows.append(_sweep_row(Sweep.open(path.parent)))
        except StoreError as error:
            warnings.append(str(error))
    return sorted(rows, key=lambda row: row["started"], reverse=True), warnings


def _row(name: str, manifest: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": "run",
        "name": name,
        "scenario": manifest["scenario"],
        "seed": manifest["seed"],
        "replicates": manifest["replicates"],
        "finished": len(manifest["finished"]),
        "started": manifest["timing"]["started"],
        "status": manifest["status"],
        "id": manifest["id"],
    }


def _sweep_row(sweep: Any) -> dict[str, Any]:
    counts, said = sweep.counts(), sweep.description
    status = "pending" if counts["pending"] else "failed" if counts["failed"] else "finished"
    return {
        "kind": "sweep",
        "name": sweep.folder.name,
        "scenario": said["scenario"],
        "seed": said["seed"],
        "replicates": sum(counts.values()),
        "finished": counts["ok"],
        "started": said["started"],
        "status": "interrupted" if status == "pending" else status,
        "id": said["hashes"]["inputs"],
    }


def _print_table(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold")
    for column in ("run", "scenario", "seed", "replicates", "started (UTC)", "status"):
        table.add_column(column, justify="right" if column in ("seed", "replicates") else "left")
    for row in rows:
        started = row["started"][:16].replace("T", " ")
        done = f"{row['finished']}/{row['replicates']}" + (
            " runs" if row["kind"] == "sweep" else ""
        )
        cells = (row["name"], row["scenario"], str(row["seed"]), done, started, row["status"])
        table.add_row(*cells)
    Console().print(table)


def _list_sweep(
    folder: Path, conditions: tuple[str, ...], status: str | None, limit: int, as_json: bool
) -> None:
    import polars as pl
    from polars import selectors as cs

    from sim.experiments.stored_sweep import Sweep

    sweep = Sweep.open(folder)
    frame = sweep.runs()
    schema = frame.collect_schema()
    asked = [_column(condition, schema) for condition in conditions]
    for condition, column in zip(conditions, asked, strict=True):
        frame = frame.filter(_condition(condition, column, schema[column]))
    if status:
        frame = frame.filter(pl.col("status") == status)
    outcomes = [name for name in sweep.outcomes if name not in asked]
    first = ("point", "replicate", "status", *sweep.inputs, *asked)
    columns = list(dict.fromkeys((*first, *outcomes)))
    if as_json:
        matching = frame.select(pl.len()).collect().item()
        rows = frame.select(*columns, "stage", "error").head(limit).collect()
        plain = rows.with_columns(cs.temporal().cast(pl.String)).rows(named=True)
        print_json({"sweep": str(folder), "matching": matching, "runs": plain})
        return
    if status == "failed":
        found = frame.select("point", "replicate", "stage", "error").collect()
        _print_failures(found.head(limit))
    else:
        wanted = max(SHOWN_COLUMNS, 3 + len(sweep.inputs) + len(asked))
        found = frame.select(columns[:wanted]).collect()
        _print_runs(found.head(limit))
    click.echo(f"{min(limit, found.height)} of {found.height} runs")
    print_next(f"sim.Sweep.open({str(folder)!r}).frame()", "all of them in Python, as one frame")


def _print_failures(found: "pl.DataFrame") -> None:
    for row in found.iter_rows(named=True):
        error = str(row["error"]).splitlines()[0]
        place = f"point {row['point']}, replicate {row['replicate']}"
        click.echo(f"{place}: failed in {row['stage']}: {error}")


def _print_runs(found: "pl.DataFrame") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in found.columns:
        longest = max((len(_cell(value)) for value in found[name]), default=0)
        table.add_column(_broken(name, max(longest, HEAD_WIDTH)), overflow="fold")
    for row in found.iter_rows():
        table.add_row(*(_cell(value) for value in row))
    Console().print(table)


def _broken(name: str, width: int) -> str:
    """Return a name in lines of some width, broken where its words end."""
    lines = [""]
    for word in re.findall(r"[^._:@=]*[._:@=]?", name):
        if lines[-1] and len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] += word
    return "\n".join(lines)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value).splitlines()[0]


def _column(text: str, schema: "pl.Schema") -> str:
    """Return the column that a condition begins with; names may hold signs themselves."""
    known = [name for name in schema.names() if text.strip().startswith(name)]
    if not known:
        from sim.core.diagnostics import did_you_mean

        written = re.split(r"[\s<>=!]", text.strip())[0]
        hint = did_you_mean(written, schema.names()) or f"there are {', '.join(schema.names()[:9])}"
        raise click.UsageError(f"--where {text!r}: no column {written!r}; {hint}")
    return max(known, key=len)


def _condition(text: str, column: str, kind: "pl.DataType") -> "pl.Expr":
    """Return a condition on a column of runs, its value read as the column's type."""
    import polars as pl

    match = CONDITION.fullmatch(text.strip()[len(column) :])
    if not match:
        raise click.UsageError(f"--where {text!r}: write a column, one of < <= > >= = !=, a value")
    sign, value = match.group("sign", "value")
    if kind == pl.Boolean:
        value = {"true": "1", "false": "0"}.get(value, value)
    try:
        given = pl.Series([value]).cast(pl.Int8 if kind == pl.Boolean else kind).cast(kind)
    except pl.exceptions.PolarsError as error:
        raise click.UsageError(f"--where {text!r}: {column} is {kind}") from error
    left, right = pl.col(column), pl.lit(given[0])
    return {
        "<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right,
        "=": left == right, "==": left == right, "!=": left != right,
    }[sign]  # fmt: skip
