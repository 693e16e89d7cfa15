"""What people get wrong, and exactly what they are told: one file and one answer each."""

import re
from pathlib import Path

import pytest

from sim.scenario import Scenario, ScenarioError

MISTAKES = sorted((Path(__file__).parent / "mistakes").glob("*.toml"))


@pytest.mark.parametrize("file", MISTAKES, ids=[file.stem for file in MISTAKES])
def test_mistake_is_explained(file: Path) -> None:
    expected = file.with_suffix(".txt").read_text(encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        Scenario.loads(file.read_text(encoding="utf-8"), file.stem, file.parent)
    said = f"{caught.value}\n".replace(str(file.parent), "HERE")
    assert uncounted(said) == uncounted(expected)


def uncounted(text: str) -> str:
    """Leave out how many more names are allowed, which changes with every claim in the model.

    And the digest of the shipped sample, which changes with every calibration.
    """
    return re.sub(
        r"there is [0-9a-f]{16}", "there is another", re.sub(r"and \d+ more", "and more", text)
    )


def test_there_is_an_answer_to_every_mistake_and_no_other() -> None:
    answers = sorted((Path(__file__).parent / "mistakes").glob("*.txt"))
    assert [file.stem for file in answers] == [file.stem for file in MISTAKES]
    assert len(MISTAKES) >= 40
