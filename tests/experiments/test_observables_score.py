"""Scores: intervals over replicates, panels, qualifiers, and what each row is called."""

from dataclasses import asdict, replace
from datetime import date
from math import exp, log
from typing import Any

import numpy as np
import pytest
from observed_run import HandMade, a_figure, hand_made

from sim.evidence.figures import Figure, load_figures
from sim.experiments.score import summed_up
from sim.experiments.scoring import absolute_error, inside, log_error, measured, score_rows

START = date(2024, 4, 29)


def run_of(*values: float) -> HandMade:
    """Return a run whose replicates have these prices."""
    firms = [
        {"firm": "zhipu", "replicate": number, "price_input_cny_per_mtok": value}
        for number, value in enumerate(values)
    ]
    return hand_made(START, 5, replicates=len(values), firms=firms)


def price(value: float | None, **more: Any) -> Figure:
    asked = ("firm:zhipu", "api_price_input", "CNY_per_1M_tokens", "2024-05-23")
    return a_figure(*asked, value=value, **more)


def test_row_has_median_intervals_and_error() -> None:
    (row,) = score_rows(run_of(*[float(k) for k in range(21)]), [price(5.0)])
    assert (row.lo90, row.lo50, row.median, row.hi50, row.hi90) == (1, 5, 10, 15, 19)
    assert row.inside_90 is True
    assert row.log_error == pytest.approx(log(2))
    assert row.observed == 5
    assert (row.status, row.reason, row.period) == ("fitted", "", "2024-05-23")


@pytest.mark.parametrize(
    ("use", "status"),
    [("fit", "fitted"), ("validate", "compared"), ("input", "fed"), ("ours", "compared")],
)
def test_status_follows_from_the_use(use: str, status: str) -> None:
    (row,) = score_rows(run_of(1.0), [price(1.0, use=use)])
    assert (row.use, row.status) == (use, status)


def test_context_has_no_row() -> None:
    assert score_rows(run_of(1.0), [price(1.0, use="context")]) == []


def test_a_row_that_is_not_modelled_has_no_numbers_but_a_reason() -> None:
    (row,) = score_rows(run_of(1.0), [a_figure("firm:nobody", "revenue", "CNY", "2024-05")])
    assert row.status == "not modelled"
    assert row.reason == "the run has no firm 'nobody'"
    numbers = ("median", "lo50", "hi50", "lo90", "hi90", "inside_90", "log_error")
    assert {asdict(row)[name] for name in numbers} == {None}
    assert row.observed == 1


def test_replicates_without_a_number_are_left_out_and_counted() -> None:
    firms = [
        {"firm": "zhipu", "replicate": 0, "price_input_cny_per_mtok": 4.0},
        {"firm": "zhipu", "replicate": 1},
    ]
    run = hand_made(START, 5, replicates=2, firms=firms)
    (row,) = score_rows(run, [price(4.0)])
    assert row.median == 4
    assert row.reason == "1 of 2 replicates have no such number"


def test_qualifiers_widen_or_open_the_comparison() -> None:
    assert inside(price(10.0), 5.0, 9.5) is False
    assert inside(price(10.0, qualifier="approx"), 5.0, 9.5) is True
    assert inside(price(10.0, qualifier="approx"), 5.0, 8.9) is False
    assert inside(price(10.0, qualifier="at_least"), 20.0, 30.0) is True
    assert inside(price(10.0, qualifier="at_least"), 5.0, 9.5) is False


def test_error_is_of_what_a_cut_leaves_and_of_too_little_where_more_is_right() -> None:
    cut = replace(price(90.0), quantity="api_price_cut", unit="percent")
    assert log_error(cut, 80.0) == pytest.approx(log(2))
    assert log_error(price(10.0), 5.0) == pytest.approx(-log(2))
    assert log_error(price(10.0, qualifier="at_least"), 20.0) == 0
    assert log_error(price(10.0, qualifier="at_least"), 5.0) == pytest.approx(-log(2))
    assert log_error(price(0.0), 5.0) is None
    assert log_error(price(10.0), 0.0) is None


def test_a_deeper_cut_than_at_least_is_no_error_and_a_smaller_one_is() -> None:
    cut = replace(price(90.0, qualifier="at_least"), quantity="api_price_cut", unit="percent")
    assert log_error(cut, 95.0) == 0
    assert log_error(cut, 80.0) == pytest.approx(log(2))


def test_about_a_cut_is_a_tenth_of_what_it_leaves() -> None:
    cut = replace(price(90.0, qualifier="approx"), quantity="api_price_cut", unit="percent")
    assert inside(cut, 91.0, 95.0) is True
    assert inside(cut, 91.5, 95.0) is False


def test_fall_of_cost_is_compared_in_what_it_leaves() -> None:
    fall = replace(price(99.0), quantity="unit_cost_decline", unit="percent")
    assert log_error(fall, 96.0) == pytest.approx(log(4))


def test_change_in_percent_and_margin_have_an_absolute_error() -> None:
    growth = replace(price(400.0), quantity="web_visits_growth", unit="percent")
    assert log_error(growth, 300.0) is None
    assert absolute_error(growth, 300.0) == -100
    assert log_error(replace(growth, unit="ratio"), 200.0) == pytest.approx(-log(2))
    margin = replace(price(30.0, qualifier="at_least"), quantity="gross_margin:api")
    assert absolute_error(margin, 40.0) == 0
    assert absolute_error(margin, 20.0) == -10


@pytest.mark.parametrize("qualifier", ["goal", "forecast"])
def test_what_was_wanted_or_expected_stands_beside_the_run_and_counts_nowhere(
    qualifier: str,
) -> None:
    asked = price(5.0, qualifier=qualifier)
    assert not asked.fitted
    (row,) = score_rows(run_of(1.0), [asked])
    assert (row.status, row.median) == ("compared", 1)
    assert not row.counts
    assert summed_up([row]).uses == ()


def test_zero_of_something_positive_is_an_infinite_error_in_the_median() -> None:
    figures = [price(value, id=str(value)) for value in (1.0, 2.0, 4.0)]
    rows = score_rows(run_of(1.0), figures)
    none = [replace(row, median=0.0, log_error=None) for row in rows]
    (use,) = summed_up([rows[0], rows[1], none[2]]).uses
    assert use.median_log_error == pytest.approx(log(2))
    (use,) = summed_up([rows[0], none[1], none[2]]).uses
    assert use.median_log_error is None


def test_a_panel_of_its_own_widens_amounts_but_not_ratios() -> None:
    values = np.array([100.0])
    users = a_figure("app:kimi", "monthly_active_users", "users", "2024-05")
    assert measured(values, users).tolist() == [100]
    assert measured(values, replace(users, panel="questmobile")).tolist() == [100]
    spread = measured(values, replace(users, panel="aicpb"))
    assert np.median(spread) == pytest.approx(100)
    assert np.quantile(spread, [0.05, 0.95]) == pytest.approx(
        [100 * exp(-1.645 * 0.25), 100 * exp(1.645 * 0.25)], rel=0.05
    )
    unknown = measured(values, replace(users, panel="somebody"))
    assert unknown.tolist() == spread.tolist()
    ratio = replace(users, panel="aicpb", unit="ratio")
    assert measured(values, ratio).tolist() == [100]


def test_every_scored_figure_gets_one_row_in_order() -> None:
    figures = load_figures()
    rows = score_rows(run_of(1.0), figures)
    assert [row.id for row in rows] == [figure.id for figure in figures if figure.use != "context"]
    assert all(row.reason for row in rows if row.status == "not modelled")
