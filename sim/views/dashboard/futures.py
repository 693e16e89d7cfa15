"""The two futures a visitor compares: which scenarios, which settings, as address and as file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sim.core.errors import SimError
from sim.scenario import Scenario
from sim.scenario.catalogue import shipped_scenarios
from sim.scenario.scenario import ABSENT, Difference
from sim.scenario.writing import toml_key, toml_text, toml_value
from sim.strategies.loading import load_checked

FIRST = "baseline"


class FutureError(SimError):
    """An address that asks for what this dashboard does not offer."""


@dataclass(frozen=True)
class Choice:
    """Scenario A, scenario B, and the settings laid on B, each KEY=VALUE."""

    a: str = FIRST
    b: str = FIRST
    settings: tuple[str, ...] = ()

    def setting(self, key: str) -> str | None:
        """Return the value that a key is set to, if it is."""
        found = [one.partition("=")[2] for one in self.settings if _key(one) == key]
        return found[-1] if found else None

    def with_setting(self, key: str, value: str | None) -> "Choice":
        """Return the choice with one key set; None takes the setting away."""
        kept = tuple(one for one in self.settings if _key(one) != key)
        return replace(self, settings=kept if value is None else (*kept, f"{key}={value}"))

    def address(self) -> dict[str, str | list[str]]:
        """Return the parameters of an address that leads back here."""
        return {"a": self.a, "b": self.b, "set": list(self.settings)}


def _key(setting: str) -> str:
    return setting.partition("=")[0].strip()


def offered(file: str | None) -> tuple[str, ...]:
    """Return the scenarios to choose from: the file that was named, and the shipped ones."""
    return tuple(dict.fromkeys([*([file] if file else []), *shipped_scenarios()]))


def read_address(
    parameters: Mapping[str, Sequence[str]], names: Sequence[str], first: str
) -> Choice:
    """Return what an address asks for.

    Raises FutureError for a scenario not offered: an address must not open files of its choice.
    """
    a = _one(parameters, "a", first)
    b = _one(parameters, "b", a)
    for name in (a, b):
        if name not in names:
            raise FutureError(
                f"the address asks for the scenario {name!r:.80}; offered are {', '.join(names)}"
            )
    return Choice(a, b, tuple(parameters.get("set", ())))


def _one(parameters: Mapping[str, Sequence[str]], name: str, default: str) -> str:
    given = parameters.get(name) or (default,)
    return given[0]


def load(choice: Choice) -> tuple[Scenario, Scenario]:
    """Return both scenarios, checked as the command line does.

    Raises ScenarioError with the text that the command line would print.
    """
    return load_checked(choice.a), load_checked(choice.b, choice.settings)


def scenario_file(choice: Choice, name: str) -> str:
    """Return B as a file that extends its scenario and says only what differs.

    Raises FutureError if the file would not load back equal.
    """
    parent, future = Scenario.load(choice.b), load_checked(choice.b, choice.settings)
    text = _text(choice.b, name, parent, future)
    again = Scenario.loads(text, name, Path(choice.b).parent)
    if again.differences(future):
        keys = ", ".join(one.key for one in again.differences(future))
        raise FutureError(f"these settings cannot be written as a file: {keys}")
    return text


def _text(parent_name: str, name: str, parent: Scenario, future: Scenario) -> str:
    found, stem = future.differences(parent), Path(parent_name).name.removesuffix(".toml")
    lines = [
        f"# What if these values of {stem} were different?",
        "",
        f"name = {toml_text(name)}",
        f"extends = {toml_text(stem)}",
    ]
    plain = [one for one in found if "." not in one.key]
    lines += [f"{one.key} = {toml_value(one.after)}" for one in plain if one.after != ABSENT]
    below: dict[str, list[Difference]] = {}
    for one in found:
        if "." in one.key:
            below.setdefault(_table(one.key), []).append(one)
    for table, entries in below.items():
        lines += ["", *_entries(table, entries, future)]
    return "\n".join(lines) + "\n"


def _table(key: str) -> str:
    kind, _, rest = key.partition(".")
    deep = kind in ("firms", "apps", "channels", "shock", "segments", "account_kinds", "investors")
    return f"{kind}.{rest.partition('.')[0]}" if deep else kind


def _entries(table: str, entries: Sequence[Difference], future: Scenario) -> list[str]:
    kind, _, name = table.partition(".")
    gone = bool(name) and name not in getattr(future, kind)
    if kind == "shock":
        lines = ["[[shock]]", f"id = {toml_text(name)}"]
    else:
        lines = [f"[{'.'.join(map(toml_key, table.split('.')))}]"]
    if gone:
        return [*lines, "remove = true"]
    return lines + [
        f"{'.'.join(map(toml_key, one.key.removeprefix(table + '.').split('.')))} = "
        f"{toml_value(one.after)}"
        for one in entries
        if one.after != ABSENT and not (kind == "shock" and one.after is None)
    ]
