"""The verdict's numbers are the tables' numbers."""

import re
from datetime import date

import numpy as np
import polars as pl
from synthetic_run import SyntheticRun, empty_tables, example_run, frame, make_run

from sim.views.findings import lead, most_uncertain, price_change, solvency
from sim.views.moves import price_moves
from sim.views.verdict import verdict

LAST = date(2025, 12, 22)


def said(run: SyntheticRun, topic: str) -> str:
    return next(s.text for s in verdict(run).sentences if s.topic == topic)


def final_users(run: SyntheticRun, app: str) -> list[float]:
    rows = run.tables["apps"].filter((pl.col("date") == LAST) & (pl.col("app") == app))
    return rows["mau"].to_list()


def test_the_leader_is_the_app_with_the_highest_median() -> None:
    run = example_run()
    users = final_users(run, "doubao")
    found = lead(run)
    assert found is not None
    assert found.app == "doubao"
    assert np.isclose(found.users.median, np.median(users))
    assert np.isclose(found.users.lo90, np.quantile(users, 0.05))
    assert np.isclose(found.users.hi90, np.quantile(users, 0.95))
    assert np.isclose(found.runner_up_users, np.median(final_users(run, "kimi")))
    assert f"{np.median(users) / 1e6:.3g} M users" in said(run, "Users")


def test_leader_who_hardly_leads_is_said_to() -> None:
    run = example_run()
    apps = run.tables["apps"].with_columns(
        pl.when(pl.col("app") == "kimi").then(60.0e6).when(pl.col("app") == "doubao").then(60.1e6)
        .otherwise(1e6).alias("mau")
    )  # fmt: skip
    level = SyntheticRun({**run.tables, "apps": apps}, run.manifest)
    assert "hardly more than Kimi's 60 M" in said(level, "Users")


def test_prices_compare_june_with_april_2024() -> None:
    run = example_run()
    found = price_change(run)
    assert found is not None
    assert (found.before, found.after) == (date(2024, 4, 1), date(2024, 6, 1))
    firms = run.tables["firms"]
    ratios = []
    for replicate in range(20):
        own = firms.filter(pl.col("replicate") == replicate)
        before, after = (
            np.median(
                own.filter(pl.col("date") == day)["price_input_cny_per_mtok"].drop_nulls().to_list()
            )
            for day in (date(2024, 4, 29), date(2024, 6, 24))
        )
        ratios.append(after / before - 1)
    assert np.isclose(found.change.median, np.median(ratios))
    assert f"fell {-100 * np.median(ratios):.0f} %" in said(run, "Prices")


def test_prices_of_a_run_before_the_war_compare_its_ends() -> None:
    found = price_change(make_run(weeks=10, replicates=2))
    assert found is not None
    assert (found.before, found.after) == (date(2023, 7, 3), date(2023, 9, 4))


def test_who_runs_out_of_money_is_counted_over_replicates() -> None:
    run = example_run()
    worst = solvency(run)[0]
    last = run.tables["firms"].filter((pl.col("date") == LAST) & (pl.col("firm") == worst.firm))
    assert worst.closed == (last["status"] == "closed").sum() > 0
    assert f"01.AI ({100 * worst.closed / 20:.0f} %, around" in said(run, "Money")


def test_without_a_closing_the_shortest_runway_is_named() -> None:
    text = said(make_run(weeks=8, replicates=3), "Money")
    assert text.startswith("No startup closes in any replicate; ")
    assert re.search(r"with \d+ months of runway", text)


def test_the_widest_interval_is_named() -> None:
    found = most_uncertain(example_run())
    assert found is not None
    assert found.what == "01.AI"
    cash = example_run().tables["firms"].filter(
        (pl.col("date") == LAST) & (pl.col("firm") == "01ai") & (pl.col("status") != "closed")
    )["cash_cny"]  # fmt: skip
    assert np.isclose(found.estimate.median, np.median(cash.to_list()))


def test_trust_says_hand_set_and_how_much_is_extrapolated() -> None:
    sentence = verdict(example_run()).sentences[-1]
    assert "set by hand" in sentence.text
    beyond = (LAST - date(2024, 12, 31)).days / (LAST - date(2023, 7, 3)).days
    assert np.isclose(sentence.numbers["extrapolated_share"], beyond)
    assert f"{100 * beyond:.0f} %" in sentence.text


def test_trust_of_a_calibrated_run_within_the_evidence() -> None:
    run = make_run(weeks=20, replicates=2, manifest={"scenario_text": '[posterior]\nsample = "a1"'})
    assert said(run, "Trust") == (
        "Parameters are drawn from what known figures leave of their priors; of most they tell "
        "nothing, and intervals hold that doubt too."
    )


def test_one_replicate_admits_that_it_shows_no_uncertainty() -> None:
    assert "One replicate" in said(make_run(weeks=5, replicates=1), "Uncertainty")


def test_a_run_without_rows_has_no_sentence() -> None:
    found = verdict(SyntheticRun(empty_tables(), {}))
    assert found.sentences == ()
    assert found.headline == "The run recorded nothing."


def test_moves_that_few_replicates_make_are_not_named() -> None:
    weeks = [date(2024, 1, 1), date(2024, 1, 8)]
    rows = {
        "replicate": [0, 0, 1, 1, 2, 2],
        "date": weeks * 3,
        "firm": ["zhipu"] * 6,
        "status": ["active"] * 6,
        "price_input_cny_per_mtok": [10.0, 1.0, 10.0, 10.0, 10.0, 10.0],
    }
    tables = {**empty_tables(), "firms": frame("firms", rows)}
    assert price_moves(SyntheticRun(tables, {})) == []
    rows["price_input_cny_per_mtok"] = [10.0, 1.0, 10.0, 1.0, 10.0, 10.0]
    tables = {**empty_tables(), "firms": frame("firms", rows)}
    (move,) = price_moves(SyntheticRun(tables, {}))
    assert (move.when, move.what) == (weeks[1], "Zhipu cuts 10 → 1 CNY/Mtok")
