"""Hashes change when what they stand for changes, and only then."""

from pathlib import Path

import pytest

from sim.results import provenance
from sim.results.manifest import run_id
from sim.results.provenance import code_hash, hash_of, inputs_hash, versions


def test_hash_knows_where_a_part_ends() -> None:
    assert hash_of("ab", "c") != hash_of("a", "bc")
    assert hash_of("ab", "c") == hash_of("ab", "c")


def test_hash_is_the_same_in_every_release() -> None:
    assert hash_of("moonshot", 1) == "0495154712245bd99fd873b4e141a6d4"


def test_id_depends_on_scenario_seed_and_replicates() -> None:
    ids = [run_id("a", 1, 20), run_id("b", 1, 20), run_id("a", 2, 20), run_id("a", 1, 21)]
    assert len(set(ids)) == 4
    assert run_id("a", 1, 20) == ids[0]


def test_inputs_are_the_scenario_and_the_seed_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provenance, "shipped", lambda kind: tmp_path)
    (tmp_path / "figures.csv").write_text("id,value\n")
    before = inputs_hash("a")
    assert inputs_hash("b") != before
    (tmp_path / "figures.csv").write_text("id,value\nx1,3\n")
    assert inputs_hash("a") != before


def test_code_is_every_source_file_and_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provenance, "PACKAGE", tmp_path)
    hashes = []
    for name, text in (("a.py", "x = 1"), ("a.py", "x = 2"), ("b.py", "x = 2")):
        for old in tmp_path.iterdir():
            old.unlink()
        (tmp_path / name).write_text(text)
        code_hash.cache_clear()
        hashes.append(code_hash())
    code_hash.cache_clear()
    assert len(set(hashes)) == 3


def test_versions_of_absent_packages_are_null(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provenance, "LIBRARIES", ("numpy", "no-such-distribution"))
    found = versions()
    assert found["no-such-distribution"] is None
    assert found["numpy"]


def test_folder_without_version_control_has_no_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provenance, "PACKAGE", tmp_path / "sim")
    assert provenance.git_commit() is None
