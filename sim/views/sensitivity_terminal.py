"""What outcomes depend on, on a terminal: the strongest inputs of each outcome, and luck's part."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from sim.experiments.sensitivity import Sensitivity
from sim.views.fitted import fitted
from sim.views.outcomes import name_with_unit
from sim.views.sensitivities import EXPLAINED, HEADS, Row, cells, idle_text, rows_of, shares_text

MOST_INPUTS = 10


def renderable(result: Sensitivity) -> Group:
    """Return the ranking for a console of 80 columns or more; colour carries no meaning."""
    told = result.manifest
    runs = told["runs"]
    heading = (
        f"{told['scenario']}: {result.method} over {len(told['inputs'])} inputs, "
        f"{runs['ok']} runs, {told['replicates']} a point, seed {told['seed']}"
    )
    parts: list[RenderableType] = [Text(heading, style="bold")]
    for one in told["outcomes"]:
        rows = rows_of(result, one["id"])
        parts += [Text(""), Text(name_with_unit(one["id"], one["unit"]), style="bold")]
        parts += [_table(result.method, rows)] if rows else []
        said = (shares_text(result, one["id"]), idle_text(result, one["id"]))
        parts += [Text(" ".join(filter(None, said)))] if any(said) else []
    return Group(*parts, Text(""), Text(EXPLAINED[result.method], style="dim"))


def _table(method: str, rows: Sequence[Row]) -> RenderableType:
    shown = [cells(method, row) for row in rows[:MOST_INPUTS]]
    if len(rows) > len(shown):
        left = f"and {len(rows) - len(shown)} weaker ones"
        shown.append((left, *[""] * (len(HEADS[method]) - 1)))
    return fitted(HEADS[method], shown)
