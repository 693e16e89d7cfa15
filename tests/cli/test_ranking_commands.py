"""`llmsim sensitivity` and `llmsim solve`: one object or 80 columns, exit codes as the others."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import known_market
import polars as pl
import pytest
from click.testing import CliRunner, Result
from known_market import KEYS, SPACE

from sim.cli.main import main
from sim.experiments import sensitivity as ranking
from sim.experiments import solve as solving

USERS = "market.users_any_app"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def llmsim(*arguments: str, engine: str = "additive") -> Result:
    simulate: Any = getattr(known_market, engine)
    with pytest.MonkeyPatch.context() as patch:
        for module, name in ((ranking, "sensitivity"), (solving, "solve")):
            patch.setattr(module, name, partial(getattr(module, name), simulate=simulate))
        return CliRunner().invoke(main, [*arguments, "--processes", "1"])


def rank(*arguments: str, engine: str = "additive") -> Result:
    ranges = [part for text in SPACE for part in ("-P", text)]
    given = ("sensitivity", "baseline", *ranges, "--outcome", USERS, "-n", "2")
    return llmsim(*given, *arguments, engine=engine)


@pytest.mark.parametrize(
    ("method", "more"), [("tornado", ()), ("morris", ("-N", "3")), ("sobol", ("-N", "8"))]
)
def test_ranking_fits_80_columns_and_ends_with_the_next_command(
    method: str, more: tuple[str, ...]
) -> None:
    result = rank("--method", method, *more)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert max(map(len, lines[:-1])) <= 80
    assert KEYS[0] in result.stdout
    assert lines[-1].startswith("Next: llmsim explain ")
    assert lines[-1].split()[3] in KEYS
    assert result.stderr == ""


def test_ranking_as_json_is_one_object_and_its_sweep_is_reused() -> None:
    first = rank("--method", "morris", "-N", "3", "--json", "-o", "s")
    shown = json.loads(first.stdout)
    assert set(shown) == {"schema_version", "data", "warnings"}
    assert [row["input"] for row in shown["data"]["rows"]][:2] == [*KEYS[:2]]
    again = llmsim("sensitivity", "s", "--method", "morris", "--json")
    assert json.loads(again.stdout)["data"]["rows"] == shown["data"]["rows"]


def test_failed_runs_are_exit_three() -> None:
    result = rank("--method", "morris", "-N", "6", engine="rich_fail")
    assert result.exit_code == 3
    assert "runs failed" in result.stderr


@pytest.mark.parametrize(
    ("method", "more"), [("tornado", ()), ("morris", ("-N", "3")), ("sobol", ("-N", "8"))]
)
def test_each_outcome_is_drawn_and_the_page_loads_nothing(
    method: str, more: tuple[str, ...]
) -> None:
    second = ("--outcome", "market.hhi_mau")
    assert rank("--method", method, "--chart", "t.svg", *second, *more, "-o", "s").exit_code == 0
    for number in (1, 2):
        assert "<svg" in Path(f"t-{number}.svg").read_text(encoding="utf-8")
    page = Path(f"s/{method}.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert 'src="' not in page
    assert f"{KEYS[0]} matters most" in page
    assert "llmsim" in page
    assert pl.read_parquet(f"s/{method}.parquet")["input"][0] == KEYS[0]


def test_one_outcome_is_drawn_where_asked() -> None:
    assert rank("--chart", "t.svg").exit_code == 0
    assert "<svg" in Path("t.svg").read_text(encoding="utf-8")


def test_report_of_a_finished_sweep_can_go_elsewhere() -> None:
    assert rank("-o", "s").exit_code == 0
    Path("s/tornado.html").unlink()
    assert llmsim("sensitivity", "s", "-o", "there").exit_code == 0
    assert Path("there/tornado.html").is_file()
    assert not Path("s/tornado.html").exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--method", "oracle"), 2),
        (("--method", "sobol", "-N", "12"), 2),
        (("-P", "no.such.key=1:2"), 1),
        (("--chart", "t.html"), 2),
        (("--executor", "oven"), 2),
        (("--executor", "serial", "--processes", "2"), 2),
    ],
)
def test_wrong_ranking_is_refused(arguments: tuple[str, ...], code: int) -> None:
    result = rank(*arguments)
    assert result.exit_code == code
    assert "Traceback" not in result.output


def test_sweep_says_itself_what_varies() -> None:
    assert rank("-o", "s").exit_code == 0
    result = llmsim("sensitivity", "s", "-P", SPACE[0])
    assert result.exit_code == 2
    assert "which says what varies" in result.stderr


def find(*arguments: str, engine: str = "additive") -> Result:
    base = [part for key in KEYS for part in ("-S", f"{key}=1000")]
    return llmsim("solve", "baseline", *base, "-n", "4", *arguments, engine=engine)


def test_answer_names_the_value_its_interval_and_the_next_command() -> None:
    result = find("--vary", f"{KEYS[0]}=1000:2000", "--until", f"{USERS} >= 2")
    assert result.exit_code == 0, result.output
    assert "90 % interval" in result.stdout
    assert "reached from there" in " ".join(result.stdout.split())
    lines = result.stdout.splitlines()
    assert max(map(len, lines[:-1])) <= 80
    assert lines[-1].startswith(f"Next: llmsim compare baseline {KEYS[0]}=")


def test_goal_out_of_reach_is_exit_one_with_both_ends() -> None:
    result = find("--vary", f"{KEYS[0]}=1000:2000", "--until", f"{USERS} >= 9")
    assert result.exit_code == 1
    assert "not reached within the range" in result.stdout
    assert "at 1000" in result.stdout


def test_answer_as_json() -> None:
    result = find("--vary", f"{KEYS[0]}=1000:2000", "--until", f"{USERS} >= 2", "--json")
    (solution,) = json.loads(result.stdout)["data"]["solutions"]
    assert solution["status"] == "solved"
    assert 1000 < solution["crossings"][0]["value"] < 2000


def test_second_key_is_stepped_through() -> None:
    result = find(
        "--vary", f"{KEYS[0]}=1000:2000", "--vary", f"{KEYS[1]}=1000:2000",
        "--until", f"{USERS} >= 2.2",
    )  # fmt: skip
    assert result.exit_code == 0
    assert "reached all over" in result.stdout


@pytest.mark.parametrize("until", ["users", f"{USERS} >= lots", "apps.kimmi.mau >= 1"])
def test_goal_that_cannot_be_read_is_exit_two(until: str) -> None:
    result = find("--vary", f"{KEYS[0]}=1000:2000", "--until", until)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
