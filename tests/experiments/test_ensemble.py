"""Replicates become one run: in order, complete, and honest about what went wrong."""

from pathlib import Path
from typing import Any, cast

import pytest
from stand_in_engine import (
    SIGNALS,
    WEEKS,
    StandInScenario,
    first_waits_for_second,
    second_fails,
    second_forgets_a_column,
    second_kills_its_process,
    simulate,
    third_is_interrupted,
)

from sim.core.streams import Streams
from sim.core.tables import TABLES
from sim.experiments import ensemble
from sim.results.errors import TableError
from sim.results.run import Run


def run(engine: object = simulate, **options: Any) -> Run:
    scenario = cast("Any", StandInScenario())
    return ensemble.run(scenario, simulate=cast("ensemble.Simulate", engine), **options)


def test_every_replicate_is_its_own_draw_of_the_seed() -> None:
    result = run(replicates=3, seed=11)
    expected = [
        Streams(11, replicate).uniform("mood", "m", week)
        for replicate in range(3)
        for week in range(WEEKS)
    ]
    assert result.market["sentiment"].to_list() == expected
    assert result.market["replicate"].to_list() == [n for n in range(3) for _ in range(WEEKS)]


def test_seed_of_the_scenario_counts_when_none_is_given() -> None:
    assert run(replicates=1).market.equals(run(replicates=1, seed=7).market)
    assert run(replicates=1).seed == 7


def test_more_replicates_leave_the_first_ones_as_they_were() -> None:
    few, many = run(replicates=2).market, run(replicates=5).market
    assert many[: len(few)].equals(few)


def test_processes_give_the_tables_of_one_process() -> None:
    one, two = run(replicates=3), run(replicates=3, processes=2)
    assert all(two.tables[name].equals(one.tables[name]) for name in TABLES)
    assert one.id == two.id


def test_replicates_keep_their_order_when_a_later_one_finishes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SIGNALS, str(tmp_path))
    result = run(first_waits_for_second, replicates=3, processes=2)
    assert result.market["replicate"].unique(maintain_order=True).to_list() == [0, 1, 2]


def test_only_the_tables_asked_for_are_recorded() -> None:
    result = run(replicates=1, tables={"market", "apps"})
    assert list(result.tables) == ["apps", "market"]
    assert result.market.equals(run(replicates=1).market)


def test_unknown_table_is_refused_before_anything_runs() -> None:
    with pytest.raises(TableError, match="marked.*tables are firms, apps"):
        run(cast("Any", None), replicates=1, tables={"marked"})


def test_failed_replicate_is_a_row_and_the_others_go_on() -> None:
    result = run(second_fails, replicates=3)
    assert result.replicates == (0, 2)
    assert result.market["replicate"].unique().sort().to_list() == [0, 2]
    (failure,) = result.failures
    assert (failure.replicate, failure.error) == (1, "ZeroDivisionError: no market left")
    assert "second_fails" in failure.traceback
    assert result.status == "failed"
    assert len(result.manifest["timing"]["replicate_seconds"]) == 2


def test_replicate_whose_tables_break_the_schema_is_a_failure_of_recording() -> None:
    (failure,) = run(second_forgets_a_column, replicates=2).failures
    assert failure.stage == "record"
    assert "'market': lacks regime" in failure.error


def test_replicate_that_kills_its_worker_fails_alone() -> None:
    result = run(second_kills_its_process, replicates=4, processes=2)
    assert result.replicates == (0, 2, 3)
    assert [(failure.replicate, failure.stage) for failure in result.failures] == [(1, "worker")]


def test_run_in_which_all_failed_has_empty_tables() -> None:
    result = run(second_kills_its_process, replicates=2, processes=2)
    assert result.replicates == (0,)
    nothing = run(lambda *_: 1 / 0, replicates=2)
    assert nothing.replicates == ()
    assert nothing.market.schema == result.market.schema
    assert len(nothing.market) == 0


def test_interrupt_keeps_what_finished() -> None:
    result = run(third_is_interrupted, replicates=5)
    assert result.status == "interrupted"
    assert result.replicates == (0, 1)
    assert result.manifest["replicates"] == 5


def test_progress_counts_weeks_over_all_replicates() -> None:
    seen: list[float] = []
    run(replicates=2, on_progress=seen.append)
    assert seen == [0.125, 0.25, 0.375, 0.5, 0.5, 0.625, 0.75, 0.875, 1.0, 1.0]


def test_progress_counts_replicates_in_processes() -> None:
    seen: list[float] = []
    run(replicates=2, processes=2, on_progress=seen.append)
    assert seen == [0.5, 1.0]


@pytest.mark.parametrize("options", [{"replicates": 0}, {"processes": 0}, {"threads": 0}])
def test_less_than_one_is_refused(options: dict[str, int]) -> None:
    with pytest.raises(ensemble.EnsembleError, match="is 0; must be 1 or more"):
        run(**options)
