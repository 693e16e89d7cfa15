"""The commands about scenario files: what they print, how they end, what they leave on disk."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sim.cli.explain import explain
from sim.cli.main import main
from sim.scenario import Scenario
from sim.strategies.describe import schema_text


def llmsim(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_show_prints_a_file_that_loads_back_equal() -> None:
    result = llmsim("show", "no_price_war", "-S", "seed=5")
    assert result.exit_code == 0
    assert Scenario.loads(result.stdout) == Scenario.load("no_price_war", ["seed=5"])


def test_show_with_origins_still_loads_and_names_file_and_line() -> None:
    result = llmsim("show", "no_price_war", "--origin", "-S", "seed=5")
    assert Scenario.loads(result.stdout) == Scenario.load("no_price_war", ["seed=5"])
    lines = {line.split(" = ")[0]: line for line in result.stdout.splitlines()}
    assert lines["price_war"].endswith("# scenarios/no_price_war.toml:13")
    assert lines["seed"].endswith("# --set:1")
    assert "# seeds/mechanisms.csv:" in lines["channel_lockout"]


def test_show_as_json_has_values_origins_and_changes() -> None:
    result = llmsim("show", "no_price_war", "--json")
    envelope = json.loads(result.stdout)
    assert set(envelope) == {"schema_version", "data", "warnings"}
    data = envelope["data"]
    assert data["values"]["mechanisms"]["price_war"] is False
    assert data["values"]["end"] == "2025-12-29"
    assert [change["key"] for change in data["changed"]] == ["mechanisms.price_war"]


def test_show_diff_prints_what_differs_alone() -> None:
    result = llmsim("show", "no_price_war", "--diff", "baseline")
    first, *rest = result.stdout.splitlines()
    assert first.startswith("mechanisms.price_war: true -> false")
    assert not any(" -> " in line for line in rest)
    assert "say the same" in llmsim("show", "baseline", "--diff", "baseline").stdout


def test_validate_ends_with_zero_one_or_two(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text('extends = "baseline"\n')
    bad.write_text("sed = 1\n[firms.zhipu]\ncash_mcny = -1\n")
    assert llmsim("validate", str(good)).exit_code == 0
    result = llmsim("validate", str(good), str(bad))
    assert result.exit_code == 1
    assert f"{bad}:1:1" in result.stdout
    assert f"{bad}:3:13" in result.stdout
    assert "did you mean `seed`?" in result.stdout
    assert llmsim("validate", str(bad), str(tmp_path / "missing.toml")).exit_code == 2


def test_validate_as_json_lists_every_finding(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("sed = 1\n[firms.zhipu]\ncash_mcny = -1\n")
    result = llmsim("validate", "baseline", str(bad), "--json")
    good_row, bad_row = json.loads(result.stdout)["data"]["files"]
    assert (good_row["valid"], bad_row["valid"]) == (True, False)
    assert [found["line"] for found in bad_row["diagnostics"]] == [1, 3]
    assert bad_row["diagnostics"][0]["code"] == "unknown-key"
    assert result.exit_code == 1


def test_validate_for_github_writes_annotations(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("sed = 1\n")
    result = llmsim("validate", str(bad), "--github")
    assert result.stdout.startswith(f"::error file={bad},line=1,col=1::unknown key `sed`")


def test_wrong_file_of_other_commands_ends_like_validate(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("sed = 1\n")
    assert llmsim("show", str(bad)).exit_code == 1
    missing = llmsim("show", str(tmp_path / "missing.toml"))
    assert missing.exit_code == 2
    assert "does not exist" in missing.stderr
    assert llmsim("show", "baseline", "-S", "seeds=1").exit_code == 1


def test_schema_prints_the_schema() -> None:
    result = llmsim("schema")
    assert result.stdout == schema_text()


def test_scenarios_lists_names_with_questions() -> None:
    result = llmsim("scenarios", "--json")
    listed = {
        row["name"]: row["question"] for row in json.loads(result.stdout)["data"]["scenarios"]
    }
    assert listed["baseline"] == Scenario.load("baseline").question
    assert "no_price_war" in llmsim("scenarios").stdout


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("churn_quality", ["per 100 Elo", "prior", "0.2 to 0.8", "E6", "assumption"]),
        ("parameters.churn_quality", ["seeds/parameters.csv:"]),
        ("mechanisms.channel_lockout", ["M25", "article 001", "used in"]),
        ("M25", ["mechanisms.channel_lockout"]),
        ("M82", ["an outcome, no switch"]),
        ("firms.moonshot.cash_mcny", ["M CNY", "1400.0 (seeds/opening.csv:9)"]),
        ("firms", ["<id>.cash_mcny"]),
        ("consumers", ["people_per_agent"]),
        ("shock", ["<id>.kind"]),
        ("shock.x.kind", ["channel_lockout", "foreign_release"]),
        ("start", ["a date", "2023-07-03"]),
        ("parameters", ["churn_quality"]),
    ],
)
def test_explain_says_what_a_key_means(key: str, says: list[str]) -> None:
    result = llmsim("explain", key)
    assert result.exit_code == 0
    for words in says:
        assert words in result.stdout


def test_explain_gives_both_meanings_of_a_name_that_is_parameter_and_switch() -> None:
    found = json.loads(llmsim("explain", "annoyance", "--json").stdout)["data"]["explanations"]
    assert [one["key"] for one in found] == ["parameters.annoyance", "mechanisms.annoyance"]


def test_explain_of_an_unknown_key_suggests_one() -> None:
    result = llmsim("explain", "parameters.churn_qualty")
    assert result.exit_code == 2
    assert "did you mean `churn_quality`?" in result.stderr
    assert CliRunner().invoke(explain, ["firms.moonshot.cash"]).exit_code == 2


def test_new_writes_a_scenario_that_loads_and_refuses_to_overwrite(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    result = llmsim("new", "try", "--question", "What if?", "-o", str(folder))
    assert result.exit_code == 0
    loaded = Scenario.load(folder / "try.toml")
    assert (loaded.name, loaded.question, loaded.changed()) == ("try", "What if?", [])
    assert (folder / "scenario.schema.json").read_text(encoding="utf-8") == schema_text()
    (folder / "try.toml").write_text("seed = 1\n")
    assert llmsim("new", "try", "-o", str(folder)).exit_code == 2
    assert (folder / "try.toml").read_text() == "seed = 1\n"


@pytest.mark.parametrize("arguments", [["../x"], ["a b"], ["x", "--extends", "nothing"]])
def test_new_refuses_what_would_not_load_and_writes_nothing(
    tmp_path: Path, arguments: list[str]
) -> None:
    result = llmsim("new", *arguments, "-o", str(tmp_path))
    assert result.exit_code in (1, 2)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [["scenarios"], ["explain", "start"], ["validate", "baseline"], ["show", "baseline"]],
)
def test_every_command_ends_with_the_next_one(arguments: list[str]) -> None:
    assert "Next: llmsim " in llmsim(*arguments).stdout.splitlines()[-1]


def test_json_says_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text('extends = "baseline"\nsed = 3\n', encoding="utf-8")
    done = CliRunner().invoke(main, ["show", str(file), "--json"])
    said = json.loads(done.stdout)
    assert done.exit_code == 1
    assert said["data"] is None
    assert [one["line"] for one in said["errors"]] == [2]
    assert "unknown key `sed`" in done.stderr
