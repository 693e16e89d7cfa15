"""A comparison on a terminal: changed inputs, differences with intervals, each change alone."""

from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from sim.experiments.comparison import Comparison
from sim.views.differences import (
    Row,
    alone_rows,
    best_shares,
    changed_values,
    difference_rows,
    explained,
    is_clear,
    moves,
    surest,
)
from sim.views.fitted import fitted
from sim.views.format import MISSING, percent
from sim.views.outcomes import (
    difference_text,
    interval_text,
    name_with_unit,
    outcome_name,
    outcome_value,
    worth_text,
)

MOST_CHANGES, MOST_ALONE, MOST_BESIDE = 12, 4, 4


def renderable(comparison: Comparison) -> Group:
    """Return the comparison for a console of 80 columns or more; colour carries no meaning."""
    told = comparison.manifest
    parts: list[RenderableType] = [
        Text(f"{comparison.base} against {', '.join(comparison.alternatives)}", style="bold"),
        Text(
            f"{told['start']} to {told['end']}; {told['pairs']} pairs of runs with the same luck, "
            f"seed {told['seed']}"
        ),
    ]
    for alternative in told["alternatives"]:
        name = alternative["name"]
        parts += [Text(""), Text(name, style="bold"), _changes(alternative), Text("")]
        parts += [*_differences(difference_rows(comparison, name)), *_alone(comparison, name)]
    if 1 < len(told["alternatives"]) <= MOST_BESIDE:
        parts += [Text(""), _best(comparison)]
    return Group(*parts, Text(""), Text(explained(comparison), style="dim"))


def _changes(alternative: Mapping[str, Any]) -> RenderableType:
    values = changed_values(alternative)
    if not values:
        return Text("Changes nothing.")
    rows: list[tuple[str, ...]] = [*values[:MOST_CHANGES]]
    if len(values) > MOST_CHANGES:
        rows.append((f"and {len(values) - MOST_CHANGES} more", "", ""))
    return fitted(("Changed input", "Before", "After"), rows, texts=3)


def _differences(rows: list[Row]) -> list[RenderableType]:
    moved = [row for row in rows if moves(row)]
    clear = sum(map(is_clear, moved))
    cells = [
        (
            name_with_unit(row["outcome"], row["unit"]),
            outcome_value(row["base"], row["unit"]),
            difference_text(row["difference"], row["unit"]),
            interval_text(row["low"], row["high"], row["unit"]),
            MISSING if row["better"] is None else percent(row["better"]),
            worth_text(row["independent_replicates"], row["pairs"], row["difference"]),
        )
        for row in moved
    ]
    lined = [*cells[:clear], *([()] if 0 < clear < len(cells) else []), *cells[clear:]]
    heads = ("Outcome", "Base", "Differs", "90 % interval", "Better", "Apart")
    still = [outcome_name(row["outcome"]) for row in rows if not moves(row)]
    return [
        *([fitted(heads, lined, bold=range(clear))] if cells else []),
        *([Text(f"The same in every pair: {', '.join(still)}.")] if still else []),
    ]


def _alone(comparison: Comparison, alternative: str) -> list[RenderableType]:
    """Return what each change does alone to the outcomes that differ most surely."""
    rows: list[tuple[str, ...]] = []
    bold: list[int] = []
    for whole in surest(comparison, alternative, MOST_ALONE):
        bold.append(len(rows))
        for row in (whole, *alone_rows(comparison, whole)):
            name = name_with_unit(row["outcome"], row["unit"])
            rows.append(
                (
                    name if row is whole else f"  {row['change']}",
                    difference_text(row["difference"], row["unit"]),
                    interval_text(row["low"], row["high"], row["unit"]),
                )
            )
    if len(rows) <= len(bold):
        return []
    return [Text(""), fitted(("Each change alone", "Differs", "90 % interval"), rows, bold=bold)]


def _best(comparison: Comparison) -> RenderableType:
    names = (comparison.base, *comparison.alternatives)
    room = (80 - 27) // len(names) - 1
    heads = ("P(best of all)", *(name[:room] for name in names))
    rows = [
        (outcome_name(outcome), *map(percent, shares))
        for outcome, shares in best_shares(comparison)
    ]
    return fitted(heads, rows)
