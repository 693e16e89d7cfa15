"""What the README says works, as it stands there."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from sim.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
INSTALLING, USING = README.split("\n## What you see\n")


def blocks(text: str, language: str) -> list[str]:
    found: list[str] = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return found


def test_installing_takes_two_commands_of_one_line() -> None:
    run, test = blocks(INSTALLING, "sh")
    assert run.endswith("llmsim run scenarios/baseline.toml\n")
    assert "-m pytest" in test
    assert "\n" not in run.rstrip("\n")
    assert "\n" not in test.rstrip("\n")


def test_python_code_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = blocks(README, "python")
    exec(compile(code, "README.md", "exec", dont_inherit=True), {"__name__": "__main__"})
    assert "┌" in capsys.readouterr().out


@pytest.mark.usefixtures("undrawn")
def test_commands_run_in_the_order_in_which_they_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = [line for block in blocks(USING, "sh") for line in block.splitlines()]
    assert len(lines) >= 4
    for line in lines:
        program, *arguments = shlex.split(line)
        assert program == "llmsim"
        once = ["-n", "1"] if arguments[0] == "run" else []
        done = CliRunner().invoke(main, [*arguments, *once])
        assert done.exit_code == 0, f"{line}\n{done.output}"


@pytest.mark.parametrize("target", re.findall(r"\]\(([^):]+)\)", README))
def test_link_leads_somewhere(target: str) -> None:
    assert (ROOT / target).exists()
