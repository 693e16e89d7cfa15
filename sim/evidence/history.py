"""Dated events: what the world, not the simulated market, did, and on which day.

Each kind of event has a grammar, `EVENT_KINDS`: which fields it needs, which it may have, its
unit and its words. A `[[shock]]` of a scenario says the same things with the same names.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from sim.core.shipped import shipped
from sim.evidence.provenance import check_row
from sim.evidence.table import Amount, Share, read_table, suggestion

OPTIONAL = ("target", "amount", "scope", "lead", "level", "open_weights")


@dataclass(frozen=True)
class DatedEvent:
    """One dated event.

    `who` acts; `target` is whom it concerns; `amount` is in `unit`; `scope` is the share of tasks
    in which a lead holds, and `lead` its size in Elo points; `level` is a word of the kind.
    """

    id: str
    date: date
    kind: str
    who: str
    target: str | None
    amount: float | None
    unit: str | None
    scope: Share | None
    lead: Amount | None
    level: str | None
    open_weights: bool | None
    what: str
    source: str


@dataclass(frozen=True)
class EventKind:
    """What one kind of event says.

    `who` and `target` name what stands there: a fixed word or `firm`, `app`, `channel`.
    """

    meaning: str
    who: str
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    unit: str | None = None
    levels: tuple[str, ...] = ()
    target: str | None = None
    amount_range: tuple[float, float] = (float("-inf"), float("inf"))


EVENT_KINDS: Mapping[str, EventKind] = MappingProxyType(
    {
        "open_weights_release": EventKind(
            "the open-weights frontier rises by amount",
            who="open",
            needs=("amount",),
            unit="elo",
        ),
        "foreign_release": EventKind(
            "the foreign closed frontier rises by amount",
            who="foreign",
            needs=("amount",),
            unit="elo",
        ),
        "paradigm": EventKind(
            "a new way to build models is shown; rivals can copy it after amount",
            who="foreign or open",
            needs=("amount", "level"),
            unit="weeks",
            levels=("reasoning",),
            amount_range=(0, 520),
        ),
        "news": EventKind(
            "an app is talked about: amount is the cumulative trial hazard of everybody; without"
            " it the size follows from scope and lead",
            who="app",
            may=("amount", "scope", "lead"),
            unit="share",
            amount_range=(0, 1),
        ),
        "strategic_interest": EventKind(
            "an investor opens talks with a firm; whether they end in a round is left to the run",
            who="firm",
            needs=("target",),
            target="firm",
        ),
        "cost_breakthrough": EventKind(
            "the firm's unit cost is multiplied by amount",
            who="firm",
            needs=("amount",),
            unit="ratio",
            amount_range=(0.001, 1000),
        ),
        "entry": EventKind(
            "the firm opens its API of a tier; the price is its own decision",
            who="firm",
            needs=("level",),
            levels=("main", "flagship"),
        ),
        "release": EventKind(
            "the firm releases a model amount above the level named; with a scope it is also news"
            " for the firm's app",
            who="firm",
            needs=("amount", "level"),
            may=("open_weights", "scope", "lead"),
            unit="elo",
            levels=("best_cloud", "foreign_frontier", "open_frontier", "own"),
        ),
        "channel_lockout": EventKind(
            "the channel's owner stops selling to an app, or to all apps of others (rivals)",
            who="channel",
            needs=("target",),
            target="app or rivals",
        ),
        "channel_opening": EventKind(
            "the channel's owner sells again to an app, or to all apps of others (rivals)",
            who="channel",
            needs=("target",),
            target="app or rivals",
        ),
        "regime": EventKind(
            "the market for startup equity turns",
            who="investors",
            needs=("level",),
            levels=("hot", "cold"),
        ),
        "listing_window": EventKind(
            "model firms can list on an exchange, or no longer can",
            who="investors",
            needs=("level",),
            levels=("open", "closed"),
        ),
        "delisting": EventKind(
            "an app loses the share amount of its new users abroad with a store",
            who="app",
            needs=("amount",),
            unit="share",
            amount_range=(0, 1),
        ),
        "strategy": EventKind(
            "the firm changes its rule for the decision in target to the strategy in level",
            who="firm",
            needs=("level",),
            may=("target", "amount"),
            target="decision",
        ),
        "export_limit": EventKind(
            "supply of accelerators is cut; their price rises by the share amount",
            who="gpu",
            needs=("amount",),
            unit="share",
            amount_range=(0, 100),
        ),
        "sentiment": EventKind(
            "investors' mood jumps by amount",
            who="investors",
            needs=("amount",),
            unit="sentiment",
            amount_range=(-5, 5),
        ),
    }
)

History = Literal["history", "shocks_2025"]


@cache
def load_history(name: History = "history", path: Path | None = None) -> tuple[DatedEvent, ...]:
    """Return dated events in the order of the file.

    Args:
        name: `history` (to December 2024) or `shocks_2025`.
        path: another file of the same columns.

    Raises:
        EvidenceError: with every problem of the file.
    """
    return read_table(path or shipped("seeds") / f"{name}.csv", DatedEvent, ("id",), _problems)


def event_problems(kind: str, given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (field, what is wrong) for an event of a kind.

    Args:
        kind: a word of `EVENT_KINDS`.
        given: the fields of `OPTIONAL` and `who` that are there (None counts as not there).
    """
    grammar = EVENT_KINDS.get(kind)
    if grammar is None:
        known = tuple(EVENT_KINDS)
        yield "kind", f"found {kind!r}, allowed are {', '.join(known)}{suggestion(kind, known)}"
        return
    present = {name for name in OPTIONAL if given.get(name) is not None}
    allowed = (*grammar.needs, *grammar.may)
    for name in sorted(set(grammar.needs) - present):
        yield name, f"is missing; {kind} means that {grammar.meaning}"
    for name in sorted(present - set(allowed)):
        words = ", ".join(("who", *allowed))
        yield name, f"{kind} has no such field; it has {words}"
    level = given.get("level")
    if level is not None and grammar.levels and level not in grammar.levels:
        words = ", ".join(grammar.levels)
        yield "level", f"found {level!r}, allowed are {words}{suggestion(level, grammar.levels)}"
    amount, (low, high) = given.get("amount"), grammar.amount_range
    if amount is not None and not low <= amount <= high:
        yield "amount", f"found {amount:g}, allowed is {low:g} to {high:g}"


def _problems(row: DatedEvent) -> Iterator[str]:
    given = {name: getattr(row, name) for name in ("who", *OPTIONAL)}
    for name, message in event_problems(row.kind, given):
        yield f"{name}: {message}"
    if row.kind in EVENT_KINDS and row.amount is not None:
        unit = EVENT_KINDS[row.kind].unit
        if unit is not None and row.unit != unit:
            yield f"unit: found {row.unit!r}, {row.kind} is in {unit}"
    yield from check_row(row)
