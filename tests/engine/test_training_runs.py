"""Training runs last, sometimes fail, and only firms that pre-train have them."""

from datetime import date, timedelta
from typing import Any

import polars as pl
from small_market import NO_ROUNDS, START, of, small, switched_off, tables

STEADY: dict[str, Any] = {**NO_ROUNDS, **switched_off("poaching", "stop_pretraining")}


def first_releases(failure: float, weeks: int = 45) -> dict[str, date]:
    changes = {**STEADY, "parameters.run_failure": failure}
    releases = tables(small(changes, weeks), names=["releases"])["releases"]
    return dict(releases.group_by("firm").agg(pl.col("date").min()).iter_rows())


def test_run_takes_8_to_26_weeks() -> None:
    first = first_releases(0.0)
    assert len(first) == 13
    weeks = sorted((day - START) // timedelta(weeks=1) for day in first.values())
    assert weeks[0] >= 8
    assert weeks[-1] <= 27
    assert len(set(weeks)) > 5


def test_runs_that_all_fail_release_nothing() -> None:
    assert first_releases(1.0) == {}


def test_failure_delays_some_first_releases_and_advances_none() -> None:
    sure, risky = first_releases(0.0), first_releases(0.5)
    assert all(day >= sure[firm] for firm, day in risky.items())
    later = [firm for firm in sure if risky.get(firm) != sure[firm]]
    assert 2 <= len(later) <= 11


def test_usual_risk_fails_about_one_run_in_seven() -> None:
    """13 firms in 4 replicates: 7.8 first runs fail on average, sd 2.6."""
    usual, sure = (
        [
            tables(small({**STEADY, "parameters.run_failure": risk}, 28), replicate=one)["releases"]
            for one in range(4)
        ]
        for risk in (0.15, 0.0)
    )
    runs = [set(one.select("firm", "date").iter_rows()) for one in sure]
    kept = [set(one.select("firm", "date").iter_rows()) for one in usual]
    first = sum(len({firm for firm, _ in one}) for one in runs)
    failed = sum(
        min(day for who, day in one if who == firm) not in {day for who, day in two if who == firm}
        for one, two in zip(runs, kept, strict=True)
        for firm in {firm for firm, _ in one}
    )
    assert first == 52
    assert 1 <= failed <= 16


def test_firm_that_stopped_releases_nothing_more() -> None:
    changes = {**NO_ROUNDS, "parameters.stop_hazard": 0.54, "parameters.stop_runway": 1.5}
    run = tables(small(changes, weeks=70), names=["releases", "exits", "firms"])
    stopped = of(run["exits"], kind="stopped_pretraining")
    assert len(stopped) >= 2
    for firm, day in stopped.select("firm", "date").iter_rows():
        later = of(run["releases"], firm=firm).filter(pl.col("date") > day)
        assert len(later) == 0, firm
        states = of(run["firms"], firm=firm).filter(pl.col("date") >= day)
        assert not states["pretraining"].any()
