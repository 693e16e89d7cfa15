"""Every wrong strategy of a scenario is named at once, with its line and what is allowed."""

from pathlib import Path

import pytest

from sim.scenario import Scenario, ScenarioError
from sim.scenario.layers import shipped_files
from sim.strategies.checks import check_strategies, strategy_findings
from sim.strategies.loading import load_checked

WRONG = """\
[firms.zhipu.pricing]
strategy = "holdd"
[firms.moonshot.pricing]
strategy = "hold"
bananas = 3
apples = 4
[firms.minimax.talent]
strategy = "keep"
[[shock]]
id = "turn"
date = 2024-01-01
kind = "strategy"
who = "zhipu"
target = "push"
level = "answer_rival"
"""
OUT_OF_RANGE = """\
[firms.zhipu.pricing]
free_below = -1
"""


def test_setting_out_of_its_range_is_named_with_its_line() -> None:
    (found,) = strategy_findings(Scenario.loads(OUT_OF_RANGE, "wrong"))
    assert str(found.origin) == "<wrong>:2:14"
    assert "`firms.zhipu.pricing.free_below` is -1 (CNY/Mtok); it must be at least 0" in str(found)


@pytest.mark.parametrize("name", shipped_files())
def test_shipped_scenario_names_strategies_that_exist(name: str) -> None:
    assert strategy_findings(Scenario.load(name)) == ()


def test_every_wrong_strategy_is_named_with_its_line() -> None:
    found = strategy_findings(Scenario.loads(WRONG, "wrong"))
    places = {str(one.origin): one for one in found}
    assert set(places) == {f"<wrong>:{place}" for place in ("2:12", "5:11", "6:10", "8:12", "15:9")}
    assert places["<wrong>:2:12"].help == "did you mean `hold`?"
    assert "hold" in places["<wrong>:2:12"].allowed
    assert "calm_markup" in places["<wrong>:5:11"].allowed
    assert str(places["<wrong>:5:11"].also) == "<wrong>:4:12"
    assert "pay_market" in places["<wrong>:8:12"].allowed
    assert places["<wrong>:15:9"].help == "did you mean `answer_rivals`?"


def test_check_raises_all_of_them() -> None:
    with pytest.raises(ScenarioError) as caught:
        check_strategies(Scenario.loads(WRONG))
    assert len(caught.value.diagnostics) == 5


def test_errors_of_the_file_and_of_its_strategies_show_at_once(tmp_path: Path) -> None:
    file = tmp_path / "both.toml"
    file.write_text(
        'extends = "baseline"\nsed = 3\n[firms.moonshot.pricing]\nstrategy = "holt"\n',
        encoding="utf-8",
    )
    with pytest.raises(ScenarioError) as caught:
        load_checked(str(file))
    said = str(caught.value)
    assert "both.toml:2:1" in said
    assert "both.toml:4:12" in said
    assert "no pricing strategy is called `holt`" in said


def test_negative_budget_is_refused_before_a_run_with_its_line() -> None:
    text = '[firms.zhipu.advertising]\nad_cash_share = -0.1\n[firms.moonshot.push]\n' \
        'strategy = "guard_field"\nguard_share = -2\n'  # fmt: skip
    found = {str(one.origin): one for one in strategy_findings(Scenario.loads(text, "wrong"))}
    assert set(found) == {"<wrong>:2:17", "<wrong>:5:15"}
    assert "-0.1 (share); it must be" in found["<wrong>:2:17"].message
