"""What a ranking says in words, rows and figures; terminal and page share it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
from rich.console import Group, RenderableType
from rich.text import Text

from sim.experiments.ranking import Ranking
from sim.views.differences import with_interval
from sim.views.fitted import fitted
from sim.views.outcomes import difference_text, interval_text, name_with_unit
from sim.views.sentence import Sentence

Row = dict[str, Any]
MOST_SHOWN, EFFECTS_SHOWN, NEXT = 20, 2, 2
LUCK = 0.1
"""Share of effects that a 90 % interval tells from 0 though there are none."""


def label_of(ranking: Ranking, name: str) -> str:
    """Return what a thing is called in a figure: M10 price war, 2024-05-06 deepseek v2."""
    return f"{ranking.thing(name).label} {name.replace('_', ' ')}"


def clear_rows(ranking: Ranking, name: str) -> list[Row]:
    """Return the effects of one thing that are told from 0, strongest first."""
    told = (pl.col("low") > 0) | (pl.col("high") < 0)
    mine = ranking.table.filter(pl.col("alternative") == name).filter(told)
    return mine.sort(pl.col("strength").abs(), descending=True, nulls_last=True).to_dicts()


def mattering(ranking: Ranking) -> list[str]:
    """Return the things that change an outcome beyond doubt, strongest first."""
    return [name for name in ranking.order if clear_rows(ranking, name)]


def verdict_of(ranking: Ranking) -> str:
    """Say in a sentence how many things matter and what the strongest does."""
    matter = mattering(ranking)
    said = _counted(ranking)
    return f"{said} The strongest is {_without(ranking, matter[0])}." if matter else said


def summary(ranking: Ranking, trust: str) -> tuple[Sentence, ...]:
    """Return the ranking in five sentences; every number is computed from its table.

    trust: how far to trust the scenario from which things are taken.
    """
    matter = mattering(ranking)
    said = [Sentence("What matters", _counted(ranking))]
    if matter:
        said.append(Sentence("Strongest", f"{_without(ranking, matter[0])}."))
        said.append(Sentence("Next", _next(ranking, matter)))
    return (*said, Sentence("Luck", _luck(ranking)), Sentence("Trust", trust))


def _counted(ranking: Ranking) -> str:
    return (
        f"{len(mattering(ranking))} of {len(ranking.things)} {_kind(ranking)} change an outcome "
        f"beyond doubt when taken away alone, {ranking.replicates} pairs of runs each."
    )


def _kind(ranking: Ranking) -> str:
    return "claims" if ranking.kind == "mechanisms" else "dated events"


def _without(ranking: Ranking, name: str) -> str:
    return f"{label_of(ranking, name)}: without it {with_interval(clear_rows(ranking, name)[0])}"


def _next(ranking: Ranking, matter: Sequence[str]) -> str:
    if len(matter) == 1:
        return f"None of the other {len(ranking.things) - 1} changes an outcome beyond doubt."
    return f"{'; '.join(_without(ranking, name) for name in matter[1 : 1 + NEXT])}."


def _luck(ranking: Ranking) -> str:
    """Say how many effects are told from 0, and how many luck alone would seem to tell."""
    looked = ranking.table.filter(pl.col("standard_error") > 0)
    clear = looked.filter((pl.col("low") > 0) | (pl.col("high") < 0)).height
    return (
        f"{clear} of {looked.height} effects leave 0 out of their 90 % interval; luck alone would "
        f"do that to about {LUCK * looked.height:.0f}, so read single weak ones with care."
    )


def title_of(ranking: Ranking) -> str:
    """Return the finding of the picture in one short sentence."""
    matter = mattering(ranking)
    most = f"; {label_of(ranking, matter[0])} changes most" if matter else ""
    return (
        f"{len(matter)} of {len(ranking.things)} {_kind(ranking)} change an outcome clearly{most}"
    )


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
    matter = mattering(ranking)
    silent = [label_of(ranking, one) for one in ranking.order if one not in matter]
    if silent:
        parts += [Text(""), Text(f"No clear effect: {', '.join(silent)}.", style="dim")]
    return Group(*parts)
