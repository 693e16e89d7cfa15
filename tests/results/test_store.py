"""A stored run is whole, comes back equal, and never replaces what is not a run."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import polars as pl
import pytest
from stand_in_engine import StandInScenario, simulate

from sim.core.tables import TABLES
from sim.experiments import ensemble
from sim.results.errors import StoreError, TableError
from sim.results.run import Run
from sim.results.store import check_writable, read_manifest, read_run, write_run


@pytest.fixture
def result() -> Run:
    return ensemble.run(
        cast("Any", StandInScenario()), replicates=2, simulate=cast("Any", simulate)
    )


def names(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()}


def test_run_comes_back_equal(result: Run, tmp_path: Path) -> None:
    read = read_run(write_run(result, tmp_path / "new" / "folder"))
    assert read.manifest == result.manifest
    assert list(read.tables) == list(result.tables)
    assert all(read.tables[name].equals(result.tables[name]) for name in TABLES)


def test_folder_holds_one_file_per_table_and_the_manifest(result: Run, tmp_path: Path) -> None:
    write_run(result, tmp_path)
    assert names(tmp_path) == {f"{name}.parquet" for name in TABLES} | {"manifest.json"}


def test_manifest_says_how_to_repeat_the_run(result: Run, tmp_path: Path) -> None:
    manifest = read_manifest(write_run(result, tmp_path))
    assert manifest["scenario_text"] == 'name = "stand-in"\n'
    assert (manifest["seed"], manifest["replicates"], manifest["failures"]) == (7, 2, [])
    assert {"llmsim", "python", "numpy", "polars", "numba"} <= set(manifest["versions"])
    assert all(len(digest) == 32 for digest in manifest["hashes"].values())
    assert str(Path.cwd()) not in json.dumps(manifest)


def test_equal_tables_give_identical_files(result: Run, tmp_path: Path) -> None:
    write_run(result, tmp_path / "a")
    in_pieces = {
        name: pl.concat([frame[:3], frame[3:]], rechunk=False)
        for name, frame in result.tables.items()
    }
    write_run(replace(result, tables=in_pieces), tmp_path / "b")
    for name in TABLES:
        first, second = (tmp_path / folder / f"{name}.parquet" for folder in "ab")
        assert first.read_bytes() == second.read_bytes()


def test_file_does_not_depend_on_the_number_of_threads(tmp_path: Path) -> None:
    program = (
        "import sys, polars as pl, numpy as np\n"
        "from pathlib import Path\n"
        "from sim.results.whole import as_parquet, unfinished\n"
        "frame = pl.DataFrame({'a': np.arange(400_000) % 977, 'b': np.arange(400_000) * 0.1})\n"
        "print(unfinished(Path(sys.argv[1]), as_parquet(frame)))\n"
    )
    files = [
        subprocess.run(
            [sys.executable, "-c", program, str(tmp_path)],
            env={**os.environ, "POLARS_MAX_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for threads in ("1", "4")
    ]
    assert Path(files[0]).read_bytes() == Path(files[1]).read_bytes()


def test_second_run_replaces_the_first_with_its_report(result: Run, tmp_path: Path) -> None:
    write_run(result, tmp_path)
    (tmp_path / "report.html").write_text("of the first run")
    (tmp_path / "notes.txt").write_text("mine")
    write_run(only_apps(result), tmp_path)
    assert names(tmp_path) == {"apps.parquet", "manifest.json", "notes.txt"}


def test_failure_while_writing_leaves_the_run_that_was_there(
    result: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_run(result, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sim.results.whole.flush", full)
    with pytest.raises(StoreError, match="cannot write: No space left on device"):
        write_run(only_apps(result), tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_folder_is_a_run_only_once_every_table_is_in_place(
    result: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_run(result, tmp_path)
    rename, seen = Path.replace, list[Path]()

    def killed_at_the_last(self: Path, target: Path) -> None:
        seen.append(target)
        if len(seen) == len(TABLES):
            raise KeyboardInterrupt
        rename(self, target)

    monkeypatch.setattr(Path, "replace", killed_at_the_last)
    with pytest.raises(KeyboardInterrupt):
        write_run(result, tmp_path)
    with pytest.raises(StoreError, match="is not a run"):
        read_run(tmp_path)


def test_folder_of_somebody_else_is_left_alone(result: Run, tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("all my work")
    with pytest.raises(StoreError, match="holds 'thesis.tex' and no run"):
        write_run(result, tmp_path)
    assert names(tmp_path) == {"thesis.tex"}


def test_leftovers_of_a_killed_run_do_not_block_its_folder(result: Run, tmp_path: Path) -> None:
    (tmp_path / ".unfinished-0123").write_text("half a table")
    (tmp_path / "apps.parquet").write_text("a table without its manifest")
    write_run(result, tmp_path)
    assert ".unfinished-0123" not in names(tmp_path)
    assert read_run(tmp_path).apps.equals(result.apps)


def test_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written: .*choose another output folder"):
        check_writable(tmp_path / "file" / "run")


def test_checking_a_folder_leaves_nothing(tmp_path: Path) -> None:
    assert check_writable(tmp_path / "runs" / "new") == tmp_path / "runs" / "new"
    assert names(check_writable(tmp_path)) == set()


def test_table_off_the_schema_is_not_written(result: Run, tmp_path: Path) -> None:
    changed = result.market.rename({"regime": "mood"})
    with pytest.raises(TableError, match="columns mood, regime differ"):
        write_run(replace(result, tables={"market": changed}), tmp_path)
    assert names(tmp_path) == set()


def truncate(folder: Path) -> None:
    path = folder / "apps.parquet"
    path.write_bytes(path.read_bytes()[:-40])


def drop_rows(folder: Path) -> None:
    pl.read_parquet(folder / "apps.parquet")[:3].write_parquet(folder / "apps.parquet")


def rename_column(folder: Path) -> None:
    path = folder / "apps.parquet"
    pl.read_parquet(path).rename({"mau": "users"}).write_parquet(path)


def change_manifest(**changes: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / "manifest.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))

    return change


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda folder: (folder / "manifest.json").unlink(), "is not a run: no manifest.json"),
        (lambda folder: (folder / "manifest.json").write_text("{"), "manifest.json: is damaged"),
        (lambda folder: (folder / "manifest.json").write_text("[]"), "not the manifest of a run"),
        (change_manifest(schema_version=99), "has schema version 99; this release reads 1"),
        (change_manifest(tables={"appz": 1}), "appz.parquet: is no table of this release"),
        (lambda folder: (folder / "apps.parquet").unlink(), "apps.parquet: the table is missing"),
        (truncate, "apps.parquet: cannot be read"),
        (drop_rows, "apps.parquet: has 3 rows, the manifest says 8"),
        (rename_column, "apps.parquet: cannot be read: .*columns mau, users differ"),
    ],
)
def test_damaged_run_is_refused_by_name(
    result: Run, tmp_path: Path, damage: Callable[[Path], None], message: str
) -> None:
    damage(write_run(result, tmp_path))
    with pytest.raises(StoreError, match=message):
        read_run(tmp_path)


def test_reading_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nowhere: is not a run"):
        read_run(tmp_path / "nowhere")


def only_apps(result: Run) -> Run:
    return Run({"apps": result.apps}, {**result.manifest, "tables": {"apps": len(result.apps)}})
