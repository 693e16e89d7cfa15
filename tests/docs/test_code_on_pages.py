"""Every block of code on every page works: Python runs, scenarios load, commands are understood."""

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from sim import Scenario
from sim.cli.main import main
from sim.evidence.figures import load_figures
from sim.experiments.outcomes import read_outcomes
from sim.strategies.checks import check_strategies

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").glob("*.md"))
CHECKED = {"sh", "python", "toml", "text", "ini", "{toctree}", "{eval-rst}"}
QUICK = {"scenarios", "new", "validate", "show", "explain", "schema", "figures", "completion"}
"""Commands that simulate nothing; they are run, the others are read by the real parser and carried
out in `test_commands_on_pages`."""

MANY_RUNS = ("comparing", "pictures", "run_on_a_cluster", "sweeps", "tutorial_researcher")

BUILT = "build/docs"
"""Where the pages are built, which a fresh copy does not have."""

OUTPUT = {"score_my_figures": 1, "scenarios": 1}
"""Pages with blocks of text: a figures file, and an error that tests/scenario holds real."""

load = Scenario.load


def blocks(page: Path, language: str) -> list[str]:
    text = page.read_text(encoding="utf-8")
    found: list[str] = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return found


def pages_with(language: str, slow: tuple[str, ...] = ()) -> list[Any]:
    return [
        pytest.param(page, id=page.stem, marks=[pytest.mark.slow] * (page.stem in slow))
        for page in PAGES
        if blocks(page, language)
    ]


def commands(page: Path) -> Iterator[list[str]]:
    for block in blocks(page, "sh"):
        for line in block.replace("\\\n", " ").splitlines():
            yield shlex.split(line, comments=True)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pages load scenarios that are played in a moment."""

    def load_small(name: str | Path, overrides: Sequence[str] = ()) -> Scenario:
        return load(name, overrides).with_(
            {"consumers.people_per_agent": 100_000, "accounts.count": 200}
        )

    monkeypatch.setattr(Scenario, "load", load_small)


def smaller(code: str) -> str:
    """Return code that asks for two replicates and points, in this process."""
    code = re.sub(r"\b(replicates|points)=[\d_]+", r"\1=2", code)
    return re.sub(r'executor="[^"]+"', 'executor="serial"', code)


@pytest.mark.parametrize("page", pages_with("python", MANY_RUNS))
@pytest.mark.usefixtures("small", "here")
def test_python_runs(page: Path) -> None:
    names: dict[str, Any] = {"__name__": "page"}
    for block in blocks(page, "python"):
        exec(compile(smaller(block), f"{page.name}", "exec", dont_inherit=True), names)


@pytest.mark.parametrize("page", pages_with("toml"))
def test_scenario_loads(page: Path) -> None:
    for block in blocks(page, "toml"):
        loaded = Scenario.loads(block)
        check_strategies(loaded)
        assert loaded.changed(), block


@pytest.mark.parametrize("page", pages_with("sh"))
def test_command_is_understood(page: Path, here: Path) -> None:
    lay_out(page, here)
    for program, *arguments in commands(page):
        if program == "llmsim":
            check(arguments)
        else:
            assert Path(program).name in ("pytest", "python", "python3", "pip"), program
            for part in arguments:
                assert "/" not in part or part == BUILT or (ROOT / part).exists(), part


def lay_out(page: Path, folder: Path) -> None:
    """Write the files that a page tells its reader to write."""
    for number, block in enumerate(blocks(page, "toml")):
        (folder / (file_named_on(page) or f"{number}.toml")).write_text(block, encoding="utf-8")
    for block in blocks(page, "text"):
        if block.startswith("id,source"):
            (folder / "mine.csv").write_text(block, encoding="utf-8")


def file_named_on(page: Path) -> str | None:
    found = re.search(r"llmsim validate (\w+\.toml)", page.read_text(encoding="utf-8"))
    return found and found[1]


def check(arguments: list[str]) -> None:
    """Run a command that takes a moment; of another, read arguments, scenarios and outcomes."""
    name, *rest = arguments
    if name == "new":
        rest = [*rest, "-o", "new"]
    if name in QUICK:
        done = CliRunner().invoke(main, [name, *rest])
        assert done.exit_code == 0, (arguments, done.output)
        return
    command = main.get_command(click.Context(main), name)
    assert command is not None, name
    read = command.make_context(name, rest)
    subject = read.params.get("scenario") or read.params.get("subject") or read.params.get("name")
    if isinstance(subject, str) and not subject.startswith("runs/"):
        scenario = load(subject, read.params.get("overrides", ()))
        if asked := read.params.get("outcomes"):
            read_outcomes(scenario, asked)


def test_blocks_of_text_are_few_and_each_is_checked_elsewhere() -> None:
    found = {page.stem: len(blocks(page, "text")) for page in PAGES}
    assert {name: number for name, number in found.items() if number} == OUTPUT


def test_entry_point_on_a_page_is_that_of_the_example() -> None:
    example = (ROOT / "examples" / "plug_in" / "pyproject.toml").read_text(encoding="utf-8")
    found = [block for page in PAGES for block in blocks(page, "ini")]
    assert len(found) == 1
    assert found[0] in example


def test_every_block_says_what_it_is() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        fences = re.findall(r"^```(\S*)$", text, re.MULTILINE)
        assert set(fences[::2]) <= CHECKED, page.name
        assert set(fences[1::2]) <= {""}, page.name
        outside = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
        assert not re.search(r"^    (llmsim |import |from |\[\w)", outside, re.MULTILINE), page.name


def test_figures_on_a_page_are_a_figures_file(tmp_path: Path) -> None:
    (block,) = (
        one
        for one in blocks(ROOT / "docs" / "score_my_figures.md", "text")
        if one.startswith("id,")
    )
    file = tmp_path / "mine.csv"
    file.write_text(block, encoding="utf-8")
    assert {one.use for one in load_figures(file)} == {"mine"}
    assert all(one.scored for one in load_figures(file))


@pytest.mark.parametrize("page", [pytest.param(page, id=page.stem) for page in PAGES])
def test_links_and_files_named_on_a_page_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^):#]+)(?:#[^)]*)?\)", text):
        assert (page.parent / target).exists(), target
    for name in re.findall(r"`((?:sim|docs|tests|examples|benchmarks|seeds)/[\w/.]+)`", text):
        homes = (ROOT / name, ROOT / "docs" / name)
        assert any(home.exists() for home in homes), name


def test_every_page_stands_in_the_table_of_contents() -> None:
    contents = " ".join(blocks(ROOT / "docs" / "index.md", "{toctree}")).split()
    assert {page.stem for page in PAGES} - {"index"} <= set(contents)
