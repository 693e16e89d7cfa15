"""Dated events: each kind says what it must, and a scenario's shock is held to the same."""

from datetime import date
from typing import Any

import pytest

from sim.core.shipped import shipped
from sim.evidence.history import EVENT_KINDS, OPTIONAL, event_problems, load_history
from sim.evidence.opening import load_opening


def test_history_ends_with_2024_and_shocks_begin_with_2025() -> None:
    assert max(event.date for event in load_history("history")) < date(2025, 1, 1)
    assert min(event.date for event in load_history("shocks_2025")) >= date(2025, 1, 1)
    assert (len(load_history("history")), len(load_history("shocks_2025"))) == (20, 10)


def test_events_concern_things_that_exist() -> None:
    opening = load_opening()
    known = {
        "firm": {row.firm for row in opening.firms},
        "app": {row.app for row in opening.apps},
        "channel": {row.channel for row in opening.channels},
        "decision": {"pricing", "advertising", "push", "research"},
    }
    for event in (*load_history("history"), *load_history("shocks_2025")):
        words = EVENT_KINDS[event.kind].who.split(" or ")
        assert any(event.who in known.get(word, {word}) for word in words), event
        target = EVENT_KINDS[event.kind].target
        if event.target is not None:
            assert target is not None
            assert any(event.target in known.get(word, {word}) for word in target.split(" or ")), (
                event
            )


def test_the_numbers_of_the_history_are_those_of_the_model() -> None:
    events = {event.id: event for event in load_history("history")}
    assert events["deepseek_v2"].amount == 0.40
    assert events["wenxin_launch"].amount == 0.04
    long_context = events["kimi_long_context"]
    assert (long_context.amount, long_context.scope, long_context.lead) == (0.01, 0.15, 100)
    assert (events["moonshot_feb24"].who, events["moonshot_feb24"].target) == (
        "alibaba",
        "moonshot",
    )


@pytest.mark.parametrize("kind", EVENT_KINDS)
def test_a_kind_refuses_fields_it_does_not_have_and_asks_for_those_it_needs(kind: str) -> None:
    grammar = EVENT_KINDS[kind]
    allowed = {*grammar.needs, *grammar.may}
    everything: dict[str, Any] = {
        "target": "x", "amount": max(grammar.amount_range[0], 0.001), "scope": 0.5, "lead": 10.0,
        "level": (*grammar.levels, "x")[0], "open_weights": True,
    }  # fmt: skip
    assert dict(event_problems(kind, {name: everything[name] for name in allowed})) == {}
    refused = {name for name, _ in event_problems(kind, everything)}
    assert refused == set(OPTIONAL) - allowed
    assert {name for name, _ in event_problems(kind, {})} == set(grammar.needs)


@pytest.mark.parametrize(
    ("kind", "given", "field", "said"),
    [
        ("newz", {}, "kind", "did you mean 'news'?"),
        ("regime", {"level": "clod"}, "level", "did you mean 'cold'?"),
        ("export_limit", {"amount": -0.1}, "amount", "allowed is 0 to 100"),
        ("delisting", {"amount": 1.5}, "amount", "allowed is 0 to 1"),
    ],
)
def test_a_wrong_event_is_refused(kind: str, given: dict[str, Any], field: str, said: str) -> None:
    assert said in dict(event_problems(kind, given))[field]


def test_the_readme_names_every_kind_of_event() -> None:
    text = (shipped("seeds") / "README.md").read_text(encoding="utf-8")
    assert [kind for kind in EVENT_KINDS if f"`{kind}`" not in text] == []
