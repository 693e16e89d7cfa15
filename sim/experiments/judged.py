"""How outcomes are read: unit, which way is better, meaning; and the ones asked by default."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from sim.core.tables import TABLES
from sim.experiments.outcomes import ROWS, Outcome, OutcomeError, read_outcomes
from sim.scenario import Scenario

Direction = Literal["more", "less"]

ASKED: Mapping[str, str] = MappingProxyType(
    {
        "apps.*.mau": "people who use the app, at the end",
        "market.independent_startups": "startups neither closed nor taken over, at the end",
        "firms.all.price_input_cny_per_mtok": "middle list price of input tokens, at the end",
        "firms.startups.revenue_api_cny": "what startups sold by the token, whole run",
        "firms.all.cost_ads_cny": "what all firms spent on advertising, whole run",
        "market.hhi_mau": "concentration of users at the end; 1: one app has all",
        "market.hhi_api": "concentration of API tokens at the end; 1: one firm has all",
        "rounds.failed=false": "funding rounds that closed, whole run",
        "market.tokens_served_per_day": "API tokens served a day, at the end",
    }
)
"""What comparisons and rankings ask by default: outcome and meaning."""

LESS = re.compile(
    r"cost_.*|.*spend_cny|cpa_cny|losses|hhi_.*|.*_cny_per_mtok|price_cny|budget_cny|failed=true"
    r"|status=(closed|taken_over|stopped)"
)
"""Columns of which less is better, as somebody reads them who pays or who wants competition."""

UNITS = (
    (r".*_cny_per_mtok", "CNY/Mtok"), (r".*_cny", "CNY"), (r"tokens_.*_per_day", "tokens/day"),
    (r"calls_per_day", "calls/day"), (r".*_months", "months"), (r".*share|hhi_.*", "share"),
    (r".*quality", "Elo points"), (r"mau|dau|adds.*|losses|subscribers|users.*", "users"),
    (r"staff|key_people", "people"), (r".*startups|pretraining_firms", "firms"),
)  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """An outcome with its unit, which way is better, and what it means."""

    outcome: Outcome
    unit: str
    direction: Direction
    meaning: str

    @property
    def id(self) -> str:
        """The outcome as it is written, without the direction."""
        return self.outcome.name

    @property
    def sign(self) -> int:
        """1 where more is better, -1 where less is."""
        return 1 if self.direction == "more" else -1


def read_judged(scenarios: Sequence[Scenario], texts: Iterable[str] = ()) -> tuple[Judged, ...]:
    """Return what texts ask of runs of scenarios, or what is asked by default without any.

    Args:
        scenarios: all must know what is asked; by default, only what all of them know is asked.
        texts: outcomes such as "apps.kimi.mau@2025-06"; with `:more` or `:less` at the end where
            the other way is better than the column's own.

    Raises:
        OutcomeError: an outcome that a scenario has not, or none.
    """
    texts = list(texts)
    if not texts:
        return _by_default(scenarios)
    found: dict[str, Judged] = {}
    for text in texts:
        name, _, said = text.strip().rpartition(":")
        direction: Direction | None = "more" if said == "more" else "less"
        if said not in ("more", "less"):
            name, direction = text, None
        for scenario in scenarios[1:]:
            read_outcomes(scenario, [name])
        for outcome in read_outcomes(scenarios[0], [name]):
            found.setdefault(outcome.name, _judged(outcome, direction))
    return tuple(found.values())


def _by_default(scenarios: Sequence[Scenario]) -> tuple[Judged, ...]:
    found = []
    for text, meaning in ASKED.items():
        shared = [_names(scenario, text) for scenario in scenarios]
        for outcome in shared[0].values():
            if all(outcome.name in names for names in shared):
                found.append(_judged(outcome, None, meaning))
    return tuple(found)


def _names(scenario: Scenario, text: str) -> dict[str, Outcome]:
    """Return the outcomes of a text by name; none where the scenario has nobody of that kind."""
    try:
        return {one.name: one for one in read_outcomes(scenario, [text])}
    except OutcomeError:
        return {}


def _judged(outcome: Outcome, direction: Direction | None, meaning: str = "") -> Judged:
    column = outcome.column + (f"={outcome.word}" if outcome.word else "")
    return Judged(
        outcome=outcome,
        unit=_unit(outcome),
        direction=direction or ("less" if LESS.fullmatch(column) else "more"),
        meaning=meaning or _meaning(outcome),
    )


def _unit(outcome: Outcome) -> str:
    if outcome.word or outcome.column == "pretraining":
        single = outcome.table in ("firms", "apps") and outcome.entity and not outcome.members
        return "probability" if single else "count"
    if outcome.column == ROWS:
        return "count"
    return next((unit for form, unit in UNITS if re.fullmatch(form, outcome.column)), "count")


def _meaning(outcome: Outcome) -> str:
    if outcome.column == ROWS:
        return f"rows of the table {outcome.table}"
    meaning = next(one.meaning for one in TABLES[outcome.table] if one.name == outcome.column)
    said = f"{meaning}: {outcome.word}" if outcome.word else meaning
    return f"{said}; {outcome.statistic}"
