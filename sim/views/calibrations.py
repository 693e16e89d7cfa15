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
from sim.views.sentence import Sentence

Row = Mapping[str, Any]
MOST_SHOWN = 15
TRUST = (
    "The check is on figures that were aimed at: it shows what the model can reach, not that it is "
    "right. For that, score the calibrated scenario against figures that were never fitted; what "
    "lies after the last of them is extrapolation."
)
PARAMETER_HEADS = ("Parameter", "Told by", "Median", "90 %", "Narrower by")


def summary(found: Calibration) -> tuple[Sentence, ...]:
    """Return what was found in five sentences; every number is computed from the runs."""
    return (
        Sentence("Runs", _runs(found)),
        Sentence("Check", _check(found)),
        Sentence("Parameters", _parameters(found)),
        Sentence("Discrepancy", _discrepancy(found)),
        Sentence("Trust", TRUST),
    )


def _runs(found: Calibration) -> str:
    failed = sum(one.failed for one in found.waves)
    return (
        f"{found.runs:,} runs in {len(found.waves)} waves, {found.seconds / 60:.0f} minutes of "
        f"computing, {failed} failed, leave {percent(found.not_ruled_out)} of the prior, seen "
        "through the surrogate."
    )


def _check(found: Calibration) -> str:
    inside = sum(one.inside_90 is True for one in found.check)
    far = unreached(found)
    text = (
        f"{inside} of {len(found.check)} figures lie inside the 90 % of "
        f"{len(found.waves[-1].misses)} runs at draws of the posterior"
    )
    return f"{text}; no run of any wave came near {'; '.join(far)}." if far else f"{text}."


def _parameters(found: Calibration) -> str:
    told = found.by_parameter.filter("told").to_dicts()
    text = f"The figures narrow {len(told)} of {len(found.inputs)}"
    if told:
        first = told[0]
        text += (
            f", {short_key(first['key'])} most, by {percent(first['narrowed'])} to "
            f"{digits3(first['q50'])} ({digits3(first['q05'])} to {digits3(first['q95'])})"
        )
    return f"{text}; the others stay as wide as their priors."


def _discrepancy(found: Calibration) -> str:
    low, middle, high = (
        percent(float(np.expm1(one))) for one in np.quantile(found.discrepancy, (0.05, 0.5, 0.95))
    )
    return f"Beyond luck the model misses a figure by {middle} ({low} to {high})."


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
    parts += [Text(f"{one.topic}: {one.text}") for one in summary(found)]
    rows = found.by_parameter.filter("told").head(MOST_SHOWN).to_dicts()
    if rows:
        cells = [parameter_cells(row) for row in rows]
        parts += [Text(""), fitted(PARAMETER_HEADS, cells, texts=2)]
    return Group(*parts)
