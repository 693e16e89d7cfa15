"""What each shipped scenario answers today, in pairs: with hand-set parameters and calibrated ones.

`python benchmarks/answers.py` takes some minutes. `--write` puts the table into docs/answers.md;
`-n` says how many pairs.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim import Scenario
from sim.core.parameters import PARAMETER_TABLE
from sim.experiments.compare import compare
from sim.experiments.ensemble import run
from sim.experiments.paired import paired_difference
from sim.views.outcomes import difference_text, interval_text, outcome_value

PAGE = Path(__file__).resolve().parent.parent / "docs" / "answers.md"
BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->\n"
PEOPLE_PER_AGENT = 10_000
MIDYEAR, YEAR_END = "@2024-06", "@2024-12"

ASKED = {
    "no_price_war": (
        f"firms.all.price_input_cny_per_mtok{MIDYEAR}",
        "firms.startups.revenue_api_cny",
    ),
    "no_channel_lockout": ("apps.kimi.mau@2025-06", "apps.doubao.mau@2025-06"),
    "funding_winter": ("rounds.failed=false", "market.independent_startups"),
    "open_weights_shock": (
        f"market.self_hosted_share{MIDYEAR}",
        f"market.pretraining_firms{YEAR_END}",
    ),
    "scaling_wall": (
        f"firms.zhipu.quality{YEAR_END}",
        f"firms.deepseek.quality{YEAR_END}",
        "market.pretraining_firms",
    ),
    "compute_embargo": (
        f"firms.all.unit_cost_cny_per_mtok{YEAR_END}",
        f"firms.zhipu.quality{YEAR_END}",
    ),
    "free_tier_flood": ("firms.baidu.cost_api_cny", "market.tokens_served_per_day"),
    "overseas_pivot": ("firms.startups.revenue_overseas_cny", "market.independent_startups"),
    "startup_ads_stop": (f"apps.kimi.mau{YEAR_END}", f"apps.doubao.mau{YEAR_END}"),
    "one_super_app": ("market.hhi_mau", "apps.kimi.mau"),
    "replay_2025": ("apps.deepseek.mau@2025-06", "market.pretraining_firms"),
}
"""Outcomes that answer the question at the head of a scenario, held against the baseline."""

ITSELF = {
    "baseline": ("users_any_app", "independent_startups", "pretraining_firms"),
    "calibrated": ("users_any_app", "independent_startups", "pretraining_firms"),
    "horizon_2029": ("independent_startups", "pretraining_firms", "hhi_api"),
}
"""Scenarios whose question is about themselves: columns of `market`, last week against first."""

UNITS = {"users_any_app": "users", "hhi_api": "share"}

Row = tuple[str, dict[str, Any]]


def coarse(name: str, people_per_agent: int, is_drawn: bool) -> Scenario:
    """Return a shipped scenario with fewer agents, its parameters drawn or as set by hand."""
    scenario = Scenario.load(name).with_({"consumers.people_per_agent": people_per_agent})
    if is_drawn and scenario.posterior is None:
        # What the scenario itself changes stays: that is its question.
        said = scenario.flat()
        own = {
            f"parameters.{one}": said[f"parameters.{one}"]
            for one, row in PARAMETER_TABLE.items()
            if said[f"parameters.{one}"] != row.default
        }
        return scenario.with_({"parameters": "posterior"}).with_(own)
    if not is_drawn and scenario.posterior is not None:
        return scenario.with_(
            {f"parameters.{one}": PARAMETER_TABLE[one].default for one in scenario.posterior.draws}
        )
    return scenario


def differences(
    replicates: int, people_per_agent: int = PEOPLE_PER_AGENT, is_drawn: bool = False
) -> Iterator[Row]:
    """Return, for each scenario and outcome, what it is without and with, and the difference."""
    for name in ITSELF:
        yield from _over_time(name, replicates, people_per_agent, is_drawn)
    base = coarse("baseline", people_per_agent, is_drawn)
    for name, outcomes in ASKED.items():
        other = coarse(name, people_per_agent, is_drawn)
        found = compare(
            base, other, replicates=replicates, outcomes=outcomes, attribution=False
        ).table
        yield from ((name, row) for row in found.to_dicts())


def _over_time(name: str, replicates: int, people_per_agent: int, is_drawn: bool) -> Iterator[Row]:
    market = run(coarse(name, people_per_agent, is_drawn), replicates=replicates).market
    weeks = market.sort("replicate", "date").group_by("replicate", maintain_order=True)
    begin, end = weeks.first(), weeks.last()
    for column in ITSELF[name]:
        first, last = (one[column].to_numpy().astype(float) for one in (begin, end))
        pair = paired_difference(first, last)
        yield (
            name,
            {
                "outcome": f"market.{column}",
                "unit": UNITS.get(column, "firms"),
                "base": first.mean(),
                "value": last.mean(),
                "difference": pair.mean,
                "low": pair.low,
                "high": pair.high,
            },
        )


def told(row: dict[str, Any]) -> str:
    """Return the answer in a word: on which side of 0 the interval lies."""
    if row["low"] is not None and row["low"] > 0.0:
        return "more"
    if row["high"] is not None and row["high"] < 0.0:
        return "less"
    return "no clear difference"


def table(replicates: int) -> str:
    """Run everything and return the table as Markdown."""
    lines = [
        "| scenario | outcome | set by hand | difference | 90 % interval "
        "| calibrated | without | with | difference | 90 % interval |",
        "| --- | --- | --- | ---: | --- | --- | ---: | ---: | ---: | --- |",
    ]
    by_hand, drawn = (differences(replicates, is_drawn=one) for one in (False, True))
    for (name, row), (_, other) in zip(by_hand, drawn, strict=True):
        unit = row["unit"]
        cells = (
            f"`{name}`",
            f"`{row['outcome']}`",
            *_answer(row),
            told(other),
            outcome_value(other["base"], unit),
            outcome_value(other["value"], unit),
            *_answer(other)[1:],
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _answer(row: dict[str, Any]) -> tuple[str, str, str]:
    unit = row["unit"]
    interval = interval_text(row["low"], row["high"], unit)
    return told(row), difference_text(row["difference"], unit), interval


def main() -> None:
    """Print the table, or write it into the page."""
    replicates = int(sys.argv[sys.argv.index("-n") + 1]) if "-n" in sys.argv else 12
    found = table(replicates)
    if "--write" not in sys.argv:
        print(found)
        return
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    PAGE.write_text(before + BEGIN + found + END + after, encoding="utf-8")


if __name__ == "__main__":
    main()
