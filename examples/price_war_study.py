"""A strategist's question: what did the price war do, and to whom?

    python examples/price_war_study.py

Two futures with the same luck, then the same question with a firm that would not follow.
"""

from pathlib import Path

from sim import Scenario, compare

OUTCOMES = (
    "firms.startups.revenue_api_cny",
    "firms.moonshot.runway_months",
    "firms.bytedance.api_share",
    "market.tokens_served_per_day",
)


def main(base: Scenario, folder: Path = Path("runs"), replicates: int = 20) -> None:
    """Say what the war did, and what one firm's refusal to follow it would have done."""
    calm = base.with_({"mechanisms.price_war": False})
    hold = base.with_({"firms.moonshot.pricing.strategy": "hold"})
    folder.mkdir(parents=True, exist_ok=True)
    for name, other in (("no_war", calm), ("moonshot_holds", hold)):
        found = compare(base, other, replicates=replicates, outcomes=OUTCOMES)
        print(f"{name}: differences from the baseline, with 90 % intervals")
        print(found.table)
        print(f"A page to pass on: {found.to_html(folder / f'{name}.html')}")


if __name__ == "__main__":
    main(Scenario.load("baseline"))
