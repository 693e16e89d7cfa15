"""mesa-frames: a polars row a person, a week as expressions on columns."""

import numpy as np
import polars as pl
from adoption import APPS, LEAVE, WEEKS, Outcome, adoption_probability
from mesa_frames import AgentSetPolars, ModelDF


class People(AgentSetPolars):
    """All people; app -1 is none."""

    def __init__(self, model: "Market", people: int) -> None:
        super().__init__(model)
        self.add(
            pl.DataFrame(
                {
                    "unique_id": np.arange(people),
                    "app": np.full(people, -1, dtype=np.int8),
                    "start": np.zeros(people, dtype=np.int16),
                }
            )
        )

    def step(self) -> None:
        model = self.model
        probability, split = adoption_probability(model.holders, len(self))
        first, second, _ = split.tolist()
        draw = pl.Series("draw", model.generator.random(len(self)))
        share = pl.col("draw") / probability
        pick = pl.when(share < first).then(0).when(share < second).then(1).otherwise(2)
        held = (model.week - pl.col("start") - 1).clip(0, WEEKS - 1)
        leave = held.replace_strict(
            pl.Series(range(WEEKS), dtype=pl.Int16), pl.Series(LEAVE), return_dtype=pl.Float64
        )
        joins = (pl.col("app") < 0) & (pl.col("draw") < probability)
        leaves = (pl.col("app") >= 0) & (pl.col("draw") < leave)
        before = self.agents.with_columns(draw)
        after = before.with_columns(
            app=pl.when(joins)
            .then(pick)
            .when(leaves)
            .then(-1)
            .otherwise(pl.col("app"))
            .cast(pl.Int8),
            start=pl.when(joins).then(model.week).otherwise(pl.col("start")).cast(pl.Int16),
            joined=joins,
        )
        model.adds += count(after.filter("joined")["app"])
        model.holders = count(after["app"])
        self.agents = after.drop("draw", "joined")


class Market(ModelDF):
    """The market of one run."""

    def __init__(self, people: int, seed: int) -> None:
        super().__init__(seed=seed)
        self.generator = np.random.default_rng(seed)
        self.week, self.holders, self.adds = 0, np.zeros(APPS), np.zeros(APPS)
        self.agents += People(self, people)


def count(app: pl.Series) -> np.ndarray:
    """Return people by app; those without one are left out."""
    return np.bincount(app.to_numpy() + 1, minlength=APPS + 1)[1:].astype(float)


def simulate(people: int, seed: int) -> Outcome:
    """Play one run."""
    market = Market(people, seed)
    for _ in range(WEEKS):
        market.agents.step()
        market.week += 1
    return Outcome(market.holders, market.adds)
