"""`llmsim books`: three statements in 80 columns beside what is known, or as JSON in fen."""

import json

import pytest
from click.testing import CliRunner, Result
from undrawn import undrawn

from sim.cli.main import main


def llmsim(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("runs") / "short"
    size = ("-S", "consumers.people_per_agent=100000", "-S", "end=2025-01-06")
    with undrawn():
        done = llmsim("run", "baseline", "-n", "2", *size, "--processes", "1", "-o", str(folder))
    assert done.exit_code == 0, done.output
    return str(folder)


def test_books_print_three_statements_beside_known_figures(run: str) -> None:
    done = llmsim("books", run, "--firm", "zhipu", "--year", "2024")
    assert done.exit_code == 0, done.output
    for title in ("Income statement", "Cash flow", "Balance sheet at the end", "Known figures"):
        assert title in done.output
    assert "Books of zhipu, weeks of 2024-01-01 to 2024-12-30" in done.output
    assert " of 2, the one with the median net income" in done.output
    assert "CNY" in done.output
    statements, _, _ = done.output.partition("Next:")
    assert max(map(len, statements.splitlines())) <= 80


@pytest.mark.parametrize("firm", ["moonshot", "bytedance"])
def test_json_is_in_fen_and_ties_out(run: str, firm: str) -> None:
    done = llmsim("books", run, "--firm", firm, "--replicate", "1", "--json")
    found = json.loads(done.stdout)["data"]["books"]
    assert (found["first"], found["last"]) == ("2023-07-03", "2024-12-30")
    owed = sum(found["debts"].values()) + sum(found["capital"].values()) + found["earned"]
    assert sum(found["assets"].values()) == owed
    assert found["earned"] == found["net_income"]
    assert found["cash_change"] == found["assets"]["cash"]


def test_one_week_starts_where_the_week_before_ended(run: str) -> None:
    def of(day: str) -> dict[str, int]:
        arguments = ("--firm", "zhipu", "--week", day, "--replicate", "0", "--json")
        found: dict[str, int] = json.loads(llmsim("books", run, *arguments).stdout)["data"]["books"]
        return found

    before, after = of("2023-11-15"), of("2023-11-22")
    assert after["cash_before"] == before["cash_before"] + before["cash_change"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--firm", "zhipuu"), "no entries of `zhipuu`"),
        (("--firm", "zhipu", "--year", "2030"), "no week from 2030-01-01"),
        (("--firm", "zhipu", "--replicate", "7"), "'7' is no replicate"),
        (("--firm", "zhipu", "--year", "2023", "--week", "2023-08-01"), "exclude each other"),
    ],
)
def test_what_is_not_there_is_named(run: str, arguments: tuple[str, ...], said: str) -> None:
    done = llmsim("books", run, *arguments)
    assert done.exit_code == 2
    assert said in done.output
