"""How strongly each input acts on an outcome: Morris's effects or Sobol's shares."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
from altair.typing import ChartType

from sim.views.charts.labelled import bar_size, bars_down, labelled, short_key, value_axis
from sim.views.charts.parts import finished, nothing
from sim.views.outcomes import outcome_value, shown_unit
from sim.views.theme import ACCENT, FIRM_HUES, INK

MOST_INPUTS = 14
OTHER = FIRM_HUES["moonshot"]

Row = Mapping[str, Any]


def morris_strengths(rows: Sequence[Row], name: str, width: int = 760) -> ChartType:
    """Return a bar per input, the mean size of its effect, and a mark at their spread.

    rows: of Morris's method for one outcome, the strongest first; name of the outcome; width:
    pixels of the whole figure, under 520 laid out for a phone.
    """
    shown = [row for row in rows if row["mu_star"]][:MOST_INPUTS]
    values = [
        {
            "row": str(number), "name": short_key(row["input"]),
            "text": f"{outcome_value(row['mu_star'], row['unit'])} / "
            f"{outcome_value(row['sigma'], row['unit'])}",
            "pale": 0.0, "value": row["mu_star"], "from": row["mu_star_low"],
            "to": row["mu_star_high"], "mark": row["sigma"],
        }
        for number, row in enumerate(shown)
    ]  # fmt: skip
    unit = shown_unit(rows[0]["unit"]) if rows else ""
    caption = (
        f"Bar: mean size of the effect of the whole range{f', {unit}' if unit else ''}; line: its "
        "90 % interval; orange mark: spread of the effects, large where an input acts in bends or "
        "together with others."
    )
    return _drawn(values, name, caption, width)


def sobol_shares(rows: Sequence[Row], name: str, width: int = 760) -> ChartType:
    """Return a bar per input, the share of the variance that it explains alone, and in all pale.

    rows: of Sobol's method for one outcome, the strongest first; name of the outcome; width:
    pixels of the whole figure, under 520 laid out for a phone.
    """
    whole = any(row["total"] is not None for row in rows)
    end = "total" if whole else "first"
    shown = [row for row in rows if row[end] is not None and row[end] > 0.0][:MOST_INPUTS]
    values = [
        {
            "row": str(number), "name": short_key(row["input"]),
            "text": " / ".join(f"{max(row[one], 0.0):.2f}" for one in ("first", "total")
                               if row[one] is not None),
            "pale": row["total"] or 0.0, "value": max(row["first"], 0.0),
            "from": max(row[f"{end}_low"], 0.0), "to": row[f"{end}_high"], "mark": None,
        }
        for number, row in enumerate(shown)
    ]  # fmt: skip
    said = "pale: in all its doings with others; line: 90 % interval of " + (
        "the pale bar." if whole else "the bar."
    )
    caption = f"Share of the variance at given luck. Bar: alone; {said}"
    if not whole:
        caption = "Share of the variance that an input explains alone; line: 90 % interval."
    return _drawn(values, name, caption, width)


def _drawn(values: Sequence[dict[str, object]], name: str, caption: str, width: int) -> ChartType:
    if not values:
        return nothing(f"No input moves {name}", width)
    title = f"{name}: {values[0]['name']} matters most"
    axis = value_axis()
    x = alt.X("value:Q", title=None, axis=axis)
    size, down = bar_size(width), bars_down(width)
    pale = alt.Chart().mark_bar(size=size, opacity=0.3, color=ACCENT.light, yOffset=down)
    bars = alt.Chart().mark_bar(size=size, opacity=0.85, color=ACCENT.light, yOffset=down)
    lines = alt.Chart().mark_rule(color=INK.light, strokeWidth=1.2, yOffset=down)
    marks = alt.Chart().mark_tick(
        size=size + 4, thickness=3, color=OTHER.light, yOffset=down, orient="vertical"
    )
    layers = [
        pale.encode(x=alt.X("pale:Q", title=None, axis=axis)),
        bars.encode(x=x),
        lines.encode(x=alt.X("from:Q"), x2=alt.X2("to:Q")),
        marks.encode(x=alt.X("mark:Q")),
    ]
    return finished(labelled(list(values), layers, width), title, caption, width)
