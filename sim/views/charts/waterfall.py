"""From cash at the start to cash at the end, line by line of the ledger."""

import altair as alt
import polars as pl
from altair.typing import ChartType

from sim.core.units import FEN_PER_CNY
from sim.views.charts.parts import Panel, finished, inline_rows, is_narrow, nothing, plain_values
from sim.views.findings import estimate
from sim.views.format import bracketed, count, money, percent
from sim.views.names import firm_name, startups
from sim.views.rundata import RunData, replicates, table
from sim.views.theme import BAD, CONTEXT, GOOD, INK, MUTED

STEPS = {
    "Raised from investors": ("equity", "bridge", "bridge_repaid"),
    "From the parent": ("parent_support", "transfer_to_parent"),
    "API": ("revenue_api",),
    "Subscriptions": ("revenue_subscription",),
    "Deployments, collected": ("revenue_deployment", "collection"),
    "Users abroad": ("revenue_overseas",),
    "Other cloud services": ("revenue_attach",),
    "Research compute": ("cost_rd_compute", "credits_used"),
    "Research staff": ("cost_rd_staff",),
    "Serving": ("cost_api", "cost_apps"),
    "Delivering deployments": ("cost_deployment",),
    "Ads, marketing": ("cost_ads", "cost_marketing_other"),
    "Other staff, overhead": ("cost_staff", "cost_other", "arrears"),
}
"""Rows and the ledger's lines in them; what moved cash on any other line is `Other`."""

OPENING, OTHER = "opening", "Other"
START, END = "Cash at the start", "Cash at the end"
ROW, BAR, NAME_ROOM, END_ROOM = 25, 15, 164, 84


def waterfall(run: RunData, width: int = 760, firm: str | None = None) -> ChartType:
    """Return how each line of the ledger takes cash from its start to its end.

    Args:
        run: a run with the table `ledger`.
        width: pixels of the whole figure; under 520 it is laid out for a phone.
        firm: whose cash; by default that of all startups together.

    Returns:
        A row per line, bn CNY, means over replicates, which add up to the end exactly; without any
        entry, a figure that says so.
    """
    owners = startups(run) if firm is None else [firm]
    entries = table(run, "ledger").filter(
        pl.col("owner").is_in(owners), pl.col("account") == "cash"
    )
    if entries.is_empty():
        return nothing("No cash is on the books", width)
    steps = _steps(entries, max(1, replicates(run)))
    caption = (
        "Cash of the whole run by line of the ledger, bn CNY; green comes in, red goes out. Means "
        "of the replicates, which add up exactly; compute that credits pay for moves no cash."
    )
    whose = "The startups together" if firm is None else firm_name(firm)
    return finished(_bars(steps, width), _title(whose, entries, steps), caption, width)


def _steps(entries: pl.DataFrame, number: int) -> list[tuple[str, float]]:
    """Return the rows and the CNY each moves, cash at the start first; zero rows are left out."""
    sums = dict(entries.group_by("line").agg(pl.col("amount_fen").sum()).iter_rows())
    found = [(START, sums.pop(OPENING, 0))]
    found += [(name, sum(sums.pop(line, 0) for line in lines)) for name, lines in STEPS.items()]
    found.append((OTHER, sum(sums.values())))
    return [(name, fen / FEN_PER_CNY / number) for name, fen in found if fen or name == START]


def _title(whose: str, entries: pl.DataFrame, steps: list[tuple[str, float]]) -> str:
    paid = [step for step in steps if step[1] < 0]
    ends = entries.group_by("replicate").agg(pl.col("amount_fen").sum())
    end = estimate(ends["amount_fen"].cast(pl.Float64) / FEN_PER_CNY)
    assert end is not None
    said = (
        f"{whose} go from {money(steps[0][1])} to {money(sum(value for _, value in steps))}"
        f"{bracketed(end.lo90, end.hi90, money)}"
    )
    said = said if whose.startswith("The startups") else said.replace(" go ", " goes ", 1)
    if not paid:
        return said
    name, most = min(paid, key=lambda step: step[1])
    share = percent(most / sum(value for _, value in paid))
    return f"{said}; {share} of what they pay is {name[0].lower()}{name[1:]}"


def _bars(steps: list[tuple[str, float]], width: int) -> Panel:
    rows, level = [], 0.0
    for number, (name, value) in enumerate(steps):
        hue = INK if number == 0 else GOOD if value > 0 else BAD
        sign = "" if number == 0 else "+" if value > 0 else "−"
        rows.append(_row(number, name, (level, level + value), hue.light, sign))
        level += value
    rows.append(_row(len(rows), END, (0.0, level), INK.light, "−" if level < 0 else ""))
    room = width - NAME_ROOM - END_ROOM
    order = [str(row["row"]) for row in rows]
    names = {str(row["row"]): str(row["name"]) for row in rows}
    y = alt.Y(
        "row:N", sort=order, title=None,
        axis=alt.Axis(labelExpr=f"{names}[datum.label]", labelColor=INK.light, labelFontSize=12,
                      labelLimit=NAME_ROOM),
    )  # fmt: skip
    axis = alt.Axis(grid=True, tickCount=5 if not is_narrow(width) else 3, labelExpr=plain_values())
    base = alt.Chart(inline_rows(rows)).encode(y=y)
    bars = base.mark_bar(size=BAR).encode(
        x=alt.X("from:Q", title=None, axis=axis),
        x2=alt.X2("to:Q"),
        color=alt.Color("hue:N", scale=None),
    )
    joints = base.mark_tick(thickness=1, size=ROW, color=CONTEXT.light, yOffset=ROW / 2).encode(
        x=alt.X("to:Q")
    )
    words = base.mark_text(align="left", color=MUTED.light).encode(
        x=alt.XValue(room + 8), text=alt.Text("text:N")
    )
    return alt.layer(joints, bars, words, width=room, height=ROW * len(rows))


def _row(
    number: int, name: str, ends: tuple[float, float], hue: str, sign: str
) -> dict[str, object]:
    text = f"{sign}{count(abs(ends[1] - ends[0]))}"
    return {"row": f"{number:02}", "name": name, "from": ends[0] / 1e9, "to": ends[1] / 1e9,
            "hue": hue, "text": text}  # fmt: skip
