"""A sweep whose runs are made on a cluster; without an address, on one started on this machine.

    python examples/cluster_sweep.py
    python examples/cluster_sweep.py dask:tcp://HOST:8786

Needs the extra `cluster`. Wherever the runs are made, the numbers are the same.
"""

import sys
from pathlib import Path

from sim import Scenario, sweep

SPACE = {"firms.moonshot.cash_mcny": (1000, 3000), "parameters.organic": (0.01, 0.03)}
OUTCOMES = ("apps.kimi.mau", "firms.moonshot.cash_cny:min")


def main(
    base: Scenario, folder: Path = Path("runs"), points: int = 64, where: str = "dask"
) -> None:
    """Make the runs on a cluster and say how many there were and what came out."""
    done = sweep(
        base, SPACE, points=points, executor=where, out=folder / "cluster", outcomes=OUTCOMES
    )
    print(f"{done.counts()['ok']} runs")
    print(done.frame().collect())


if __name__ == "__main__":
    main(Scenario.load("baseline"), where=sys.argv[1] if len(sys.argv) > 1 else "dask")
