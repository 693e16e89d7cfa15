"""Checks that need more than one key: names that must exist, sums, dates, priors, conflicts.

They read plain values that may still be wrong in type, so that every error shows at once; what is
wrong in type has been reported and is passed over here.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import groupby
from math import ceil, fsum, isfinite
from typing import Any

from sim.core.diagnostics import Diagnostic, Origin, did_you_mean, nearest_first, shorten
from sim.core.parameters import PARAMETER_TABLE
from sim.scenario.describe import keys_of, parameter_key
from sim.scenario.messages import origin_of, unknown_key
from sim.scenario.tree import Table, find

LONGEST_HORIZON = timedelta(days=366 * 30)
MOST_AGENTS = 1_000_000_000
MOST_ENTRIES = {
    "segments": 50,
    "account_kinds": 50,
    "investors": 500,
    "firms": 200,
    "apps": 500,
    "channels": 200,
    "shock": 2000,
}
Values = Mapping[str, Any]
Removed = Mapping[tuple[str, ...], Origin]


def check(values: Values, tree: Table, removed: Removed) -> Iterator[Diagnostic]:
    """Yield what is wrong between keys, and warnings.

    Args:
        values: plain values of the scenario.
        tree: where they were written.
        removed: where entries were removed that something else may still name.
    """
    yield from _horizon(values, tree)
    yield from _agents(values, tree)
    if values.get("firms") == {}:
        yield Diagnostic("empty", "`firms` is empty; a market has one firm at least", None, "firms")
    yield from _shares(values, tree, "segments")
    yield from _shares(values, tree, "account_kinds")
    for name in ("mechanisms", "parameters"):
        known = keys_of((name,))
        for key in entries(values, name):
            if key not in known:
                yield unknown_key(tree, (name, key))
    yield from _parameters(values, tree)
    yield from _references(values, tree, removed)
    yield from _audiences(values, tree)


def too_many(tree: Table) -> Iterator[Diagnostic]:
    """Yield the tables with more entries than a market can have; nothing else is then checked."""
    for name, most in MOST_ENTRIES.items():
        below = tree.entries.get(name)
        if isinstance(below, Table) and len(below.entries) > most:
            extra = list(below.entries.values())[most]
            message = f"`{name}` has {len(below.entries):,} entries, at most {most:,} are allowed"
            yield Diagnostic("too-large", message, extra.key, name)


def entries(values: Values, name: str) -> Values:
    """Return a table of the scenario, empty if something else stands there."""
    found = values.get(name)
    return found if isinstance(found, Mapping) else {}


def day_of(value: object) -> date | None:
    """Return a value that is a date without a time."""
    return value if isinstance(value, date) and not isinstance(value, datetime) else None


def is_evidence(origin: Origin | None) -> bool:
    """Return whether a value comes from the evidence tables and not from a scenario."""
    return origin is not None and origin.file.startswith("seeds/") and origin.file.endswith(".csv")


def no_such(
    tree: Table,
    path: tuple[str, ...],
    what: str,
    name: str,
    known: Iterable[str],
    removed: Origin | None = None,
) -> Diagnostic:
    """Say that the name at a path is not one of those known, and where it was removed if it was."""
    names, dotted = tuple(known), ".".join(path)
    hint = did_you_mean(name, names) or f"define it, or change `{dotted}`"
    if removed is not None:
        hint = f"remove `{'.'.join(path[:2])}` too, or change `{dotted}`"
    return Diagnostic(
        "no-such",
        f"`{dotted}`: there is no {what} `{shorten(name)}`",
        origin_of(tree, path),
        dotted,
        nearest_first(name, names),
        hint,
        removed,
        "removed here",
    )


def _horizon(values: Values, tree: Table) -> Iterator[Diagnostic]:
    start, end = day_of(values.get("start")), day_of(values.get("end"))
    if start is None or end is None:
        return
    key = "end" if origin_of(tree, ("end",)) else "start"
    other = "start" if key == "end" else "end"
    if end - start < timedelta(weeks=1):
        yield Diagnostic(
            "horizon",
            f"`end` ({end}) must be at least a week after `start` ({start})",
            origin_of(tree, (key,)),
            key,
            also=origin_of(tree, (other,)),
            also_says=f"{other} is set here",
        )
    elif end - start > LONGEST_HORIZON:
        message = f"from {start} to {end} is longer than 30 years"
        yield Diagnostic("horizon", message, origin_of(tree, (key,)), key)


def _agents(values: Values, tree: Table) -> Iterator[Diagnostic]:
    people = entries(values, "consumers").get("addressable_people", 600e6)
    each = entries(values, "consumers").get("people_per_agent", 1000)
    if not _number(people) or not _number(each) or each < 1 or people / each <= MOST_AGENTS:
        return
    key = "consumers.people_per_agent"
    yield Diagnostic(
        "too-large",
        f"that is {people / each:,.0f} simulated consumers; at most {MOST_AGENTS:,} are allowed",
        origin_of(tree, ("consumers", "people_per_agent")),
        key,
        help=f"write people_per_agent = {ceil(people / MOST_AGENTS)} or more",
        also=origin_of(tree, ("consumers", "addressable_people")),
        also_says="the people",
    )


def _shares(values: Values, tree: Table, name: str) -> Iterator[Diagnostic]:
    shares = {
        key: body["share"]
        for key, body in entries(values, name).items()
        if isinstance(body, Mapping) and _number(body.get("share"))
    }
    in_range = all(0 <= share <= 1 for share in shares.values())
    if not in_range or len(shares) < len(entries(values, name)):
        return  # reported already; the sum would be noise
    total = fsum(shares.values())
    if abs(total - 1) <= 1e-6:
        return
    written = [key for key in shares if not is_evidence(origin_of(tree, (name, key, "share")))]
    path = (name, written[-1], "share") if written else (name,)
    earlier = origin_of(tree, (name, written[0], "share")) if len(written) > 1 else None
    yield Diagnostic(
        "shares",
        f"the shares of `{name}` sum to {total:.6g}, they must sum to 1",
        origin_of(tree, path),
        ".".join(path),
        help=" + ".join(f"{key} {share:g}" for key, share in list(shares.items())[:12]),
        also=earlier,
        also_says="and here",
    )


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _parameters(values: Values, tree: Table) -> Iterator[Diagnostic]:
    for name, value in entries(values, "parameters").items():
        row = PARAMETER_TABLE.get(name)
        if row is None or not _number(value) or value == row.default:
            continue
        path = ("parameters", name)
        allowed = parameter_key(row).range
        prior = f"{row.low:g} to {row.high:g}"
        if not allowed.holds(value):
            yield Diagnostic(
                "out-of-range",
                f"`parameters.{name}` is {value:g} ({row.unit}); it must be {allowed}",
                origin_of(tree, path),
                ".".join(path),
                help=f"default {row.default:g}, prior {prior}",
            )
        elif not row.low <= value <= row.high:
            yield Diagnostic(
                "outside-prior",
                f"`parameters.{name}` is {value:g} ({row.unit}), outside its prior {prior}",
                origin_of(tree, path),
                ".".join(path),
                help="allowed, but nothing known supports it",
                severity="warning",
            )


def _references(values: Values, tree: Table, removed: Removed) -> Iterator[Diagnostic]:
    firms, channels = entries(values, "firms"), entries(values, "channels")
    if not isinstance(values.get("firms"), Mapping) or not isinstance(
        values.get("channels"), Mapping
    ):
        return  # reported already, and everything that names a firm would be reported with it
    for table, field in (("apps", "firm"), ("channels", "owner"), ("investors", "firm")):
        for name, body in entries(values, table).items():
            named = body.get(field) if isinstance(body, Mapping) else None
            if isinstance(named, str) and named not in firms:
                gone = removed.get(("firms", named))
                yield no_such(tree, (table, name, field), "firm", named, firms, gone)
    for name, body in entries(values, "apps").items():
        owned = body.get("owned_channels") if isinstance(body, Mapping) else None
        for channel in owned if isinstance(owned, tuple) else ():
            if isinstance(channel, str) and channel not in channels:
                path = ("apps", name, "owned_channels")
                gone = removed.get(("channels", channel))
                yield no_such(tree, path, "channel", channel, channels, gone)


def _audiences(values: Values, tree: Table) -> Iterator[Diagnostic]:
    segments = entries(values, "segments")
    silent: dict[str, list[str]] = {}
    for name, body in entries(values, "channels").items():
        audience = body.get("audience") if isinstance(body, Mapping) else None
        if not isinstance(audience, Mapping):
            continue
        path = ("channels", name, "audience")
        for segment in audience:
            if segment not in segments:
                yield no_such(tree, (*path, segment), "segment", segment, segments)
        for segment in segments:
            if segment not in audience:
                silent.setdefault(segment, []).append(name)
        if _reaches_nobody(audience, segments):
            yield Diagnostic(
                "no-audience",
                f"the channel `{name}` reaches nobody: its audience is 0 in every segment that"
                " has people",
                origin_of(tree, path),
                ".".join(path),
                help="give one segment a reach above 0, or remove the channel",
            )
    for segment, channels in silent.items():
        yield Diagnostic(
            "incomplete",
            f"it is not said how well {', '.join(channels)} reach `{segment}`",
            origin_of(tree, ("segments", segment), key=True),
            f"segments.{segment}",
            help=f"add it to each: [channels.{channels[0]}.audience] {segment} = 1.0",
        )


def _reaches_nobody(audience: Values, segments: Values) -> bool:
    reach = [audience.get(name) for name, body in segments.items() if _has_people(body)]
    return bool(reach) and all(_number(one) and one == 0 for one in reach)


def _has_people(segment: object) -> bool:
    return isinstance(segment, Mapping) and segment.get("share") != 0


def conflicts(values: Values, tree: Table) -> Iterator[Diagnostic]:
    """Yield pairs of shocks that say something about the same thing on the same day."""

    def what(name: str) -> tuple[str, ...]:
        body = entries(values, "shock")[name]
        fields = ("date", "kind", "who", "target", "key")
        return tuple(str(body.get(field)) for field in fields)

    names = [name for name, body in entries(values, "shock").items() if isinstance(body, Mapping)]
    for _, group in groupby(sorted(names, key=what), what):
        first, *others = group
        for other in others:
            node, _ = find(tree, ("shock", other))
            earlier, _ = find(tree, ("shock", first))
            yield Diagnostic(
                "conflict",
                f"the shocks `{first}` and `{other}` say the same thing on the same day",
                node.key,
                f"shock.{other}",
                help="keep one of them, or move one to another date",
                also=earlier.key,
                also_says="the other one",
            )


def written_in_scenario(tree: Table, path: tuple[str, ...]) -> bool:
    """Return whether a scenario says anything at a path; its table is then the scenario's."""
    node, steps = find(tree, path)
    return steps == len(path) and not is_evidence(node.origin)
