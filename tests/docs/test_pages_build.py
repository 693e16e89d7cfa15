"""The pages build without a warning and without a network, and their written parts are whole."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.cli.main import COMMANDS
from sim.core.parameters import parameter_table
from sim.core.tables import TABLES

ROOT = Path(__file__).parents[2]
NO_NETWORK = """import socket
def refuse(*arguments, **named): raise OSError("no network")
socket.socket.connect = refuse
socket.getaddrinfo = refuse
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    for name in ("sphinx", "furo", "myst_parser"):
        pytest.importorskip(name, reason="the extra `docs` is not installed")
    folder = tmp_path_factory.mktemp("docs")
    (folder / "sitecustomize.py").write_text(NO_NETWORK, encoding="utf-8")
    path = os.pathsep.join((str(folder), str(ROOT)))
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html",
         "-d", str(folder / "trees"), "docs", str(folder / "html")],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder / "html"


def text(built: Path, page: str) -> str:
    return (built / f"{page}.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_every_page_is_there_and_reached_from_the_first(built: Path) -> None:
    for page in (ROOT / "docs").glob("*.md"):
        assert f'href="{page.stem}.html"' in text(built, "index") or page.stem == "index"


@pytest.mark.slow
def test_written_parts_hold_everything(built: Path) -> None:
    parameters, commands, odd = (text(built, page) for page in ("parameters", "commands", "odd"))
    assert [one for one in parameter_table() if one not in parameters] == []
    assert [one for one in COMMANDS if f">{one}<" not in commands] == []
    assert [one for table in TABLES.values() for one in table if one.name not in odd] == []


@pytest.mark.slow
def test_pages_ask_nothing_of_another_host(built: Path) -> None:
    for page in built.glob("*.html"):
        loads = page.read_text(encoding="utf-8").split("<body", 1)
        assert 'src="http' not in "".join(loads), page.name
        assert 'rel="stylesheet" type="text/css" href="http' not in loads[0], page.name
