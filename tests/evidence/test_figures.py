"""The table of figures: what it holds, what a file of one's own may say, what is refused."""

from datetime import date
from pathlib import Path

import pytest

from sim.evidence.figures import (
    FiguresError,
    UnknownFigureError,
    find_figure,
    load_figures,
)

HEADER = (
    "id,source,entity,quantity,value,unit,period,panel,statistic,qualifier,use,mechanism,note\n"
)
GOOD = "mine,a report,app:kimi,monthly_active_users,2.1e7,users,2024-12,,mean,exact,mine,,\n"


def written(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "figures.csv"
    path.write_text(HEADER + "".join(lines), encoding="utf-8")
    return path


def test_the_shipped_figures_are_all_there() -> None:
    figures = load_figures()
    assert len(figures) == len({figure.id for figure in figures}) == 324
    uses = [figure.use for figure in figures]
    assert {use: uses.count(use) for use in set(uses)} == {
        "context": 161,
        "validate": 62,
        "fit": 59,
        "input": 39,
        "belief": 3,
    }


def test_a_figure_carries_value_unit_and_period() -> None:
    kimi = find_figure("s0_kimi_mau_oct24", load_figures())
    assert (kimi.value, kimi.unit, kimi.panel) == (16_500_000, "users", "questmobile")
    assert kimi.period is not None
    assert (kimi.period.start, kimi.period.end) == (date(2024, 10, 1), date(2024, 11, 1))
    assert kimi.fitted
    assert kimi.scored
    assert not kimi.may_be_fed


def test_a_date_is_text_without_a_value() -> None:
    release = find_figure("s0_o1_release", load_figures())
    assert release.value is None
    assert release.text == "2024-09"


def test_an_own_word_of_use_is_scored_but_neither_fitted_nor_fed(tmp_path: Path) -> None:
    (figure,) = load_figures(written(tmp_path, GOOD))
    assert figure.use == "mine"
    assert (figure.scored, figure.fitted, figure.may_be_fed) == (True, False, False)


def test_all_that_is_wrong_with_a_row_is_told_at_once(tmp_path: Path) -> None:
    wrong = GOOD.replace("2.1e7", "many").replace("2024-12", "2026H1").replace("mean", "median")
    with pytest.raises(FiguresError) as caught:
        load_figures(written(tmp_path, wrong, GOOD))
    told = [problem.message.partition(":")[0] for problem in caught.value.problems]
    assert told == ["statistic", "value", "period", "id 'mine' is already on line 2"]


@pytest.mark.parametrize("use", ["context", "belief"])
def test_beliefs_and_context_are_not_scored(use: str) -> None:
    assert not any(figure.scored for figure in load_figures() if figure.use == use)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2.1e7", "many", "value: found 'many', a finite number was expected"),
        ("2.1e7", "nan", "value: found 'nan', a finite number was expected"),
        ("2.1e7", "1e-300", "value: found '1e-300', allowed are 0 and 1e-12 to 1e+30 in size"),
        ("2024-12", "last year", "period: found 'last year'"),
        ("2024-12", "0001-06", "period: found '0001-06', allowed are the years 1900 to 2199"),
        ("mean", "median", "statistic: found 'median', allowed are mean, last, sum, change"),
        ("exact", "exakt", "did you mean 'exact'?"),
        ("users", "", "unit: is empty"),
    ],
)
def test_a_row_that_cannot_be_scored_is_refused(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    path = written(tmp_path, GOOD.replace(f",{old},", f",{new},"))
    with pytest.raises(FiguresError) as caught:
        load_figures(path)
    column = GOOD[: GOOD.index(f",{old},") + 1].count(",")
    at = len(",".join(GOOD.split(",")[:column])) + 2
    assert f" --> {path}:2:{at}\n" in str(caught.value)
    assert said in str(caught.value)


def test_context_rows_may_hold_free_text(tmp_path: Path) -> None:
    line = GOOD.replace(",mine,,", ",context,,").replace("2.1e7", "many").replace("2024-12", "soon")
    (figure,) = load_figures(written(tmp_path, line))
    assert (figure.value, figure.text) == (None, "many")
    assert (figure.period, figure.period_text) == (None, "soon")


def test_all_problems_of_a_file_are_reported(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD, GOOD, GOOD.replace("mean", "x").replace("mine,a", "other,a"))
    with pytest.raises(FiguresError) as caught:
        load_figures(path)
    assert [problem.line for problem in caught.value.problems] == [3, 4]


def test_an_unknown_figure_comes_with_the_closest_one() -> None:
    with pytest.raises(UnknownFigureError, match="did you mean 's0_kimi_mau_oct24'"):
        find_figure("s0_kimi_mau_okt24", load_figures())
