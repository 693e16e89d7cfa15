"""Sources: every shipped number has one, and a number without one is refused."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.shipped import shipped
from sim.evidence.check import check_seeds
from sim.evidence.figures import figures_by_id
from sim.evidence.history import load_history
from sim.evidence.opening import load_account_kinds, load_channels, load_firms, load_segments
from sim.evidence.provenance import check_parameters, read_source, source_problems
from sim.evidence.table import EvidenceError

SOURCED: dict[str, Callable[[Path], object]] = {
    "opening": load_firms,
    "channels": load_channels,
    "segments": load_segments,
    "account_kinds": load_account_kinds,
    "history": lambda path: load_history("history", path),
    "parameters": check_parameters,
}
NUMBERS = {"cash_mcny": 1500.0, "quality_offset": -10.0}


def problems(source: str, papers: bool = False) -> list[str]:
    return list(source_problems(source, NUMBERS, papers=papers))


def test_every_shipped_number_has_a_source() -> None:
    check_seeds()


@pytest.mark.parametrize(
    "source",
    [
        "x217",
        "assumption: small beside research",
        "x217; assumption: small beside research",
        "cash_mcny=x217;assumption: small beside research",
        "cash_mcny=x217;quality_offset=assumption: a = b in all cases",
        "cash_mcny quality_offset=x217",
    ],
)
def test_figures_and_reasons_are_sources(source: str) -> None:
    assert problems(source) == []


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("", "is no figure"),
        ("guess", "source names 'guess', which is no figure"),
        ("x9999", "is no figure"),
        ("assumption:", "a reason of at least three words"),
        ("assumption: my guess", "a reason of at least three words"),
        ("assumption: 1 2 3 4", "a reason of at least three words"),
        ("x217;", "is no figure"),
        ("paper: Ho 2024 Algorithmic progress", "allowed are a figure id, input:, assumption:"),
        ("cash_mcny=x217", "source says nothing about quality_offset"),
        ("cash_mcny=input:x149", "whose use is fit; only input may be fed"),
        ("input:x148", "but not into which column"),
        ("cash_mcny=input:x148;assumption: the rest is free", "x148 says 124.538"),
        ("quality_offset=input:x148;cash_mcny=x217", "which cannot hold it"),
    ],
)
def test_anything_else_is_refused(source: str, said: str) -> None:
    assert any(said in problem for problem in problems(source))


def test_a_fed_number_must_be_the_figures_in_the_columns_unit() -> None:
    fed = {"valuation_bn_cny": 8.2}
    assert list(source_problems("valuation_bn_cny=input:x217", fed)) == []
    fed = {"valuation_bn_cny": 1.157}
    (problem,) = source_problems("valuation_bn_cny=input:x217", fed)
    assert "x217 says 8.15" in problem


def test_papers_are_for_parameters_and_need_author_year_and_title() -> None:
    assert problems("paper: Fader & Hardie 2007 How to project", papers=True) == []
    for source in ("paper: Fader", "paper: Fader 2007", "paper: 2007", "paper:"):
        assert problems(source, papers=True)


@pytest.mark.parametrize("name", SOURCED)
def test_a_table_whose_row_lost_its_source_is_refused(name: str, tmp_path: Path) -> None:
    with (shipped("seeds") / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for bad in ("", "assumption", "assumption: because", "s0_no_such_figure", "paper: anonymous"):
        path = tmp_path / f"{name}.csv"
        changed = [*rows[:-1], rows[-1] | {"source": bad}]
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(changed)
        with pytest.raises(EvidenceError, match="source") as caught:
            SOURCED[name](path)
        assert {problem.line for problem in caught.value.problems} == {len(rows) + 1}


@given(st.text())
def test_no_text_is_a_source_by_accident(text: str) -> None:
    accepted = problems(text, papers=True) == []
    kinds = {statement.kind for statement in read_source(text)}
    named = {s.text for s in read_source(text) if s.kind in ("figure", "input")}
    assert not accepted or (
        kinds <= {"figure", "input", "assumption", "paper"} and named <= set(figures_by_id())
    )


@given(st.sampled_from(sorted(figures_by_id())), st.sampled_from(["x217", "x148", "x149"]))
def test_only_input_figures_can_be_fed(figure_id: str, other: str) -> None:
    found = list(source_problems(f"{other}; input:{figure_id}"))
    fed = figures_by_id()[figure_id].use == "input"
    assert (found == []) == fed
