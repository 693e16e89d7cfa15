"""Every command on every page is carried out, small; what cannot be is named with its reason.

How a command is made small, and nothing else about it is changed: two replicates and two points,
a hundred runs of calibration, in this process (`fewer`); a script of `benchmarks/` with the options
and constants of `SMALL_SCRIPTS`, printing in place of `--write`; pytest only collects.
"""

import importlib.util
import os
import re
import signal
import socket
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import click
import pytest
from click.testing import CliRunner
from test_code_on_pages import PAGES, QUICK, ROOT, commands, lay_out, load

from sim import Scenario
from sim.cli.main import main

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
FEWEST_RUNS = "100"
SMALL_SCRIPTS: Mapping[str, tuple[tuple[str, ...], Mapping[str, Any]]] = {
    "consumers": (("--agents", "100000", "--threads", "1", "--repetitions", "1"), {}),
    "firms": ((), {"REPEATS": 1, "SIZES": ((13, 300),)}),
    "preview": (("--repetitions", "1"), {}),
    "run": ((), {"REPEATS": 1}),
    "signs": (("-n", "2", "--claim", "M10"), {}),
    "sweep": (("--runs", "4", "--repetitions", "1"), {}),
    "validation": (("-n", "2"), {}),
    "week": (("--repetitions", "1"), {}),
}
"""Options laid over those on the page, and constants, of scripts that measure or make tables."""

STANDS_FOR = {"FOLDER": str(ROOT)}
"""A word of a page in place of which its reader writes something: another checkout."""

MINE = "mine.csv"
"""The reader's own figures, which several pages name and one says how to write."""

ELSEWHERE = {
    "python benchmarks/answers.py": "tests/end_to_end/test_answers.py",
    "python benchmarks/limits.py": "tests/limits/test_limit_cases.py",
    "python -m sphinx": "tests/docs/test_pages_build.py",
}
"""Commands that other tests carry out in full."""

NOT_CARRIED_OUT = {
    "pip install": "fetches from a package index; that the extras exist is checked",
}
"""Commands that no test can carry out."""


def all_commands() -> list[tuple[str, list[str]]]:
    return [(page.stem, words) for page in PAGES for words in commands(page) if words]


def plain(words: Sequence[str]) -> str:
    """Return a command without the path of its program, as the tables here begin."""
    program = re.sub(r"^python3$", "python", Path(words[0]).name)
    return " ".join([program, *words[1:]])


def listed(words: Sequence[str], table: Mapping[str, str]) -> str | None:
    return next((why for head, why in table.items() if plain(words).startswith(head)), None)


def kind_of(words: Sequence[str]) -> str | None:
    """Return which test below carries a command out; None if none does."""
    said = plain(words)
    if listed(words, NOT_CARRIED_OUT) or listed(words, ELSEWHERE):
        return "listed"
    if said.startswith("python benchmarks/"):
        return "script" if Path(words[1]).stem in SMALL_SCRIPTS else None
    if said.startswith(("pytest", "python -m pytest")):
        return "collect"
    heads = {"llmsim": "llmsim", "python -m venv": "venv"}
    return next((kind for head, kind in heads.items() if said.startswith(head)), None)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pages load scenarios that are played in a moment."""
    size = {"consumers.people_per_agent": 100_000, "accounts.count": 200}

    def load_small(name: str | Path, overrides: Sequence[str] = ()) -> Scenario:
        return load(name, overrides).with_(size)

    monkeypatch.setattr(Scenario, "load", load_small)


def test_every_command_is_carried_out_or_listed() -> None:
    found = all_commands()
    assert [words for _, words in found if kind_of(words) is None] == []
    for table in (ELSEWHERE, NOT_CARRIED_OUT):
        for head in table:
            assert any(plain(words).startswith(head) for _, words in found), head
    assert all((ROOT / place).is_file() for place in ELSEWHERE.values())


def test_extras_that_a_page_installs_exist() -> None:
    extras = PROJECT["optional-dependencies"]
    installed = [words for _, words in all_commands() if listed(words, NOT_CARRIED_OUT)]
    assert installed
    for words in installed:
        named = re.fullmatch(r"(?:\.|llmsim)\[([\w,]+)\]", words[-1])
        assert named is not None, words
        assert set(named[1].split(",")) <= extras.keys()


@pytest.mark.slow
@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, id=page.stem)
        for page in PAGES
        if any(kind_of(words) in ("llmsim", "script") for words in commands(page) if words)
    ],
)
@pytest.mark.usefixtures("small", "here")
def test_commands_of_a_page_work_in_their_order(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out(page, Path())
    if not Path(MINE).exists():
        lay_out(ROOT / "docs" / "score_my_figures.md", Path())
    if any(words[:2] == ["llmsim", "calibrate"] for words in commands(page)):
        # As the page says, only what has this use is aimed at.
        text = Path(MINE).read_text(encoding="utf-8").replace(",mine,", ",fit,")
        Path(MINE).write_text(text, encoding="utf-8")
    for words in commands(page):
        if not words or words[:2] == ["llmsim", "dashboard"]:
            continue
        if kind_of(words) == "script":
            carry_out_script(words[1:], monkeypatch)
        elif kind_of(words) == "llmsim":
            done = CliRunner().invoke(main, fewer(words[1:]))
            assert done.exit_code == 0, (words, done.output, done.exception)


def carry_out_script(words: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a script of benchmarks/ in this process."""
    path = ROOT / words[0]
    options, constants = SMALL_SCRIPTS[path.stem]
    given = [STANDS_FOR.get(one, one) for one in words[1:] if one != "--write"]
    # What is laid over comes last, which is what counts.
    monkeypatch.setattr(sys, "argv", [str(path), *given, *options])
    monkeypatch.setattr(sys, "path", [str(path.parent), *sys.path])
    spec = importlib.util.spec_from_file_location(f"benchmark_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, value in constants.items():
        assert hasattr(module, name)
        setattr(module, name, value)
    module.main()


def fewer(arguments: list[str]) -> list[str]:
    """Return a command with two replicates and points and a hundred runs, in this process."""
    command = main.get_command(click.Context(main), arguments[0])
    assert command is not None
    known = {flag for option in command.params for flag in option.opts}
    sizes = {"-n": "2", "-N": "2", "--budget": FEWEST_RUNS}
    before = ["", *arguments]
    said = [sizes.get(flag, one) for flag, one in zip(before, arguments, strict=False)]
    for flag in ("-n", "--budget"):
        if flag in known and flag not in said and arguments[0] not in QUICK:
            said += [flag, sizes[flag]]
    if arguments[0] == "new":
        said += ["-o", "new"]
    if "--executor" in known:
        said += ["--executor", "serial"]
    return said


@pytest.mark.slow
@pytest.mark.parametrize(
    "words", [words for _, words in all_commands() if kind_of(words) == "collect"], ids=plain
)
def test_pytest_finds_what_a_page_asks_for(words: list[str]) -> None:
    given = words[words.index("pytest") + 1 :]
    for extra, flags in (("xdist", ("-n", "auto", "--dist", "loadfile")),):
        if importlib.util.find_spec(extra) is None:
            given = [one for one in given if one not in flags]
    done = process("-m", "pytest", "--collect-only", "-q", *given)
    assert done.returncode == 0, done.stdout
    assert re.search(r"^tests/\S+\.py", done.stdout, re.MULTILINE), done.stdout


@pytest.mark.slow
def test_virtual_environment_of_a_page_is_made(here: Path) -> None:
    (words,) = (words for _, words in all_commands() if kind_of(words) == "venv")
    subprocess.run([sys.executable, *words[1:]], check=True, cwd=here)
    assert (here / words[-1] / "bin" / "python").exists()


@pytest.mark.slow
def test_dashboard_of_a_page_answers_and_stops() -> None:
    pytest.importorskip("streamlit", reason="the extra `dashboard` is not installed")
    (words,) = (words for _, words in all_commands() if words[:2] == ["llmsim", "dashboard"])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "sim", *words[1:], "--no-browser", "--port", str(port)]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE) as server:
        try:
            assert server.stdout is not None
            # It says its address once it listens there.
            assert any(b"URL:" in line for line in iter(server.stdout.readline, b""))
            with urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=60) as page:
                assert page.read() == b"ok"
        finally:
            os.kill(server.pid, signal.SIGTERM)
        # The server holds the other end of the pipe: it closes only when both have ended.
        server.communicate(timeout=60)


def process(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment(), capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def environment() -> dict[str, str]:
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "PYTHONPATH": path}
