"""`llmsim mechanisms`: the list of claims, and a ranking with its report."""

import json
from functools import partial
from pathlib import Path
from typing import Any, cast

import polars as pl
import pytest
import switched_market
from click.testing import CliRunner, Result

from sim.cli.main import main
from sim.evidence.mechanisms import load_mechanisms
from sim.experiments import ranking

ASKED = ["--outcome", "market.users_any_app", "-n", "4", "--executor", "serial"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    known: Any = partial(ranking.rank, simulate=cast(Any, switched_market.users))
    monkeypatch.setattr(ranking, "rank", known)


DOCS = Path(__file__).parents[2] / "docs"


def llmsim(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["mechanisms", *arguments])


def test_list_names_every_claim_with_place_and_state() -> None:
    listed = json.loads(llmsim("--list", "--json").stdout)["data"]["mechanisms"]
    assert [one["id"] for one in listed] == [one.id for one in load_mechanisms()]
    assert all({"id", "name", "switch", "place", "state"} <= one.keys() for one in listed)
    assert [one["id"] for one in listed if one["state"] == "outcome"] == ["M82", "M83"]


def test_ranking_is_printed_and_written(tmp_path: Path) -> None:
    done = llmsim("baseline", "--only", "price_war", "--only", "viability", *ASKED, "-o", "out")
    assert done.exit_code == 0, done.output
    assert "1 of 2 claims change an outcome beyond doubt" in " ".join(done.stdout.split())
    assert "No clear effect: M20 viability" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert pl.read_parquet(tmp_path / "out" / "ranking.parquet").height == 2
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "M10 price war" in page
    assert "src=" not in page.replace("default-src", "")


def test_json_holds_the_effects() -> None:
    done = llmsim("baseline", "--only", "price_war", *ASKED, "--json")
    data = json.loads(done.stdout)["data"]
    assert data["order"] == ["price_war"]
    assert data["effects"][0]["difference"] == pytest.approx(3.0)


def test_no_scenario_and_no_list_is_a_usage_error() -> None:
    assert llmsim().exit_code == 2


def test_the_page_of_claims_is_what_the_command_prints() -> None:
    """`llmsim mechanisms --list --markdown > docs/mechanisms.md` after the table changed."""
    written = (DOCS / "mechanisms.md").read_text(encoding="utf-8")
    assert llmsim("--list", "--markdown").stdout == written


def test_markdown_without_a_list_is_refused() -> None:
    result = llmsim("baseline", "--markdown")
    assert result.exit_code == 2
    assert "--list" in result.stderr
