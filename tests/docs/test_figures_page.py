"""The page on figures of one's own says of every quantity what the tables and the code say."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from sim import Scenario, run
from sim.evidence.figures import FigureRow, Qualifier, Statistic, load_figures
from sim.evidence.period import Period
from sim.evidence.quantities import Quantity, load_quantities
from sim.evidence.table import readers
from sim.experiments.measures import QUANTITIES, Ask
from sim.experiments.observables import NO_FUNCTION
from sim.experiments.weekly import Book

PAGE = Path(__file__).parents[2] / "docs" / "score_my_figures.md"
KINDS = {
    "Level": "level",
    "Stand": "at the end",
    "Flow": "sum",
    "Ratio": "share",
    "Change": "growth",
    "Values": "its own",
}
WORDS = {
    "APP": "doubao", "CHANNEL": "douyin", "FIRM": "alibaba", "N": "30", "ID": "{}",
    "A": "wenxiaoyan", "B": "doubao", "NAME": "GLM-4",
}  # fmt: skip
IDS = {"app": "doubao", "firm": "zhipu", "sector": "startups"}


@pytest.fixture(scope="module")
def book() -> Book:
    small = {
        "end": date(2023, 10, 30),
        "consumers.people_per_agent": 100_000,
        "accounts.count": 100,
    }
    return Book(run(Scenario.load("baseline").with_(small), replicates=1))


def example(form: str) -> str:
    """Return a quantity or entity with an id in the place of each word in capitals."""
    kind = form.partition(":")[0]
    filled = re.sub(r"\b[A-Z]+\b|(?<=_)N$", lambda found: WORDS[found[0]], form)
    return filled.format(IDS.get(kind, ""))


def kind_of(book: Book, row: Quantity) -> str:
    """Return how a quantity's statistic is taken, by the measure that its function returns."""
    name = row.quantity.partition(":")[0]
    if name in NO_FUNCTION:
        return "not modelled"
    asked = replace(
        load_figures()[0],
        entity=example(row.entities[0]),
        quantity=example(row.quantity),
        period=Period.read("2023-10"),
    )
    return KINDS[type(QUANTITIES[name](Ask(book, asked, book))).__name__]


def cells(text: str) -> Iterator[list[str]]:
    """Yield the rows of the table of quantities."""
    table = text.partition("| quantity | units |")[2].partition("\n\n")[0]
    for line in table.splitlines()[2:]:
        yield [cell.strip() for cell in line.strip("|").split(" | ")]


def test_table_of_quantities_says_what_the_tables_and_the_code_say(book: Book) -> None:
    expected = [
        [
            f"`{row.quantity}`",
            ", ".join(row.units),
            ", ".join(f"`{form}`" for form in row.entities),
            kind_of(book, row),
            row.definition,
        ]
        for row in load_quantities()
    ]
    assert list(cells(PAGE.read_text("utf-8"))) == expected


def test_every_word_of_the_grammar_stands_on_the_page() -> None:
    text = PAGE.read_text("utf-8")
    forms = {form for row in load_quantities() for form in row.entities}
    words = {*get_args(Statistic), *get_args(Qualifier), *(forms - {"sector:startups"})}
    assert [word for word in sorted(words) if f"`{word}" not in text] == []
    assert ",".join(readers(FigureRow)) in text
