"""What a run offers to whoever holds it."""

import pickle
import sys
from typing import Any, cast

import polars as pl
import pytest
from stand_in_engine import StandInScenario, simulate

import sim
from sim.experiments import ensemble
from sim.results import run as run_module
from sim.results.errors import MissingExtraError, ResultError, TableError
from sim.results.run import Run, register_accessor
from sim.results.store import read_run


@pytest.fixture(scope="module")
def result() -> Run:
    return ensemble.run(
        cast("Any", StandInScenario()), replicates=2, simulate=cast("Any", simulate)
    )


def test_tables_are_attributes(result: Run) -> None:
    assert result.market is result.tables["market"]
    assert "market" in dir(result)


def test_unknown_attribute_lists_the_tables(result: Run) -> None:
    with pytest.raises(AttributeError, match="a run has no 'marked'; tables are firms, apps"):
        _ = result.marked


def test_table_that_was_not_recorded_says_so(result: Run) -> None:
    part = Run({"apps": result.apps}, result.manifest)
    with pytest.raises(AttributeError, match="table 'firms' was not recorded; tables are apps"):
        _ = part.firms


def test_run_survives_pickling(result: Run) -> None:
    copy = pickle.loads(pickle.dumps(result))
    assert copy.market.equals(result.market)
    assert copy.manifest == result.manifest


def test_manifest_answers_what_and_how_many(result: Run) -> None:
    assert (result.name, result.seed, result.replicates) == ("stand-in", 7, (0, 1))
    assert result.scenario_text == 'name = "stand-in"\n'
    assert repr(result) == "<Run stand-in: 2 of 2 replicates, seed 7, finished>"


def test_plot_is_what_registered_itself_last(result: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "_ACCESSORS", [])
    with pytest.raises(ResultError, match="no charts are registered"):
        _ = result.plot
    register_accessor(lambda run: ("first", run))
    register_accessor(lambda run: ("last", run))
    assert result.plot == ("last", result)


def test_charts_come_with_the_names_of_the_library(
    result: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_module, "_ACCESSORS", [])
    monkeypatch.delitem(vars(sim), "read_run", raising=False)
    # As in a process that has not looked at a chart yet, whatever tests ran before.
    monkeypatch.delitem(sys.modules, "sim.views", raising=False)
    monkeypatch.delitem(vars(sim), "views", raising=False)
    assert sim.read_run is read_run
    assert callable(result.plot.users)


def test_to_pandas_without_pandas_names_the_extra(
    result: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: pl.DataFrame) -> None:
        raise ModuleNotFoundError("pandas")

    monkeypatch.setattr(pl.DataFrame, "to_pandas", refuse)
    with pytest.raises(MissingExtraError, match=r"to_pandas .* pip install 'llmsim\[pandas\]'"):
        result.to_pandas("market")


def test_to_pandas_of_an_unknown_table_lists_the_tables(result: Run) -> None:
    with pytest.raises(TableError, match="'marked': is not in this run; tables are"):
        result.to_pandas("marked")


def test_to_pandas_keeps_rows_and_columns(result: Run) -> None:
    pytest.importorskip("pandas", reason="needs the extra pandas")
    pytest.importorskip("pyarrow", reason="needs the extra pandas")
    found = result.to_pandas("market")
    assert list(found.columns) == result.market.columns
    assert found["sentiment"].tolist() == result.market["sentiment"].to_list()


def test_to_xarray_without_xarray_names_the_extra(
    result: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "xarray", None)
    monkeypatch.delitem(sys.modules, "sim.results.dataset", raising=False)
    with pytest.raises(MissingExtraError, match=r"llmsim\[xarray\]"):
        result.to_xarray()


def test_to_xarray_spans_replicates_weeks_and_firms(result: Run) -> None:
    pytest.importorskip("xarray", reason="needs the extra xarray")
    pytest.importorskip("pyarrow", reason="needs the extra xarray")
    found = result.to_xarray()
    assert dict(found.sizes) == {"replicate": 2, "date": 4, "firm": 1, "app": 1}
    market = found["sentiment"].to_numpy().ravel().tolist()
    assert market == result.market["sentiment"].to_list()
    assert found["app_firm"].sel(app="kimi").to_numpy().tolist() == [["moonshot"] * 4] * 2
