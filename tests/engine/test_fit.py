"""People that a state word or the memory cannot hold are refused at the scenario's line."""

from datetime import date

import pytest

from sim.engine.fit import RESERVE_BYTES, available_memory, check_fit
from sim.scenario import Scenario, ScenarioError

BASE = Scenario.load("baseline")


def test_people_beyond_the_memory_are_told_how_many_would_fit() -> None:
    everybody = BASE.with_({"consumers.people_per_agent": 1})
    with pytest.raises(ScenarioError, match=r"need 2\.8 GB of memory, 1\.6 GB are") as error:
        check_fit(everybody, RESERVE_BYTES + 1_200_000_000)
    assert "2 or more fits" in str(error.value)
    check_fit(everybody.with_({"consumers.people_per_agent": 2}), RESERVE_BYTES + 1_200_000_000)
    check_fit(everybody, RESERVE_BYTES + 2_400_000_000)


def test_more_weeks_than_a_word_holds_point_at_the_end() -> None:
    long = BASE.with_({"end": date(2034, 1, 2)})
    with pytest.raises(ScenarioError, match="548 weeks .* holds 512") as error:
        check_fit(long)
    assert error.value.diagnostics[0].key == "end"


def test_more_apps_than_a_word_holds_point_at_the_apps() -> None:
    more = {
        f"apps.extra_{n}": {"firm": "zhipu", "market": "china", "launch": date(2024, 1, 1)}
        for n in range(3)
    }
    settings = {f"{app}.{key}": value for app, row in more.items() for key, value in row.items()}
    with pytest.raises(ScenarioError, match="holds 15") as error:
        check_fit(BASE.with_(settings))
    assert error.value.diagnostics[0].key == "apps"


def test_the_system_says_how_much_memory_there_is() -> None:
    memory = available_memory()
    assert memory is None or memory > 1 << 20
