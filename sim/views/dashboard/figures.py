"""The figures of A and B side by side, and which of them a moved lever leaves as they were."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sim.views.accessor import Plots
from sim.views.charts.parts import value_axes
from sim.views.notebook import picture
from sim.views.report import PHONE
from sim.views.rundata import RunData

FIRST_FIGURES = ("users", "prices")
"""What a first visitor sees."""


class Drawing(NamedTuple):
    """A figure as HTML and the value axes it stands on."""

    html: str
    axes: frozenset[tuple[float, float]]


Drawings = Mapping[tuple[object, ...], Drawing]


def beside(
    names: Iterable[str], a: RunData, b: RunData, kept: Drawings
) -> tuple[list[tuple[str, str]], Drawings]:
    """Return each figure of A and of B as HTML, and what to keep for the next time.

    B is drawn first, since it is what changes; A again only where B asks for another axis.
    """
    drawn: dict[tuple[object, ...], Drawing] = {}
    pairs = []
    for name in names:
        of_b = ("B", name, b.manifest["id"], a.manifest["id"])
        drawn[of_b] = kept.get(of_b) or _drawing(name, b, a, "B: ")
        of_a = ("A", name, a.manifest["id"], drawn[of_b].axes)
        drawn[of_a] = kept.get(of_a) or _drawing(name, a, b, "A: ")
        pairs.append((drawn[of_a].html, drawn[of_b].html))
    return pairs, drawn


def _drawing(name: str, run: RunData, other: RunData, side: str) -> Drawing:
    chart = getattr(Plots(run, beside=other), name)(PHONE)
    return Drawing(picture(chart, side), value_axes(chart))
