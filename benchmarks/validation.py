"""How well the calibrated scenario says what is known, beside the scenario with hand-set numbers.

`python benchmarks/validation.py --calibration DIR` simulates both (`-n` replicates each, 100 unless
said) to the end of what figures speak of, and prints the tables of docs/validation.md; `--write`
puts them there. DIR is the folder that `llmsim calibrate` wrote.
"""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import polars as pl

from sim import Scenario
from sim.evidence.figures import load_figures
from sim.experiments.calibration_files import FIGURES, PARAMETERS
from sim.experiments.score import Score, score
from sim.experiments.scoring import ScoreRow
from sim.views.figures import figure_error, figure_interval, figure_name, figure_value
from sim.views.format import digits3, percent
from sim.views.score_table import LINES, MARKS

PAGE = Path(__file__).resolve().parent.parent / "docs" / "validation.md"
MARK = "<!-- {name}: {end} -->\n"
SCENARIOS = {"hand-set": "baseline", "calibrated": "calibrated"}
USES = ("fit", "validate")
PART_FOR_BELIEFS = 4


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table as Markdown, its first column text and the others numbers."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def summary(scores: dict[str, Score]) -> str:
    """Return the uses in numbers, each scenario beside the other."""
    uses = {
        (use, name): next(one for one in found.uses if one.use == use)
        for use in USES
        for name, found in scores.items()
    }
    heads = ["", *(f"{use}, {name}" for use, name in uses)]
    return table(
        heads, ([name.replace("|", "\\|"), *map(cell, uses.values())] for name, cell in LINES)
    )


def figures(rows: Iterable[ScoreRow]) -> str:
    """Return figures beside what the calibrated scenario says."""
    heads = ("figure", "known", "median", "90 % interval", "error", "inside")
    return table(heads, map(_cells, rows))


def _cells(row: ScoreRow) -> tuple[str, ...]:
    known, median = (figure_value(row, value) for value in (row.observed, row.median))
    inside = MARKS[row.inside_90]
    return (
        f"{figure_name(row)} `{row.id}`",
        known,
        median,
        figure_interval(row),
        figure_error(row),
        inside,
    )


def outside(rows: Iterable[ScoreRow]) -> Iterator[ScoreRow]:
    """Yield the rows that are facts and not inside."""
    return (row for row in rows if row.counts and row.inside_90 is not True)


def parameters(folder: Path) -> str:
    """Return the parameters that the figures narrow."""
    rows = pl.read_parquet(folder / PARAMETERS).filter("told").to_dicts()
    heads = ("parameter", "prior", "median", "90 %", "narrower by", "told most by")
    return table(
        heads,
        (
            (
                f"`{row['key'].removeprefix('parameters.')}`",
                f"{digits3(row['low'])} to {digits3(row['high'])}, most {digits3(row['mode'])}",
                digits3(row["q50"]),
                f"{digits3(row['q05'])} to {digits3(row['q95'])}",
                percent(row["narrowed"]),
                f"`{row['figure']}`",
            )
            for row in rows
        ),
    )


def untold(folder: Path) -> str:
    """Return the parameters that stay at their priors."""
    rows = pl.read_parquet(folder / PARAMETERS).filter(~pl.col("told"))
    names = sorted(key.removeprefix("parameters.") for key in rows["key"])
    return ", ".join(f"`{name}`" for name in names) + ".\n"


def noise(folder: Path) -> str:
    """Return how far luck and parameters move what runs say of each figure."""
    rows = pl.read_parquet(folder / FIGURES).to_dicts()
    return table(
        ("figure", "explained by the surrogate", "luck", "parameters", "any run came near"),
        (
            (
                f"`{row['id']}`",
                percent(row["explained"]),
                f"{row['luck']:.2f}",
                f"{row['by_parameters']:.2f}",
                MARKS[row["reached"]],
            )
            for row in rows
        ),
    )


def parts(scores: dict[str, Score], beliefs: Iterable[ScoreRow], folder: Path) -> dict[str, str]:
    """Return what stands between the marks of the page."""
    rows = scores["calibrated"].rows
    return {
        "summary": summary(scores),
        **{use: figures(row for row in rows if row.use == use) for use in USES},
        "belief": figures(beliefs),
        "outside": figures(outside(rows)),
        "parameters": parameters(folder),
        "untold": untold(folder),
        "noise": noise(folder),
    }


def written(page: str, found: dict[str, str]) -> str:
    """Return the page with its marked parts renewed."""
    for name, text in found.items():
        begin, end = (MARK.format(name=name, end=one) for one in ("begin", "end"))
        before, rest = page.split(begin)
        page = before + begin + text + end + rest.split(end)[1]
    return page


def main() -> None:
    """Print the tables, or write them into the page."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--calibration", type=Path, required=True)
    asked.add_argument("-n", type=int, default=100)
    asked.add_argument("--write", action="store_true")
    said = asked.parse_args()
    facts = [one for one in load_figures() if one.use != "belief"]
    scores = {
        name: score(Scenario.load(scenario), facts, said.n, executor="process")[0]
        for name, scenario in SCENARIOS.items()
    }
    # Some beliefs look ahead for five years, and each has a future of its own without later news.
    beliefs = [one for one in load_figures() if one.use == "belief"]
    few = max(2, said.n // PART_FOR_BELIEFS)
    expected = score(Scenario.load(SCENARIOS["calibrated"]), beliefs, few, executor="process")[0]
    found = parts(scores, expected.rows, said.calibration)
    if said.write:
        page = written(PAGE.read_text(encoding="utf-8"), found)
        PAGE.write_text(page, encoding="utf-8")
    else:
        print("\n".join(f"{name}\n\n{text}" for name, text in found.items()))


if __name__ == "__main__":
    main()
