"""Figures as targets: the scale of misses, what counts as a hit, and what is never aimed at."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.evidence.figures import Figure, load_figures
from sim.experiments.calibrate import CalibrationError, set_up
from sim.experiments.targets import Target, end_of, targets_of
from sim.scenario import Scenario

HEAD = "id,source,entity,quantity,value,unit,period,panel,statistic,qualifier,use,mechanism,note"
USERS = "u,mine,app:kimi,monthly_active_users,1000000,users,2024-03,,mean,exact,fit,,"
CUT = "c,mine,firm:alibaba,api_price_cut,97,percent,2024-05,,change,exact,fit,,"
FREE = "f,mine,firm:baidu,api_price_input,0,CNY_per_1M_tokens,2024-05,main,last,exact,fit,,"


def figure(tmp_path: Path, row: str) -> Figure:
    file = tmp_path / "mine.csv"
    file.write_text(f"{HEAD}\n{row}\n", encoding="utf-8")
    return load_figures(file)[0]


def test_only_figures_that_may_be_fitted_are_aimed_at() -> None:
    aimed = {one.figure.id for one in targets_of(load_figures())}
    for one in load_figures():
        if one.use != "fit":
            assert one.id not in aimed
    assert len(aimed) == sum(one.use == "fit" for one in load_figures()) - 1


def test_miss_is_a_log_with_a_tenth_added(tmp_path: Path) -> None:
    target = Target(figure(tmp_path, USERS))
    assert target.miss(1e6) == pytest.approx(0.0)
    assert target.miss([0.0, 2e6]) == pytest.approx([np.log(0.1 / 1.1), np.log(2.1 / 1.1)])


def test_cut_misses_by_what_it_leaves(tmp_path: Path) -> None:
    target = Target(figure(tmp_path, CUT))
    assert target.miss([97.0, 94.0]) == pytest.approx([0.0, np.log(2.1 / 1.1)])


def test_price_of_zero_misses_by_its_difference(tmp_path: Path) -> None:
    target = Target(figure(tmp_path, FREE))
    assert target.miss([0.0, 2.0, 80.0]) == pytest.approx([0.0, 2.0, 3.0])


@given(st.sampled_from([USERS, CUT, FREE]), st.floats(60.0, 99.0))
def test_what_a_miss_stands_for_is_what_was_said(
    tmp_path_factory: pytest.TempPathFactory, row: str, share: float
) -> None:
    target = Target(figure(tmp_path_factory.mktemp("figures"), row))
    said = share * 1e4 if row is USERS else share if row is CUT else share / 50.0
    assert target.said(target.miss(said)) == pytest.approx(said, rel=1e-6)


def test_panel_widens_what_it_counted(tmp_path: Path) -> None:
    other = USERS.replace(",2024-03,,", ",2024-03,aicpb,")
    assert Target(figure(tmp_path, USERS)).panel_spread == 0.0
    assert Target(figure(tmp_path, other)).panel_spread == pytest.approx(0.25)
    assert Target(figure(tmp_path, CUT.replace("2024-05,,", "2024-05,aicpb,"))).panel_spread == 0.0


def test_run_ends_when_the_last_figure_is_known(tmp_path: Path) -> None:
    target = Target(figure(tmp_path, USERS))
    assert str(end_of([target])) == "2024-04-15"
    setup = set_up(Scenario.load("baseline"), [target.figure])
    assert str(setup.scenario.end) == "2024-04-15"


def test_nothing_to_aim_at_is_an_error(tmp_path: Path) -> None:
    row = USERS.replace(",fit,", ",validate,")
    with pytest.raises(CalibrationError, match="nothing can be aimed at"):
        set_up(Scenario.load("baseline"), [figure(tmp_path, row)])
