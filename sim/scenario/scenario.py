"""The scenario: what a user wrote, with all it inherits, checked and immutable."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import PrivateAttr, ValidationError

from sim.core.diagnostics import Diagnostic, Origin, did_you_mean
from sim.core.display import cell_of
from sim.scenario.checks import check, conflicts, entries, too_many
from sim.scenario.errors import ScenarioError
from sim.scenario.layers import Source, named_file, read_source, setting_layer, text_source
from sim.scenario.messages import origin_of, refused
from sim.scenario.model import Content
from sim.scenario.posterior import Sample, expand, not_in_sample
from sim.scenario.resolve import Resolved, resolve, settled
from sim.scenario.shock_checks import check_shock, concerns_nobody, outside_horizon
from sim.scenario.shocks import Shock
from sim.scenario.tree import MOST_FINDINGS, Findings, find
from sim.scenario.writing import toml_document, toml_value


class Change(NamedTuple):
    """A value that differs from the parent scenario's; None stands for what was removed."""

    key: str
    value: Any
    origin: Origin | None


class Difference(NamedTuple):
    """A value of which two scenarios say something else; ABSENT where one says nothing."""

    key: str
    before: Any
    after: Any
    origin: Origin | None


ABSENT = "absent"


class Scenario(Content):
    """One future to simulate.

    Attributes are the tables of a scenario file: `scenario.firms["moonshot"].cash_mcny`. Nothing
    can be changed in place; `with_` makes another scenario.
    """

    _source: Source = PrivateAttr()
    _resolved: Resolved = PrivateAttr()
    _warnings: tuple[Diagnostic, ...] = PrivateAttr(default=())
    _sample: Sample | None = PrivateAttr(default=None)

    @classmethod
    def load(cls, name: str | Path, overrides: Sequence[str] = ()) -> "Scenario":
        """Return a scenario from a file or from the shipped ones.

        Args:
            name: path of a TOML file, or name of a shipped scenario such as "baseline".
            overrides: settings such as "firms.moonshot.cash_mcny=2000", laid on top in order.

        Raises:
            UnreadableScenarioError: there is no such file or it cannot be opened.
            ScenarioError: with every error of the file, its parents and the overrides.
        """
        findings = Findings()
        source = read_source(named_file(str(name)), findings)
        return cls._build(_with_settings(source, overrides, "--set", findings), findings)

    @classmethod
    def loads(
        cls,
        text: str,
        name: str = "scenario",
        folder: str | Path = ".",
        overrides: Sequence[str] = (),
    ) -> "Scenario":
        """Return a scenario from TOML text; `extends` looks in `folder`, then among the shipped.

        Raises ScenarioError with every error.
        """
        findings = Findings()
        source = text_source(text, name, Path(folder), findings)
        return cls._build(_with_settings(source, overrides, "--set", findings), findings)

    def with_(self, changes: Mapping[str, Any]) -> "Scenario":
        """Return a scenario with some keys changed, checked as if they stood in its file.

        Args:
            changes: dotted keys and values, such as {"firms.moonshot.pricing.strategy": "hold"};
                None is "none", {"shock.douyin_lockout.remove": True} drops an entry.

        Raises:
            ScenarioError: with every error.
        """
        findings = Findings()
        settings = [f"{key}={toml_value(value)}" for key, value in changes.items()]
        source = _with_settings(self._source, settings, "with_", findings)
        return self._build(source, findings)

    @classmethod
    def _build(cls, source: Source, findings: Findings) -> "Scenario":
        resolved = resolve(source, findings)
        if crowded := list(too_many(resolved.tree)):
            raise ScenarioError(crowded)
        _drop_silent_events(resolved, findings)
        values, tree = resolved.values, resolved.tree
        built: Scenario | None = None
        try:
            built = cls.model_validate(values)
        except ValidationError as error:
            findings.errors.extend(islice(refused(error, tree, findings.removed), MOST_FINDINGS))
        for found in islice(_between_keys(resolved, findings), MOST_FINDINGS):
            (findings.errors if found.severity == "error" else findings.warnings).append(found)
        if built is not None and built.posterior is not None:
            built._sample = source.samples.get(built.posterior.sample)
            if built._sample is not None:
                place = origin_of(tree, ("posterior", "draws"))
                findings.errors.extend(not_in_sample(built.posterior.draws, built._sample, place))
        if findings.errors or built is None:
            wrong = sorted(dict.fromkeys(findings.errors), key=_place)
            raise ScenarioError(wrong, cls._draft(source, resolved, wrong))
        built._source, built._resolved = source, resolved
        built._warnings = tuple(findings.warnings)
        return built

    @classmethod
    def _draft(
        cls, source: Source, resolved: Resolved, found: Sequence[Diagnostic]
    ) -> "Scenario | None":
        """Return the scenario without the keys found wrong, for checks that come later."""
        values = without(resolved.values, [tuple(one.key.split(".")) for one in found])
        try:
            draft = cls.model_validate(values)
        except ValidationError:
            return None
        draft._source, draft._resolved = source, resolved
        return draft

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """Return what is allowed but should be known."""
        return self._warnings

    @property
    def parents(self) -> tuple[str, ...]:
        """Return the scenarios this one extends, nearest first."""
        return self._source.parents

    @property
    def shocks(self) -> tuple[tuple[str, Shock], ...]:
        """Return ids and shocks in the order of their days; those of one day by id."""
        return tuple(sorted(self.shock.items(), key=lambda item: (item[1].date, item[0])))

    def parameters_of(self, seed: int, replicate: int) -> Mapping[str, float]:
        """Return the parameters of one replicate: as written, or its draw from the posterior."""
        if self.posterior is None or self._sample is None:
            return self.parameters
        drawn = self._sample.draw(seed, replicate)
        return {**self.parameters, **{name: drawn[name] for name in self.posterior.draws}}

    @property
    def digest(self) -> str:
        """Return a hash of all values: equal scenarios have equal digests in every process."""
        return sha256(self.to_toml().encode()).hexdigest()

    def origin(self, key: str) -> Origin | None:
        """Return where the value of a dotted key was written; None for a default of the model."""
        path = tuple(key.split("."))
        node, steps = find(self._resolved.tree, path)
        return node.origin if steps == len(path) else None

    def refuse(self, key: str, message: str, allowed: Sequence[str] = ()) -> ScenarioError:
        """Return an error that points at the line of a key, for checks that come later.

        Args:
            key: dotted key such as "firms.moonshot.pricing.strategy".
            message: what was found and why it will not do.
            allowed: what would do; the nearest to the value found is suggested.
        """
        path = tuple(key.split("."))
        value = self.flat().get(key, path[-1])
        hint = did_you_mean(value, allowed) if isinstance(value, str) else ""
        origin = origin_of(self._resolved.tree, path)
        return ScenarioError([Diagnostic("refused", message, origin, key, tuple(allowed), hint)])

    def flat(self) -> dict[str, Any]:
        """Return every value by its dotted key; keys that are not set are left out."""
        return dict(_flat(self.model_dump(), ()))

    def changed(self) -> list[Change]:
        """Return what differs from the parent scenario, or from the evidence without a parent.

        The name and the question are left out; an entry that was removed is one change.
        """
        before, after = self._before(), self.flat()
        changes = [
            Change(key, value, self.origin(key))
            for key, value in after.items()
            if before.get(key, self) != value and key not in ("name", "question")
            if key in before or self.origin(key) is not None
        ]
        kept = {_entry(key) for key in after}
        for key in dict.fromkeys(_entry(key) for key in before):
            if key not in kept and not self._outside(key):
                changes.append(Change(key, None, self._removed_at(key)))
        return changes

    def differences(self, base: "Scenario") -> list[Difference]:
        """Return what differs from another scenario, name and question left out."""
        before, after = base.flat(), self.flat()
        return [
            Difference(key, before.get(key, ABSENT), after.get(key, ABSENT), self.origin(key))
            for key in {**after, **before}
            if before.get(key, ABSENT) != after.get(key, ABSENT) and key not in ("name", "question")
        ]

    def to_toml(self) -> str:
        """Return the scenario as one file that needs no other and loads back equal."""
        return "\n".join(line for line, _ in toml_document(self.model_dump())) + "\n"

    def lines_with_origins(self) -> list[tuple[str, Origin | None]]:
        """Return the lines of `to_toml` with the place where each value was written."""
        lines = toml_document(self.model_dump())
        return [(line, self.origin(".".join(path)) if path else None) for line, path in lines]

    def _before(self) -> dict[str, Any]:
        values = settled(self._resolved.reference, Findings())
        # a parent that is only valid with this file on top is compared by what it says
        with suppress(ValidationError):
            values = Content.model_validate({"name": self.name, **values}).model_dump()
        return dict(_flat(values, ()))

    def _outside(self, key: str) -> bool:
        """Return whether an entry of the reference is merely outside this horizon."""
        kind, _, name = key.partition(".")
        _, steps = find(self._resolved.tree, (kind, name))
        return kind == "shock" and steps == 2

    def _removed_at(self, key: str) -> Origin | None:
        path = key.split(".")
        for layer in reversed((*self._source.files, *self._source.settings)):
            node, steps = find(layer, tuple(path))
            if steps == len(path):
                return node.origin
        return None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scenario) and self.model_dump() == other.model_dump()

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"Scenario({self.name!r}, {self.start} to {self.end})"

    __str__ = __repr__

    def _repr_html_(self) -> str | None:
        return cell_of(self)


def without(values: Mapping[str, Any], paths: Sequence[tuple[str, ...]]) -> dict[str, Any]:
    """Return nested values without those at some paths."""
    return {
        key: without(below, [path[1:] for path in paths if path[:1] == (key,)])
        if isinstance(below, Mapping)
        else below
        for key, below in values.items()
        if (key,) not in paths
    }


def _with_settings(
    source: Source, settings: Sequence[str], file: str, findings: Findings
) -> Source:
    first = len(source.settings) + 1
    layers = [
        setting_layer(text, number, file, findings)
        for number, text in enumerate(settings, start=first)
    ]
    samples = dict(source.samples)
    made = [expand(layer, None, findings, samples) for layer in layers if layer is not None]
    return replace(source, settings=(*source.settings, *made), samples=samples)


def _drop_silent_events(resolved: Resolved, findings: Findings) -> None:
    """Leave out events of the evidence that lie outside the horizon or concern nobody here."""
    shocks = resolved.values.get("shock")
    if not isinstance(shocks, dict):
        return
    for name in list(shocks):
        absent = concerns_nobody(resolved.values, resolved.tree, name)
        if absent is not None:
            message = f"the event `{name}` does not happen: this scenario has no `{absent}`"
            place = origin_of(resolved.tree, ("shock", name))
            findings.warnings.append(
                Diagnostic("no-event", message, place, f"shock.{name}", severity="warning")
            )
        if absent is not None or outside_horizon(resolved.values, resolved.tree, name):
            del shocks[name]


def _between_keys(resolved: Resolved, findings: Findings) -> Iterator[Diagnostic]:
    values, tree = resolved.values, resolved.tree
    yield from check(values, tree, findings.removed)
    for name in entries(values, "shock"):
        yield from check_shock(values, tree, name)
    yield from conflicts(values, tree)


def _place(found: Diagnostic) -> tuple[str, int, int]:
    where = found.origin
    return (where.file, where.line, where.column) if where else ("", 0, 0)


def _flat(values: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    if isinstance(values, Mapping):
        for key, below in values.items():
            yield from _flat(below, (*path, key))
    elif values is not None or path[0] != "shock":
        yield ".".join(path), values


def _entry(key: str) -> str:
    return ".".join(key.split(".")[:2])
