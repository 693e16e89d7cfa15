"""The price moves worth naming: entries, cuts, and shocks to cost, over the replicates."""

from dataclasses import dataclass
from datetime import date
from math import log
from typing import Literal

import polars as pl

from sim.views.format import day, digits3, month, price
from sim.views.names import firm_name
from sim.views.rundata import RunData, table

COST_KINDS = ("cost_breakthrough", "export_limit", "gpu_price")
WORTH_NAMING = 0.6
"""A cut to this part of the old price or less, or an entry that far under the middle price."""

NO_PRICE = 0.02
"""Stands for 0 where moves are ranked by the logarithm of their size, CNY/Mtok."""


@dataclass(frozen=True)
class Move:
    """Something that happened to prices: its median week, whether all replicates agree, its size.

    `size` is the logarithm of the fall; shocks to cost rank before all moves. `share` says in how
    many of the replicates it happens.
    """

    when: date
    firm: str
    what: str
    size: float
    exact: bool
    share: float
    kind: Literal["shock", "cut", "entry"]

    @property
    def label(self) -> str:
        """The date as far as it is sure: a day if every replicate has it, else a month."""
        return day(self.when) if self.exact else f"around {month(self.when)}"


def price_moves(run: RunData) -> list[Move]:
    """Return the moves that half of the replicates or more make, the largest first."""
    columns = ("replicate", "date", "firm", "price_input_cny_per_mtok")
    prices = table(run, "firms").select(columns).drop_nulls(columns[-1])
    prices = prices.rename({columns[-1]: "price"}).sort("replicate", "firm", "date")
    replicates = max(1, table(run, "firms")["replicate"].n_unique())
    found = [*_shocks(run, replicates), *_cuts(prices, replicates), *_entries(prices, replicates)]
    return sorted(found, key=lambda move: (-move.size, move.when))


def _shocks(run: RunData, replicates: int) -> list[Move]:
    events = table(run, "events").filter(pl.col("kind").is_in(COST_KINDS))
    first = events.group_by("kind", "who", "replicate").agg(
        pl.col("date").min(), pl.col("what").first()
    )
    return [
        Move(row["when"], _firm(row["who"], run), f"{firm_name(row['who'])}: {row['what']}",
             10.0, row["exact"], row["share"], "shock")
        for row in _typical(first, ["kind", "who"], replicates).iter_rows(named=True)
    ]  # fmt: skip


def _cuts(prices: pl.DataFrame, replicates: int) -> list[Move]:
    """Return each firm's deepest cut within a week."""
    old = pl.col("price").shift(1).over("replicate", "firm").alias("old")
    falls = prices.with_columns(old).filter(pl.col("price") <= WORTH_NAMING * pl.col("old"))
    falls = falls.filter(pl.col("old") > 0).with_columns(
        (pl.col("price") / pl.col("old")).alias("left")
    )
    deepest = falls.sort("left", "date").group_by("replicate", "firm", maintain_order=True).first()
    return [
        Move(row["when"], row["firm"],
             f"{firm_name(row['firm'])} cuts {digits3(row['old'])} → {price(row['price'])}",
             log((row["old"] + NO_PRICE) / (row["price"] + NO_PRICE)), row["exact"],
             row["share"], "cut")
        for row in _typical(deepest, ["firm"], replicates).iter_rows(named=True)
    ]  # fmt: skip


def _entries(prices: pl.DataFrame, replicates: int) -> list[Move]:
    """Return entries far under the middle price of the rivals in the week before."""
    first = prices.group_by("replicate", "firm", maintain_order=True).first()
    middle = (
        prices.group_by("replicate", "date")
        .agg(pl.col("price").median().alias("old"))
        .with_columns((pl.col("date") + pl.duration(weeks=1)).alias("date"))
    )
    late = first.join(middle, on=["replicate", "date"])
    low = late.filter(pl.col("price") <= WORTH_NAMING * pl.col("old"))
    return [
        Move(row["when"], row["firm"],
             f"{firm_name(row['firm'])} enters at {price(row['price'])}",
             log((row["old"] + NO_PRICE) / (row["price"] + NO_PRICE)), row["exact"],
             row["share"], "entry")
        for row in _typical(low, ["firm"], replicates).iter_rows(named=True)
    ]  # fmt: skip


def _typical(rows: pl.DataFrame, keys: list[str], replicates: int) -> pl.DataFrame:
    """Return per key the median date and numbers, where half of the replicates have one."""
    numbers = [name for name, kind in rows.schema.items() if kind == pl.Float64]
    texts = [name for name in rows.columns if name == "what"]
    ordered = rows.sort("date", "replicate")
    return (
        ordered.group_by(keys, maintain_order=True)
        .agg(
            pl.len().alias("made"),
            pl.col("date").get(pl.len() // 2).alias("when"),
            (pl.col("date").n_unique() == 1).alias("exact"),
            *(pl.col(name).median() for name in numbers),
            *(pl.col(name).mode().sort().first() for name in texts),
        )
        .filter(pl.col("made") * 2 >= replicates)
        .with_columns((pl.col("made") / replicates).alias("share"))
    )


def _firm(who: str, run: RunData) -> str:
    known = table(run, "firms")["firm"].unique().to_list()
    return who if who in known else ""
