"""A researcher's sweep over inputs, and which of them the outcomes hang on.

    python examples/sensitivity_study.py

The sweep is kept in a folder: started again, it goes on where it was. Ranking it runs nothing.
"""

from pathlib import Path

from sim import Scenario, sensitivity, sweep

SPACE = {
    "parameters.organic": (0.01, 0.03),
    "parameters.churn_quality": (0.3, 0.7),
    "firms.moonshot.cash_mcny": (1000, 3000),
}
OUTCOMES = ("apps.kimi.mau", "firms.moonshot.runway_months:min", "market.hhi_mau")


def main(
    base: Scenario, folder: Path = Path("runs"), points: int = 64, replicates: int = 4
) -> None:
    """Sweep, estimate first-order indices from it, then turn each input alone."""
    done = sweep(
        base, SPACE, points=points, replicates=replicates, executor="serial",
        out=folder / "study", outcomes=OUTCOMES,
    )  # fmt: skip
    print(done.frame().collect())
    shares = sensitivity(done, method="sobol")
    print("Which part of the variance each input explains alone:")
    print(shares.table)
    alone = sensitivity(base, SPACE, "tornado", replicates=replicates, outcomes=OUTCOMES)
    print("What each input does alone, from one end of its range to the other:")
    print(alone.table)


if __name__ == "__main__":
    main(Scenario.load("baseline"))
