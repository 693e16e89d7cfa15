"""Each claim's mechanism moves outcomes as claimed: the paired 90 % interval lies on its side."""

from dataclasses import replace

import pytest
import sign
from claims import CLAIMS
from sign import Claim, more

from sim.evidence.mechanisms import load_mechanisms
from sim.experiments.paired import paired_difference


def cases() -> list[object]:
    """Return every claim's pairs, marked with its id."""
    return [
        pytest.param(
            claim,
            id=f"{claim.id}-{claim.outcomes[0].what}",
            marks=[pytest.mark.claim(id=claim.id), *([pytest.mark.slow] if claim.slow else [])],
        )
        for claim in CLAIMS
    ]


@pytest.mark.parametrize("claim", cases())
def test_interval_lies_on_the_side_that_the_claim_says(claim: Claim) -> None:
    found = zip(claim.outcomes, sign.differences(claim), strict=True)
    missed = {
        outcome.what: one for outcome, one in found if outcome.verdict(one, outcome.shown) != "yes"
    }
    assert not missed


def contested() -> set[str]:
    return {one.id for one in CLAIMS if any(found.shown is not None for found in one.outcomes)}


def test_what_is_shown_against_the_claim_is_marked_contested() -> None:
    marked = {one.id for one in load_mechanisms() if one.contested}
    assert contested() == marked


@pytest.mark.parametrize(
    ("low", "high", "sign_of_it", "says"),
    [
        (0.1, 0.3, 1, "yes"),
        (-0.3, -0.1, 1, "no"),
        (-0.1, 0.3, 1, "unclear"),
        (0.0, 0.0, 1, "unclear"),
        (-0.3, -0.1, -1, "yes"),
        (0.0, 0.0, 0, "yes"),
        (-0.1, 0.0, 0, "unclear"),
    ],
)
def test_interval_agrees_disagrees_or_leaves_it_open(
    low: float, high: float, sign_of_it: int, says: str
) -> None:
    mean = (low + high) / 2.0
    found = replace(paired_difference([0.0, 0.0], [mean, mean]), low=low, high=high)
    assert more("it", lambda run: 0.0).verdict(found, sign_of_it) == says
