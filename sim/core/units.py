"""Money, time and volume: the one place where units are converted."""

from datetime import date, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

FEN_PER_CNY = 100
DAYS_PER_WEEK = 7
WEEKS_PER_YEAR = 365.25 / 7
WEEKS_PER_MONTH = WEEKS_PER_YEAR / 12
MILLION = 1e6
BILLION = 1e9
TRILLION = 1e12
TOKENS_PER_MTOK = 1e6


def to_fen(amount_cny: ArrayLike) -> NDArray[np.int64]:
    """Round yuan to whole fen, half to even; any shape."""
    fen: NDArray[np.int64] = np.rint(np.asarray(amount_cny, dtype=np.float64) * FEN_PER_CNY).astype(
        np.int64
    )
    return fen


def to_cny(amount_fen: ArrayLike) -> NDArray[np.float64]:
    """Turn fen into yuan; any shape."""
    return np.asarray(amount_fen, dtype=np.float64) / FEN_PER_CNY


def first_monday(day: date) -> date:
    """Return the day itself if it is a Monday, else the Monday after it."""
    return day + timedelta(days=(7 - day.weekday()) % 7)


@lru_cache(maxsize=4096)
def week_of(day: date, start: date) -> int:
    """Return the week whose Monday clearing first sees an event of that day (may be negative)."""
    return -(-(day - first_monday(start)).days // DAYS_PER_WEEK)


@lru_cache(maxsize=4096)
def monday_of(week: int, start: date) -> date:
    """Return the Monday on which week number `week` clears."""
    return first_monday(start) + timedelta(weeks=week)
