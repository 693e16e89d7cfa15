"""What programs do with a scenario: read, change, ask for origins, write, refuse."""

import pickle
from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest

from sim.core.parameters import PARAMETER_TABLE
from sim.scenario import Scenario, ScenarioError, UnreadableScenarioError

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def baseline() -> Scenario:
    return Scenario.load("baseline")


def test_opening_tables_are_the_lowest_layer(baseline: Scenario) -> None:
    assert baseline.firms["moonshot"].cash_mcny == 1400
    assert baseline.firms["bytedance"].cash_mcny is None
    assert baseline.firms["deepseek"].pricing.strategy == "cost_plus"
    assert baseline.apps["doubao"].owned_channels == ("douyin",)
    assert baseline.channels["bilibili"].audience["student"] == 1.3
    assert baseline.shock["deepseek_v2"].amount == 0.4


def test_origin_of_evidence_is_the_line_of_its_table(baseline: Scenario) -> None:
    for key, text in [
        ("firms.01ai.cash_mcny", "700"),
        ("apps.kimi.launch", "2023-10-09"),
        ("channels.douyin.audience.mass", "1.0"),
        ("firms.zhipu.pricing.strategy", "respond"),
        ("shock.llama2.date", "2023-07-18"),
        ("parameters.stickiness", "0.15"),
    ]:
        origin = baseline.origin(key)
        assert origin is not None
        assert origin.file.startswith("seeds/")
        assert key.split(".")[1] == origin.text.split(",")[0]
        assert origin.text[origin.column - 1 :][: origin.width] == text


def test_origin_of_file_and_setting_is_where_they_are_written() -> None:
    loaded = Scenario.load("no_price_war", ["firms.zhipu.cash_mcny=2000"])
    switch, cash = loaded.origin("mechanisms.price_war"), loaded.origin("firms.zhipu.cash_mcny")
    assert switch is not None
    assert cash is not None
    assert switch.file == "scenarios/no_price_war.toml"
    assert switch.text == "price_war = false"
    assert (cash.file, cash.line, cash.column) == ("--set", 1, 23)
    assert loaded.origin("firms.zhipu.nothing") is None


def test_changes_are_those_against_the_parent() -> None:
    loaded = Scenario.load("no_channel_lockout", ["seed=9"])
    assert [(change.key, change.value) for change in loaded.changed()] == [
        ("seed", 9),
        ("mechanisms.channel_lockout", False),
        ("shock.douyin_lockout", None),
    ]
    assert Scenario.load("no_channel_lockout").changed()[0].origin is not None


def test_scenario_that_says_what_its_parent_says_changes_nothing() -> None:
    assert Scenario.loads('extends = "baseline"\n[accounts]\ncount = 3000\n').changed() == []


def test_difference_of_two_scenarios_has_both_values_and_the_place(baseline: Scenario) -> None:
    other = baseline.with_({"seed": 9, "shock.llama3.remove": True})
    first, *rest = other.differences(baseline)
    assert (first.key, first.before, first.after) == ("seed", baseline.seed, 9)
    assert first.origin is not None
    assert {difference.after for difference in rest} == {"absent"}
    assert {difference.key.rpartition(".")[0] for difference in rest} == {"shock.llama3"}
    assert baseline.differences(baseline) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda scenario: setattr(scenario, "seed", 2),
        lambda scenario: setattr(scenario.firms["zhipu"], "cash_mcny", 2),
        lambda scenario: scenario.firms.pop("zhipu"),
        lambda scenario: scenario.parameters.update(organic=1),
        lambda scenario: scenario.shock.clear(),
        lambda scenario: scenario.channels["douyin"].audience.__setitem__("mass", 2),
    ],
)
def test_scenario_cannot_be_changed_in_place(
    baseline: Scenario, change: Callable[[Scenario], object]
) -> None:
    with pytest.raises((TypeError, ValueError)):
        change(baseline)


def test_with_leaves_the_original_alone_and_checks_like_a_file(baseline: Scenario) -> None:
    changed = baseline.with_(
        {
            "firms.moonshot.cash_mcny": np.float64(12.5),
            "consumers.people_per_agent": np.int64(50_000),
            "firms.zhipu.cash_mcny": "1 bn CNY",
            "shock.douyin_lockout.remove": True,
            "history": ["history", "shocks_2025"],
            "firms.minimax": {"cash_mcny": None, "pricing": {"strategy": "hold", "markup": 2}},
        }
    )
    assert baseline.firms["moonshot"].cash_mcny == 1400
    assert changed.firms["moonshot"].cash_mcny == 12.5
    assert changed.firms["zhipu"].cash_mcny == 1000
    assert changed.firms["minimax"].cash_mcny is None
    assert changed.firms["minimax"].pricing.parameters["markup"] == 2
    assert "douyin_lockout" not in changed.shock
    assert "deepseek_r1" in changed.shock
    with pytest.raises(ScenarioError) as caught:
        baseline.with_({"firms.moonshot.cash": 1, "seed": -1})
    assert {found.code for found in caught.value.diagnostics} == {"unknown-key", "wrong-value"}


def test_with_twice_is_with_once(baseline: Scenario) -> None:
    once = baseline.with_({"seed": 5, "parameters.organic": 0.02})
    assert baseline.with_({"seed": 5}).with_({"parameters.organic": 0.02}) == once


def test_refusal_points_at_the_line_and_suggests() -> None:
    loaded = Scenario.loads('[firms.zhipu.pricing]\nstrategy = "holdd"\n', "mine")
    error = loaded.refuse(
        "firms.zhipu.pricing.strategy", "no such strategy", ("hold", "respond", "cost_plus")
    )
    (found,) = error.diagnostics
    assert str(found.origin) == "<mine>:2:12"
    assert found.help == "did you mean `hold`?"
    assert "allowed: hold, respond, cost_plus" in str(error)


def test_refusal_of_a_default_points_at_the_table_above() -> None:
    origin = Scenario.loads("").refuse("firms.zhipu.push.strategy", "none").diagnostics[0].origin
    assert origin is not None
    assert origin.text.startswith("zhipu,")


def test_events_of_the_evidence_outside_the_horizon_are_left_out() -> None:
    short = Scenario.load("baseline", ["end=2024-01-01"])
    assert set(short.shock) == {
        "llama2", "wenxin_launch", "spark_launch", "kimi_long_context", "gpt4_turbo",
    }  # fmt: skip
    assert short.with_({"end": Scenario.load("baseline").end}) == Scenario.load("baseline")


def test_events_that_concern_a_removed_firm_are_left_out_with_a_warning(baseline: Scenario) -> None:
    without = baseline.with_({"firms.moonshot.remove": True, "apps.kimi.remove": True})
    gone = {"kimi_long_context", "kimi_2m_context", "moonshot_feb24"}
    assert set(baseline.shock) - set(without.shock) == gone
    assert {found.key.removeprefix("shock.") for found in without.warnings} == gone


def test_app_of_a_removed_firm_points_at_both_places(baseline: Scenario) -> None:
    with pytest.raises(ScenarioError) as caught:
        baseline.with_({"firms.zhipu.remove": True})
    (found,) = caught.value.diagnostics
    assert found.origin is not None
    assert found.also is not None
    assert found.origin.text.startswith("qingyan,zhipu")
    assert found.also.text == "firms.zhipu.remove=true"
    assert found.help.startswith("remove `apps.qingyan` too")


def test_number_outside_its_prior_is_allowed_with_a_warning() -> None:
    loaded = Scenario.loads("[parameters]\nchurn_quality = 3\n")
    (warning,) = loaded.warnings
    assert (warning.code, warning.severity) == ("outside-prior", "warning")


def test_no_history_means_no_events() -> None:
    assert Scenario.loads("history = []\n").shock == {}


def test_shocks_come_in_the_order_of_their_days(baseline: Scenario) -> None:
    days = [shock.date for _, shock in baseline.shocks]
    assert days == sorted(days)
    assert len(days) == len(baseline.shock)


def test_dollars_in_a_shock_take_the_rate_of_its_day() -> None:
    loaded = Scenario.loads(
        '[firms.zhipu]\ncash_mcny = "10 M USD"\n'
        '[[shock]]\nid = "x"\ndate = 2024-05-01\nkind = "cost_breakthrough"\n'
        'who = "zhipu"\namount = "50 %"\n'
    )
    assert loaded.firms["zhipu"].cash_mcny == pytest.approx(70.467)
    assert loaded.shock["x"].amount == 0.5


def test_scenarios_are_equal_by_what_they_say_and_not_by_where_they_say_it(
    baseline: Scenario,
) -> None:
    other = baseline.with_({"parameters.organic": 0.02})
    assert other != baseline
    assert other.digest != baseline.digest
    assert other != "baseline"
    assert baseline.with_({"seed": baseline.seed}) == baseline


def test_written_scenario_keeps_what_was_removed_away(baseline: Scenario) -> None:
    without = baseline.with_({"firms.zhipu.remove": True, "apps.qingyan.remove": True})
    again = Scenario.loads(without.to_toml())
    assert again == without
    assert "zhipu" not in again.firms


@pytest.mark.parametrize(
    ("days", "code"),
    [("end=2023-07-09", "horizon"), ("end=2053-08-01", "horizon"), ("end=2023-07-10", None)],
)
def test_horizon_is_a_week_to_thirty_years(days: str, code: str | None) -> None:
    text = "start = 2023-07-03\nhistory = []\n"
    if code is None:
        assert Scenario.loads(text, overrides=[days])
        return
    with pytest.raises(ScenarioError) as caught:
        Scenario.loads(text, overrides=[days])
    assert [found.code for found in caught.value.diagnostics] == [code]


def test_end_is_exclusive_and_start_inclusive_for_shocks(baseline: Scenario) -> None:
    start, end = baseline.start, baseline.end
    moved = baseline.with_({"shock.llama3.date": start, "shock.llama31.date": end - DAY})
    assert moved.shock["llama3"].date == start
    for outside in (start - DAY, end):
        with pytest.raises(ScenarioError, match="outside the horizon"):
            baseline.with_({"shock.llama3.date": outside})


def test_shock_needs_who_even_if_it_says_none() -> None:
    shock = '[[shock]]\nid = "x"\ndate = 2024-01-01\nwho = "none"\n'
    doubt = Scenario.loads(shock + 'kind = "sentiment"\namount = -1\n')
    assert doubt.shock["x"].who == "investors"
    assert Scenario.loads(doubt.to_toml()) == doubt
    with pytest.raises(ScenarioError, match="does not say `who`"):
        Scenario.loads(shock + 'kind = "cost_breakthrough"\namount = 0.5\n')


def test_parameter_beyond_what_is_physical_is_an_error(baseline: Scenario) -> None:
    rows = PARAMETER_TABLE.values()
    amount = next(row.name for row in rows if row.low >= 0)
    share = next(row.name for row in rows if row.unit == "share" and row.high <= 1)
    weeks = next(row.name for row in rows if row.unit == "weeks" and row.low > 0)
    for name, value in [(amount, -1), (share, 1.2), (weeks, 0)]:
        with pytest.raises(ScenarioError) as caught:
            baseline.with_({f"parameters.{name}": value})
        assert [found.code for found in caught.value.diagnostics] == ["out-of-range"]


def test_numbers_of_a_later_line_line_up() -> None:
    with pytest.raises(ScenarioError) as caught:
        Scenario.loads("\n" * 10 + "sed = 1\n")
    assert str(caught.value).splitlines()[1:5] == [
        "  --> <scenario>:11:1",
        "   |",
        "11 | sed = 1",
        "   | ^^^",
    ]


def test_scenario_survives_a_process_boundary(baseline: Scenario) -> None:
    again = pickle.loads(pickle.dumps(baseline))
    assert again == baseline
    assert again.with_({"seed": 2}).origin("seed") is not None
    assert hash(again) == hash(baseline)


def test_error_survives_a_process_boundary(baseline: Scenario) -> None:
    error = baseline.refuse("seed", "no")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_unknown_name_lists_the_shipped_scenarios() -> None:
    with pytest.raises(UnreadableScenarioError, match="did you mean `baseline`"):
        Scenario.load("baselin")
