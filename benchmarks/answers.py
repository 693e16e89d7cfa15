"""What each shipped scenario answers today, paired with the baseline. `python benchmarks/answers.py`

Takes some minutes. `--write` puts the table into docs/answers.md; `-n` says how many pairs.
"""

import sys
from pathlib import Path

from sim import Scenario
from sim.experiments.compare import compare
from sim.experiments.ensemble import run
from sim.experiments.paired import paired_difference
from sim.scenario.catalogue import shipped_scenarios
from sim.views.outcomes import difference_text, interval_text, outcome_value

PAGE = Path(__file__).resolve().parent.parent / "docs" / "answers.md"
BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->\n"
PEOPLE_PER_AGENT = 10_000
ASKED = {
    "no_price_war": ("firms.all.price_input_cny_per_mtok@2024-06", "firms.startups.revenue_api_cny"),
    "no_channel_lockout": ("apps.kimi.mau@2025-06", "apps.doubao.mau@2025-06"),
    "funding_winter": ("rounds.failed=false", "market.independent_startups"),
    "open_weights_shock": ("market.self_hosted_share", "market.pretraining_firms"),
    "scaling_wall": ("firms.all.quality", "market.pretraining_firms"),
    "compute_embargo": ("firms.all.unit_cost_cny_per_mtok@2024-12", "firms.all.quality"),
    "free_tier_flood": ("firms.baidu.cost_api_cny", "market.tokens_served_per_day"),
    "overseas_pivot": ("firms.startups.revenue_overseas_cny", "market.independent_startups"),
    "startup_ads_stop": ("apps.kimi.mau@2024-12", "apps.doubao.mau@2024-12"),
    "one_super_app": ("market.hhi_mau", "apps.kimi.mau"),
    "replay_2025": ("apps.deepseek.mau@2025-06", "market.pretraining_firms"),
}
"""Outcomes that answer the question at the head of a scenario."""

ITSELF = {
    "baseline": ("market.users_any_app", "market.independent_startups", "market.pretraining_firms"),
    "horizon_2029": (
        "market.independent_startups", "market.pretraining_firms", "market.hhi_api",
    ),
}  # fmt: skip
"""Scenarios whose question is about themselves: the end of the run against its beginning."""


def coarse(name: str) -> Scenario:
    """Return a shipped scenario with fewer agents."""
    return Scenario.load(name).with_({"consumers.people_per_agent": PEOPLE_PER_AGENT})


def against_baseline(replicates: int) -> list[str]:
    """Return a row per outcome of each scenario that is held against the baseline."""
    rows = []
    for name, outcomes in ASKED.items():
        found = compare(
            coarse("baseline"), coarse(name), replicates=replicates, outcomes=outcomes,
            attribution=False,
        )  # fmt: skip
        rows += [_row(name, one) for one in found.table.to_dicts()]
    return rows


def about_themselves(replicates: int) -> list[str]:
    """Return a row per outcome of each scenario that is held against its own beginning."""
    rows = []
    for name, outcomes in ITSELF.items():
        market = run(coarse(name), replicates=replicates).market.sort("replicate", "date")
        for outcome in outcomes:
            ends = market.group_by("replicate", maintain_order=True)
            column = outcome.split(".")[1]
            first, last = (getattr(ends, end)()[column].to_numpy() for end in ("first", "last"))
            pair = paired_difference(first.astype(float), last.astype(float))
            rows.append(
                _row(
                    name,
                    {
                        "outcome": outcome, "unit": _unit(column), "base": first.mean(),
                        "value": last.mean(), "difference": pair.mean, "low": pair.low,
                        "high": pair.high,
                    },
                )
            )  # fmt: skip
    return rows


def _unit(column: str) -> str:
    return {"users_any_app": "users", "hhi_api": "share"}.get(column, "firms")


def _row(name: str, row: dict[str, object]) -> str:
    unit, low, high = str(row["unit"]), row["low"], row["high"]
    told = "no clear difference"
    if low is not None and float(low) > 0.0:  # type: ignore[arg-type]
        told = "more"
    elif high is not None and float(high) < 0.0:  # type: ignore[arg-type]
        told = "less"
    cells = (
        f"`{name}`", f"`{row['outcome']}`", told, outcome_value(row["base"], unit),
        outcome_value(row["value"], unit), difference_text(row["difference"], unit),
        interval_text(low, high, unit),
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def table(replicates: int) -> str:
    """Run everything and return the table as Markdown."""
    head = [
        "| scenario | outcome | answer | without | with | difference | 90 % interval |",
        "| --- | --- | --- | ---: | ---: | ---: | --- |",
    ]
    asked = {name for name in shipped_scenarios() if "/" not in name}
    assert asked == set(ASKED) | set(ITSELF)
    return "\n".join([*head, *about_themselves(replicates), *against_baseline(replicates)]) + "\n"


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
