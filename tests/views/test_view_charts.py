"""Every figure compiles, says its sentence, stays small, and survives runs with little in them."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from altair.typing import ChartType
from synthetic_run import (
    SyntheticRun,
    empty_tables,
    example_manifest,
    example_run,
    example_score,
    make_run,
)
from vl_convert import vegalite_to_svg

from sim.views.accessor import Plots
from sim.views.charts.parts import value_axes
from sim.views.rundata import RunData

NAMES = (
    "users", "prices", "tokens", "cash", "runway", "survival", "adds", "spending", "flows",
    "ledger", "overlap", "retention", "acquisition_cost", "unit_economics",
    "net_cost", "ads_and_users", "rounds", "cap_table", "runway_range", "tenders", "small_apps",
    "waterfall",
)  # fmt: skip
SMALL = {
    "two weeks": lambda: make_run(weeks=2, replicates=2),
    "one week": lambda: make_run(weeks=1, replicates=1),
    "one replicate": lambda: make_run(weeks=60, replicates=1),
    "one firm": lambda: make_run(weeks=30, replicates=2, firms=("zhipu",), apps=("qingyan",)),
    "one cloud": lambda: make_run(weeks=30, replicates=2, firms=("baidu",), apps=("wenxiaoyan",)),
    "no apps": lambda: make_run(weeks=10, replicates=2, apps=()),
    "nothing": lambda: SyntheticRun(empty_tables(), example_manifest()),
    "no tables": lambda: SyntheticRun({}, {}),
}


def drawn(run: RunData, name: str, width: int) -> ChartType:
    plots = Plots(run)
    if name == "score":
        return plots.score(width, example_score())
    chart: ChartType = getattr(plots, name)(width)
    return chart


@cache
def example(name: str, width: int) -> tuple[dict[str, Any], str]:
    """Return the specification of a figure, checked against its schema, and its SVG."""
    specification = drawn(example_run(), name, width).to_dict()
    return specification, vegalite_to_svg(specification)


@pytest.mark.parametrize("width", [760, 350])
@pytest.mark.parametrize("name", [*NAMES, "score"])
def test_figures_compile_and_carry_their_sentence(name: str, width: int) -> None:
    specification, svg = example(name, width)
    for line in specification["title"]["text"]:
        assert line.replace("&", "&amp;") in svg
    assert len(json.dumps(specification)) < 200_000
    assert specification["description"].startswith(" ".join(specification["title"]["text"]))


@pytest.mark.parametrize("width", [760, 350])
@pytest.mark.parametrize("name", [*NAMES, "score"])
def test_figures_are_no_wider_than_asked(name: str, width: int) -> None:
    _, svg = example(name, width)
    found = svg.partition('viewBox="0 0 ')[2].partition(" ")[0]
    assert float(found) <= width * 1.06


@pytest.mark.parametrize("name", ["users", "prices", "tokens", "cash"])
def test_runs_shown_beside_each_other_stand_on_one_axis(name: str) -> None:
    one = make_run(weeks=30, replicates=2)
    other = make_run(weeks=60, replicates=1, firms=("zhipu", "baidu"), apps=("qingyan",))

    def axes(plots: Plots) -> frozenset[tuple[float, float]]:
        return value_axes(getattr(plots, name)())

    ((low, high),), ((lower, higher),) = axes(Plots(one)), axes(Plots(other))
    assert (low, high) != (lower, higher)
    both = {(min(low, lower), max(high, higher))}
    assert axes(Plots(one, beside=other)) == axes(Plots(other, beside=one)) == both


@pytest.mark.parametrize("name", ["flows", "overlap", "net_cost"])
def test_groups_are_drawn_in_the_same_order_each_time(name: str) -> None:
    found = [drawn(example_run(), name, 350).to_dict(validate=False) for _ in range(5)]
    assert found == [found[0]] * 5


@pytest.mark.parametrize("make", SMALL.values(), ids=SMALL.keys())
def test_runs_with_little_in_them_are_drawn(make: Callable[[], SyntheticRun]) -> None:
    run = make()
    for name in NAMES:
        assert "<svg" in vegalite_to_svg(drawn(run, name, 760).to_dict())


def test_a_figure_without_data_says_so() -> None:
    chart = drawn(SyntheticRun({}, {}), "users", 760).to_dict()
    assert chart["title"]["text"] == ["No app has users"]


def test_a_score_without_rows_says_so() -> None:
    assert "No known figure" in Plots(example_run()).score(760, ()).to_dict()["title"]["text"][0]


def test_price_figure_names_the_moves_of_the_price_war() -> None:
    _, svg = example("prices", 760)
    assert "6 May 2024: DeepSeek enters at 1 CNY/Mtok" in svg
    assert "13 May 2024: ByteDance enters at 0.8 CNY/Mtok" in svg
    assert "Baidu cuts 8 → free" in svg
    assert ">free<" in svg


def test_user_figure_labels_the_leader_at_its_line() -> None:
    _, svg = example("users", 760)
    assert ">Doubao<" in svg
    assert ">Kimi<" in svg


def test_accessor_lists_its_figures() -> None:
    assert "users" in repr(Plots(example_run()))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("overlap", "13 % of DeepSeek's users also hold Doubao"),
        ("retention", "bought users 17 % are there two quarters later, of others 20 %"),
        ("unit_economics", "and pays 1.5 CNY until leaving"),
        ("acquisition_cost", "A bought user costs startups"),
        ("net_cost", "gains on balance costs"),
    ],
)
def test_figures_about_bought_users_say_what_was_found(name: str, words: str) -> None:
    title = " ".join(example(name, 760)[0]["title"]["text"])
    assert words in title, title


def test_payback_is_in_weeks_or_never() -> None:
    _, svg = example("unit_economics", 760)
    assert ">20 weeks<" in svg
    assert ">never<" in svg
