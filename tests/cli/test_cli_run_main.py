"""The command itself: what it offers, and what an error looks like."""

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from sim import __version__
from sim.cli.main import COMMANDS, main
from sim.core.errors import SimError
from sim.scenario import ScenarioError


def test_help_lists_every_command_with_what_it_does() -> None:
    output = CliRunner().invoke(main, ["--help"]).stdout
    for name, purpose in COMMANDS.items():
        assert name in output
        assert purpose in output


def test_alone_it_greets_with_three_commands_to_try() -> None:
    output = CliRunner().invoke(main, []).output
    assert output.count("\n    llmsim ") == 3


@pytest.mark.parametrize("name", COMMANDS)
def test_command_exists_and_explains_itself(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: main {name}")


def test_version_is_that_of_the_package() -> None:
    assert CliRunner().invoke(main, ["--version"]).stdout == f"llmsim, version {__version__}\n"


def test_unknown_command_is_wrong_usage() -> None:
    result = CliRunner().invoke(main, ["runn"])
    assert result.exit_code == 2
    assert "runn" in result.stderr


def test_package_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sim", "--version"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert done.stdout == f"llmsim, version {__version__}\n"


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (SimError("cash is -1; must be positive"), 2, "cash is -1; must be positive"),
        (FileNotFoundError(2, "No such file or directory", "x.toml"), 2, "x.toml: No such file"),
        (KeyboardInterrupt(), 130, "Interrupted"),
    ],
)
def test_error_becomes_message_and_exit_code(
    error: BaseException, code: int, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = invoke_raising(error, monkeypatch)
    assert result.exit_code == code
    assert message in result.stderr
    assert result.stdout == ""


def test_invalid_scenario_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    assert issubclass(ScenarioError, SimError)
    result = CliRunner().invoke(main, ["validate", "no-such-scenario"])
    assert result.exit_code in (1, 2)


def invoke_raising(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> click.testing.Result:
    @click.command()
    def failing() -> None:
        raise error

    monkeypatch.setattr(main, "commands", {"failing": failing})
    return CliRunner().invoke(main, ["failing"])
