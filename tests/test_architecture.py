"""The tree keeps its shape: imports go one way, the model does no I/O, starting up is light."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "sim"
ORDER = (
    "core", "evidence", "scenario", "world", "markets", "strategies", "results", "engine",
    "experiments", "views", "rl", "cli",
)  # fmt: skip
"""A package imports only from itself and from those before it."""

PURE = ("world", "markets", "strategies")
"""These take arrays and return arrays; reading and writing is done around them."""

IO_MODULES = {"csv", "io", "os", "pathlib", "requests", "shutil", "socket", "subprocess", "urllib"}
HEAVY = ("altair", "numba", "polars", "scipy", "pydantic")
LONGEST = 400
SOURCES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def package_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else ""


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield the dotted name of everything a module imports, inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_imports_go_one_way(path: Path) -> None:
    home = package_of(path)
    if not home:
        return
    allowed = {*ORDER[: ORDER.index(home) + 1], "__version__"}
    for name in imported(ast.parse(path.read_text(encoding="utf-8"))):
        parts = name.split(".")
        if parts[0] == "sim" and len(parts) > 1:
            assert parts[1] in allowed, f"sim.{home} imports {name}, which comes after it"


@pytest.mark.parametrize(
    "path", [path for path in SOURCES if package_of(path) in PURE], ids=name_of
)
def test_model_does_no_input_or_output(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    roots = {name.split(".")[0] for name in imported(tree)}
    assert not roots & IO_MODULES
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    called = {function.id for function in calls if isinstance(function, ast.Name)}
    assert not called & {"open", "print", "input"}


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_file_is_short_and_opens_with_its_subject(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST
    assert ast.get_docstring(ast.parse(text)), "the first line says what the file is about"


def test_every_package_has_its_place_in_the_order() -> None:
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert packages <= set(ORDER)


@pytest.mark.parametrize(
    "program", ["import sim", "from sim.cli.main import main; main(['--help'])"]
)
def test_starting_up_loads_nothing_heavy(program: str) -> None:
    check = f"import atexit, sys; atexit.register(lambda: print('\\n', *sys.modules)); {program}"
    done = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "sim" in loaded
    assert not loaded & set(HEAVY)


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    folders = ["work", "root", "opt", "home/[a-z]+", "Users/[A-Za-z]+", "mnt", "media"]
    pattern = re.compile(rf"(?<![\w.~*}}\])])/(?:{'|'.join(folders)})/[\w.]|[A-Z]:\\Users\\")
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found = pattern.search(text)
        assert found is None, f"{path.relative_to(ROOT)} names {found and found.group()!r}"


def tracked() -> list[Path]:
    """Return the files under version control; without git, those of the project's folders."""
    try:
        done = subprocess.run(
            [
                "git",
                "-C",
                str(ROOT),
                "ls-files",
                "-z",
                "--cached",
                "--others",
                "--exclude-standard",
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        files = [ROOT / name for name in done.stdout.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        folders = ("sim", "tests", "docs", "examples", "benchmarks", "scenarios", "seeds", ".ci")
        files = [path for name in folders for path in (ROOT / name).rglob("*")]
        files += list(ROOT.glob("*.*"))
    return [path for path in files if path.is_file()]
