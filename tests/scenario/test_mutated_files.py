"""Ten thousand wrong files through the command line: an answer each, in time, never a traceback."""

import json
import subprocess
import sys
from pathlib import Path
from random import Random
from time import process_time

import pytest
from click.testing import CliRunner
from mutated_scenarios import SAMPLE, mutated

from sim.cli.main import main
from sim.scenario.layers import shipped_files

FILES, SLOWEST_SECONDS = 10_000, 2.0
SEEDS_OF_THE_REAL_COMMAND = range(3)


def texts(seed: int) -> tuple[str, str]:
    """Return a wrong child and its parent; every tenth pair extends in a circle."""
    random = Random(seed)
    shipped = [file.read_text(encoding="utf-8") for file in shipped_files().values()]
    parent = mutated(random.choice([SAMPLE, *shipped]), random)
    child = mutated(SAMPLE.replace('"baseline"', '"parent"'), random)
    if seed % 10 == 0:
        parent = parent.replace('"baseline"', '"child"')
    elif seed % 3:
        parent = 'extends = "baseline"\n'
    return child, parent


def write(folder: Path, seed: int) -> Path:
    child, parent = texts(seed)
    (folder / "parent.toml").write_text(parent, encoding="utf-8", errors="replace")
    (folder / "child.toml").write_text(child, encoding="utf-8", errors="replace")
    return folder / "child.toml"


def check_answer(folder: Path, said: str, code: int) -> None:
    (row,) = json.loads(said)["data"]["files"]
    errors = [one for one in row["diagnostics"] if one["severity"] == "error"]
    assert row["valid"] is (code == 0) is (not errors)
    for one in errors:
        assert one["message"]
        assert one["line"] >= 1
        own = Path(one["file"]).parent == folder
        assert own or one["file"].startswith(("seeds/", "scenarios/"))


def validate(folder: Path, seed: int) -> tuple[int, float]:
    file = write(folder, seed)
    began = process_time()
    result = CliRunner().invoke(main, ["validate", "--json", str(file)], catch_exceptions=False)
    took = process_time() - began
    assert result.exit_code in (0, 1, 2)
    check_answer(folder, result.stdout, result.exit_code)
    return result.exit_code, took


@pytest.mark.parametrize("seed", range(40))
def test_wrong_file_is_answered_with_file_and_line(tmp_path: Path, seed: int) -> None:
    validate(tmp_path, seed)


@pytest.mark.parametrize("seed", SEEDS_OF_THE_REAL_COMMAND)
def test_wrong_file_is_answered_by_the_real_command(tmp_path: Path, seed: int) -> None:
    file = write(tmp_path, seed)
    command = [sys.executable, "-m", "sim", "validate", "--json", str(file)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode in (0, 1, 2)
    assert "Traceback" not in result.stderr
    check_answer(tmp_path, result.stdout, result.returncode)


@pytest.mark.slow
def test_ten_thousand_wrong_files_are_answered_in_time(tmp_path: Path) -> None:
    codes = {0: 0, 1: 0, 2: 0}
    slowest = 0.0
    for seed in range(1000, 1000 + FILES):
        code, took = validate(tmp_path, seed)
        codes[code] += 1
        slowest = max(slowest, took)
    print(f"{FILES} files: {codes}, slowest {slowest:.2f} s")
    assert codes[1] > FILES / 2
    assert slowest < SLOWEST_SECONDS
