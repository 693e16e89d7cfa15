"""Every limit case in which theory says what must come out, through the engine where it can be."""

import numpy as np
import pytest
from limit_cases.cases import CASES, Case
from limit_cases.rows import Row, limit

from sim.core.tables import TABLES
from sim.engine.simulation import simulate
from sim.scenario.layers import shipped_files

QUICK = [case for case in CASES if case.quick is not None or not case.slow]
SLOW = [case for case in CASES if case.slow]
SHORT = ("exits", "goodwill", "price_cut", "retention", "ruin", "tenders")


def agree(rows: list[Row]) -> None:
    assert rows
    for row in rows:
        assert row.holds, row


@pytest.mark.parametrize("case", QUICK, ids=lambda case: case.name)
def test_few_replicates_agree_with_theory(case: Case) -> None:
    agree((case.quick or case.full)())


@pytest.mark.slow
@pytest.mark.parametrize("case", SLOW, ids=lambda case: case.name)
def test_many_replicates_agree_with_theory_closely(case: Case) -> None:
    rows = case.full()
    agree(rows)
    for row in rows:
        assert row.standard_error <= max(0.01, 0.01 * abs(row.theory)), row


def test_every_limit_scenario_is_some_case() -> None:
    told = " ".join(case.where for case in CASES)
    names = {name for name in shipped_files() if name.startswith("limits/")}
    assert names
    assert all(name in told for name in names)


@pytest.mark.parametrize("name", SHORT)
def test_nothing_breaks_when_a_market_has_hardly_anybody(name: str) -> None:
    recorded = simulate(limit(name), 1, 0)
    assert set(recorded) == set(TABLES)


def test_market_with_nobody_to_meet_stands_still() -> None:
    recorded = simulate(limit("alone"), 1, 0)
    for name in ("apps", "channels", "rounds", "tenders", "exits", "releases", "events"):
        assert all(len(column) == 0 for column in recorded[name].values())
    assert len(recorded["firms"]["firm"]) == 52
    for name, column in recorded["firms"].items():
        if name.startswith(("cash", "revenue", "cost", "raised", "tokens", "receivables")):
            assert not np.asarray(column, dtype=np.float64).any(), name
    assert not np.asarray(recorded["market"]["tokens_demanded_per_day"]).any()
