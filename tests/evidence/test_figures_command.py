"""`llmsim figures`: lists, filters, shows, and says what is wrong."""

import json

from click.testing import CliRunner, Result

from sim.cli.main import main


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["figures", *arguments])


def test_list_filters_by_use_and_entity() -> None:
    result = call("list", "--use", "fit", "--entity", "app:kimi", "--json")
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert answer["schema_version"] == 1
    assert answer["warnings"] == []
    found = answer["data"]["figures"]
    assert {figure["id"] for figure in found} == {
        "s0_kimi_mau_oct24", "s2_kimi_cpa", "x005", "x008", "x074", "x097",
    }  # fmt: skip
    assert all((figure["use"], figure["entity"]) == ("fit", "app:kimi") for figure in found)


def test_plain_list_has_one_line_a_figure() -> None:
    lines = call("list", "--use", "belief").stdout.splitlines()
    assert len(lines) == 3
    assert lines[0].split("\t")[0] == "s0_zhu_five_years"


def test_a_filter_that_finds_nothing_says_so() -> None:
    result = call("list", "--entity", "app:kimmi")
    assert result.exit_code == 0
    assert "did you mean 'app:kimi'?" in result.stderr


def test_show_prints_one_figure_with_days() -> None:
    figure = json.loads(call("show", "s0_kimi_mau_oct24", "--json").stdout)["data"]["figure"]
    assert figure["value"] == 16_500_000
    assert (figure["period"], figure["start"], figure["end"]) == (
        "2024-10", "2024-10-01", "2024-11-01",
    )  # fmt: skip


def test_show_explains_what_the_figure_may_be_used_for() -> None:
    text = call("show", "x217").stdout
    assert "1.157 bn USD" in text
    assert "input: may be fed to a run as data" in text


def test_an_unknown_figure_is_an_error_with_the_closest_one() -> None:
    result = call("show", "s0_kimi_mau_okt24")
    assert result.exit_code == 2
    assert "did you mean 's0_kimi_mau_oct24'?" in result.output


def test_a_missing_file_is_an_error() -> None:
    assert call("list", "--file", "nowhere.csv").exit_code == 2
