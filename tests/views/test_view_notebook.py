"""Scenarios, runs and figures show themselves in a notebook, and ask no network for it."""

import re
import subprocess
import sys
from collections.abc import Mapping
from typing import Any, cast

import pytest
from synthetic_run import example_run

from sim import Run, Scenario
from sim.views.accessor import Plots

HOSTILE = "<script>alert(1)</script>"
OUTSIDE = re.compile(r"https?://(?!www\.w3\.org/)")


def cell_of(thing: Any) -> str:
    html = thing._repr_html_()
    assert isinstance(html, str)
    return html


def run_named(name: str, tables: Mapping[str, Any] | None = None) -> Run:
    run = example_run()
    return Run(run.tables if tables is None else tables, {**run.manifest, "scenario": name})


def test_scenario_shows_what_it_asks_and_changes() -> None:
    cell = cell_of(Scenario.load("funding_winter"))
    assert "<strong>funding_winter</strong>, 3 July 2023 to" in cell
    assert "<em>" in cell
    assert "<td><code>shock." in cell


def test_scenario_that_changes_nothing_says_so() -> None:
    assert "It changes nothing" in cell_of(Scenario.loads('extends = "baseline"\nname = "same"'))


def test_run_shows_its_verdict_a_picture_and_what_else_there_is() -> None:
    cell = cell_of(run_named("no_price_war"))
    assert "20 replicates, seed 1" in cell
    for topic in ("Users", "Prices", "Money", "Uncertainty", "Trust"):
        assert f"<strong>{topic}.</strong>" in cell
    assert 'src="data:image/svg+xml;base64,' in cell
    assert 'alt="Doubao reaches' in cell
    assert "<code>.apps</code> (36,400 rows)" in cell
    assert "<code>.plot.waterfall()</code>" in cell


def test_run_without_tables_still_shows_itself() -> None:
    assert "nothing recorded" in cell_of(run_named("empty", {}))


@pytest.mark.parametrize("name", [HOSTILE])
def test_names_are_shown_and_never_run(name: str) -> None:
    scenario = Scenario.loads(f'extends = "baseline"\nname = "x"\nquestion = "{name}"')
    for cell in (cell_of(run_named(name)), cell_of(scenario)):
        assert "<script" not in cell
        assert "&lt;script&gt;" in cell
        assert not OUTSIDE.search(cell)


def test_figure_is_a_drawing_and_stays_an_altair_chart() -> None:
    import altair as alt

    chart = cast(Any, Plots(example_run()).users())
    bundle: dict[str, str] = chart._repr_mimebundle_(None, None)
    assert set(bundle) == {"image/svg+xml", "text/plain"}
    assert bundle["image/svg+xml"].startswith("<svg")
    assert not OUTSIDE.search(bundle["image/svg+xml"])
    assert bundle["text/plain"].startswith("Doubao reaches")
    assert isinstance(chart, alt.LayerChart)
    narrower = cast(Any, chart.properties(width=300))
    assert narrower._repr_mimebundle_()["image/svg+xml"].startswith("<svg")


def test_names_of_the_package_bring_their_cells_with_them() -> None:
    code = "import sim; print(sim.Scenario.load('baseline')._repr_html_()[:3])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "<p>"


def test_notebook_shows_the_cell_not_the_repr() -> None:
    formatters = pytest.importorskip("IPython.core.formatters", reason="no IPython here")
    formatter = formatters.DisplayFormatter()
    data, _ = formatter.format(Scenario.load("baseline"))
    assert set(data) == {"text/html", "text/plain"}
    drawn, _ = formatter.format(Plots(example_run()).users())
    assert "image/svg+xml" in drawn
    assert "application/vnd.vegalite" not in " ".join(drawn)
