"""Checking settings, ranges, strategies and figures; explaining; completing in a shell."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sim.cli.main import COMMANDS, main
from sim.core.diagnostics import github_annotation
from sim.scenario.layers import shipped_files

FIGURES = (
    "id,source,entity,quantity,value,unit,period,panel,statistic,qualifier,use,mechanism,note\n"
    'mine,"a, report",app:kimi,mau,2e7,users,2024-12,,mean,exakt,fit,,\n'
)


def llmsim(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def findings(*arguments: str) -> list[dict[str, object]]:
    result = llmsim("validate", *arguments, "--json")
    assert result.exit_code == 1
    (row,) = json.loads(result.stdout)["data"]["files"]
    assert row["valid"] is False
    listed: list[dict[str, object]] = row["diagnostics"]
    return listed


def test_validate_checks_settings() -> None:
    first, second = findings("baseline", "-S", "seeds=3", "-S", "firms.zhipu.cash_mcny=-1")
    assert (first["file"], first["line"], first["column"]) == ("--set", 1, 1)
    assert (second["file"], second["line"], second["column"]) == ("--set", 2, 23)


def test_validate_checks_ranges() -> None:
    (found,) = findings("baseline", "-P", "parameters.organic=0.03:0.01")
    assert (found["file"], found["line"], found["column"]) == ("--param", 1, 20)
    assert llmsim("validate", "baseline", "-P", "parameters.organic=0.01:0.03").exit_code == 0


def test_validate_and_run_refuse_all_strategies_that_do_not_exist(tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text('[firms.zhipu]\npricing.strategy = "holdd"\ntalent.strategy = "keep"\n')
    first, second = findings(str(file))
    assert (first["line"], first["help"]) == (2, "did you mean `hold`?")
    assert second["line"] == 3
    result = llmsim("run", str(file), "-o", str(tmp_path / "out"))
    assert result.exit_code == 1
    assert f"{file}:2:20" in result.stderr
    assert f"{file}:3:19" in result.stderr
    assert not (tmp_path / "out").exists()


def test_wrong_figure_is_shown_with_its_cell(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(FIGURES)
    for command in (["validate", str(file)], ["figures", "list", "--file", str(file)]):
        result = llmsim(*command)
        assert result.exit_code == 1
        lines = (result.stdout + result.stderr).splitlines()
        at = next(i for i, line in enumerate(lines) if line == f" --> {file}:2:55")
        assert "did you mean 'exact'?" in lines[at - 1]
        start = lines[at + 3].index("^")
        assert lines[at + 2][start : start + lines[at + 3].count("^")] == "exakt"
    result = llmsim("validate", str(file), "--github")
    assert result.stdout.startswith(f"::error file={file},line=2,col=55::qualifier: found")


def test_good_figures_are_valid_and_missing_ones_unreadable(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(FIGURES.replace("exakt", "exact"))
    assert llmsim("validate", str(file)).exit_code == 0
    assert llmsim("validate", str(tmp_path / "none.csv")).exit_code == 2
    os.mkfifo(tmp_path / "endless.csv")
    assert llmsim("validate", str(tmp_path / "endless.csv")).exit_code == 2
    assert llmsim("figures", "list", "--file", "/dev/zero").exit_code == 2


def test_show_with_origins_says_where_every_value_comes_from() -> None:
    lines = llmsim("show", "no_price_war", "--origin").stdout.splitlines()
    values = [line for line in lines if " = " in line and not line.startswith("reset")]
    assert len(values) > 500
    for line in values:
        assert ".csv:" in line or ".toml:" in line or line.endswith("# a default of the model")


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("firms.moonshot.cash_mcny", ["source", "s2_moonshot_angel", "used in", "sim/world/build"]),
        ("apps.kimi.launch", ["source", "s2_kimi_launch"]),
        ("firms.runway_months", ["cash over average monthly cash burn", "table `firms`"]),
        ("mau", ["apps.mau", "people who used it in the last month"]),
        ("extends", ["the one scenario this one changes"]),
        ("reset", ["empties a table"]),
    ],
)
def test_explain_knows_source_and_use_columns_and_the_language(key: str, says: list[str]) -> None:
    result = llmsim("explain", key)
    assert result.exit_code == 0
    assert "Next: llmsim " in result.stdout.splitlines()[-1]
    for words in says:
        assert words in result.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_of_the_shell(shell: str) -> None:
    result = llmsim("completion", shell)
    assert result.exit_code == 0
    assert f"_LLMSIM_COMPLETE={shell}_complete" in result.stdout
    assert json.loads(llmsim("completion", shell, "--json").stdout)["data"]["shell"] == shell
    assert llmsim("completion", "tcsh").exit_code == 2


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("llmsim ", set(COMMANDS)),
        ("llmsim show no_", {name for name in shipped_files() if name.startswith("no_")}),
        ("llmsim explain parameters.orga", {"parameters.organic"}),
        ("llmsim run baseline -S firms.zhipu.cash", {"firms.zhipu.cash_mcny="}),
    ],
)
def test_shell_completes_commands_scenarios_and_keys(words: str, offered: set[str]) -> None:
    asked = {
        "_LLMSIM_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
    }
    call = [sys.executable, "-c", "from sim.cli.main import main; main(prog_name='llmsim')"]
    result = subprocess.run(
        call, env={**os.environ, **asked}, capture_output=True, text=True, check=True
    )
    assert offered <= {line.partition(",")[2] for line in result.stdout.splitlines()}


def test_annotation_cannot_be_broken_by_a_name() -> None:
    """A name with a line break or a colon stays one annotation."""
    from sim.core.diagnostics import Diagnostic, Origin

    found = Diagnostic("x", "two\nlines, 100 %", Origin("a:b,c\n.toml", 3, 4))
    assert github_annotation(found) == (
        "::error file=a%3Ab%2Cc%0A.toml,line=3,col=4::two%0Alines, 100 %25"
    )
