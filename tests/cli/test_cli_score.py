"""`llmsim score`: scenarios and finished runs against figures, as a table and as JSON."""

import json
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner, Result
from undrawn import undrawn

from sim.cli.main import main

HEAD = "id,source,entity,quantity,value,unit,period,panel,statistic,qualifier,use,mechanism,note\n"
SMALL = """extends = "baseline"
end = 2023-08-28
consumers = { people_per_agent = 100000 }
accounts = { count = 200 }
"""
ALONE = ("--processes", "1")
ROWS = (
    "easy,us,firm:zhipu,api_price_input,7,CNY_per_1M_tokens,2023-08-15,,last,exact,ours,,\n"
    "war,us,sector:startups,b2b_revenue_change,-50,percent,2023-07,,change,exact,ours,,\n"
    "later,us,market:china,n_pretraining,4,count,2023-09-20,,last,forecast,belief,,\n"
    "next,us,app:wenxiaoyan,monthly_active_users,4,users,2023-10,,mean,exact,ours,,\n"
    "beyond,us,app:wenxiaoyan,monthly_active_users,4,users,2031-01,,mean,exact,ours,,\n"
    "wish,us,firm:zhipu,api_price_input,7,CNY_per_1M_tokens,2023-08-15,,last,goal,ours,,\n"
)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("small.toml").write_text(SMALL, encoding="utf-8")
    Path("ours.csv").write_text(HEAD + ROWS, encoding="utf-8")


def llmsim(*arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, *ALONE])


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the folder of a finished run of the small scenario."""
    folder = tmp_path_factory.mktemp("finished")
    (folder / "small.toml").write_text(SMALL, encoding="utf-8")
    with undrawn():
        done = llmsim("run", str(folder / "small.toml"), "-n", "2", "-q", "-o", str(folder / "run"))
    assert done.exit_code == 0, done.output
    return str(folder / "run")


@pytest.mark.usefixtures("undrawn")
def test_scenario_is_scored_with_its_paired_and_later_futures() -> None:
    done = llmsim("score", "small.toml", "-n", "2", "--figures", "ours.csv", "--json", "-o", "out")
    assert done.exit_code == 0, done.stderr
    rows = {row["id"]: row for row in json.loads(done.stdout)["data"]["rows"]}
    assert rows["war"]["median"] is not None
    assert rows["later"]["median"] is not None
    assert rows["next"]["median"] is not None
    assert rows["beyond"]["status"] == "not modelled"
    assert "not 2031-01" in rows["beyond"]["reason"]
    (use,) = json.loads(done.stdout)["data"]["uses"]
    assert use["rows"] == 4, "neither a goal nor a belief counts"
    assert rows["easy"]["use"] == "ours"
    assert pl.read_parquet("out/score.parquet").height == 6
    assert "Zhipu input price, 2023-08-15" in Path("out/report.html").read_text(encoding="utf-8")


def test_finished_run_says_nothing_of_statements_against_peace(finished: str) -> None:
    done = llmsim("score", finished, "--figures", "ours.csv", "--json")
    rows = {row["id"]: row for row in json.loads(done.stdout)["data"]["rows"]}
    assert rows["war"]["status"] == "not modelled"
    assert rows["easy"]["median"] is not None


def test_check_ends_with_findings_where_the_score_misses(finished: str) -> None:
    Path("fit.csv").write_text(HEAD + ROWS.splitlines()[0].replace("ours", "fit") + "\n", "utf-8")
    easy = llmsim("score", finished, "--figures", "fit.csv", "--check")
    text = Path("fit.csv").read_text(encoding="utf-8").replace(",7,", ",2,")
    Path("fit.csv").write_text(text, encoding="utf-8")
    hard = llmsim("score", finished, "--figures", "fit.csv", "--check")
    assert (easy.exit_code, hard.exit_code) == (0, 1), easy.output + hard.output
    assert "Not reached: fit: 0 of 1 rows" in hard.stdout


def test_what_is_neither_scenario_nor_run_is_one_error() -> None:
    done = llmsim("score", "nothing_here")
    assert done.exit_code == 2
    assert "neither a shipped scenario nor a file" in done.stderr
