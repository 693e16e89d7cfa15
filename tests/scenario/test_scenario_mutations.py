"""Whatever a file says, it loads or is refused with a place: no traceback, no silence."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutated_scenarios import SAMPLE, mutated

from sim.scenario import Scenario, ScenarioError

RESOLVED = Scenario.loads(SAMPLE).to_toml()


def loads_or_is_refused_with_a_place(text: str) -> None:
    loaded, error = outcome(text)
    if loaded is not None:
        assert Scenario.loads(loaded.to_toml()) == loaded
        loaded.changed()
        return
    assert error is not None
    assert str(error)
    lines = text.replace("\r\n", "\n").split("\n")
    for found in error.diagnostics:
        assert found.origin is not None
        if found.origin.file == "<scenario>":
            assert found.origin.text in ("", lines[found.origin.line - 1])


def outcome(text: str, *settings: str) -> tuple[Scenario | None, ScenarioError | None]:
    try:
        return Scenario.loads(text, overrides=settings), None
    except ScenarioError as error:
        return None, error


@pytest.mark.parametrize("text", [SAMPLE, RESOLVED], ids=["sample", "resolved"])
@pytest.mark.parametrize("seed", range(60))
def test_mutated_file_loads_or_is_refused(text: str, seed: int) -> None:
    loads_or_is_refused_with_a_place(mutated(text, Random(seed)))


@settings(max_examples=100)
@given(st.text(max_size=200))
def test_any_text_loads_or_is_refused(text: str) -> None:
    loads_or_is_refused_with_a_place(text)


@settings(max_examples=100)
@given(st.text(max_size=80))
def test_any_setting_is_laid_on_top_or_refused(text: str) -> None:
    _, error = outcome("", text)
    for found in error.diagnostics if error else ():
        assert found.origin is not None
        assert found.origin.file == "--set"


@pytest.mark.parametrize(
    "setting",
    [
        "seed", "=3", "seed=", "a.b", "seed=1\nend=2024-01-01", "seed=1 # x", "seeds=3",
        "firms.moonshot.cash=3", "mechanisms.price_wars=false", "consumers=3", "shock=3",
        "shock.llama3.amount=x", "shock.new.amount=3", "extends=baseline", "[seed]=1", '"=1',
        "parameters=posteriors", "firms.zhipu.remove=false", "seed=99999999999999999999",
    ],
)  # fmt: skip
def test_wrong_setting_is_refused_with_its_text(setting: str) -> None:
    if setting == "seed=1 # x":
        assert Scenario.loads("", overrides=[setting]).seed == 1
        return
    with pytest.raises(ScenarioError) as caught:
        Scenario.loads("", overrides=["accounts.count=10", setting])
    assert {str(found.origin)[:8] for found in caught.value.diagnostics} == {"--set:2:"}
