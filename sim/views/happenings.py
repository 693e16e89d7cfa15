"""What happened in a run: dated shocks, and what the market made of itself, with how often."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from sim.views.format import day, month, percent
from sim.views.moves import price_moves
from sim.views.names import app_name, channel_name, firm_name
from sim.views.rundata import RunData, replicates, table

GIVEN = (
    "channel_lockout", "cost_breakthrough", "export_limit", "gpu_price", "regime", "paradigm",
    "release", "open_weights_release", "foreign_release", "strategic_interest", "category", "news",
)  # fmt: skip
"""Kinds of events that a scenario dates; the others happen by the rules of the model."""

FATES = {
    "closed": "closes", "acquired": "is bought", "licence_and_hire": "is hired away",
    "listed": "lists", "stopped_pretraining": "stops pre-training", "sold_gpus": "sells GPUs",
    "overseas": "goes abroad", "left_overseas": "leaves abroad", "layoff": "lays people off",
}  # fmt: skip
SELDOM = 0.25
"""Share of replicates that an exit must reach to be told; a dated event happens in all."""


@dataclass(frozen=True)
class Happening:
    """One thing that happened: its median day, in words, whether the scenario dated it."""

    when: date
    exact: bool
    what: str
    given: bool
    share: float

    @property
    def label(self) -> str:
        """The date as far as it is sure: a day if every replicate has it, else a month."""
        return day(self.when) if self.exact else f"around {month(self.when)}"

    @property
    def often(self) -> str:
        """In which share of the replicates it happened."""
        return percent(self.share)


def happenings(run: RunData) -> list[Happening]:
    """Return the dated events, the large price moves and the exits of a run, in order."""
    found = [*_given(run), *_moves(run), *_exits(run)]
    return sorted(found, key=lambda one: (one.when, one.what))


def _given(run: RunData) -> list[Happening]:
    events = table(run, "events").filter(pl.col("kind").is_in(GIVEN))
    rows = events.group_by("kind", "who", "date").agg(
        pl.col("replicate").n_unique().alias("made"), pl.col("what").mode().sort().first()
    )
    number = max(1, replicates(run))
    # A turn of mood that chance makes has another date in each replicate and is no dated event.
    sure = rows.filter(pl.col("made") == number)
    return [
        Happening(row["date"], True, _named(row["who"], row["what"]), True, 1.0)
        for row in sure.iter_rows(named=True)
    ]


def _named(who: str, what: str) -> str:
    """Put who it was in front, unless it was nobody in particular."""
    known = [name(who) for name in (firm_name, app_name, channel_name) if name(who) != who]
    if known:
        return f"{known[0]}: {what}"
    return f"{who.capitalize()}: {what}" if who and who.lower() not in what.lower() else what


def _moves(run: RunData) -> list[Happening]:
    return [
        Happening(move.when, move.exact, move.what, move.kind == "entry", move.share)
        for move in price_moves(run)
        if move.kind != "shock"
    ]


def _exits(run: RunData) -> list[Happening]:
    exits = table(run, "exits").filter(pl.col("kind").is_in(list(FATES)))
    first = exits.group_by("kind", "firm", "replicate").agg(pl.col("date").min())
    rows = first.sort("date").group_by("kind", "firm", maintain_order=True).agg(
        pl.len().alias("made"), pl.col("date").get(pl.len() // 2),
        (pl.col("date").n_unique() == 1).alias("exact"),
    )  # fmt: skip
    number = max(1, replicates(run))
    return [
        Happening(row["date"], row["exact"] and row["made"] == number,
                  f"{firm_name(row['firm'])} {FATES[row['kind']]}", False, row["made"] / number)
        for row in rows.filter(pl.col("made") >= SELDOM * number).iter_rows(named=True)
    ]  # fmt: skip
