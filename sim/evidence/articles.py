"""The press articles that figures and claims come from."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sim.core.shipped import shipped
from sim.evidence.period import Period
from sim.evidence.table import Text, read_table


@dataclass(frozen=True)
class Article:
    """One article; `id` is what the `source` of a figure names."""

    id: str
    title: str
    outlet: str
    author: Text
    date: Period


@cache
def load_articles(path: Path | None = None) -> tuple[Article, ...]:
    """Return the articles in the order of the file."""
    return read_table(path or shipped("seeds") / "articles.csv", Article, ("id",))
