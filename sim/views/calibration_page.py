"""A calibration as one HTML file that opens offline: prior, posterior, and how they were told."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from sim.experiments.calibration import Calibration
from sim.results.provenance import git_commit, versions
from sim.views.again import Again
from sim.views.assumptions import NARROWED, UNTOLD
from sim.views.basis import basis, parameters_among
from sim.views.calibrations import (
    PARAMETER_HEADS,
    TRUST,
    parameter_cells,
    picture,
    summary,
)
from sim.views.charts.score import score
from sim.views.figures import figure_interval, figure_name, figure_value
from sim.views.format import percent
from sim.views.report import drawn, rendered, write_page


def write_calibration_page(found: Calibration, command: str, path: Path) -> Path:
    """Write the page and return its path; raise ReportError if it cannot be written.

    command: that makes the calibration again, as the page says.
    """
    return write_page(path, page(found, command))


def page(found: Calibration, command: str) -> str:
    """Return the page as text; everything from the scenario is escaped."""
    source = f"Source: llmsim, {found.runs:,} runs of {found.scenario.name}."
    checked = f"Source: llmsim, {len(found.waves[-1].misses)} runs at draws of the posterior."
    known = {row["id"]: row for row in found.by_figure.to_dicts()}
    return rendered(
        "calibration.html",
        title=f"What the figures say about {found.scenario.name}",
        scenario=found.scenario,
        runs=f"{found.runs:,}",
        summary=summary(found),
        parameters=drawn(partial(picture, found), "parameters", source),
        check=drawn(partial(score, list(found.check)), "check", checked),
        heads=PARAMETER_HEADS,
        told=[parameter_cells(row) for row in found.by_parameter.filter("told").to_dicts()],
        untold=found.by_parameter.filter(~found.by_parameter["told"])["key"].to_list(),
        figures=[
            (
                figure_name(row),
                figure_value(row, row.observed),
                figure_value(row, row.median),
                figure_interval(row),
                percent(known[row.id]["explained"]),
                f"{known[row.id]['luck']:.2f}",
                f"{known[row.id]['by_parameters']:.2f}",
            )
            for row in found.check
        ],
        basis=basis(found.scenario.to_toml(), TRUST, _kinds(found)),
        again=Again(command),
        provenance={
            "Runs": f"{found.runs:,}",
            "Seconds of computing": f"{found.seconds:,.0f}",
            "Commit": git_commit() or "unknown",
            "Versions": ", ".join(f"{name} {number}" for name, number in versions().items()),
        },
    )


def _kinds(found: Calibration) -> dict[str, str]:
    """Return what the figures did to each parameter."""
    told = dict(found.by_parameter.select("key", "told").iter_rows())
    kinds = parameters_among(told, UNTOLD)
    return kinds | parameters_among([key for key, is_told in told.items() if is_told], NARROWED)
