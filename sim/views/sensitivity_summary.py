"""A sensitivity in five sentences: the strongest input, the next, reach, luck, and trust."""

from collections import Counter

import polars as pl

from sim.experiments.sensitivity import Sensitivity
from sim.views.charts.labelled import short_key
from sim.views.format import percent
from sim.views.names import joined
from sim.views.outcomes import outcome_name
from sim.views.sensitivities import effect_text, rows_of, shares_text
from sim.views.sentence import Sentence

NEXT = 2


def summary(result: Sensitivity, trust: str) -> tuple[Sentence, ...]:
    """Return the summary; every number in it is computed from the table.

    The first two sentences are about the first outcome that any input moves.

    trust: how far to trust the scenario around which inputs were varied.
    """
    outcomes = [one["id"] for one in result.manifest["outcomes"]]
    moved = [one for one in outcomes if rows_of(result, one)]
    said = []
    if moved:
        said += [
            Sentence("Strongest", _strongest(result, moved[0])),
            Sentence("Next", _next(result, moved[0])),
        ]
    said.append(Sentence("Reach", _reach(result, outcomes, moved)))
    if luck := _luck(result, moved):
        said.append(Sentence("Luck", luck))
    return (*said, Sentence("Trust", trust))


def _strongest(result: Sensitivity, outcome: str) -> str:
    row = rows_of(result, outcome)[0]
    said = effect_text(result.method, row)
    return f"{short_key(row['input'])} matters most to {outcome_name(outcome)}: {said}."


def _next(result: Sensitivity, outcome: str) -> str:
    rows = rows_of(result, outcome)[1 : 1 + NEXT]
    if not rows:
        return f"No other input moves {outcome_name(outcome)}."
    said = [f"{short_key(row['input'])}, {effect_text(result.method, row)}" for row in rows]
    return f"Next {'come' if len(rows) > 1 else 'comes'} {'; then '.join(said)}."


def _reach(result: Sensitivity, outcomes: list[str], moved: list[str]) -> str:
    inputs = result.manifest["inputs"]
    acting = {row["input"] for one in moved for row in rows_of(result, one)}
    text = (
        f"{len(acting)} of {len(inputs)} inputs move any of {len(outcomes)} "
        f"outcome{'' if len(outcomes) == 1 else 's'}"
    )
    firsts = Counter(short_key(rows_of(result, one)[0]["input"]) for one in moved)
    if len(moved) > 1:
        said = [f"{key} for {number}" for key, number in firsts.most_common(NEXT + 1)]
        text += f"; the strongest is {joined(said)} of them"
    still = len(outcomes) - len(moved)
    if not still:
        return f"{text}."
    return f"{text}; none moves {'1 outcome' if still == 1 else f'{still} outcomes'}."


def _luck(result: Sensitivity, moved: list[str]) -> str:
    """Say what is luck: of the variance, or which differences the pairs tell from it."""
    if not moved:
        return ""
    if result.method == "tornado":
        return _told_from_luck(result)
    said = shares_text(result, moved[0])
    return f"{outcome_name(moved[0])}: {said[0].lower()}{said[1:]}" if said else ""


def _told_from_luck(result: Sensitivity) -> str:
    ends = pl.concat(
        [
            result.table.select(
                pl.col(f"{end}_from").alias("low"), pl.col(f"{end}_to").alias("high")
            )
            for end in ("low", "high")
        ]
    ).drop_nulls()
    ends = ends.filter((pl.col("low") != 0) | (pl.col("high") != 0))
    clear = ends.filter((pl.col("low") > 0) | (pl.col("high") < 0)).height
    if not ends.height:
        return ""
    return (
        f"{clear} of {ends.height} differences at an end of a range ({percent(clear / ends.height)}"
        ") leave 0 out of their 90 % interval; luck alone would do that to one in ten."
    )
