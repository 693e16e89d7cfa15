"""What notebooks show of scenarios, runs, comparisons and figures; nothing comes from a network."""

from base64 import b64encode
from typing import TYPE_CHECKING, Any

from sim.core.display import show_with

if TYPE_CHECKING:
    from altair.typing import ChartType

    from sim.results.run import Run
    from sim.scenario import Scenario

WIDTH = 640
MOST_CHANGES = 12
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '


def register() -> None:
    """Make notebooks show scenarios and runs; comparisons say it where their page is."""
    from sim.results.run import Run
    from sim.scenario import Scenario

    show_with(Run, run_cell)
    show_with(Scenario, scenario_cell)


def scenario_cell(scenario: "Scenario") -> str:
    """Return what a scenario asks and what it changes against its parent."""
    from sim.views.changes import value_text
    from sim.views.format import day
    from sim.views.report import rendered

    changes = scenario.changed()
    return rendered(
        "scenario_cell.html",
        scenario=scenario,
        span=f"{day(scenario.start)} to {day(scenario.end)}",
        changes=[(one.key, value_text(one.value), one.origin) for one in changes[:MOST_CHANGES]],
        left=max(0, len(changes) - MOST_CHANGES),
    )


def run_cell(run: "Run") -> str:
    """Return a run's verdict, the picture of its users, and what else it holds."""
    from sim.views.accessor import Plots
    from sim.views.format import day
    from sim.views.report import rendered
    from sim.views.rundata import horizon, replicates
    from sim.views.verdict import verdict

    plots, span = Plots(run), horizon(run)
    return rendered(
        "run_cell.html",
        run=run,
        span=f"{day(span[0])} to {day(span[1])}" if span else "nothing recorded",
        replicates=replicates(run),
        sentences=verdict(run).sentences,
        picture=picture(plots.users(WIDTH)),
        tables=[(name, frame.height) for name, frame in run.tables.items()],
        figures=[name for name in dir(plots) if not name.startswith("_")],
    )


def picture(chart: "ChartType", before: str = "") -> str:
    """Return a figure with its words as HTML: an image in which nothing can run.

    before: what stands in front of its title.
    """
    from markupsafe import escape

    from sim.views.svg import inline_svg, words_of

    words = words_of(chart)
    label = f"{before}{words.label}"
    svg = inline_svg(chart, "figure", label).replace("<svg ", SVG, 1)
    source = b64encode(svg.encode()).decode()
    return (
        f'<figure class="llm"><figcaption><b>{before}{escape(words.title)}</b> '
        f"{escape(words.caption)}</figcaption>"
        f'<img src="data:image/svg+xml;base64,{source}" alt="{escape(label)}">'
        f"<small>{escape(words.source)}</small></figure>"
    )


class Offline:
    """A figure that a notebook shows as a drawing, since Altair's own way asks a network.

    It is mixed into Altair's class of the figure, which stays what it is in every other way.
    """

    def _repr_mimebundle_(self, *arguments: Any, **named: Any) -> dict[str, str]:
        del arguments, named
        from vl_convert import vegalite_to_svg

        chart: Any = self
        drawn = {"image/svg+xml": vegalite_to_svg(chart.to_dict(validate=False))}
        return {**drawn, "text/plain": str(chart.description)}


def offline(chart: "ChartType") -> "ChartType":
    """Return the figure as one that notebooks show without a network."""
    kind = type(chart)
    if not issubclass(kind, Offline):
        made = type(kind.__name__, (Offline, kind), {"__module__": kind.__module__})
        # Altair takes every attribute that is set plainly for a part of the specification.
        object.__setattr__(chart, "__class__", made)
    return chart
