"""Who else is in the market changes nobody's luck: draws are keyed by name, not by position.

Luck is what a firm, an account, an investor or a person draws; what they make of it differs with
who else is there.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import numpy as np
import polars as pl
import pytest
from numpy.typing import ArrayLike, NDArray
from small_market import NO_ROUNDS, of, small, switched_off, tables, watch, without

from sim.core.streams import Streams
from sim.engine.simulation import open_market
from sim.scenario import Scenario

F64 = NDArray[np.float64]
Draws = dict[tuple[str, int, str], float]
WEEKS = 45
EVERY_WEEK = {
    "poaching",
    "unforeseen cost",
    "price review main",
    "price review flagship",
    "round opens",
    "payment delay",
    "delisting",
    "stop pre-training",
}
NOW_AND_THEN = {"overseas", "GPU sale", "lay-off", "licence and hire", "listing", "paradigm delay"}

ALONE = {
    **switched_off("poaching", "advertising", "stop_pretraining", "own_channel_push"),
    **NO_ROUNDS,
}
"""Without these, what firms do to each other's users is gone but for the users themselves."""


@contextmanager
def drawn() -> Iterator[dict[tuple[str, int], list[F64]]]:
    """Collect the arrays of draws by decision and week."""
    found: dict[tuple[str, int], list[F64]] = defaultdict(list)
    uniforms, normals = Streams.uniforms, Streams.normals

    def uniform(self: Streams, decision: str, who: ArrayLike, week: int, draw: int = 0) -> F64:
        values = uniforms(self, decision, who, week, draw)
        found[decision, week].append(values)
        return values

    def normal(self: Streams, decision: str, who: ArrayLike, week: int, draw: int = 0) -> F64:
        values = normals(self, decision, who, week, draw)
        found[decision, week].append(values)
        return values

    with patch.object(Streams, "uniforms", uniform), patch.object(Streams, "normals", normal):
        yield found


def draws_by_name(scenario: Scenario, names: tuple[str, ...], decisions: set[str]) -> Draws:
    """Return what each firm or investor drew for decisions, by decision, week and name."""
    with drawn() as found:
        watch(scenario, lambda engine: None)
    return {
        (decision, week, name): float(value)
        for (decision, week), arrays in found.items()
        for array in arrays
        if decision in decisions
        for name, value in zip(names, array, strict=True)
    }


def differing(one: Scenario, other: Scenario, table: str, decisions: set[str]) -> list[object]:
    """Return the draws of those in both scenarios that differ; all decisions must occur."""
    draws = [
        draws_by_name(scenario, tuple(getattr(scenario, table)), decisions)
        for scenario in (one, other)
    ]
    common = draws[0].keys() & draws[1].keys()
    assert {name for *_, name in common} == set(getattr(other, table))
    return [key for key in sorted(common) if draws[0][key] != draws[1][key]]


@pytest.mark.parametrize("gone", ["bytedance", "zhipu"])
def test_removing_a_firm_leaves_the_draws_of_the_others(gone: str) -> None:
    everybody, others = small(weeks=WEEKS), small(without(gone), WEEKS)
    drew = draws_by_name(everybody, tuple(everybody.firms), EVERY_WEEK)
    assert {decision for decision, *_ in drew} == EVERY_WEEK
    assert differing(everybody, others, "firms", EVERY_WEEK | NOW_AND_THEN) == []


def test_removing_an_investor_leaves_the_draws_of_the_others() -> None:
    everybody, others = small(weeks=WEEKS), small({"investors.rmb_vc_03.remove": True}, WEEKS)
    assert differing(everybody, others, "investors", {"follows"}) == []


@pytest.mark.parametrize("gone", ["bytedance", "zhipu"])
def test_removing_a_firm_leaves_the_first_runs_of_the_others(gone: str) -> None:
    """The date of a first release shows how long the training run was and whether it failed."""
    peace = {**switched_off("poaching", "stop_pretraining"), **NO_ROUNDS}
    before = tables(small(peace, WEEKS), names=["releases"])["releases"]
    after = tables(small({**peace, **without(gone)}, WEEKS), names=["releases"])["releases"]

    def first(releases: pl.DataFrame) -> dict[str, object]:
        return dict(releases.group_by("firm").agg(pl.col("date").min()).iter_rows())

    expected = {firm: day for firm, day in first(before).items() if firm != gone}
    assert first(after) == expected
    assert len(expected) >= 10


def test_removing_a_firm_leaves_the_unforeseen_costs_of_the_others() -> None:
    before = tables(small(weeks=1), names=["firms"])["firms"]
    after = tables(small(without("zhipu"), 1), names=["firms"])["firms"]
    assert before.filter(pl.col("firm") != "zhipu")["cost_other_cny"].to_list() == (
        after["cost_other_cny"].to_list()
    )


@pytest.mark.parametrize("gone", ["alibaba", "01ai"])
def test_removing_a_firm_leaves_the_accounts(gone: str) -> None:
    everybody = open_market(small(), 1, 0).world.accounts
    others = open_market(small(without(gone)), 1, 0).world.accounts
    np.testing.assert_array_equal(everybody.entity, others.entity)
    np.testing.assert_array_equal(everybody.size, others.size)
    np.testing.assert_array_equal(everybody.engineers, others.engineers)


def test_removing_a_firm_without_an_app_leaves_every_consumer() -> None:
    before = tables(small(ALONE, WEEKS), names=["apps", "overlap", "flows"])
    after = tables(small({**ALONE, **without("huawei")}, WEEKS), names=["apps", "overlap", "flows"])
    for name, table in before.items():
        assert len(table) > 0
        assert table.equals(after[name]), name


def test_app_that_is_still_to_come_leaves_every_consumer() -> None:
    """01.AI's app opens in May 2024; until then nobody's choice knows of it."""
    weeks = 40
    before = tables(small(ALONE, weeks), names=["apps"])["apps"]
    after = tables(small({**ALONE, **without("01ai")}, weeks), names=["apps"])["apps"]
    assert of(before, app="kimi")["mau"].max() is not None
    assert before.equals(after)
