"""Ranked scores, errors where a ratio means nothing, coverage, and paired statements."""

from dataclasses import replace
from datetime import date
from math import pi, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from observed_run import HandMade, a_figure, hand_made

from sim.evidence.figures import Figure, load_figures
from sim.experiments.score import summed_up
from sim.experiments.scoring import ScoreRow, ranked_score, score_rows

START = date(2024, 1, 1)


def price(value: float, **more: Any) -> Figure:
    asked = ("firm:zhipu", "api_price_input", "CNY_per_1M_tokens", "2024-01-15")
    return a_figure(*asked, value=value, **more)


def run_of(*values: float, column: str = "price_input_cny_per_mtok") -> HandMade:
    firms = [
        {"firm": "zhipu", "replicate": number, column: value} for number, value in enumerate(values)
    ]
    return hand_made(START, 30, replicates=len(values), firms=firms)


def test_ranked_score_of_a_normal_forecast_is_the_closed_form() -> None:
    # Gneiting and Raftery 2007: at its own mean, N(m, s) scores s (sqrt(2) - 1) / sqrt(pi).
    values = 10.0 + np.random.default_rng(1).normal(size=200_000)
    expected = (sqrt(2.0) - 1.0) / sqrt(pi) / 10.0
    assert ranked_score(values, price(10.0)) == pytest.approx(expected, rel=0.02)


@given(st.floats(0.01, 1e6), st.floats(0.01, 1e6))
def test_ranked_score_of_a_point_is_its_relative_distance(said: float, seen: float) -> None:
    found = ranked_score(np.array([said, said]), price(seen))
    assert found == pytest.approx(abs(said - seen) / seen, abs=1e-12)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=30), st.floats(0.1, 100))
def test_ranked_score_equals_its_definition(values: list[float], seen: float) -> None:
    x = np.array(values)
    definition = np.abs(x - seen).mean() - np.abs(x[:, None] - x).mean() / 2
    assert ranked_score(x, price(seen)) == pytest.approx(definition / seen, abs=1e-9)


def test_more_than_at_least_costs_nothing() -> None:
    assert ranked_score(np.array([8.0, 9.0]), price(5.0, qualifier="at_least")) == 0.0


def test_zero_price_is_scored_on_absolute_error() -> None:
    (row,) = score_rows(run_of(0.25, 0.25), [price(0.0)])
    assert row.log_error is None
    assert row.absolute_error == 0.25
    assert row.crps == pytest.approx(0.25)


def test_margin_is_scored_on_absolute_error_even_if_positive() -> None:
    firms = [{"firm": "zhipu", "revenue_api_cny": 100.0, "cost_api_cny": 90.0}]
    asked = a_figure("firm:zhipu", "gross_margin:api", "percent", "2024-01", value=3.4)
    (row,) = score_rows(hand_made(START, 10, firms=firms), [asked])
    assert row.log_error is None
    assert row.absolute_error == pytest.approx(10.0 - 3.4)


def test_statement_against_peace_needs_the_paired_run() -> None:
    asked = a_figure("firm:zhipu", "b2b_revenue_change", "percent", "2024-01", value=-50.0)
    asked = replace(asked, entity="sector:startups")
    war = run_of(40.0, 90.0, column="revenue_api_cny")
    peace = run_of(100.0, 100.0, column="revenue_api_cny")
    (alone,) = score_rows(war, [asked])
    assert alone.status == "not modelled"
    assert "without the price war" in alone.reason
    (row,) = score_rows(war, [asked], peace)
    assert row.median == pytest.approx((-60.0 - 10.0) / 2)
    assert row.absolute_error == pytest.approx(-35.0 + 50.0)


def test_beliefs_have_rows_that_no_coverage_counts() -> None:
    score = summed_up(score_rows(run_of(1.0), [price(1.0), price(3.0, use="belief")]))
    assert [row.use for row in score.rows] == ["fit", "belief"]
    assert [one.use for one in score.uses] == ["fit"]


def row(**changes: Any) -> ScoreRow:
    (made,) = score_rows(run_of(1.0), [price(1.0)])
    return replace(made, **changes)


def test_row_that_is_not_modelled_counts_as_outside() -> None:
    silent = row(status="not modelled", median=None, inside_90=None, log_error=None)
    (use,) = summed_up([row(), silent]).uses
    assert (use.rows, use.modelled, use.inside_90, use.coverage) == (2, 1, 1, 0.5)


def test_model_stands_beside_a_forecaster_on_the_same_rows_only() -> None:
    rows = [row(log_error=0.1, naive_last=2.0, crps=0.1), row(log_error=0.9, crps=0.9)]
    (use,) = summed_up(rows).uses
    assert use.naive_last_rows == 1
    assert use.model_on_last_log_error == pytest.approx(0.1)
    assert use.naive_last_log_error == pytest.approx(np.log(2.0))
    assert use.naive_last_crps == pytest.approx(1.0)
    assert use.model_on_last_crps == pytest.approx(0.1)


def test_goals_that_are_missed_are_named() -> None:
    wide = row(lo90=0.1, hi90=1.0, log_error=0.5, inside_90=False)
    said = " ".join(summed_up([wide]).missed())
    assert "fit: 0 of 1 rows" in said
    assert "median log error is 0.50" in said
    assert "median width is 10.00" in said
    assert summed_up([row(lo90=0.9, hi90=1.1)]).missed() == []


def test_at_most_a_tenth_of_the_shipped_rows_has_no_function() -> None:
    from sim.evidence.quantities import find_quantity
    from sim.experiments.measures import QUANTITIES

    asked = [figure for figure in load_figures() if figure.use in ("fit", "validate")]
    silent = [
        figure.id
        for figure in asked
        if find_quantity(figure.quantity) is None
        or figure.quantity.partition(":")[0] not in QUANTITIES
    ]
    assert len(silent) <= len(asked) / 10, silent
