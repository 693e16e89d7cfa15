"""What matters: a row per claim or event taken away, a column per outcome, the effect in a cell."""

from collections.abc import Sequence

import altair as alt
import polars as pl
from altair.typing import ChartType

from sim.views.charts.parts import Panel, finished, inline_rows, is_narrow, nothing
from sim.views.outcomes import outcome_name
from sim.views.theme import ACCENT, BAD, INK, PAPER

ROW = 24
MOST_ROWS, MOST_COLUMNS, FEW_COLUMNS = 20, 10, 3
NAME_ROOM, PHONE_ROOM = 216, 150
FULL_STRENGTH = 3.0
"""Effect over luck at which a cell has its full colour."""
LONGEST = 400.0


def ranking(
    table: pl.DataFrame,
    order: Sequence[str],
    names: Sequence[str],
    title: str,
    caption: str,
    width: int = 760,
) -> ChartType:
    """Return a matrix of effects in percent of where the outcome stands; blank if unclear.

    Blue: more without it; red: less; the stronger the colour, the larger beside what luck alone
    does to the outcome.

    Args:
        table: of a ranking.
        order: things from the strongest on; those without a clear effect are left out.
        names: what to call them, in the same order.
        title, caption: of the figure.
        width: pixels of the whole figure; under 520 it is laid out for a phone.
    """
    clear = table.filter((pl.col("low") > 0) | (pl.col("high") < 0)).filter(
        pl.col("base").abs() > 0, pl.col("strength").is_not_null()
    )
    told = set(clear["alternative"])
    rows = [(one, name) for one, name in zip(order, names, strict=True) if one in told][:MOST_ROWS]
    if not rows:
        return nothing(title, width)
    narrow = is_narrow(width)
    columns = _columns(clear, FEW_COLUMNS if narrow else MOST_COLUMNS)
    cells = [
        cell
        for thing, name in rows
        for cell in _cells(clear.filter(pl.col("alternative") == thing), name, columns)
    ]
    return finished(
        _matrix(cells, [name for _, name in rows], columns, width), title, caption, width
    )


def _columns(clear: pl.DataFrame, most: int) -> list[str]:
    """Return outcomes of the market and of all firms, then of the apps that most things change."""
    counted = clear.group_by("outcome", maintain_order=True).len().sort("len", descending=True)
    single = pl.col("outcome").str.starts_with("apps.")
    kept = [*counted.filter(~single)["outcome"], *counted.filter(single)["outcome"]][:most]
    return [one for one in dict.fromkeys(clear["outcome"]) if one in kept]


def _cells(clear: pl.DataFrame, name: str, columns: Sequence[str]) -> list[dict[str, object]]:
    cells = []
    for row in clear.filter(pl.col("outcome").is_in(columns)).iter_rows(named=True):
        percent = 100.0 * row["difference"] / abs(row["base"])
        reach = min(1.0, abs(row["strength"]) / FULL_STRENGTH)
        cells.append(
            {
                "name": name,
                "outcome": outcome_name(row["outcome"]),
                "text": _text(percent),
                "hue": (ACCENT if percent > 0 else BAD).light,
                "reach": 0.10 + 0.80 * reach,
                "ink": (PAPER if reach > 0.6 else INK).light,
            }
        )
    return cells


def _text(percent: float) -> str:
    sign = "+" if percent > 0 else "−"
    size = abs(percent)
    if size > LONGEST:
        return f"× {1 + percent / 100:.0f}" if percent > 0 else f"{sign}{size:.0f}"
    return f"{sign}{size:.0f}" if size >= 1 else f"{sign}{size:.1g}"


def _matrix(
    cells: list[dict[str, object]], names: list[str], columns: list[str], width: int
) -> Panel:
    narrow = is_narrow(width)
    room = PHONE_ROOM if narrow else NAME_ROOM
    plot = width - room - 16
    above = alt.Axis(
        orient="top", labelAngle=-38, labelAlign="left", labelColor=INK.light, labelLimit=170,
        domain=False, ticks=False, labelOverlap=False, labelPadding=4, grid=False,
    )  # fmt: skip
    beside = alt.Axis(
        labelColor=INK.light, labelLimit=room - 8, domain=False, ticks=False, labelOverlap=False,
        grid=False,
    )  # fmt: skip
    x = alt.X("outcome:N", sort=[outcome_name(one) for one in columns], title=None, axis=above)
    y = alt.Y("name:N", sort=names, title=None, axis=beside)
    base = alt.Chart().encode(x=x, y=y)
    squares = base.mark_rect(cornerRadius=2, stroke=PAPER.light, strokeWidth=2).encode(
        color=alt.Color("hue:N", scale=None), opacity=alt.Opacity("reach:Q", scale=None)
    )
    words = base.mark_text(fontSize=10).encode(
        text=alt.Text("text:N"), color=alt.Color("ink:N", scale=None)
    )
    return alt.layer(squares, words, data=inline_rows(cells), width=plot, height=ROW * len(names))
