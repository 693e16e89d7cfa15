"""`llmsim explain`: what a key means, its unit, default, range, source, and where it is used."""

import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

import click

from sim.cli.completion import complete_key
from sim.cli.options import json_option
from sim.cli.output import hanging, print_json, print_next

MOST_USES = 8
LONG_KEY = 40


@dataclass
class Explanation:
    """What there is to say about one key."""

    key: str
    meaning: str
    facts: dict[str, str] = field(default_factory=dict)
    used: list[str] = field(default_factory=list)
    below: dict[str, str] = field(default_factory=dict)
    stands_in: Literal["scenario", "language", "table"] = "scenario"


@click.command()
@click.argument("key", shell_complete=complete_key)
@click.option(
    "-s", "--scenario", default="baseline", show_default=True, help="Whose value to show."
)
@json_option
def explain(key: str, scenario: str, as_json: bool) -> None:
    """Say what KEY means: a parameter, a mechanism (name or M01..M83), any scenario key, or a
    column of a run's tables (firms.runway_months).

    A table, such as `parameters`, `mechanisms`, `firms` or `shock`, lists what is in it.
    """
    found = _explanations(key)
    if not found:
        raise click.UsageError(_unknown(key))
    _add_value(found, scenario)
    if as_json:
        print_json({"explanations": [asdict(one) for one in found]})
        return
    for one in found:
        _print(one)
    _print_next(found[0], scenario)


def _print_next(one: Explanation, scenario: str) -> None:
    if one.stands_in == "table":
        print_next(f"llmsim run {scenario}", "writes the table with this column")
    elif one.stands_in == "language":
        print_next("llmsim new my_scenario", "a file to use it in")
    elif one.below:
        print_next(f"llmsim explain {one.key}.{next(iter(one.below))}", "one of them")
    else:
        print_next(f"llmsim run {scenario} -S {one.key}=...", "another value")


def _explanations(key: str) -> list[Explanation]:
    from sim.core.parameters import PARAMETER_TABLE
    from sim.evidence.mechanisms import MECHANISMS, mechanisms_by_id

    kind, _, name = key.rpartition(".")
    found = []
    if kind in ("", "parameters") and name in PARAMETER_TABLE:
        found.append(_parameter(name))
    claim = mechanisms_by_id().get(key.upper())
    switch = name if kind in ("", "mechanisms") and name in MECHANISMS else None
    if switch or claim:
        found.append(_mechanism(switch or str(claim.id if claim else "")))
    if kind and (columns := _columns(key)):
        return columns
    return found or _scenario_key(key) or _language(key) or _columns(key)


def _parameter(name: str) -> Explanation:
    from sim.core.parameters import PARAMETER_TABLE
    from sim.scenario.describe import parameter_key

    row = PARAMETER_TABLE[name]
    facts = {
        "unit": row.unit,
        "default": f"{row.default:g}",
        "prior": f"{row.low:g} to {row.high:g}",
        "allowed": str(parameter_key(row).range),
        "equation": row.equation if row.symbol == "-" else f"{row.equation}, symbol {row.symbol}",
        "source": row.source,
    }
    return Explanation(f"parameters.{name}", row.meaning, facts, _uses(name))


def _mechanism(name: str) -> Explanation:
    from sim.evidence.mechanisms import MECHANISMS, mechanisms_by_id

    row = MECHANISMS[name] if name in MECHANISMS else mechanisms_by_id()[name]
    facts = {
        "claim": row.id,
        "default": "true (acts)" if row.switch else "an outcome, no switch",
        "about": row.about,
        "when off": row.neutral,
        "acts in": " ".join(row.acts_in),
        "how": row.hook,
        "measured by": row.outcome,
        "expected": row.sign_test,
        "source": ", ".join(row.articles),
    }
    if row.contested:
        facts["the model shows"] = row.contested
    key = f"mechanisms.{row.switch}" if row.switch else row.id
    return Explanation(key, row.claim, facts, _uses(row.switch) if row.switch else [])


def _scenario_key(key: str) -> list[Explanation]:
    from pydantic_core import PydanticUndefined

    from sim.scenario.describe import describe

    path = tuple(key.split("."))
    known = describe(path)
    if known is None:
        return []
    facts = {"takes": known.expected()}
    if known.words:
        facts["allowed"] = ", ".join(known.words)
    if known.unit:
        facts["unit"] = known.unit
    below = _below(path)
    simple = isinstance(known.default, bool | int | float | str) or known.default is None
    if known.default is not PydanticUndefined and simple and not below:
        facts["default"] = "none" if known.default is None else str(known.default)
    found = Explanation(key, known.meaning, facts, [] if below else _uses(path[-1]), below)
    return _decision(path, found)


def _decision(path: tuple[str, ...], found: Explanation) -> list[Explanation]:
    """Say of a firm's decision which strategies there are and what they can be told."""
    from sim.scenario.describe import parameter_key
    from sim.strategies.describe import about, settings
    from sim.strategies.registry import DEFAULTS

    block = path[2] if path[0] == "firms" and len(path) > 2 else ""
    if block not in DEFAULTS:
        return [found]
    known = settings(block)
    if len(path) == 3:
        found.below |= {name: row.meaning for name, row in known.items()}
    if path[3:] in ((), ("strategy",)):
        found.facts["strategies"] = "\n".join(
            f"{one}: {said}" for one, said in about(block).items()
        )
        found.facts["default"] = DEFAULTS[block]
    elif path[3] not in known:
        return []
    else:
        row = known[path[3]]
        found.meaning = row.meaning
        found.facts |= {"takes": parameter_key(row).expected(), "unit": row.unit}
        found.facts |= {"default": f"{row.default:g}", "prior": f"{row.low:g} to {row.high:g}"}
    return [found]


def _language(name: str) -> list[Explanation]:
    from sim.scenario.describe import LANGUAGE

    if name not in LANGUAGE:
        return []
    facts = {"see": "docs/scenarios.md"}
    return [Explanation(name, LANGUAGE[name], facts, stands_in="language")]


def _columns(key: str) -> list[Explanation]:
    """Return what a column of the tables of a run means: `table.column`, or any of that name."""
    from sim.core.tables import TABLES

    table, _, name = key.rpartition(".")
    return [
        Explanation(
            f"{of}.{column.name}",
            column.meaning,
            {"is": f"a column of the table `{of}` of a run", "type": column.kind},
            _uses(column.name),
            stands_in="table",
        )
        for of, columns in TABLES.items()
        for column in columns
        if column.name == name and table in ("", of) and name not in ("replicate", "date")
    ]


def _below(path: tuple[str, ...]) -> dict[str, str]:
    """Return the keys in a table with their meanings; of a table by id, those of an entry."""
    from sim.evidence.history import EVENT_KINDS
    from sim.scenario.describe import describe, keys_of

    if path[0] == "shock" and path[-1] == "kind":
        return {kind: grammar.meaning for kind, grammar in EVENT_KINDS.items()}
    at = path if keys_of(path) else (*path, "<id>")
    prefix = "" if at == path else "<id>."
    meanings = {}
    for name in keys_of(at):
        known = describe((*at, name))
        meanings[f"{prefix}{name}"] = known.meaning if known else ""
    return meanings


def _add_value(found: list[Explanation], scenario: str) -> None:
    from sim.evidence.provenance import source_at
    from sim.scenario import Scenario

    loaded = Scenario.load(scenario)
    values = loaded.flat()
    for one in found:
        if one.key in values:
            origin = loaded.origin(one.key)
            place = f" ({origin.file}:{origin.line})" if origin else ""
            one.facts[f"in {loaded.name}"] = f"{_said(values[one.key])}{place}"
            said = source_at(origin, one.key.rpartition(".")[2]) if origin else ""
            if said:
                one.facts.setdefault("source", said)


def _said(value: object) -> str:
    from sim.scenario.writing import toml_value

    return toml_value(value)


def _uses(name: str) -> list[str]:
    """Return the places in the library that read a name as an attribute or by text."""
    import sim

    package = Path(sim.__file__).parent
    pattern = re.compile(rf"\.{re.escape(name)}\b|[\"']{re.escape(name)}[\"']")
    found = []
    for file in sorted(package.rglob("*.py")):
        if file.relative_to(package).parts[0] in ("scenario", "cli", "evidence"):
            continue  # these read and show every key; they act on none
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            if pattern.search(line):
                found.append(f"{file.relative_to(package.parent).as_posix()}:{number}")
    return found


def _unknown(key: str) -> str:
    from sim.core.diagnostics import did_you_mean, shorten
    from sim.core.parameters import PARAMETER_TABLE
    from sim.evidence.mechanisms import MECHANISMS
    from sim.scenario.describe import describe, keys_of

    kind, _, name = key.rpartition(".")
    near = did_you_mean(name, [*PARAMETER_TABLE, *MECHANISMS, *keys_of(())])
    if kind and describe(tuple(kind.split("."))) is not None:
        near = did_you_mean(name, keys_of(tuple(kind.split(".")))) or near
    return f"there is no key `{shorten(key)}`{'; ' + near if near else ''}"


def _print(one: Explanation) -> None:
    first = hanging(f"{one.key}: ", one.meaning) if len(one.key) < LONG_KEY else hanging("", (
        f"{one.key}: {one.meaning}"
    ))  # fmt: skip
    click.echo(click.style(first[: len(one.key)], bold=True) + first[len(one.key) :])
    width = max((len(name) for name in one.facts), default=0)
    for name, said in one.facts.items():
        click.echo(hanging(f"  {name.ljust(width)}  ", said))
    if one.used:
        more = len(one.used) - MOST_USES
        listed = ", ".join(one.used[:MOST_USES]) + (f" and {more} more" if more > 0 else "")
        click.echo(hanging(f"  {'used in'.ljust(width)}  ", listed))
    width = max((len(name) for name in one.below), default=0)
    for name, meaning in one.below.items():
        click.echo(hanging(f"  {name.ljust(width)}  ", meaning))
