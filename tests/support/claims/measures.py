"""What claims measure on the tables of a run."""

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl
from sign import Measure, Run
from small_market import of

CLOUDS = ("alibaba", "baidu", "tencent", "bytedance")
STARTUPS = ("zhipu", "moonshot", "minimax", "baichuan", "01ai", "stepfun")
SMALLEST_PRICE = 0.01
"""CNY, added to prices so that the logarithm of free is a number."""


def last(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the last week."""
    return frame.filter(pl.col("date") == pl.col("date").max())


def among(frame: pl.DataFrame, *firms: str) -> pl.DataFrame:
    """Return the rows of some firms, of all if none is named."""
    return frame.filter(pl.col("firm").is_in(firms)) if firms else frame


def total(table: str, column: str, *firms: str) -> Measure:
    """Sum a column over weeks and firms."""
    return lambda run: float(among(run[table], *firms)[column].sum())


def at_end(table: str, column: str, *firms: str) -> Measure:
    """Sum a column over firms in the last week."""
    return lambda run: float(among(last(run[table]), *firms)[column].sum())


def late(column: str, weeks: int = 10) -> Measure:
    """Average a column of the market over the last weeks."""
    return lambda run: float(run["market"][column].tail(weeks).to_numpy().mean())


def count(table: str, **values: object) -> Measure:
    """Count rows in which columns have these values."""
    return lambda run: float(len(of(run[table], **values)))


def users(app: str) -> Measure:
    """Count the people who use an app in the last week."""
    return lambda run: float(of(last(run["apps"]), app=app)["mau"].sum())


def log_price(column: str, *firms: str, when: Callable[..., pl.DataFrame] = last) -> Measure:
    """Average the logarithm of a price over firms and weeks."""

    def measure(run: Run) -> float:
        asked = among(when(run["firms"]), *firms).drop_nulls(column)[column]
        return float(np.log(asked.to_numpy() + SMALLEST_PRICE).mean())

    return measure


def mean_list_price(run: Run) -> float:
    """Average the list prices of main models by tokens, in the last week."""
    sold = last(run["firms"]).drop_nulls("price_input_cny_per_mtok")
    tokens = sold["tokens_external_per_day"].to_numpy()
    return float(sold["price_input_cny_per_mtok"].to_numpy() @ tokens / tokens.sum())


def log_api_markup(*firms: str) -> Measure:
    """Logarithm of revenue over cost of the API, in the last week; it rises with the margin."""

    def measure(run: Run) -> float:
        sold = among(last(run["firms"]), *firms)
        return float(
            np.log(float(sold["revenue_api_cny"].sum()) / float(sold["cost_api_cny"].sum()))
        )

    return measure


def log_of(measure: Measure) -> Measure:
    """Take the logarithm of what is measured, for outcomes whose luck is a factor."""
    return lambda run: float(np.log(measure(run)))


def rows_from(table: str, day: date, **values: object) -> Callable[[Run], pl.DataFrame]:
    """Return the rows since a day in which columns have these values."""
    return lambda run: of(run[table], **values).filter(pl.col("date") >= day)
