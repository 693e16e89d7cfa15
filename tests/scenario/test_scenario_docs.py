"""Every example of docs/scenarios.md is a scenario, and every command in it works."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from sim.cli.main import main
from sim.scenario import Scenario, checks, reading
from sim.scenario.layers import MOST_PARENTS
from sim.strategies.checks import check_strategies

TEXT = (Path(__file__).parents[2] / "docs" / "scenarios.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


COMMANDS = [line for block in blocks("sh") for line in block.splitlines()]


@pytest.mark.parametrize("text", blocks("toml"))
def test_example_is_a_scenario_that_changes_something(text: str) -> None:
    loaded = Scenario.loads(text)
    check_strategies(loaded)
    assert loaded.changed()
    assert not [found for found in loaded.warnings if found.code != "no-event"]


@pytest.mark.parametrize("command", COMMANDS)
def test_command_works(command: str) -> None:
    assert CliRunner().invoke(main, shlex.split(command)[1:]).exit_code == 0


def test_shown_error_is_the_real_one() -> None:
    folder = Path(__file__).parent / "mistakes"
    answer = (folder / "two_shocks_on_one_day.txt").read_text(encoding="utf-8")
    assert blocks("text") == [answer.replace("<two_shocks_on_one_day>", "two.toml")]


def test_table_of_bounds_is_true() -> None:
    most = checks.MOST_ENTRIES
    shown = f"{most['firms']}; {most['apps']}; {most['segments']}; {most['shock']:,}"
    values = f"{reading.MOST_VALUES:,}; {reading.MOST_KEYS:,}; {reading.MOST_LISTED:,}"
    for value in (
        shown, values, f"{reading.LARGEST_FILE:,} characters", str(MOST_PARENTS + 1),
        str(reading.DEEPEST_VALUE), f"{checks.MOST_AGENTS:,}",
    ):  # fmt: skip
        assert f"| {value} |" in TEXT
