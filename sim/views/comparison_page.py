"""A comparison as one HTML file that opens offline, and as a notebook cell."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
from altair.typing import ChartType

from sim.experiments.comparison import Comparison, register_views
from sim.views.again import again
from sim.views.basis import basis
from sim.views.changes import Change
from sim.views.charts.difference_fans import difference_fans
from sim.views.charts.effects import effects
from sim.views.comparison_summary import summary
from sim.views.differences import (
    Row,
    alone_rows,
    best_shares,
    changed_values,
    difference_rows,
    explained,
    is_better,
    is_clear,
    surest,
    verdict_of,
    worth_of,
)
from sim.views.format import MISSING, percent
from sim.views.outcomes import (
    difference_text,
    interval_text,
    name_with_unit,
    outcome_name,
    outcome_value,
    worth_text,
)
from sim.views.report import HASH_DIGITS, Figure, drawn, rendered, write_page

MOST_FANS, MOST_ALONE, MOST_CHANGES = 6, 3, 40
MARKS = {True: "better", False: "worse"}


@dataclass(frozen=True)
class Chapter:
    """What the page says of one alternative."""

    anchor: str
    name: str
    question: str
    changes: tuple[Change, ...]
    changes_left: int
    verdict: str
    figures: tuple[Figure, ...]
    rows: tuple[Mapping[str, str], ...]
    scenario_text: str


def register() -> None:
    """Make `to_html` and the notebook cell of every comparison work."""
    register_views(write_comparison_page, cell)


def write_comparison_page(comparison: Comparison, path: Path) -> Path:
    """Write the page and return its path; raise ReportError if it cannot be written."""
    return write_page(path, page(comparison))


def page(comparison: Comparison) -> str:
    """Return the page as text; everything from the scenarios is escaped."""
    told = comparison.manifest
    rests = basis(told["scenario_text"])
    chapters = [_chapter(comparison, i, one) for i, one in enumerate(told["alternatives"])]
    return rendered(
        "comparison.html",
        title=f"{comparison.base} against {', '.join(comparison.alternatives)}",
        told=told,
        summary=summary(comparison, rests.sentence),
        warnings=told["warnings"],
        chapters=chapters,
        beside=(comparison.base, *comparison.alternatives) if len(chapters) > 1 else (),
        best=[
            (outcome_name(outcome), [*map(percent, shares)])
            for outcome, shares in best_shares(comparison)
        ],
        explained=explained(comparison),
        worth=worth_of(comparison),
        outcomes=[
            {**one, "name": outcome_name(one["id"])} for one in told["outcomes"]
        ],
        basis=rests,
        again=again(
            "compare", [one["scenario_text"] for one in (told, *told["alternatives"])],
            "-n", str(told["replicates"]), "--seed", str(told["seed"]),
        ),
        provenance=_provenance(told),
    )  # fmt: skip


def cell(comparison: Comparison) -> str:
    """Return what a notebook shows: the verdicts and the table of differences."""
    return rendered(
        "comparison_cell.html",
        chapters=[
            (one, verdict_of(comparison, one), [*map(_line, difference_rows(comparison, one))])
            for one in comparison.alternatives
        ],
        base=comparison.base,
        explained=explained(comparison),
    )


def _chapter(comparison: Comparison, number: int, told: Mapping[str, Any]) -> Chapter:
    name = told["name"]
    rows = difference_rows(comparison, name)
    values = changed_values(told)
    return Chapter(
        anchor=f"alternative-{number + 1}",
        name=name,
        question=told["question"] or "",
        changes=tuple(Change(*one) for one in values[:MOST_CHANGES]),
        changes_left=max(0, len(values) - MOST_CHANGES),
        verdict=verdict_of(comparison, name),
        figures=tuple(_figures(comparison, name, rows, f"a{number}")),
        rows=tuple(map(_line, rows)),
        scenario_text=told["scenario_text"],
    )


def _figures(comparison: Comparison, name: str, rows: list[Row], anchor: str) -> list[Figure]:
    clear = [row for row in rows if is_clear(row)]
    good = sum(map(is_better, clear))
    title = (
        f"{len(clear)} of {len(rows)} outcomes differ clearly: {good} for the better, "
        f"{len(clear) - good} for the worse"
    )
    caption = (
        f"{name} less {comparison.base}, in percent of {comparison.base}, with the 90 % interval "
        "of the mean. Green: better; red: worse; grey: the interval holds 0."
    )

    def overview(width: int) -> ChartType:
        return effects(rows, title, caption, width)

    source = (
        f"Source: llmsim, {name} against {comparison.base}, {comparison.manifest['pairs']} pairs, "
        f"seed {comparison.manifest['seed']}."
    )
    found = [drawn(overview, f"{anchor}-effects", source)]
    top = surest(comparison, name, MOST_FANS)
    if top and comparison.fans.height:
        shown = [(row["outcome"], row["unit"]) for row in top]
        weeks = comparison.fans.filter(pl.col("alternative") == name)
        when = f"How the {len(top)} surest differences grow" if len(top) > 1 else "How it grows"
        said = (
            f"{name} less {comparison.base}; sums over time as running totals. Line: median of the "
            "pairs; bands: 50 % and 90 % of them. At 0 nothing differs."
        )
        draw = partial(_fans, weeks, shown, when, said)
        found.append(drawn(draw, f"{anchor}-fans", source))
    for place, whole in enumerate(top[:MOST_ALONE]):
        alone = alone_rows(comparison, whole)
        if alone:
            found.append(drawn(partial(_alone, whole, alone), f"{anchor}-alone-{place}", source))
    return found


def _fans(
    weeks: pl.DataFrame, shown: list[tuple[str, str]], title: str, caption: str, width: int
) -> ChartType:
    return difference_fans(weeks, shown, title, caption, width)


def _alone(whole: Row, alone: list[Row], width: int) -> ChartType:
    strongest = max(alone, key=lambda row: abs(row["difference"] or 0.0))
    name = name_with_unit(whole["outcome"], whole["unit"])
    title = (
        f"{name}: {strongest['change']} alone makes "
        f"{difference_text(strongest['difference'], whole['unit'])} of "
        f"{difference_text(whole['difference'], whole['unit'])}"
    )
    caption = "Each change on its own, in percent of the base, with the 90 % interval."
    together = {**whole, "change": "all changes together"}
    return effects([together, *alone], title, caption, width, label="change")


def _line(row: Row) -> dict[str, str]:
    unit = row["unit"]
    return {
        "name": name_with_unit(row["outcome"], unit),
        "id": row["outcome"],
        "base": outcome_value(row["base"], unit),
        "value": outcome_value(row["value"], unit),
        "difference": difference_text(row["difference"], unit),
        "interval": interval_text(row["low"], row["high"], unit),
        "better": MISSING if row["better"] is None else percent(row["better"]),
        "apart": worth_text(row["independent_replicates"], row["pairs"], row["difference"]),
        "mark": MARKS[is_better(row)] if is_clear(row) else "",
    }


def _provenance(told: Mapping[str, Any]) -> dict[str, str]:
    facts = {
        "Comparison": told["id"],
        "Status": told["status"],
        "Seed": told["seed"],
        "Pairs": f"{told['pairs']} of {told['replicates']}",
        "Code": str(told["hashes"]["code"])[:HASH_DIGITS],
        "Commit": told["git_commit"],
        "Made": str(told["made"]).replace("T", " "),
        "Versions": ", ".join(f"{name} {number}" for name, number in told["versions"].items()),
    }
    return {name: str(value) for name, value in facts.items() if value not in (None, "")}
