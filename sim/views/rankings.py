"""What a ranking says in words, rows and figures; terminal and page share it."""

from __future__ import annotations

from typing import Any

import polars as pl
from rich.console import Group, RenderableType
from rich.text import Text

from sim.experiments.ranking import Ranking
from sim.views.fitted import fitted
from sim.views.outcomes import difference_text, interval_text, name_with_unit, outcome_name

Row = dict[str, Any]
MOST_SHOWN, EFFECTS_SHOWN = 20, 2


def label_of(ranking: Ranking, name: str) -> str:
    """Return what a thing is called in a figure: M10 price war, 2024-05-06 deepseek v2."""
    return f"{ranking.thing(name).label} {name.replace('_', ' ')}"


def clear_rows(ranking: Ranking, name: str) -> list[Row]:
    """Return the effects of one thing that are told from 0, strongest first."""
    told = (pl.col("low") > 0) | (pl.col("high") < 0)
    mine = ranking.table.filter(pl.col("alternative") == name).filter(told)
    return mine.sort(pl.col("strength").abs(), descending=True, nulls_last=True).to_dicts()


def verdict_of(ranking: Ranking) -> str:
    """Say in a sentence how many things matter and what the strongest does."""
    what = "claims" if ranking.kind == "mechanisms" else "dated events"
    matter = [name for name in ranking.order if clear_rows(ranking, name)]
    said = (
        f"{len(matter)} of {len(ranking.things)} {what} change an outcome beyond doubt when taken "
        f"away alone, {ranking.replicates} pairs of runs each"
    )
    if not matter:
        return f"{said}."
    row = clear_rows(ranking, matter[0])[0]
    return (
        f"{said}. The strongest is {label_of(ranking, matter[0])}: without it {effect_text(row)}."
    )


def title_of(ranking: Ranking) -> str:
    """Return the finding of the picture in one short sentence."""
    what = "claims" if ranking.kind == "mechanisms" else "dated events"
    matter = [name for name in ranking.order if clear_rows(ranking, name)]
    most = f"; {label_of(ranking, matter[0])} changes most" if matter else ""
    return f"{len(matter)} of {len(ranking.things)} {what} change an outcome clearly{most}"


def effect_text(row: Row) -> str:
    """Write one effect: Kimi users −6.59 M (−11.6 to −1.61 M)."""
    difference = difference_text(row["difference"], row["unit"])
    interval = interval_text(row["low"], row["high"], row["unit"])
    return f"{outcome_name(row['outcome'])} {difference} ({interval})"


def renderable(ranking: Ranking) -> Group:
    """Return the ranking for a console of 80 columns or more."""
    told = ranking.scenario
    rows = []
    for name in ranking.order[:MOST_SHOWN]:
        found = clear_rows(ranking, name)
        for place, row in enumerate(found[:EFFECTS_SHOWN]):
            rows.append(
                (
                    label_of(ranking, name) if place == 0 else "",
                    name_with_unit(row["outcome"], row["unit"]),
                    difference_text(row["difference"], row["unit"]),
                    interval_text(row["low"], row["high"], row["unit"]),
                )
            )
    parts: list[RenderableType] = [
        Text(f"{told.name}: what changes without each of its {ranking.kind}", style="bold"),
        Text(verdict_of(ranking)),
        Text(""),
    ]
    if rows:
        parts.append(fitted(("without", "outcome", "differs by", "90 % interval"), rows, texts=2))
    silent = [label_of(ranking, one) for one in ranking.order if not clear_rows(ranking, one)]
    if silent:
        parts += [Text(""), Text(f"No clear effect: {', '.join(silent)}.", style="dim")]
    return Group(*parts)
