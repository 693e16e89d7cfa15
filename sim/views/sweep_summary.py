"""A sweep in five sentences: its runs, what ranges most, what hangs on what, how, and trust."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from sim.experiments.judged import ASKED, Judged
from sim.experiments.ranked_inputs import Grid
from sim.experiments.screening import first_from_data, variance_split
from sim.experiments.strongest import LOOKED_AT, Pair
from sim.views.charts.labelled import short_key
from sim.views.format import percent
from sim.views.names import joined
from sim.views.outcomes import interval_text, outcome_name, outcome_value, shown_unit
from sim.views.sentence import Sentence

F64 = NDArray[np.float64]
NAMED = 2


def summary(
    counts: Mapping[str, int],
    grid: Grid,
    judged: Sequence[Judged],
    found: Sequence[Pair],
    trust: str,
) -> tuple[Sentence, ...]:
    """Return the summary; every number in it is computed from the runs.

    Args:
        counts: runs that went well, failed and are to be done.
        grid: the runs.
        judged: the outcomes that were kept.
        found: the strongest pairs of an outcome and an input, none where none is strong.
        trust: how far to trust the scenario around which the sweep was made.
    """
    units = {one.id: one.unit for one in judged}
    found = [one for one in found if _is_asked(one.outcome)] or found
    said = [Sentence("Runs", _runs(counts, grid))]
    if widest := _widest(grid, judged):
        said.append(Sentence("Range", _range(grid, widest)))
    said.append(Sentence("Dependence", _dependence(found)))
    if found:
        said.append(Sentence("Direction", _direction(found[0], units[found[0].outcome])))
    elif widest and (luck := _luck(grid, widest)):
        said.append(Sentence("Luck", luck))
    return (*said, Sentence("Trust", trust))


def _runs(counts: Mapping[str, int], grid: Grid) -> str:
    total = sum(counts.values())
    inputs, each = len(grid.inputs), grid.replicates
    text = (
        f"{counts['ok']} of {total} runs went well: {grid.points} points of "
        f"{inputs} input{'' if inputs == 1 else 's'}, {each} replicate{'' if each == 1 else 's'} "
        "each"
    )
    if counts["failed"]:
        text += f"; {counts['failed']} failed and stand below with their reasons"
    if counts["pending"]:
        text += f"; {counts['pending']} are left, which the command under Provenance makes"
    return f"{text}."


def _widest(grid: Grid, judged: Sequence[Judged]) -> Judged | None:
    """Return the outcome whose 90 % of the runs are widest against their mean.

    What comparisons ask by default goes before the rest: a small firm's share says little.
    """

    def width(one: Judged) -> float:
        values = _known(grid.outcome(one.id))
        if not values.size or values.mean() == 0.0:
            return -1.0
        low, high = np.quantile(values, (0.05, 0.95))
        return float((high - low) / abs(values.mean()))

    asked = [one for one in judged if _is_asked(one.id)]
    widths = [(width(one), one) for one in asked or judged]
    best = max(widths, key=lambda pair: pair[0], default=(-1.0, None))
    return best[1] if best[0] >= 0.0 else None


def _is_asked(outcome: str) -> bool:
    return any(fnmatchcase(outcome, one) for one in ASKED)


def _range(grid: Grid, one: Judged) -> str:
    values = _known(grid.outcome(one.id))
    return f"Widest for its size is {outcome_name(one.id)}: {_spread(values, one.unit)}."


def _spread(values: F64, unit: str) -> str:
    low, high = np.quantile(values, (0.05, 0.95))
    shown = [outcome_value(float(values.mean()), unit), shown_unit(unit)]
    band = interval_text(float(low), float(high), unit, sign="")
    return f"{' '.join(filter(None, shown))} on average, 90 % of the runs at {band}"


def _dependence(found: Sequence[Pair]) -> str:
    if not found:
        return "No input is seen to explain a tenth of any outcome's variance between points."
    said = [
        f"{short_key(pair.key)} alone explains {percent(pair.share)}{_interval(pair)} of the "
        f"variance of {outcome_name(pair.outcome)}"
        for pair in found[:NAMED]
    ]
    return f"Between points {joined(said)}."


def _interval(pair: Pair) -> str:
    place = slice(0, LOOKED_AT)
    _, low, high, _ = first_from_data(pair.values[place], pair.outcomes[place])
    ends = percent(max(0.0, low)), percent(min(1.0, high))
    return "" if ends == (percent(pair.share),) * 2 else f" ({ends[0]} to {ends[1]})"


def _direction(pair: Pair, unit: str) -> str:
    """Say what the outcome is at the two ends of the strongest input, or at its words."""
    first, last = _ends(pair)
    return (
        f"Where {short_key(pair.key)} is {first[0]}, {outcome_name(pair.outcome)}: "
        f"{_spread(first[1], unit)}; where it is {last[0]}: {_spread(last[1], unit)}."
    )


def _ends(pair: Pair) -> tuple[tuple[str, F64], tuple[str, F64]]:
    known = [i for i in range(len(pair.values)) if np.isfinite(pair.outcomes[i]).any()]
    different = list(dict.fromkeys(pair.values[i] for i in known))
    if len(different) > 2 and not any(isinstance(one, bool | str) for one in different):
        numbers = np.array([float(pair.values[i]) for i in known])  # type: ignore[arg-type]
        low, high = np.quantile(numbers, (0.25, 0.75))
        under, over = (pair.outcomes[known][side] for side in (numbers <= low, numbers >= high))
        return (f"at most {low:.4g}", _known(under)), (f"at least {high:.4g}", _known(over))
    groups = [
        (_word(value), _known(pair.outcomes[[i for i in known if pair.values[i] == value]]))
        for value in different
    ]
    groups.sort(key=lambda group: float(group[1].mean()))
    return groups[0], groups[-1]


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _luck(grid: Grid, one: Judged) -> str:
    split = variance_split(grid.outcome(one.id))
    if split is None:
        return ""
    return (
        f"Of the variance of {outcome_name(one.id)} {percent(split.inputs)} is due to the inputs, "
        f"{percent(split.luck)} to luck, {percent(split.both)} to both together."
    )


def _known(values: F64) -> F64:
    return values[np.isfinite(values)]
