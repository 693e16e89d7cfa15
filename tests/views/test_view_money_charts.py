"""Figures about money say the numbers that were put into the tables."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from synthetic_money import Columns
from synthetic_run import SyntheticRun, example_run, frame
from vl_convert import vegalite_to_svg

from sim.views.accessor import Plots
from sim.views.svg import words_of
from sim.views.theme import ADD_HUES, COST_HUES, OWNER_HUES, Hue, firm_hue

START = date(2024, 1, 1)


def run_of(**tables: list[dict[str, Any]]) -> SyntheticRun:
    """Return a run of two weeks and replicates with some rows in each table given."""
    made = {}
    tables.setdefault("firms", [{"firm": "zhipu", "status": "active", "cash_cny": 1.0}])
    for name, rows in tables.items():
        columns = Columns()
        for replicate in (0, 1):
            for week in (0, 1):
                when = {"replicate": replicate, "date": START + timedelta(weeks=week)}
                for row in rows:
                    columns.add(**{**when, **row})
        made[name] = frame(name, columns.values)
    return SyntheticRun(made, {"scenario": "tiny", "seed": 7, "replicates": 2})


def title_of(run: SyntheticRun, name: str, **options: Any) -> str:
    return words_of(getattr(Plots(run), name)(760, **options)).title


def test_waterfall_ends_at_the_sum_of_every_line_of_cash() -> None:
    lines = {"opening": 50, "equity": 30, "cost_rd_compute": -15, "cost_ads": -5, "new_line": 10}
    ledger = [
        {"owner": "zhipu", "account": "cash", "line": line, "amount_fen": 10**11 * bn}
        for line, bn in lines.items()
    ]
    other = [{"owner": "zhipu", "account": "credits", "line": "credits_issued",
              "amount_fen": 10**15}]  # fmt: skip
    run = run_of(ledger=ledger + other)
    # Two weeks of each: 100 at the start; 100 + 60 - 30 - 10 + 20 = 140 at the end.
    assert title_of(run, "waterfall") == (
        "The startups together go from 100 bn CNY to 140 bn CNY; "
        "75 % of what they pay is research compute"
    )
    assert title_of(run, "waterfall", firm="zhipu").startswith("Zhipu goes from 100 bn CNY")
    svg = vegalite_to_svg(Plots(run).waterfall().to_dict())
    for text in (">+60 bn<", ">−30 bn<", ">−10 bn<", ">Other<", ">+20 bn<", ">140 bn<"):
        assert text in svg


def test_tenders_count_wins_and_margins_of_model_firms() -> None:
    won = [{"firm": "zhipu", "price_cny": 100.0, "cost_cny": 80.0}] * 3
    won += [{"firm": "baidu", "price_cny": 50.0, "cost_cny": 60.0}]
    won += [{"firm": "integrator", "price_cny": 250.0, "cost_cny": 1.0}]
    chart = Plots(run_of(tenders=won)).tenders()
    # Six wins a replicate of ten; 300 of 600 CNY a week.
    assert words_of(chart).title == (
        "Zhipu wins most public tenders of the model firms, 6, 50 % of all money"
    )
    assert "Integrators that are no model firms win 2." in words_of(chart).caption
    svg = vegalite_to_svg(chart.to_dict())
    assert "600 CNY, margin 20 %" in svg
    assert "100 CNY, margin -20 %" in svg


def test_owners_shares_are_those_of_the_last_cap_table() -> None:
    stakes = [
        {"firm": "zhipu", "investor": "founders", "share": 1.0, "date": START},
        {"firm": "zhipu", "investor": "founders", "share": 0.6, "date": START + timedelta(weeks=1)},
        {"firm": "zhipu", "investor": "baidu", "share": 0.4, "date": START + timedelta(weeks=1)},
    ]
    run = run_of(stakes=stakes)
    unique = run.tables["stakes"].unique(maintain_order=True)
    run = SyntheticRun({**run.tables, "stakes": unique}, run.manifest)
    assert title_of(run, "cap_table") == (
        "Zhipu's founders keep least: 60 % by January 2024; clouds hold 40 %"
    )


def test_runway_range_says_the_chance_over_all_luck() -> None:
    firm = {"firm": "zhipu", "status": "active", "runway_p10_months": 5.0, "runway_months": 8.0,
            "runway_p90_months": 12.0, "ruin_12m_probability": 0.5}  # fmt: skip
    run = run_of(firms=[firm])
    halved = run.tables["firms"].with_columns(
        pl.when(pl.col("replicate") == 1).then(0.1).otherwise("ruin_12m_probability")
        .alias("ruin_12m_probability")
    )  # fmt: skip
    assert title_of(
        SyntheticRun({**run.tables, "firms": halved}, run.manifest), "runway_range"
    ) == (
        "Zhipu's cash lasts 8 months (5–12 months) from January 2024 on; it is gone within a year "
        "with a chance of 30 %"
    )


def test_rounds_count_those_that_closed() -> None:
    firm = {"firm": "zhipu", "status": "active", "post_money_cny": 2e10}
    raised = {"firm": "zhipu", "size_cny": 1e9, "post_money_cny": 2e10}
    rounds = [{**raised, "failed": False}, {**raised, "failed": True}]
    assert title_of(run_of(firms=[firm], rounds=rounds), "rounds") == (
        "Zhipu is valued highest, 20 bn CNY by January 2024, after 2 rounds"
    )


def test_firm_that_was_taken_over_is_not_valued_highest() -> None:
    here = {"firm": "zhipu", "status": "active", "post_money_cny": 2e10}
    gone = {"firm": "minimax", "status": "taken_over", "post_money_cny": 9e10}
    assert title_of(run_of(firms=[here, gone]), "rounds").startswith("Zhipu is valued highest")


def test_small_apps_add_up_entries_and_take_the_last_week() -> None:
    week = {"entrants": 4, "active": 3, "cpa_cny": 20.0, "lifetime_value_cny": 10.0}
    assert title_of(run_of(small_apps=[week]), "small_apps") == (
        "Of 8 small app startups that enter, 3 are at work in the end; "
        "a user costs 20 CNY and pays 10 CNY"
    )


def test_users_of_an_own_event_are_a_source_of_their_own() -> None:
    app = {"app": "kimi", "firm": "moonshot", "mau": 1.0, "adds": 10.0, "adds_own": 6.0,
           "adds_paid": 4.0}  # fmt: skip
    with_own = Plots(run_of(apps=[app])).adds()
    assert words_of(with_own).title.startswith("60 % of Kimi's new users come by events")
    assert "Own events" not in vegalite_to_svg(Plots(example_run()).adds().to_dict())


def test_every_figure_names_its_source() -> None:
    words = words_of(Plots(run_of(small_apps=[{"entrants": 1}])).small_apps())
    assert words.source == "Source: llmsim, tiny, 2 replicates, seed 7, table small_apps."
    assert words.source not in words.caption


# Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB.
SEEN = {
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
                     (-0.011820, 0.042940, 0.968881)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216),
                   (-0.003882, -0.048116, 1.051998)),
}  # fmt: skip


def lab(colour: str, seen: tuple[tuple[float, ...], ...] | None) -> list[float]:
    """Return CIE Lab of a colour as some eye sees it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    if seen:
        mixed = [sum(m * p for m, p in zip(row, linear, strict=True)) for row in seen]
        linear = [min(max(p, 0.0), 1.0) for p in mixed]
    red, green, blue = linear
    xyz = (
        (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505,
        0.2126 * red + 0.7152 * green + 0.0722 * blue,
        (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089,
    )
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in xyz)
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)]


@pytest.mark.parametrize("eye", ["all three cones", *SEEN])
@pytest.mark.parametrize("paper", ["light", "dark"])
@pytest.mark.parametrize("hues", [COST_HUES, ADD_HUES, OWNER_HUES], ids=["cost", "adds", "owner"])
def test_neighbours_in_a_stack_are_told_apart_by_every_eye(
    hues: dict[str, Hue], paper: str, eye: str
) -> None:
    seen = [lab(getattr(hue, paper), SEEN.get(eye)) for hue in hues.values()]
    for one, other, names in zip(seen, seen[1:], zip(hues, list(hues)[1:], strict=False),
                                 strict=False):  # fmt: skip
        apart = sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5
        assert apart > 12, names


def test_firm_wears_its_colour_in_every_figure() -> None:
    plots = Plots(example_run())
    for name in ("cash", "runway", "rounds", "survival", "runway_range", "tenders"):
        assert firm_hue("zhipu").light in str(getattr(plots, name)().to_dict()), name
