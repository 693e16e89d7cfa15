"""The parts of the pages that are written when the pages are built, from the project itself.

A page says `<!-- written: parameters -->` where such a part belongs. Nothing of it is kept in a
file, so it cannot be out of date.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from itertools import groupby
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

MARK = re.compile(r"<!-- written: (\w+) -->")

SUBJECTS = {
    "E1": "quality", "E2": "cost of a token", "E3": "prices", "E4": "advertising",
    "E5": "adoption", "E6": "retention", "E7": "the API market", "E8": "tenders",
    "E9": "money in and out", "E10": "funding", "E11": "exits", "E12": "apps",
    "E13": "routes", "E14": "small app startups", "E15": "key people",
}  # fmt: skip
"""What the equations are about, as the page of the model numbers them."""


SMALL = ("consumers.people_per_agent=20000", "accounts.count=500")
VERDICT_REPLICATES = 4
"""A run that takes a few seconds, for the page that explains what a run says."""


def setup(app: Any) -> dict[str, bool]:
    """Have Sphinx fill every page in before it reads it."""
    app.connect("source-read", _fill_in)
    app.connect("env-get-outdated", _marked)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _marked(app: Any, env: Any, added: Any, changed: Any, removed: Any) -> list[str]:
    """Return the pages with a written part: a change of the project may have changed them."""
    del app, added, changed, removed
    return [
        one for one in env.found_docs if MARK.search(Path(env.doc2path(one)).read_text("utf-8"))
    ]


def filled(text: str) -> str:
    """Return a page with its written parts; KeyError for one that does not exist."""
    return MARK.sub(lambda found: PARTS[found[1]](), text)


def _fill_in(app: Any, name: str, source: list[str]) -> None:
    del app, name
    source[0] = filled(source[0])


def parameters() -> str:
    """Every parameter, by equation."""
    from sim.core.parameters import parameter_table

    rows = sorted(parameter_table().values(), key=lambda one: _equation(one.equation))
    parts = []
    for equation, group in groupby(rows, key=lambda one: one.equation):
        cells = [
            (
                f"`{one.name}`" + (f" {one.symbol}" if one.symbol != "-" else ""),
                f"{one.default:g} {one.unit}; {one.low:g} to {one.high:g}",
                one.meaning,
                one.source,
            )
            for one in group
        ]
        title = f"{equation} {SUBJECTS.get(equation, '')}".strip()
        parts.append(
            f"## {title}\n\n{_table(('name', 'default; prior', 'meaning', 'source'), cells)}"
        )
    return "\n\n".join(parts)


def tables() -> str:
    """Every table of a run with its columns."""
    from sim.core.tables import TABLES

    return "\n\n".join(
        f"### Table `{name}`\n\n"
        + _table(
            ("column", "type", "meaning"),
            [(f"`{one.name}`", one.kind, one.meaning) for one in columns],
        )
        for name, columns in TABLES.items()
    )


def entities() -> str:
    """How many of each kind of entity the baseline opens with."""
    from sim.scenario import Scenario

    base = Scenario.load("baseline")
    kinds = (
        "firms", "apps", "channels", "investors", "segments", "account_kinds",
    )  # fmt: skip
    rows = [(kind.replace("_", " "), len(getattr(base, kind)), _listed(getattr(base, kind)))
            for kind in kinds]  # fmt: skip
    return _table(("kind", "number", "ids"), rows)


def week() -> str:
    """The steps of a week in their order, from the engine's own function."""
    from sim.engine import simulation

    steps = {**vars(simulation), "recorder": simulation.Recorder}
    rows = []
    for home, function in re.findall(
        r"^    (?:(\w+)\.)?(\w+)\(engine", inspect.getsource(simulation.week), re.MULTILINE
    ):
        step = getattr(steps[home], function) if home else steps[function]
        rows.append((len(rows) + 1, f"`{home}.{function}`".replace("`.", "`"), _first(step)))
    return _table(("", "step", "what it does"), rows)


def submodels() -> str:
    """The first sentence of every function of every market."""
    parts = []
    for name in _modules("sim.markets"):
        module = import_module(name)
        rows = [
            (f"`{key}`", _first(value))
            for key, value in vars(module).items()
            if inspect.isfunction(value) and value.__module__ == name and not key.startswith("_")
        ]
        text = _first(module).rstrip(".")
        parts.append(f"### {text}\n\n`{name}`\n\n" + _table(("function", "what it does"), rows))
    return "\n\n".join(parts)


def evidence() -> str:
    """How many figures there are of each use, and all quantities they may speak of."""
    from sim.core.shipped import shipped
    from sim.evidence.figures import USES, load_figures

    figures = load_figures()
    uses = _table(
        ("use", "what for", "figures"),
        [(f"`{use}`", text, sum(one.use == use for one in figures)) for use, text in USES.items()],
    )
    articles = _table(*_file(shipped("seeds") / "articles.csv"))
    quantities = _table(*_file(shipped("seeds") / "quantities.csv"))
    return (
        f"## What figures are for\n\n{uses}\n\n## Articles\n\n{articles}\n\n"
        f"## Quantities\n\n{quantities}"
    )


def commands() -> str:
    """Every command with its arguments and options."""
    import click

    from sim.cli.main import COMMANDS, main

    parts = []
    settings = {"help_option_names": ["-h", "--help"]}
    context = click.Context(main, info_name="llmsim", **settings)
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None
        below = click.Context(command, info_name=name, parent=context, **settings)
        options = [one.get_help_record(below) for one in command.get_params(below)]
        rows = [(f"`{one[0]}`", one[1]) for one in options if one is not None and one[1]]
        usage = command.get_usage(below).removeprefix("Usage: ")
        parts.append(
            f"## {name}\n\n```text\n{usage}\n```\n\n{_help(command.help or '')}\n\n"
            + _table(("option", "meaning"), rows)
        )
    return "\n\n".join(parts)


def _help(text: str) -> str:
    """Return a command's help; what click leaves as it stands is a block of code."""
    parts = inspect.cleandoc(text.split("\f", maxsplit=1)[0]).split("\n\n")
    return "\n\n".join(
        f"```text\n{part[2:]}\n```" if part.startswith("\b\n") else _plain(part) for part in parts
    )


def glossary() -> str:
    """The words that reports explain."""
    from sim.views.glossary import GLOSSARY

    return "\n\n".join(
        f"**{word}**\n: {_plain(GLOSSARY[word])}" for word in sorted(GLOSSARY, key=str.lower)
    )


def strategies() -> str:
    """The strategies of each decision, the default first."""
    from sim.strategies.describe import about
    from sim.strategies.registry import DEFAULTS

    return "\n\n".join(
        f"## {block}\n\n"
        + _table(("strategy", "what it does"), [(f"`{a}`", b) for a, b in about(block).items()])
        for block in DEFAULTS
    )


def reference() -> str:
    """The public Python interface, from its docstrings."""
    import sim

    home = _table(
        ("name", "defined in"),
        [(f"`sim.{name}`", f"`{home}`") for name, home in sorted(sim._HOMES.items())],
    )
    groups = {
        "Scenarios": ["sim.scenario.scenario"],
        "Runs": ["sim.results.run", "sim.results.store", "sim.results.books"],
        "Strategies": ["sim.strategies.base"],
        "Experiments": [*_modules("sim.experiments")],
        "Markets": [*_modules("sim.markets")],
    }
    parts = [f"## What `sim` offers\n\n{home}"]
    for title, modules in groups.items():
        parts.append(f"## {title}")
        for name in modules:
            parts.append(
                f"### {name}\n\n```{{eval-rst}}\n.. automodule:: {name}\n   :members:\n"
                "   :ignore-module-all:\n```"
            )
    return "\n\n".join(parts)


def verdict() -> str:
    """A verdict as it is today, and what its first numbers mean."""
    from sim.experiments.ensemble import run
    from sim.scenario import Scenario
    from sim.views.findings import lead
    from sim.views.format import count, interval
    from sim.views.verdict import verdict as said_of

    done = run(Scenario.load("baseline", SMALL), VERDICT_REPLICATES, seed=1)
    found = lead(done)
    assert found is not None
    users = found.users
    settings = " ".join(f"-S {one}" for one in SMALL)
    command = f"llmsim run baseline {settings} -n {VERDICT_REPLICATES} --seed 1"
    quoted = "\n>\n".join(f"> {one.topic}: {one.text}" for one in said_of(done).sentences)
    return "\n".join(
        [
            f"This is what `{command}` says with the code of this page:",
            "",
            quoted,
            "",
            f"- **{count(users.median)}** is the median: half of the replicates lie above, half "
            "below.",
            f"- **{interval(users.lo90, users.hi90, count)}** is the 90 % interval over "
            "replicates. It holds the luck of the market within the model. It does not hold doubt "
            "about parameters, and none about the model.",
            f"- **{found.replicates_leading} of {found.replicates}** is a count, not a probability "
            "of the real world.",
        ]
    )


def pictures() -> str:
    """Every picture of a run."""
    from sim.views.accessor import Plots

    names = [name for name in vars(Plots) if not name.startswith("_")]
    rows = [(f"`.plot.{name}()`", inspect.getdoc(getattr(Plots, name)) or "") for name in names]
    return _table(("picture", "shows"), rows)


PARTS: dict[str, Callable[[], str]] = {
    part.__name__: part
    for part in (
        parameters, tables, entities, week, submodels, evidence, commands, glossary, strategies,
        reference, verdict, pictures,
    )
}  # fmt: skip


def _modules(package: str) -> list[str]:
    """Return the public modules of a package in alphabetical order."""
    path = import_module(package).__path__
    return [f"{package}.{one.name}" for one in iter_modules(path) if not one.name.startswith("_")]


def _first(thing: object) -> str:
    """Return the first sentence of a docstring."""
    text = inspect.getdoc(thing) or ""
    return " ".join(text.split("\n\n")[0].split())


def _file(path: Path) -> tuple[list[str], list[list[str]]]:
    import csv

    with path.open(encoding="utf-8", newline="") as file:
        heads, *rows = csv.reader(file)
    return heads, rows


def _equation(name: str) -> tuple[int, str]:
    found = re.match(r"E(\d+)", name)
    return (int(found[1]) if found else 99, name)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(_plain(str(cell)) for cell in row) + " |" for row in lines)


def _plain(text: str) -> str:
    """Escape what Markdown would take for markup, outside code."""
    parts = re.split(r"(`[^`]+`)", text)
    escaped = (
        part.replace("|", "\\|")
        if part.startswith("`")
        else re.sub(r"([*_<\[\]|$~])", r"\\\1", part)
        for part in parts
    )
    return "".join(escaped)
