"""A sweep keeps every run it made: what it did it does not do again, what failed it shows."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sweep_engines
from sweep_engines import OUTCOMES, SPACE, cash_and_luck, marks, poor_fail

from sim.core.streams import Streams
from sim.experiments.sweep import Sweep, plan_sweep, sweep
from sim.experiments.sweep_folder import SweepError
from sim.experiments.sweep_runs import Chunk, OtherCodeError, run_chunk
from sim.results.errors import StoreError
from sim.scenario import Scenario, ScenarioError


@pytest.fixture(scope="module")
def base() -> Scenario:
    return Scenario.load("baseline")


@pytest.fixture(autouse=True)
def marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "marks"
    folder.mkdir()
    monkeypatch.setenv(sweep_engines.FOLDER, str(folder))


def run(base: Scenario, out: Path, **options: Any) -> Sweep:
    given: dict[str, Any] = {
        "points": 4,
        "replicates": 2,
        "executor": "serial",
        "simulate": cash_and_luck,
    }
    return sweep(base, SPACE, out=out, outcomes=OUTCOMES, seed=5, **(given | options))


def numbers(found: Sweep) -> pl.DataFrame:
    """Return all that may not differ between machines."""
    return found.frame().select(pl.exclude("^time_.*$")).collect()


def test_frame_has_a_row_per_run_with_inputs_and_outcomes(base: Scenario, tmp_path: Path) -> None:
    frame = run(base, tmp_path / "s").frame().collect()
    cash = "firms.moonshot.cash_mcny"
    assert frame.columns == [
        "run", "point", "replicate", cash, "mechanisms.price_war", *OUTCOMES,
        "time_started", "time_seconds",
    ]  # fmt: skip
    assert frame.select("point", "replicate").rows() == [(p, r) for p in range(4) for r in (0, 1)]
    for row in frame.iter_rows(named=True):
        luck = [Streams(5, row["replicate"]).uniform("mood", "m", week) for week in range(3)]
        assert row["market.hhi_mau"] == luck[-1]
        assert row["market.sentiment"] == row[cash] + luck[-1]
        assert row["market.sentiment:sum"] == pytest.approx(3 * row[cash] + sum(luck))
    assert frame[cash].is_between(1000, 3000).all()
    assert frame["mechanisms.price_war"].dtype == pl.Boolean


def test_finished_sweep_does_nothing_again(base: Scenario, tmp_path: Path) -> None:
    first = numbers(run(base, tmp_path / "s"))
    assert len(marks()) == 8
    again = run(base, tmp_path / "s")
    assert len(marks()) == 8
    assert numbers(again).equals(first)


def test_half_done_sweep_does_the_other_half(base: Scenario, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.experiments.sweep.MOST_IN_CHUNK", 1)
        whole = numbers(run(base, tmp_path / "whole"))
        run(base, tmp_path / "s")
    before = len(marks())
    shards = sorted((tmp_path / "s" / "runs").glob("*.parquet"))
    filled = [shard for shard in shards if pl.read_parquet(shard).height]
    for shard in filled[::2]:
        shard.unlink()
    assert Sweep.open(tmp_path / "s").counts() == {"ok": 4, "failed": 0, "pending": 4}
    resumed = run(base, tmp_path / "s")
    assert len(marks()) - before == 4
    assert resumed.counts() == {"ok": 8, "failed": 0, "pending": 0}
    assert numbers(resumed).equals(whole)


def test_larger_design_keeps_the_runs_of_the_smaller(base: Scenario, tmp_path: Path) -> None:
    small = run(base, tmp_path / "s").frame().collect()
    large = run(base, tmp_path / "s", points=8, replicates=3).frame().collect()
    assert len(marks()) == 24
    assert large.height == 24
    shared = large.join(small, on="run", how="semi")
    assert shared.select("point", "replicate").equals(small.select("point", "replicate"))


def test_resume_can_be_refused_and_then_starts_anew(base: Scenario, tmp_path: Path) -> None:
    run(base, tmp_path / "s")
    anew = run(base, tmp_path / "s", resume=False, points=2)
    assert len(marks()) == 12
    assert anew.counts() == {"ok": 4, "failed": 0, "pending": 0}


def test_failed_runs_are_rows_of_the_ledger(base: Scenario, tmp_path: Path) -> None:
    found = run(base, tmp_path / "s", simulate=poor_fail)
    assert found.counts() == {"ok": 4, "failed": 4, "pending": 0}
    failed = found.ledger().filter(pl.col("status") == "failed").collect()
    assert set(failed["error"]) == {"ZeroDivisionError: no money left"}
    assert set(failed["stage"]) == {"simulate"}
    assert failed["traceback"].str.contains("poor_fail").all()
    assert set(found.ledger().collect().columns) == {
        "run", "point", "replicate", "status", "stage", "error", "traceback",
    }  # fmt: skip
    assert found.frame().collect()["firms.moonshot.cash_mcny"].min() > 2000  # type: ignore[operator]


def test_failed_runs_are_tried_again_only_when_asked(base: Scenario, tmp_path: Path) -> None:
    run(base, tmp_path / "s", simulate=poor_fail)
    assert run(base, tmp_path / "s").counts()["failed"] == 4
    assert run(base, tmp_path / "s", retry_failed=True).counts() == {
        "ok": 8, "failed": 0, "pending": 0,
    }  # fmt: skip
    assert len(marks()) == 8


def test_sweep_stops_when_too_many_runs_have_failed(base: Scenario, tmp_path: Path) -> None:
    options: dict[str, Any] = {"simulate": poor_fail, "points": 16, "max_failures": 2}
    found = run(base, tmp_path / "s", **options)
    counts = found.counts()
    assert found.stopped == "3 runs failed; at most 2 may"
    assert counts["failed"] == 3
    assert counts["pending"] > 0
    first = run(base, tmp_path / "fast", **(options | {"max_failures": 0}))
    assert first.counts()["failed"] == 1


def test_point_that_no_scenario_can_have_is_a_failed_run(base: Scenario, tmp_path: Path) -> None:
    normal = ["firms.moonshot.cash_mcny=normal(100,300)"]
    found = sweep(
        base, normal, points=16, executor="serial", out=tmp_path / "s", outcomes=OUTCOMES,
        simulate=cash_and_luck,
    )  # fmt: skip
    failed = found.ledger().filter(pl.col("status") == "failed").collect()
    assert 0 < len(failed) < 16
    assert set(failed["stage"]) == {"scenario"}
    assert failed["error"].str.contains("cash_mcny").all()


def test_same_run_has_the_same_id_in_every_sweep(base: Scenario) -> None:
    def ids(**options: Any) -> list[str]:
        given = {"points": 4, "seed": 5, "outcomes": OUTCOMES, **options}
        return [one.id for one in plan_sweep(base, SPACE, **given).runs]

    assert ids() == ids()
    assert ids(points=2) == ids()[:2]
    assert not set(ids()) & set(ids(seed=6))
    other = base.with_({"firms.zhipu.cash_mcny": 1234})
    assert not set(ids()) & {one.id for one in plan_sweep(other, SPACE, points=4, seed=5).runs}


def test_points_that_are_equal_share_their_run(base: Scenario, tmp_path: Path) -> None:
    out = tmp_path / "s"
    words = ["mechanisms.price_war=true,false"]
    found = sweep(
        base, words, points=8, executor="serial", out=out, outcomes=OUTCOMES,
        simulate=cash_and_luck,
    )  # fmt: skip
    assert len(marks()) == 2
    assert found.counts() == {"ok": 8, "failed": 0, "pending": 0}
    assert found.frame().collect()["point"].to_list() == list(range(8))


def test_tables_are_kept_whole_where_asked(base: Scenario, tmp_path: Path) -> None:
    found = run(base, tmp_path / "s", tables=["market"], points=2)
    table = found.table("market").collect()
    assert table.columns[:5] == ["run", "point", "replicate", *table.columns[3:5]]
    assert table.height == 4 * sweep_engines.WEEKS
    last = table.group_by("point", "replicate", maintain_order=True).last()
    assert last["sentiment"].to_list() == found.frame().collect()["market.sentiment"].to_list()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"seed": 6}, "other seed"),
        ({"outcomes": ["market.hhi_mau"]}, "other outcomes"),
        ({"tables": ["market"]}, "other tables"),
    ],
)
def test_folder_of_another_sweep_is_not_mixed_up(
    base: Scenario, tmp_path: Path, options: dict[str, Any], said: str
) -> None:
    run(base, tmp_path / "s")
    given: dict[str, Any] = {"outcomes": OUTCOMES, "seed": 5, **options}
    with pytest.raises(SweepError, match=said):
        sweep(base, SPACE, points=4, executor="serial", out=tmp_path / "s", **given)


def test_leftovers_are_removed_when_a_sweep_goes_on(base: Scenario, tmp_path: Path) -> None:
    out = tmp_path / "s"
    run(base, out, tables=["market"])
    left = [
        out / "runs" / ".unfinished-1", out / ".unfinished-2", out / "tables/market/.unfinished-3",
        out / "tables" / "market" / "without-runs.parquet",
    ]  # fmt: skip
    for file in left:
        file.write_text("half a file")
    assert Sweep.open(out).counts()["ok"] == 8
    run(base, out, tables=["market"])
    assert not [file for file in left if file.exists()]


def test_every_shard_has_a_name_that_says_it_is_whole(base: Scenario, tmp_path: Path) -> None:
    out = tmp_path / "s"
    run(base, out)
    names = {path.suffix for path in (out / "runs").iterdir()}
    assert names == {".parquet"}


def test_folder_that_holds_something_else_is_not_touched(base: Scenario, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.tex").write_text("all my work")
    with pytest.raises(StoreError, match=r"thesis\.tex"):
        run(base, mine)
    assert [path.name for path in mine.iterdir()] == ["thesis.tex"]


def test_two_sweeps_do_not_write_into_one_folder(base: Scenario, tmp_path: Path) -> None:
    from sim.experiments.sweep_folder import locked

    run(base, tmp_path / "s")
    with locked(tmp_path / "s"), pytest.raises(StoreError, match="another sweep is writing"):
        run(base, tmp_path / "s")


def test_unknown_strategy_is_refused_before_anything_runs(base: Scenario) -> None:
    with pytest.raises(ScenarioError, match="leadr"):
        plan_sweep(base, ["firms.zhipu.pricing.strategy=hold,leadr"])


def test_strategies_times_futures_is_a_grid(base: Scenario) -> None:
    space = {
        "firms.zhipu.pricing.strategy": ["hold", "respond"],
        "mechanisms.price_war": [True, False],
    }
    plan = plan_sweep(base, space, design="grid", replicates=3)
    assert plan.points == (("hold", True), ("hold", False), ("respond", True), ("respond", False))
    assert len(plan.runs) == 12


def test_folder_without_a_sweep_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is not a sweep"):
        Sweep.open(tmp_path)


def test_worker_with_another_version_of_the_code_is_refused(base: Scenario) -> None:
    plan = plan_sweep(base, SPACE, points=1, outcomes=OUTCOMES)
    with pytest.raises(OtherCodeError, match="another version of llmsim"):
        run_chunk(Chunk(replace(plan.job, code="other"), plan.runs))
