"""`llmsim compare` writes tables and a page, prints 80 columns or one object, exits as others."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import known_market
import pytest
from click.testing import CliRunner, Result

from sim.cli.main import main
from sim.experiments import compare as comparing

KEY = known_market.KEYS[0]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def llmsim(*arguments: str, engine: str = "additive") -> Result:
    with pytest.MonkeyPatch.context() as patch:
        simulate: Any = getattr(known_market, engine)
        patch.setattr(comparing, "compare", partial(comparing.compare, simulate=simulate))
        given = ["--processes", "1", "--outcome", "market.users_any_app"]
        return CliRunner().invoke(main, ["compare", "baseline", *arguments, *given])


def test_comparison_leaves_a_page_and_tables(tmp_path: Path) -> None:
    result = llmsim(f"{KEY}=1900", "-n", "3")
    assert result.exit_code == 0, result.output
    (folder,) = (tmp_path / "runs").iterdir()
    assert {path.name for path in folder.iterdir()} == {
        "report.html", "manifest.json", "differences.parquet", "weeks.parquet", "outcomes.parquet",
    }  # fmt: skip
    assert KEY in result.stdout
    assert max(map(len, result.stdout.splitlines()[:20])) <= 80
    assert result.stdout.splitlines()[-1].startswith("Next: llmsim sensitivity baseline")
    assert result.stderr == ""


def test_json_is_one_object_and_nothing_else() -> None:
    result = llmsim(f"{KEY}=1900", "-n", "3", "--json", "-o", "out")
    shown = json.loads(result.stdout)
    assert set(shown) == {"schema_version", "data", "warnings"}
    (row,) = shown["data"]["rows"]
    assert row["outcome"] == "market.users_any_app"
    assert row["pairs"] == 3
    assert shown["data"]["folder"] == "out"
    assert "scenario_text" not in shown["data"]["alternatives"][0]


def test_report_writes_the_page_again() -> None:
    assert llmsim(f"{KEY}=1900", "-n", "3", "-o", "out").exit_code == 0
    first = Path("out/report.html").read_text(encoding="utf-8")
    Path("out/report.html").unlink()
    result = CliRunner().invoke(main, ["report", "out"])
    assert result.exit_code == 0, result.output
    assert Path("out/report.html").read_text(encoding="utf-8") == first


def test_failed_replicate_is_exit_three() -> None:
    result = llmsim(f"{KEY}=1900", "-n", "4", engine="second_replicate_fails")
    assert result.exit_code == 3
    assert "replicate 1 failed" in result.stderr


def test_interrupt_is_exit_130_with_what_finished() -> None:
    result = llmsim(f"{KEY}=1900", "-n", "5", "-o", "out", engine="stopped_in_the_third_pair")
    assert result.exit_code == 130
    assert json.loads(Path("out/manifest.json").read_text())["pairs"] == 2


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("no_such_scenario",), 2, "no_such_scenario"),
        (("no.such.key=1",), 1, "no"),
        (("-S", "no.such.key=1", "no_price_war"), 1, "no"),
        ((f"{KEY}=1900", "--outcome", "apps.kimmi.mau"), 2, "did you mean 'kimi'"),
        ((f"{KEY}=1900", "-n", "1"), 2, "1 is not in the range"),
        ((), 2, "Missing argument"),
    ],
)
def test_wrong_usage_says_what_is_wrong(
    arguments: tuple[str, ...], code: int, says: str, tmp_path: Path
) -> None:
    result = CliRunner().invoke(main, ["compare", "baseline", *arguments])
    assert result.exit_code == code
    assert says in result.stderr
    assert "Traceback" not in result.output


def test_folder_of_something_else_is_refused_before_anything_runs(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("all my work")
    result = llmsim(f"{KEY}=1900", "-o", ".", engine="rich_fail")
    assert result.exit_code == 2
    assert "thesis.tex" in result.stderr
