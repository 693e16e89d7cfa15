"""Checks of shocks: the grammar of their kind, who and what they name, and their day."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError

from sim.core.diagnostics import Diagnostic, did_you_mean, nearest_first, shorten
from sim.evidence.history import EVENT_KINDS, event_problems
from sim.scenario.checks import Values, day_of, entries, is_evidence, no_such, written_in_scenario
from sim.scenario.describe import describe
from sim.scenario.messages import origin_of
from sim.scenario.model import BLOCKS
from sim.scenario.shocks import KINDS, REFERENTS, SET, SETTABLE
from sim.scenario.tree import Table

FIELD_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "who": str,
    "target": str,
    "amount": (int, float),
    "scope": (int, float),
    "lead": (int, float),
    "level": str,
    "open_weights": bool,
}


def check_shock(values: Values, tree: Table, name: str) -> Iterator[Diagnostic]:
    """Yield what is wrong with one shock."""
    body = entries(values, "shock")[name]
    if not isinstance(body, Mapping):
        return
    yield from _day(values, tree, name)
    kind = body.get("kind")
    if not isinstance(kind, str):
        return
    if kind not in KINDS:
        path = ("shock", name, "kind")
        hint = did_you_mean(kind, KINDS)
        message = f"`{shorten(kind)}` is not a kind of shock"
        origin = origin_of(tree, path)
        yield Diagnostic("no-such", message, origin, ".".join(path), KINDS, hint)
    elif kind == SET:
        yield from _set(values, tree, name, body)
    else:
        yield from _grammar(tree, name, kind, body)
        yield from _names(values, tree, name, kind, body)


def concerns_nobody(values: Values, tree: Table, name: str) -> str | None:
    """Return whom an event of the evidence names that this scenario does not have."""
    body = entries(values, "shock")[name]
    if written_in_scenario(tree, ("shock", name)) or not isinstance(body, Mapping):
        return None
    grammar = EVENT_KINDS[body["kind"]]
    for role, kind in (("who", grammar.who), ("target", grammar.target)):
        table = REFERENTS.get((kind or "").split(" or ", maxsplit=1)[0])
        named = body.get(role)
        if table is None or not isinstance(named, str) or named in ("rivals", *BLOCKS):
            continue
        if named not in entries(values, table):
            return named
    return None


def outside_horizon(values: Values, tree: Table, name: str) -> bool:
    """Return whether a shock dated by the evidence lies outside the horizon."""
    body = entries(values, "shock")[name]
    day = day_of(body.get("date")) if isinstance(body, Mapping) else None
    dated_by_evidence = is_evidence(origin_of(tree, ("shock", name, "date")))
    return day is not None and dated_by_evidence and not _within(values, day)


def _within(values: Values, day: date) -> bool:
    start, end = day_of(values.get("start")), day_of(values.get("end"))
    return not (start and day < start) and not (end and day >= end)


def _day(values: Values, tree: Table, name: str) -> Iterator[Diagnostic]:
    day = day_of(entries(values, "shock")[name].get("date"))
    if day is None or _within(values, day):
        return
    start, end = values.get("start"), values.get("end")
    edge = "start" if isinstance(start, date) and day < start else "end"
    yield Diagnostic(
        "outside-horizon",
        f"the shock `{name}` is dated {day}, outside the horizon from {start} to before {end}",
        origin_of(tree, ("shock", name, "date")),
        f"shock.{name}.date",
        help="move it, or change `start` and `end`",
        also=origin_of(tree, (edge,)),
        also_says=f"`{edge}` is set here",
    )


def _grammar(tree: Table, name: str, kind: str, body: Mapping[str, Any]) -> Iterator[Diagnostic]:
    well_typed = {
        field: body[field]
        for field, types in FIELD_TYPES.items()
        if isinstance(body.get(field), types)
        and (field == "open_weights" or not isinstance(body[field], bool))
    }
    grammar = EVENT_KINDS[kind]
    for field, problem in event_problems(kind, well_typed):
        if body.get(field) is not None and field not in well_typed:
            continue
        path = ("shock", name, field)
        missing = body.get(field) is None
        allowed = ("who", *grammar.needs, *grammar.may) if field not in grammar.needs else ()
        if field == "level" and not missing:
            allowed = grammar.levels
        yield Diagnostic(
            "incomplete" if missing else "wrong-value",
            f"`{'.'.join(path)}` {problem.split('; did you mean')[0]}"
            if missing
            else f"`{'.'.join(path)}`: {problem.split('; did you mean')[0]}",
            origin_of(tree, path[:-1] if missing else path, key=missing or field in allowed),
            ".".join(path),
            allowed,
        )
    for field in ("key", "value"):
        if body.get(field) is not None:
            path = ("shock", name, field)
            message = f"`{'.'.join(path)}`: only a shock of kind `set` has a `{field}`"
            yield Diagnostic(
                "wrong-value", message, origin_of(tree, path, key=True), ".".join(path)
            )


def _names(
    values: Values, tree: Table, name: str, kind: str, body: Mapping[str, Any]
) -> Iterator[Diagnostic]:
    grammar = EVENT_KINDS[kind]
    for role, allowed in (("who", grammar.who), ("target", grammar.target)):
        named = body.get(role)
        if allowed is None or not isinstance(named, str):
            if role == "who" and named is None:
                message = f"the shock `{name}` of kind {kind} does not say `who`: {allowed}"
                origin = origin_of(tree, ("shock", name), key=True)
                yield Diagnostic("incomplete", message, origin, f"shock.{name}.who")
            continue
        words = allowed.split(" or ")
        known: list[str] = []
        for word in words:
            table = REFERENTS.get(word)
            known += entries(values, table) if table else BLOCKS if word == "decision" else [word]
        if named not in known:
            yield no_such(tree, ("shock", name, role), words[0], named, tuple(known))


def _set(values: Values, tree: Table, name: str, body: Mapping[str, Any]) -> Iterator[Diagnostic]:
    path = ("shock", name)
    for field in FIELD_TYPES:
        if body.get(field) is not None:
            message = f"`{'.'.join((*path, field))}`: a shock of kind `set` has `key` and `value`"
            origin = origin_of(tree, (*path, field), key=True)
            yield Diagnostic("wrong-value", message, origin, ".".join((*path, field)))
    missing = [field for field in ("key", "value") if body.get(field) is None]
    if missing:
        message = f"the shock `{name}` of kind `set` lacks {' and '.join(missing)}"
        help_ = 'for instance key = "parameters.round_cold" and value = 0.2'
        origin = origin_of(tree, path, key=True)
        yield Diagnostic("incomplete", message, origin, ".".join(path), help=help_)
        return
    key = body["key"]
    if not isinstance(key, str):
        return
    step, allowed = _settable(values, key)
    if step is not None:
        place = (*path, "key")
        yield Diagnostic(
            "no-such",
            f"`{shorten(key)}` cannot be set by a shock",
            origin_of(tree, place),
            ".".join(place),
            nearest_first(step, allowed),
            did_you_mean(step, allowed),
        )
        return
    yield from _fits(tree, name, key, body["value"])


def _settable(values: Values, key: str) -> tuple[str | None, tuple[str, ...]]:
    """Return the first step of a key that leads nowhere, if any, and what may stand there."""
    table, *rest = key.split(".")
    if table not in SETTABLE or not rest:
        return table, tuple(SETTABLE)
    known = tuple(entries(values, table))
    if rest[0] not in known:
        return rest[0], known
    fields = SETTABLE[table]
    if not fields:
        return (None, ()) if len(rest) == 1 else (rest[1], ())
    return (None, ()) if rest[1:] and rest[1] in fields else (".".join(rest[1:]), fields)


def _fits(tree: Table, name: str, key: str, value: Any) -> Iterator[Diagnostic]:
    known = describe(tuple(key.split(".")))
    assert known is not None
    try:
        TypeAdapter(known.type).validate_python(value, strict=True)
        fits = not known.is_number or known.range.holds(float(value))
    except (ValidationError, TypeError, ValueError):
        fits = False
    if not fits:
        yield Diagnostic(
            "wrong-value",
            f"`shock.{name}.value`: `{key}` takes {known.expected()}",
            origin_of(tree, ("shock", name, "value")),
            f"shock.{name}.value",
            known.words,
        )
