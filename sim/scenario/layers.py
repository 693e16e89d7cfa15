"""From a name to the layers of a scenario: the file, its parents, and what was set on top."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from sim.core.diagnostics import Diagnostic, Origin, did_you_mean, shorten
from sim.core.shipped import shipped
from sim.scenario.errors import ScenarioError, UnreadableScenarioError
from sim.scenario.posterior import Sample, expand
from sim.scenario.reading import LARGEST_FILE, Text, read_bounded, read_text
from sim.scenario.tree import Findings, Table, plant

MOST_PARENTS = 16
PARENT_NAME = re.compile(r"(?=.{1,200}$)[A-Za-z0-9_-]+(?:[./][A-Za-z0-9_-]+)*")
OWN_KEYS = ("name", "question", "extends")


@dataclass(frozen=True)
class Source:
    """A scenario as it was named: parents first, then the file; then what was set on top."""

    name: str
    question: str
    parents: tuple[str, ...]
    files: tuple[Table, ...]
    settings: tuple[Table, ...] = ()
    samples: Mapping[str, Sample] = field(default_factory=dict)


def shipped_files() -> dict[str, Path]:
    """Return the shipped scenario files by name; those in a folder are called `folder/name`."""
    folder = shipped("scenarios")
    found = sorted(folder.rglob("*.toml"))
    return {path.relative_to(folder).with_suffix("").as_posix(): path for path in found}


def named_file(name: str) -> Path:
    """Return the file a user means: a shipped scenario by name, else a path.

    Raises UnreadableScenarioError if it is neither.
    """
    known = shipped_files()
    if name in known:
        return known[name]
    path = Path(name)
    if name.endswith(".toml") or "/" in name or "\\" in name or path.is_file():
        return path
    hint = did_you_mean(name, known)
    message = f"`{shorten(name)}` is neither a shipped scenario nor a file"
    raise UnreadableScenarioError(
        Diagnostic("no-file", message, allowed=tuple(known), help=hint or "a file ends in .toml")
    )


def read_source(path: Path, findings: Findings) -> Source:
    """Read a scenario file and its parents.

    Raises UnreadableScenarioError if the file itself cannot be read, ScenarioError if it or a
    parent is not valid TOML.
    """
    return _with_parents(read_text(read_bounded(path), shown(path)), path, path.stem, findings)


def shown(path: Path) -> str:
    """Return what to call a file: a shipped one by its place among the shipped."""
    folder = shipped("scenarios")
    if path.is_absolute() and path.is_relative_to(folder):
        return f"scenarios/{path.relative_to(folder).as_posix()}"
    return str(path)


def text_source(text: str, name: str, folder: Path, findings: Findings) -> Source:
    """Read a scenario from text; parents are looked for in `folder`, then among the shipped."""
    return _with_parents(read_text(text, f"<{name}>"), folder / f"{name}.toml", name, findings)


def _with_parents(text: Text, path: Path, name: str, findings: Findings) -> Source:
    chain, size = [(text, path)], sum(map(len, text.lines))
    while "extends" in chain[-1][0].data:
        child, where = chain[-1]
        parent = _parent(child, where, [earlier for _, earlier in chain])
        if isinstance(parent, Diagnostic):
            findings.errors.append(parent)
            break
        written = read_bounded(parent)
        size += len(written)
        if size > LARGEST_FILE:
            message = f"the file and its parents are larger than {LARGEST_FILE:,} characters"
            origin = child.value_origin(("extends",))
            findings.errors.append(Diagnostic("too-large", message, origin, "extends"))
            break
        chain.append((read_text(written, shown(parent)), parent))
    samples: dict[str, Sample] = {}
    files = tuple(
        expand(_inherited(plant(text, findings), i), where.parent, findings, samples)
        for i, (text, where) in enumerate(chain)
    )
    own = text.data
    return Source(
        own["name"] if isinstance(own.get("name"), str) else name,
        own["question"] if isinstance(own.get("question"), str) else opening_question(text.lines),
        tuple(path.stem for _, path in chain[1:]),
        files[::-1],
        samples=samples,
    )


def _inherited(layer: Table, generation: int) -> Table:
    """Drop `extends`, and from parents also what belongs to one file alone."""
    drop = OWN_KEYS if generation else ("extends",)
    entries = {key: node for key, node in layer.entries.items() if key not in drop}
    return Table(entries, layer.key, layer.origin, layer.remove, layer.reset)


def _parent(child: Text, path: Path, seen: list[Path]) -> Path | Diagnostic:
    """Return the file that a file extends, or why it cannot; it never means itself by a name."""
    named, origin = child.data["extends"], child.value_origin(("extends",))
    if not isinstance(named, str) or not PARENT_NAME.fullmatch(named.removesuffix(".toml")):
        message = f"`extends` is the name of one scenario, {_shown(named)} was found"
        help_ = 'a name such as "baseline", or "folder/name" below this file'
        return Diagnostic("wrong-type", message, origin, "extends", help=help_)
    stem = named.removesuffix(".toml")
    known = shipped_files()
    beside = path.parent / f"{stem}.toml"
    if beside.is_file() and not _within(beside, path.parent) and beside not in known.values():
        message = f"`{stem}.toml` is a link that leads out of the folder of this file"
        return Diagnostic("outside", message, origin, "extends", help="copy the file here")
    parent = beside if beside.is_file() and not _same(beside, path) else known.get(stem)
    if parent is None and not _same(beside, path):
        names = [*known, *(file.stem for file in sorted(path.parent.glob("*.toml"))[:200])]
        hint = did_you_mean(stem, names) or "looked beside the file and among the shipped"
        message = f"no scenario is called `{stem}`"
        listed = () if hint.startswith("did") else tuple(known)
        return Diagnostic("no-parent", message, origin, "extends", listed, hint)
    if parent is None or any(_same(parent, earlier) for earlier in seen):
        circle = " -> ".join([*(earlier.stem for earlier in seen), stem])
        message = f"the scenario extends itself: {circle}"
        return Diagnostic("cycle", message, origin, "extends")
    if len(seen) > MOST_PARENTS:
        message = f"more than {MOST_PARENTS} scenarios extend one another"
        return Diagnostic("too-deep", message, origin, "extends")
    return parent


def _within(file: Path, folder: Path) -> bool:
    return file.resolve().is_relative_to(folder.resolve())


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _shown(value: object) -> str:
    return f"`{shorten(str(value), 40)}`" if isinstance(value, str) else f"a {kind_of(value)}"


def kind_of(value: object) -> str:
    """Name the TOML type of a value, for people."""
    names = {
        bool: "true or false",
        int: "integer",
        float: "number",
        str: "text",
        list: "list",
        tuple: "list",
        dict: "table",
        datetime: "date with a time",
        date: "date",
    }
    return names.get(type(value), type(value).__name__)


def opening_question(lines: Sequence[str]) -> str:
    """Return the first paragraph of a file's opening comment: the question it asks."""
    words: list[str] = []
    for line in lines:
        if line.startswith("#:"):
            continue
        said = line.lstrip("#").strip() if line.startswith("#") else ""
        if said:
            words.append(said)
        elif words or (line.strip() and not line.startswith("#")):
            break
    return " ".join(words)


def setting_layer(text: str, number: int, file: str, findings: Findings) -> Table | None:
    """Return the layer of one `key=value`; a value that is not TOML counts as text.

    Args:
        text: for instance "firms.moonshot.pricing.strategy=hold".
        number: which of the settings it is, counted from 1; stands for the line in errors.
        file: what errors call the place, for instance "--set".
        findings: takes the error if there is one.
    """
    key, equals, value = text.partition("=")
    if not equals or not key.strip() or "\n" in text or "\r" in text:
        findings.errors.append(_no_setting(text, number, file))
        return None
    quoted = "".join(f"\\{mark}" if mark in '\\"' else mark for mark in value.strip())
    for written in (f"{key}={value}", f'{key}="{quoted}"'):
        try:
            parsed = read_text("\n" * (number - 1) + written, file)
        except ScenarioError as error:
            if error.diagnostics[0].code != "syntax":
                findings.errors.extend(error.diagnostics)
                return None
            continue
        if len(parsed.data) != 1:
            break
        return plant(parsed, findings, setting=True)
    findings.errors.append(_no_setting(text, number, file))
    return None


def _no_setting(text: str, number: int, file: str) -> Diagnostic:
    shown = shorten(text, 200)
    return Diagnostic(
        "not-a-setting",
        f"`{shorten(text)}` does not set a key to a value",
        Origin(file, number, 1, max(1, len(shown)), shown),
        help="write key=value, for instance firms.moonshot.cash_mcny=2000",
    )
