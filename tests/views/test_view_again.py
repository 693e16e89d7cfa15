"""The command on a page makes the page's scenarios, with the settings that were laid on them."""

import shlex
from itertools import pairwise

import pytest
from click.testing import CliRunner

from sim.cli.main import main
from sim.scenario import Scenario
from sim.views.again import again

SMALL = ("consumers.people_per_agent=100000", "end=2023-10-02", "mechanisms.price_war=false")


def made_by(command: str) -> Scenario:
    """Return the scenario that a command names, as the command line itself reads it."""
    words = shlex.split(command)
    settings = [after for word, after in pairwise(words) if word == "-S"]
    return Scenario.load(words[2], settings)


@pytest.mark.parametrize("name", ["baseline", "no_price_war", "calibrated"])
@pytest.mark.parametrize("settings", [(), SMALL])
def test_shipped_scenario_is_called_by_its_name_and_settings(
    name: str, settings: tuple[str, ...]
) -> None:
    given = Scenario.load(name, settings)
    found = again("run", [given.to_toml()], "-n", "4")
    assert found.files == ()
    assert found.command.startswith(f"llmsim run {name} ")
    assert found.command.endswith(" -n 4")
    assert made_by(found.command) == given


def test_settings_of_all_scenarios_stand_once() -> None:
    texts = [Scenario.load(name, SMALL[:1]).to_toml() for name in ("baseline", "funding_winter")]
    found = again("compare", texts)
    assert found.command == f"llmsim compare baseline funding_winter -S {SMALL[0]}"


def test_scenarios_with_settings_of_their_own_are_files() -> None:
    texts = [
        Scenario.load("baseline", SMALL[:1]).to_toml(),
        Scenario.load("no_price_war").to_toml(),
    ]
    found = again("compare", texts)
    assert found.command == "llmsim compare baseline.toml no_price_war"
    assert found.files == ("baseline.toml",)


def test_scenario_of_a_user_is_a_file_to_be_saved_first() -> None:
    mine = Scenario.loads('extends = "baseline"\nname = "my <future>"\n')
    found = again("run", [mine.to_toml()])
    assert found.files == ("my <future>.toml",)
    assert shlex.split(found.command) == ["llmsim", "run", "my <future>.toml"]


def test_run_without_its_scenario_still_has_a_command() -> None:
    assert again("run", [""]).command == "llmsim run scenario.toml"


def test_command_is_one_that_the_command_line_reads() -> None:
    words = shlex.split(again("show", [Scenario.load("baseline", SMALL).to_toml()]).command)
    done = CliRunner().invoke(main, words[1:])
    assert done.exit_code == 0, done.output
    assert "people_per_agent = 100000" in done.output.replace("_000", "000")
