"""Every claim of the articles has a switch, a place in the code, and a test of its sign."""

import ast
from pathlib import Path

import pytest
from claims import CLAIMS

from sim.evidence.mechanisms import MECHANISMS, Mechanism, load_mechanisms, mechanisms_by_id

HERE = Path(__file__).parent


def marked() -> dict[str, list[str]]:
    """Return the tests by the claim that they are marked with."""
    found = {one.id: ["test_signs.py"] for one in CLAIMS}
    for file in sorted(HERE.glob("test_*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                for claim in _claims(node):
                    found.setdefault(claim, []).append(f"{file.name}::{node.name}")
    return found


def _claims(test: ast.FunctionDef) -> list[str]:
    calls = [one for one in test.decorator_list if isinstance(one, ast.Call)]
    return [
        ast.literal_eval(one.keywords[0].value)
        for one in calls
        if ast.unparse(one.func) == "pytest.mark.claim"
    ]


@pytest.mark.parametrize("claim", MECHANISMS.values(), ids=lambda one: str(one.id))
def test_claim_has_a_place_a_switch_words_and_a_sign_test(claim: Mechanism) -> None:
    assert claim.place, f"{claim.id}: no file asks for mechanisms.{claim.switch}"
    assert claim.id in marked(), f"no test in {HERE.name}/ is marked claim(id={claim.id!r})"


def test_tests_name_claims_that_exist() -> None:
    assert set(marked()) <= set(mechanisms_by_id())


def test_all_but_the_two_outcomes_are_switched() -> None:
    assert [one.id for one in load_mechanisms() if one.switch is None] == ["M82", "M83"]
