"""Claims: 83 of them, 81 with a switch of their own."""

from sim.evidence.articles import load_articles
from sim.evidence.mechanisms import MECHANISMS, load_mechanisms, mechanisms_by_id


def test_every_claim_but_the_two_outcomes_has_a_switch_of_its_own() -> None:
    claims = load_mechanisms()
    assert [claim.id for claim in claims] == [f"M{number:02d}" for number in range(1, 84)]
    assert [claim.id for claim in claims if claim.switch is None] == ["M82", "M83"]
    assert len(MECHANISMS) == 81


def test_a_claim_is_found_by_switch_and_by_id() -> None:
    claim = MECHANISMS["channel_lockout"]
    assert claim is mechanisms_by_id()["M25"]
    assert claim.acts_in == ("E4",)
    assert claim.articles == ("article 001",)
    assert claim.claim.startswith("Channel owner can exclude rivals")


def test_every_claim_comes_from_an_article_that_exists() -> None:
    known = {article.id for article in load_articles()}
    assert len(known) == 5
    assert all(set(claim.articles) <= known for claim in load_mechanisms())


def test_every_claim_says_how_the_model_has_it_and_what_off_means() -> None:
    for claim in load_mechanisms():
        assert claim.about.endswith(".")
        assert claim.neutral.endswith(".")
        assert claim.contested == "" or claim.contested.endswith(".")


def test_contested_claims_are_shown_as_such() -> None:
    assert mechanisms_by_id()["M25"].state == "contested"
    assert mechanisms_by_id()["M10"].state == "in the model"
    assert mechanisms_by_id()["M83"].state == "outcome"
