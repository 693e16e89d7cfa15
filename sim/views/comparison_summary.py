"""A comparison in five sentences: what changed, what differs, what is surest, least sure, trust."""

from collections.abc import Callable, Mapping
from typing import Any

from sim.experiments.comparison import Comparison
from sim.scenario.scenario import ABSENT
from sim.views.differences import (
    changed_values,
    difference_rows,
    is_better,
    is_clear,
    moves,
    surest,
    verdict_of,
    with_interval,
)
from sim.views.format import percent
from sim.views.names import joined
from sim.views.outcomes import outcome_name
from sim.views.sentence import Sentence

NAMED = 3
INPUTS_NAMED = 2


def summary(comparison: Comparison, trust: str) -> tuple[Sentence, ...]:
    """Return the summary; every number in it is computed from the tables.

    Of many alternatives the first three are named, and the count of the others.

    trust: how far to trust the base and what is compared with it.
    """
    return (
        Sentence("What changed", _changed(comparison)),
        Sentence("What differs", _each(comparison, lambda name: _counted(comparison, name))),
        Sentence("Surest", _surest(comparison)),
        Sentence("Least sure", _least_sure(comparison)),
        Sentence("Trust", trust),
    )


def _each(comparison: Comparison, say: Callable[[str], str]) -> str:
    """Return what is said of each alternative, one after the other."""
    names = comparison.alternatives
    said = "; ".join(say(name) for name in names[:NAMED])
    left = len(names) - NAMED
    return f"{said}; {left} more stand below." if left > 0 else f"{said}."


def _changed(comparison: Comparison) -> str:
    told = {one["name"]: one for one in comparison.manifest["alternatives"]}
    return _each(comparison, lambda name: f"{name} {_inputs(told[name], len(told))}")


def _inputs(alternative: Mapping[str, Any], beside: int) -> str:
    values = changed_values(alternative)
    if not values:
        return "changes no input"
    shown = values[: INPUTS_NAMED if beside == 1 else 1]
    named = [
        f"{key} to {after}" if before == ABSENT else f"{key} from {before} to {after}"
        for key, before, after in shown
    ]
    left = len(values) - len(shown)
    if left:
        named.append(f"{left} more")
    return f"changes {joined(named)}"


def _counted(comparison: Comparison, name: str) -> str:
    rows = difference_rows(comparison, name)
    clear = [row for row in rows if is_clear(row)]
    good = sum(map(is_better, clear))
    return (
        f"{len(clear)} of {len(rows)} outcomes differ beyond luck with {name}, {good} for the "
        f"better and {len(clear) - good} for the worse"
    )


def _surest(comparison: Comparison) -> str:
    names = comparison.alternatives
    if len(names) == 1:
        return verdict_of(comparison, names[0]).removeprefix("Surest of what differs: ")

    def say(name: str) -> str:
        rows = surest(comparison, name, 1)
        return f"{name}: {with_interval(rows[0]) if rows else 'nothing'}"

    return _each(comparison, say)


def _least_sure(comparison: Comparison) -> str:
    rows = [
        row for name in comparison.alternatives for row in difference_rows(comparison, name)
        if row["better"] is not None and moves(row)
    ]  # fmt: skip
    if not rows:
        return f"No outcome differs in any of the {comparison.manifest['pairs']} pairs."
    row = min(rows, key=lambda row: abs(row["better"] - 0.5))
    text = (
        f"{outcome_name(row['outcome'])} with {row['alternative']}, better in "
        f"{percent(row['better'])} of the pairs: {with_interval(row, is_named=False)}"
    )
    untold = sum(not is_clear(one) for one in rows)
    pairs = comparison.manifest["pairs"]
    return f"{text}; {untold} of {len(rows)} differences may be luck as far as {pairs} pairs tell."
