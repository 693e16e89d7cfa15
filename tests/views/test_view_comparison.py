"""A comparison as people see it: 80 columns, one file that loads nothing, figures that validate."""

import re
from functools import cache, partial
from pathlib import Path
from typing import Any

import known_market
import pytest
from altair.typing import ChartType
from known_market import KEYS
from rich.console import Console

from sim.experiments.compare import compare
from sim.experiments.comparison import Comparison
from sim.scenario import Scenario
from sim.views.charts.difference_fans import difference_fans
from sim.views.charts.effects import effects
from sim.views.charts.tornado import tornado
from sim.views.comparison_page import page, register
from sim.views.comparison_terminal import renderable
from sim.views.differences import difference_rows, is_better, is_clear, verdict_of, worth_of
from sim.views.outcomes import (
    difference_text,
    input_text,
    interval_text,
    outcome_name,
    outcome_value,
    worth_text,
)

ADDITIVE: Any = known_market.additive
HOSTILE = "<script>alert(1)</script>"
OUTCOMES = ("market.users_any_app", "market.hhi_mau", "market.sentiment:less")


@cache
def example(names: tuple[str, ...] = ("richer", HOSTILE)) -> Comparison:
    base = Scenario.loads('extends = "baseline"\nname = "base"\n')
    others = [
        Scenario.loads(
            f'extends = "baseline"\nname = "{name}"\nquestion = "{HOSTILE}"\n'
            f"[firms.moonshot]\ncash_mcny = {1700 + 100 * number}\n"
            "[firms.zhipu]\ncash_mcny = 1900\n"
        )
        for number, name in enumerate(names)
    ]
    return compare(base, *others, replicates=4, outcomes=OUTCOMES, simulate=ADDITIVE)


def printed(comparison: Comparison) -> str:
    console = Console(width=80, force_terminal=False, no_color=True)
    with console.capture() as captured:
        console.print(renderable(comparison))
    return captured.get()


def test_terminal_keeps_to_80_columns() -> None:
    text = printed(example(("a" * 70, "short")))
    assert max(map(len, text.splitlines())) <= 80


def test_terminal_says_inputs_differences_and_each_change_alone() -> None:
    text = printed(example())
    assert KEYS[0] in text
    assert "People with an app" in text
    assert "Each change alone" in text
    assert "P(best of all)" in text
    assert "The same in every pair: Concentration of users." in text


def test_page_is_one_file_that_loads_and_runs_nothing() -> None:
    text = page(example((HOSTILE,)))
    assert "<script" not in text
    assert HOSTILE not in text
    assert "&lt;script&gt;" in text
    assert not re.search(r"https?://(?!www\.w3\.org/)|@import|url\((?!#)|<link|<img|<iframe", text)
    anchors = re.findall(r'<a href="#([^"]+)"', text)
    assert anchors
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert set(anchors) <= set(ids)
    assert len(ids) == len(set(ids))


def test_notebook_shows_a_table(tmp_path: Path) -> None:
    register()
    cell = example()._repr_html_()
    assert cell.count("<table>") == 2
    assert HOSTILE not in cell
    written = example((HOSTILE,)).to_html(tmp_path / "c.html")
    assert written.read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize("width", [780, 350])
def test_figures_are_valid_and_have_words(width: int) -> None:
    rows = difference_rows(example(), "richer")
    draws: list[Any] = [
        partial(effects, rows, "Title", "Caption"),
        partial(effects, rows[:0], "Nothing", "Caption"),
        partial(difference_fans, example().fans, [("market.users_any_app", "users")], "T", "C"),
        partial(difference_fans, example().fans, [("no.such", "users")], "T", "C"),
    ]
    for draw in draws:
        chart: ChartType = draw(width)
        specification = chart.to_dict()
        assert specification["title"]["text"]


@pytest.mark.parametrize("width", [780, 350])
def test_tornado_says_what_matters_most(width: int) -> None:
    row = {
        "input": "parameters.organic", "unit": "users", "low": -2e6, "low_from": -3e6,
        "low_to": -1e6, "high": 4e6, "high_from": None, "high_to": None, "swing": 6e6,
    }  # fmt: skip
    specification = tornado([row, {**row, "swing": 0.0}], "Kimi users", width).to_dict()
    assert " ".join(specification["title"]["text"]) == "Kimi users: organic matters most"
    assert "No input moves" in tornado([], "Kimi users", width).to_dict()["title"]["text"][0]


def test_clear_differences_come_first_and_know_their_direction() -> None:
    rows = difference_rows(example(), "richer")
    assert [is_clear(row) for row in rows] == sorted((is_clear(row) for row in rows), reverse=True)
    by_outcome = {row["outcome"]: row for row in rows}
    assert is_better(by_outcome["market.users_any_app"])
    assert not is_better(by_outcome["market.sentiment"])


def test_verdict_names_the_surest_difference_with_its_interval() -> None:
    said = verdict_of(example(), "richer")
    assert said.startswith("Surest of what differs: ")
    assert " to " in said
    same = compare(
        Scenario.load("baseline"), Scenario.load("baseline"),
        replicates=3, outcomes=OUTCOMES, simulate=ADDITIVE,
    )  # fmt: skip
    assert "Nothing differs that 3 pairs could tell" in verdict_of(same, same.alternatives[0])
    assert worth_of(same) == ""


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (48.4e6, "users", "48.4 M"),
        (-39_900, "users", "−39.9 k"),
        (0.42, "probability", "42 %"),
        (0.3206, "share", "0.321"),
        (0.0, "CNY", "0"),
        (1.554, "CNY/Mtok", "1.55"),
        (None, "CNY", "–"),
        (float("nan"), "CNY", "–"),
    ],
)
def test_values_are_written_in_peoples_units(value: float | None, unit: str, text: str) -> None:
    assert outcome_value(value, unit) == text


def test_differences_carry_their_sign_and_intervals_one_scale() -> None:
    assert difference_text(1.554, "CNY/Mtok") == "+1.55"
    assert difference_text(-0.25, "probability") == "−25 %"
    assert interval_text(-1.17e12, -602e9, "tokens/day") == "−1.17 to −0.60 tn"
    assert interval_text(-136_000, 56_700, "users") == "−136 to +57 k"
    assert interval_text(-0.004, 0.159, "share") == "−0.004 to +0.159"
    assert interval_text(None, 1.0, "share") == "–"


def test_replicates_that_independent_seeds_need() -> None:
    assert worth_text(79_165.9, 6, 1.0) == "79.2 k"
    assert worth_text(2.6e7, 6, 1.0) == ">100 k"
    assert worth_text(None, 6, 1.0) == ">100 k"
    assert worth_text(None, 6, 0.0) == "–"


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("apps.kimi.mau", "Kimi users"),
        ("apps.kimi.mau@2025-06", "Kimi users, 2025-06"),
        ("firms.zhipu.status=closed", "Zhipu status closed"),
        ("firms.zhipu.runway_months:min", "Zhipu runway months (min)"),
        ("firms.startups.cash_cny", "Startups' cash"),
        ("rounds.moonshot.size_cny", "Moonshot rounds size"),
        ("rounds.failed=false", "Rounds that closed"),
    ],
)
def test_outcomes_have_names(address: str, name: str) -> None:
    assert outcome_name(address) == name


def test_inputs_are_written_with_their_unit() -> None:
    assert input_text(5.0, "1/year") == "5 per year"
    assert input_text(True) == "on"
    assert input_text(0.5, "share") == "0.5"
    assert input_text("hold", "CNY") == "hold"
