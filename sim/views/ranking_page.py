"""A ranking as one HTML file that opens offline."""

from __future__ import annotations

from pathlib import Path

from altair.typing import ChartType

from sim.experiments.ranking import Ranking, things_of
from sim.views.again import again
from sim.views.basis import basis
from sim.views.charts.ranking import ranking as matrix
from sim.views.outcomes import (
    difference_text,
    interval_text,
    name_with_unit,
    outcome_name,
    outcome_value,
)
from sim.views.rankings import clear_rows, label_of, summary, title_of
from sim.views.report import drawn, rendered, write_page
from sim.views.sensitivity_page import sweep_facts


def write_ranking_page(ranking: Ranking, path: Path) -> Path:
    """Write the page and return its path; raise ReportError if it cannot be written."""
    return write_page(path, page(ranking))


def picture(ranking: Ranking, width: int = 760) -> ChartType:
    """Return the one picture that shows what matters."""
    names = [label_of(ranking, name) for name in ranking.order]
    caption = (
        "Change of the outcome without it, in percent; only where the 90 % interval of "
        f"{ranking.replicates} pairs leaves 0 out. Blue: more; red: less; strong colour: large "
        "beside luck. Of many cells, one in ten would be told from 0 by luck alone."
    )
    return matrix(ranking.table, ranking.order, names, title_of(ranking), caption, width)


def page(ranking: Ranking) -> str:
    """Return the page as text; everything from the scenario is escaped."""
    told = ranking.sweep.description
    rests = basis(told["scenario_text"])
    return rendered(
        "ranking.html",
        title=f"What matters in {ranking.scenario.name}",
        scenario=ranking.scenario,
        kind=ranking.kind,
        replicates=ranking.replicates,
        seed=told["seed"],
        summary=summary(ranking, rests.sentence),
        figure=drawn(
            lambda width: picture(ranking, width),
            "ranking",
            f"Source: llmsim, each taken from {told['scenario']} in turn, {ranking.replicates} "
            f"pairs, seed {told['seed']}.",
        ),
        things=[_thing(ranking, name) for name in ranking.order],
        outcomes=[
            {"name": outcome_name(one.id), "id": one.id, "unit": one.unit, "meaning": one.meaning}
            for one in ranking.outcomes
        ],
        basis=rests,
        again=again(
            "mechanisms", [told["scenario_text"]], *_asked(ranking),
            "-n", str(ranking.replicates), "--seed", str(told["seed"]),
        ),
        provenance={
            "Pairs": str(ranking.replicates),
            **sweep_facts({**told, "runs": ranking.sweep.counts()}),
        },
        scenario_text=told["scenario_text"],
    )  # fmt: skip


def _asked(ranking: Ranking) -> list[str]:
    """Return what was taken away as options: events in place of claims, or some of all."""
    said = ["--shocks"] if ranking.kind == "shocks" else []
    if len(ranking.things) < len(things_of(ranking.scenario, ranking.kind)):
        said += [part for one in ranking.things for part in ("--only", one.name)]
    return said


def _thing(ranking: Ranking, name: str) -> dict[str, object]:
    thing = ranking.thing(name)
    return {
        "label": label_of(ranking, name),
        "meaning": thing.meaning,
        "key": thing.key,
        "rows": [_line(row) for row in clear_rows(ranking, name)],
    }


def _line(row: dict[str, object]) -> dict[str, str]:
    unit = str(row["unit"])
    return {
        "name": name_with_unit(str(row["outcome"]), unit),
        "base": outcome_value(_number(row["base"]), unit),
        "difference": difference_text(_number(row["difference"]), unit),
        "interval": interval_text(_number(row["low"]), _number(row["high"]), unit),
    }


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
