"""What a page rests on: what its scenario changes, how far to trust it, what it assumes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sim.views.assumptions import NARROWED, VARIED, Assumption, assumptions, world
from sim.views.changes import Change, changes
from sim.views.names import scenario_in
from sim.views.rundata import RunData, Score, horizon, text_of
from sim.views.trust import Span, Trust, trust, trust_in

MOST_CHANGES = 40


@dataclass(frozen=True)
class Basis:
    """What a page says of its scenario beside the findings; `sentence` closes its summary."""

    name: str
    question: str
    changes: tuple[Change, ...] | None
    changes_left: int
    sentence: str
    parts: tuple[Trust, ...]
    is_scored: bool
    world: tuple[str, ...]
    assumptions: tuple[Assumption, ...]


def basis(
    scenario_text: str,
    sentence: str | None = None,
    here: Mapping[str, str] | None = None,
) -> Basis:
    """Return what a study of a scenario rests on, from the scenario's resolved text.

    Args:
        scenario_text: the whole scenario, as it ran.
        sentence: how far to trust it, where a study knows better than its scenario.
        here: parameters that the study itself varies or narrows, as of `kinds_of`.
    """
    told = scenario_in(scenario_text)
    # The last Monday that is simulated lies before the end.
    span = told["start"], told["end"] - timedelta(days=1)
    said = trust_in(told, *span)[0] if sentence is None else sentence
    return _basis(scenario_text, said, told, span, None, here)


def basis_of_run(run: RunData, score: Score) -> Basis:
    """Return what a run rests on, with what known figures say of each part."""
    text = text_of(run)
    told, span = scenario_in(text), horizon(run)
    return _basis(text, trust_in(told, *span)[0] if span else "", told, span, score, None)


def parameters_among(keys: Iterable[str], kind: str = VARIED) -> dict[str, str]:
    """Return a kind for each of some inputs that is a parameter, by its name."""
    head = "parameters."
    return {key.removeprefix(head): kind for key in keys if key.startswith(head)}


def _basis(
    text: str,
    sentence: str,
    told: Mapping[str, Any],
    span: Span | None,
    score: Score | None,
    here: Mapping[str, str] | None,
) -> Basis:
    known, asked = changes(text), told.get("question", "")
    return Basis(
        name=str(told.get("name", "")),
        question=asked if isinstance(asked, str) else "",
        changes=None if known is None else tuple(known[:MOST_CHANGES]),
        changes_left=max(0, len(known or ()) - MOST_CHANGES),
        sentence=sentence,
        parts=tuple(trust(told, span, score, here)),
        is_scored=score is not None,
        world=tuple(world(told, NARROWED in (here or {}).values())),
        assumptions=tuple(assumptions(told, here)),
    )
