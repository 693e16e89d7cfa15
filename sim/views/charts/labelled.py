"""Bars with a name at their left and their numbers at their right; on a phone both stand above."""

from collections.abc import Sequence
from typing import Any

import altair as alt

from sim.views.charts.parts import Panel, inline_rows, is_narrow, plain_values
from sim.views.theme import CONTEXT, INK, MUTED

BAR, GAP = 15, 8
NAME_ROOM, NUMBER_ROOM = 230, 140
PHONE_BAR, LETTER = 10, 6.2


def value_axis() -> alt.Axis:
    """Return an axis of plain values."""
    return alt.Axis(grid=True, tickCount=5, labelExpr=plain_values(), domain=False)


def bar_size(width: int) -> int:
    """Return the pixels of a bar in a figure of some width."""
    return PHONE_BAR if is_narrow(width) else BAR


def bars_down(width: int) -> int:
    """Return how far bars stand under the middle of their row, to leave room for its name."""
    return 9 if is_narrow(width) else 0


def labelled(values: Sequence[dict[str, object]], layers: Sequence[Any], width: int) -> Panel:
    """Return rows of bars: layers with x only, over `values` with row, name and text.

    Args:
        values: one or more for each row; name and text are those of a row's first one.
        layers: marks that encode x, and whatever else is theirs.
        width: pixels of the whole figure.
    """
    narrow = is_narrow(width)
    room = 8 if narrow else NAME_ROOM
    numbers = 24 if narrow else NUMBER_ROOM
    plot, above = width - room - numbers, -7 if narrow else 0
    order = list(dict.fromkeys(str(one["row"]) for one in values))
    firsts = [next(one for one in values if one["row"] == row) for row in order]
    longest = int(((plot - 90) if narrow else room - 16) / LETTER)
    said = [{**one, "name": shortened(str(one["name"]), longest)} for one in firsts]
    y = alt.Y("row:N", sort=order, title=None, axis=None)
    words = alt.Chart(inline_rows(said)).encode(y=y)
    names = words.mark_text(align="left", color=INK.light, dy=above).encode(
        text=alt.Text("name:N"), x=alt.XValue(0 if narrow else 10 - room)
    )
    ends = words.mark_text(
        align="right" if narrow else "left", color=MUTED.light, dy=above
    ).encode(text=alt.Text("text:N"), x=alt.XValue(plot if narrow else plot + 12))  # fmt: skip
    zero = (
        alt.Chart(inline_rows([{"value": 0}]))
        .mark_rule(color=CONTEXT.light)
        .encode(x=alt.X("value:Q"))
    )
    drawn = [layer.encode(y=y) for layer in layers]
    step = 2 * (BAR + GAP) - 6 if narrow else BAR + GAP
    return alt.layer(
        *drawn, zero, names, ends,
        data=inline_rows(values), width=plot, height=step * len(order),
    )  # fmt: skip


def shortened(name: str, longest: int) -> str:
    """Return a name of so many letters: a dotted key loses its middle, which says least."""
    if len(name) <= longest:
        return name
    head = longest // 3
    return f"{name[:head]}…{name[len(name) - (longest - head - 1) :]}"


def short_key(key: str) -> str:
    """Return an input's key as it stands in a figure."""
    return key.removeprefix("parameters.")
