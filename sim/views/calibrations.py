"""What a calibration says in words and cells; terminal and page share it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from altair.typing import ChartType
from rich.console import Group, RenderableType
from rich.text import Text

from sim.experiments.calibration import Calibration
from sim.views.charts.labelled import short_key
from sim.views.charts.narrowed import narrowed
from sim.views.figures import figure_name
from sim.views.fitted import fitted
from sim.views.format import digits3, percent

Row = Mapping[str, Any]
MOST_SHOWN = 15
PARAMETER_HEADS = ("Parameter", "Told by", "Median", "90 %", "Narrower by")


def sentences(found: Calibration) -> list[tuple[str, str]]:
    """Return what was found in a few sentences, each with a word that says what it is about."""
    told = found.by_parameter.filter("told")
    inside = sum(one.inside_90 is True for one in found.check)
    low, middle, high = np.quantile(found.discrepancy, (0.05, 0.5, 0.95))
    far = unreached(found)
    said = [
        (
            "Runs",
            f"{found.runs:,} runs in {len(found.waves)} waves, {found.seconds / 60:.0f} minutes of "
            f"computing; {sum(one.failed for one in found.waves)} failed.",
        ),
        (
            "Not ruled out",
            f"{percent(found.not_ruled_out)} of the prior, seen through the surrogate.",
        ),
        (
            "Check",
            f"{inside} of {len(found.check)} figures lie inside the 90 % of "
            f"{len(found.waves[-1].misses)} runs at draws of the posterior.",
        ),
        (
            "Parameters",
            f"The figures narrow {told.height} of {len(found.inputs)}; the others stay as wide as "
            "their priors.",
        ),
        (
            "Discrepancy",
            f"Beyond luck the model misses a figure by {percent(float(np.expm1(middle)))} "
            f"({percent(float(np.expm1(low)))} to {percent(float(np.expm1(high)))}).",
        ),
    ]
    if far:
        said.append(("Out of reach", f"No run of any wave came near {'; '.join(far)}."))
    return said


def trust_of(found: Calibration) -> str:
    """Say what the sample is worth, and what is not told by it."""
    told = found.by_parameter.filter("told").height
    rest = len(found.inputs) - told
    return (
        f"The figures tell something of {told} parameters; the other {rest} are as uncertain as "
        "their priors, and so is what hangs on them. The check is on figures that were aimed at: "
        "it shows what the model can reach, not that it is right. For that, score the calibrated "
        "scenario against figures that were never fitted; what lies after the last of them is "
        "extrapolation."
    )


def unreached(found: Calibration) -> list[str]:
    """Return the figures, in words, that no run came near."""
    reached = dict(found.by_figure.select("id", "reached").iter_rows())
    return [figure_name(row) for row in found.check if not reached[row.id]]


def parameter_cells(row: Row) -> tuple[str, ...]:
    """Return a parameter as text under `PARAMETER_HEADS`."""
    return (
        short_key(row["key"]),
        row["figure"] or "",
        digits3(row["q50"]),
        f"{digits3(row['q05'])} to {digits3(row['q95'])}",
        percent(max(0.0, row["narrowed"])),
    )


def picture(found: Calibration, width: int = 760) -> ChartType:
    """Return the picture of prior and posterior of what is told most about."""
    rows = found.by_parameter.filter("told").to_dicts()
    title = f"Known figures narrow {len(rows)} of {len(found.inputs)} parameters"
    if rows:
        title += f", {short_key(rows[0]['key'])} most"
    return narrowed(rows or found.by_parameter.head(5).to_dicts(), title, width)


def renderable(found: Calibration) -> Group:
    """Return the calibration for a console of 80 columns or more."""
    parts: list[RenderableType] = [Text(f"{found.scenario.name}: calibrated", style="bold")]
    parts += [Text(f"{what}: {text}") for what, text in sentences(found)]
    rows = found.by_parameter.filter("told").head(MOST_SHOWN).to_dicts()
    if rows:
        cells = [parameter_cells(row) for row in rows]
        parts += [Text(""), fitted(PARAMETER_HEADS, cells, texts=2)]
    return Group(*parts)
