"""The page of answers: every shipped future has one, and its sign comes out again."""

import runpy
from pathlib import Path
from typing import Any

import pytest

from sim.scenario.catalogue import shipped_scenarios

ROOT = Path(__file__).parents[2]
SIGN = {"more": 1.0, "less": -1.0}


def made() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "benchmarks" / "answers.py"))


def answers(column: int = 2) -> dict[tuple[str, str], str]:
    """Return the answers on the page by scenario and outcome: set by hand, or of column 5."""
    lines = (ROOT / "docs" / "answers.md").read_text(encoding="utf-8").splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| `")]
    return {(row[0].strip("`"), row[1].strip("`")): row[column] for row in rows}


def test_every_shipped_future_is_answered() -> None:
    script = made()
    asked = {(name, one) for name, several in script["ASKED"].items() for one in several}
    itself = {(n, f"market.{one}") for n, several in script["ITSELF"].items() for one in several}
    assert set(answers()) == asked | itself
    futures = {name for name in shipped_scenarios() if "/" not in name}
    assert {name for name, _ in answers()} == futures


@pytest.mark.slow
@pytest.mark.parametrize(("column", "is_drawn"), [(2, False), (5, True)])
def test_signs_of_the_answers_come_out_again(column: int, is_drawn: bool) -> None:
    page = answers(column)
    for name, row in made()["differences"](6, 30_000, is_drawn):
        if (sign := SIGN.get(page[name, row["outcome"]])) is not None:
            assert sign * row["difference"] > 0.0, (name, row)
