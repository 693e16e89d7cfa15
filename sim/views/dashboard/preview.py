"""The preview: one replicate of a coarse copy of a scenario, for an answer while one waits."""

from collections import OrderedDict
from math import ceil
from threading import Lock

import polars as pl

from sim.experiments import ensemble
from sim.results.run import Run
from sim.scenario import Scenario

AGENTS, ACCOUNTS, LARGEST = 30_000, 300, 100_000
"""Consumers and API accounts that a preview simulates at most; people that one may stand for."""


def coarse(scenario: Scenario) -> Scenario:
    """Return a scenario with fewer consumers and accounts, each standing for more."""
    people = scenario.consumers
    wanted = min(LARGEST, ceil(people.addressable_people / AGENTS))
    return scenario.with_(
        {
            "consumers.people_per_agent": max(people.people_per_agent, wanted),
            "accounts.count": min(scenario.accounts.count, ACCOUNTS),
        }
    )


def preview(scenario: Scenario, seed: int) -> Run:
    """Return one replicate of the coarse copy; nothing about luck can be read from it."""
    return ensemble.run(coarse(scenario), 1, seed=seed)


class Previews:
    """The last previews made, shared by all visitors: a preview depends on its scenario alone.

    One is made at a time, so that visitors who ask for the same wait for one calculation.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[str, int], Run] = OrderedDict()
        self._lock = Lock()

    def __call__(self, scenario: Scenario, seed: int) -> Run:
        """Return the preview of a scenario, made once."""
        key = (scenario.digest, seed)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = preview(scenario, seed)
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]


previewed = Previews(most=12)


def users_beside(a: Run, b: Run) -> list[tuple[str, float, float]]:
    """Return app and its monthly users in the last week of both, the largest changes first.

    The two share their luck, so a difference is what the settings do in this one replicate.
    """
    before, after = _last_users(a), _last_users(b)
    rows = [(app, before.get(app, 0.0), after.get(app, 0.0)) for app in {**before, **after}]
    return sorted(rows, key=lambda row: -abs(row[2] - row[1]))


def _last_users(run: Run) -> dict[str, float]:
    apps = run.tables["apps"]
    last = apps.filter(pl.col("date") == pl.col("date").max())
    return dict(last.group_by("app").agg(pl.col("mau").mean()).sort("app").iter_rows())
