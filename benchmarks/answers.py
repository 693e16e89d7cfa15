"""What each shipped scenario answers today, in pairs with the baseline.

`python benchmarks/answers.py` takes some minutes. `--write` puts the table into docs/answers.md;
`-n` says how many pairs.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim import Scenario
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
    "horizon_2029": ("independent_startups", "pretraining_firms", "hhi_api"),
}
"""Scenarios whose question is about themselves: columns of `market`, last week against first."""

UNITS = {"users_any_app": "users", "hhi_api": "share"}

Row = tuple[str, dict[str, Any]]


def coarse(name: str, people_per_agent: int) -> Scenario:
    """Return a shipped scenario with fewer agents."""
    return Scenario.load(name).with_({"consumers.people_per_agent": people_per_agent})


def differences(replicates: int, people_per_agent: int = PEOPLE_PER_AGENT) -> Iterator[Row]:
    """Return, for each scenario and outcome, what it is without and with, and the difference."""
    for name in ITSELF:
        yield from _over_time(name, replicates, people_per_agent)
    base = coarse("baseline", people_per_agent)
    for name, outcomes in ASKED.items():
        other = coarse(name, people_per_agent)
        found = compare(
            base, other, replicates=replicates, outcomes=outcomes, attribution=False
        ).table
        yield from ((name, row) for row in found.to_dicts())


def _over_time(name: str, replicates: int, people_per_agent: int) -> Iterator[Row]:
    market = run(coarse(name, people_per_agent), replicates=replicates).market
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
        "| scenario | outcome | answer | without | with | difference | 90 % interval |",
        "| --- | --- | --- | ---: | ---: | ---: | --- |",
    ]
    for name, row in differences(replicates):
        unit = row["unit"]
        cells = (
            f"`{name}`",
            f"`{row['outcome']}`",
            told(row),
            outcome_value(row["base"], unit),
            outcome_value(row["value"], unit),
            difference_text(row["difference"], unit),
            interval_text(row["low"], row["high"], unit),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


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
