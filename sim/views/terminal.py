"""The summary after a run: apps, firms, verdict; 80 columns, plain where colour does not belong."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import polars as pl
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim.views.findings import GONE, ranked
from sim.views.format import MISSING, count, digits3, interval, months, percent, sparkline
from sim.views.names import app_name, firm_name, startups
from sim.views.quantiles import fan, spread
from sim.views.rundata import RunData, horizon, replicates, table
from sim.views.verdict import verdict

if TYPE_CHECKING:
    from rich.console import Console

MOST_APPS, SPARK = 10, 16


def summary(run: RunData, console: "Console") -> None:
    """Print the summary of a run: the CLI's console decides on colour and width."""
    console.print(renderable(run))


def renderable(run: RunData) -> Group:
    """Return the summary for a console of 80 columns or more.

    Style alone carries no meaning: without colour nothing is lost.
    """
    parts: list[RenderableType] = [Text(_heading(run), style="bold"), Text("")]
    if table(run, "apps").height:
        parts += [_apps(run), Text("")]
    if table(run, "firms").height:
        parts += [_firms(run), Text("")]
    for sentence in verdict(run).sentences:
        parts.append(Text.assemble((f"{sentence.topic}: ", "bold"), sentence.text))
    return Group(*parts)


def _heading(run: RunData) -> str:
    span = horizon(run)
    name = str(run.manifest.get("scenario", "run"))
    number = replicates(run)
    times = f"{number} replicate{'s' if number != 1 else ''}"
    if span is None:
        return f"{name}: nothing was recorded"
    return f"{name}: {span[0].isoformat()} to {span[1].isoformat()}, {times}"


def _table(title: str, columns: dict[str, str]) -> Table:
    made = Table(
        title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="", pad_edge=False,
        padding=(0, 1, 0, 0), show_edge=False, header_style="bold",
    )  # fmt: skip
    for name, justify in columns.items():
        made.add_column(name, justify="right" if justify == "right" else "left", no_wrap=True)
    return made


def _apps(run: RunData) -> Table:
    apps = table(run, "apps")
    last = apps.filter(pl.col("date") == pl.col("date").max())
    over_time = fan(apps, "mau", ("app", "date"))
    made = _table(
        "Users a month at the end: median of the replicates",
        {"App": "", "Users": "right", "90 % interval": "right", "Over time": ""},
    )
    for app in ranked(last, "app", "mau")[:MOST_APPS]:
        found = spread(last.filter(pl.col("app") == app)["mau"])
        line = over_time.filter(pl.col("app") == app)["median"].to_list()
        made.add_row(
            app_name(app)[:18],
            count(found["median"]),
            interval(found["lo90"], found["hi90"], count),
            Text(sparkline(line, SPARK), style="cyan"),
        )
    return made


def _firms(run: RunData) -> Table:
    firms = table(run, "firms").with_columns(
        (pl.col("tokens_external_per_day") + pl.col("tokens_internal_per_day")).alias("tokens")
    )
    last = firms.filter(pl.col("date") == pl.col("date").max())
    young = startups(run)
    prices = fan(firms, "price_input_cny_per_mtok", ("firm", "date"))
    made = _table(
        "Firms at the end: medians; price of the main model in CNY/Mtok",
        {"Firm": "", "Price": "right", "Since start": "", "Tokens/day": "right",
         "Cash, CNY": "right", "Runway": "right", "Status": ""},
    )  # fmt: skip
    order = [firm for firm in ranked(last, "firm", "tokens") if firm not in young]
    for firm in [*order, *(one for one in ranked(last, "firm", "tokens") if one in young)]:
        rows = last.filter(pl.col("firm") == firm)
        there = rows.filter(~pl.col("status").is_in(GONE))
        line = prices.filter(pl.col("firm") == firm)["median"].to_list()
        startup = firm in young
        made.add_row(
            firm_name(firm)[:12],
            _median(there, "price_input_cny_per_mtok", _price),
            Text(sparkline(line, 10), style="cyan"),
            _median(there, "tokens", count),
            _median(there, "cash_cny", count) if startup else "parent",
            _median(there, "runway_months", _short_months) if startup else MISSING,
            _status(rows),
        )
    return made


def _median(rows: pl.DataFrame, column: str, write: Callable[[float | None], str]) -> str:
    return write(spread(rows[column]).get("median"))


def _price(value: float | None) -> str:
    if value is None:
        return MISSING
    return "free" if value == 0 else digits3(value)


def _short_months(value: float | None) -> str:
    return months(value).replace(" months", " mo").replace(" month", " mo").replace(
        "10 years or more", "10+ y"
    )  # fmt: skip


def _status(rows: pl.DataFrame) -> str:
    """Return the likeliest status and how often it holds, unless all replicates agree."""
    words = {"stopped": "no pre-train", "taken_over": "taken over"}
    counts = (
        rows["status"].value_counts(sort=True).sort(["count", "status"], descending=[True, False])
    )
    if counts.is_empty():
        return MISSING
    status, number = counts.row(0)
    text = words.get(status, status)
    return text if number == rows.height else f"{text} {percent(number / rows.height)}"
