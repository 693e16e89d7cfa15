"""What the README says works, as it stands there."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
INSTALLING, USING = README.split("\n## What you see\n")


def blocks(text: str, language: str) -> list[str]:
    found: list[str] = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return found


def python(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def test_installing_takes_two_commands_of_one_line() -> None:
    run, test = blocks(INSTALLING, "sh")
    assert run.endswith("llmsim run scenarios/baseline.toml\n")
    assert "-m pytest" in test
    assert "\n" not in run.rstrip("\n")
    assert "\n" not in test.rstrip("\n")


def test_python_code_runs(tmp_path: Path) -> None:
    (code,) = blocks(README, "python")
    done = python(tmp_path, "-c", code)
    assert done.returncode == 0, done.stderr


def test_commands_run_in_the_order_in_which_they_stand(tmp_path: Path) -> None:
    lines = [line for block in blocks(USING, "sh") for line in block.splitlines()]
    assert len(lines) >= 4
    for line in lines:
        program, *arguments = shlex.split(line)
        assert program == "llmsim"
        once = ["-n", "1"] if arguments[0] == "run" else []
        done = python(tmp_path, "-m", "sim", *arguments, *once)
        assert done.returncode == 0, f"{line}\n{done.stderr}"


@pytest.mark.parametrize("target", re.findall(r"\]\(([^):]+)\)", README))
def test_link_leads_somewhere(target: str) -> None:
    assert (ROOT / target).exists()
