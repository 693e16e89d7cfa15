"""An editor with a TOML language server completes and checks scenario files by the schema."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from language_server import LanguageServer

from sim.core.parameters import PARAMETER_TABLE
from sim.core.shipped import shipped
from sim.scenario.shocks import KINDS

FIRST = "#:schema ./scenario.schema.json\n"
BESIDE_PYTHON = Path(sys.executable).parent / "tombi"
TOMBI = str(BESIDE_PYTHON) if BESIDE_PYTHON.exists() else shutil.which("tombi")

pytestmark = pytest.mark.skipif(
    TOMBI is None, reason="the language server tombi is not installed: pip install tombi"
)


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageServer]:
    folder = tmp_path_factory.mktemp("scenarios")
    shutil.copy(shipped("scenarios") / "scenario.schema.json", folder)
    with LanguageServer(str(TOMBI), folder) as server:
        yield server


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ('seed = "x"\n', 2, "expected a value of type Integer, but found String"),
        ("sed = 1\n", 2, '"sed" is not allowed'),
        ("[parameters]\norganc = 0.01\n", 3, '"organc" is not allowed'),
        ("[parameters]\norganic = -1\n", 3, "must be ≥ 0"),
        ("[segments.student]\nshare = 1.2\n", 3, "must be ≤ 1"),
        ("[mechanisms]\nprice_war = 0\n", 3, "Boolean"),
        ('[[shock]]\nid = "a"\nkind = "sentimnt"\n', 4, 'but found "sentimnt"'),
        ("[firms.moonshot.pricing]\nstrategy = 3\n", 3, "String"),
    ],
)
def test_editor_underlines_a_mistake_once(
    editor: LanguageServer, text: str, line: int, says: str
) -> None:
    found = editor.diagnostics(editor.open(f"mistake_{sum(map(ord, text))}.toml", FIRST + text))
    assert [at for at, _ in found] == [line]
    assert says in found[0][1]


@pytest.mark.parametrize("file", sorted(shipped("scenarios").glob("*.toml")), ids=lambda f: f.stem)
def test_editor_finds_nothing_wrong_with_a_shipped_scenario(
    editor: LanguageServer, file: Path
) -> None:
    text = file.read_text(encoding="utf-8")
    assert editor.diagnostics(editor.open(file.name, text)) == []


@pytest.mark.parametrize(
    ("text", "line", "column", "offered"),
    [
        ("\n", 2, 1, {"extends", "start", "firms", "parameters", "mechanisms", "shock"}),
        ("[parameters]\n\norganic = 0.02\n", 3, 1, set(PARAMETER_TABLE) - {"organic"}),
        ("[firms.]\n", 2, 8, {"moonshot", "bytedance", "zhipu"}),
        ("[firms.moonshot]\nca\n", 3, 3, {"cash_mcny"}),
        ("[mechanisms]\nprice_war = \n", 3, 13, {"true", "false"}),
        ('[[shock]]\nid = "a"\nkind = ""\n', 4, 9, {f'"{kind}"' for kind in KINDS}),
    ],
)
def test_editor_completes_keys_and_words(
    editor: LanguageServer, text: str, line: int, column: int, offered: set[str]
) -> None:
    address = editor.open(f"complete_{line}_{column}_{len(text)}.toml", FIRST + text)
    assert offered <= set(editor.completions(address, line, column))


def test_editor_shows_what_a_key_means(editor: LanguageServer) -> None:
    address = editor.open("meaning.toml", f"{FIRST}[parameters]\nor\n")
    shown = editor.completions(address, 3, 3)
    assert PARAMETER_TABLE["organic"].meaning in shown["organic"]
