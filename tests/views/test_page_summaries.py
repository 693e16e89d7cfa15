"""The five sentences that open each page, on tables so small that their numbers are seen by eye."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import polars as pl
from synthetic_run import example_run

from sim.experiments.comparison import Comparison
from sim.experiments.judged import Judged, read_judged
from sim.experiments.ranked_inputs import Grid
from sim.experiments.ranking import Ranking, Thing
from sim.experiments.sensitivity import Sensitivity
from sim.experiments.strongest import strongest_pairs
from sim.scenario import Scenario
from sim.scenario.ranges import Varied
from sim.views import calibrations, comparison_summary, rankings, sensitivity_summary, sweep_summary
from sim.views.sentence import Sentence
from sim.views.verdict import verdict

USERS, CASH, PRICE = "apps.kimi.mau", "firms.zhipu.cash_cny", "firms.all.price_input_cny_per_mtok"
TRUST = "As far as it goes."


def told(said: tuple[Sentence, ...]) -> dict[str, str]:
    assert len(said) == 5
    assert (said[-1].topic, said[-1].text) in {
        ("Trust", TRUST),
        ("Trust", calibrations.TRUST),
    }
    return {one.topic: one.text for one in said}


def difference(name: str, outcome: str, unit: str, *numbers: float) -> dict[str, Any]:
    mean, low, high, better = numbers
    return {
        "alternative": name, "change": "all", "outcome": outcome, "unit": unit,
        "direction": "less" if outcome == PRICE else "more", "difference": mean, "low": low,
        "high": high, "better": better, "standard_error": (high - low) / 4,
    }  # fmt: skip


def changed(name: str, *values: tuple[str, object, object]) -> dict[str, Any]:
    rows = [{"key": key, "unit": "", "before": old, "after": new} for key, old, new in values]
    return {"name": name, "changes": [{"values": rows}]}


def compared(*alternatives: dict[str, Any]) -> Comparison:
    rows = []
    for one in alternatives:
        rows += [
            difference(one["name"], USERS, "users", 2e6, 1.5e6, 2.5e6, 1.0),
            difference(one["name"], PRICE, "CNY/Mtok", 0.5, 0.1, 0.9, 0.1),
            difference(one["name"], CASH, "CNY", 3e8, -1e8, 7e8, 0.6),
            difference(one["name"], "market.hhi_mau", "share", 0.0, 0.0, 0.0, 0.5),
        ]
    empty = pl.DataFrame()
    manifest = {"base": "calm", "alternatives": [*alternatives], "pairs": 10, "warnings": []}
    return Comparison(pl.DataFrame(rows), empty, empty, manifest)


def test_comparison_with_one_future_names_inputs_and_the_surest_and_least_sure_outcome() -> None:
    one = changed("war", ("a.b", 1.0, 2.0), ("c.d", True, False), ("e", 1, 2), ("f", 1, 2))
    said = told(comparison_summary.summary(compared(one), TRUST))
    assert said["What changed"] == "war changes a.b from 1 to 2, c.d from on to off and 2 more."
    # Users and price leave 0 out; more users are better, a higher price is worse.
    assert said["What differs"] == (
        "2 of 4 outcomes differ beyond luck with war, 1 for the better and 1 for the worse."
    )
    assert said["Surest"] == (
        "Kimi users +2 M (+1.50 to +2.50 M); Middle input price +0.5 CNY/Mtok (+0.100 to +0.900)."
    )
    # 60 % is nearest to even; what never differs is not asked.
    assert said["Least sure"] == (
        "Zhipu cash with war, better in 60 % of the pairs: +300 M CNY (−100 to +700 M); 1 of 3 "
        "differences may be luck as far as 10 pairs tell."
    )


def test_comparison_with_four_futures_names_three() -> None:
    many = [changed(name, ("a.b", 1, number)) for number, name in enumerate("wxyz", start=2)]
    said = told(comparison_summary.summary(compared(*many), TRUST))
    assert said["What changed"] == (
        "w changes a.b from 1 to 2; x changes a.b from 1 to 3; y changes a.b from 1 to 4; 1 more "
        "stand below."
    )
    assert said["Surest"].startswith("w: Kimi users +2 M (+1.50 to +2.50 M); x: Kimi")


def test_comparison_of_a_future_with_itself_says_that_nothing_differs() -> None:
    same = compared({"name": "same", "changes": []})
    still = same.table.with_columns(
        *(pl.lit(0.0).alias(name) for name in ("difference", "low", "high", "standard_error"))
    )
    said = told(
        comparison_summary.summary(Comparison(still, same.fans, same.fans, same.manifest), TRUST)
    )
    assert said["What changed"] == "same changes no input."
    assert said["Surest"] == "Nothing differs that 10 pairs could tell from luck."
    assert said["Least sure"] == "No outcome differs in any of the 10 pairs."


def swept(outcome: Any) -> tuple[Grid, tuple[Judged, ...]]:
    """Return 64 points of an input from 0 to 63 in two replicates: an outcome of x and r."""
    values = tuple((float(x),) for x in range(64))
    rows = [
        {"point": x, "replicate": r, USERS: float(outcome(x, r))}
        for x in range(64) for r in range(2)
    ]  # fmt: skip
    inputs = (Varied("parameters.organic", "uniform", (0.0, 63.0)),)
    return Grid(inputs, values, 2, pl.DataFrame(rows)), read_judged(
        [Scenario.load("baseline")], [USERS]
    )


def test_sweep_says_range_share_and_both_ends_of_the_strongest_input() -> None:
    grid, judged = swept(lambda x, r: 1e6 * (x + r))
    found = strongest_pairs(grid, [USERS], 5)
    counts = {"ok": 126, "failed": 2, "pending": 0}
    said = told(sweep_summary.summary(counts, grid, judged, found, TRUST))
    assert said["Runs"] == (
        "126 of 128 runs went well: 64 points of 1 input, 2 replicates each; 2 failed and stand "
        "below with their reasons."
    )
    # The mean of x + r is 31.5 + .5; its 5 % and 95 % ends are 3.35 and 60.65 within rounding.
    low, high = np.quantile([x + r for x in range(64) for r in range(2)], (0.05, 0.95))
    assert said["Range"] == (
        f"Widest for its size is Kimi users: 32 M on average, 90 % of the runs at {low:.1f} to "
        f"{high:.1f} M."
    )
    assert said["Dependence"].startswith("Between points organic alone explains ")
    share, least, most = (float(one) for one in _percents(said["Dependence"]))
    assert least <= share <= most
    # Quarters of 0 to 63: up to 15.75 are 0 to 15, mean 7.5 and luck .5; from 47.25 on 48 to 63.
    assert said["Direction"].startswith(
        "Where organic is at most 15.75, Kimi users: 8 M on average, 90 % of the runs at "
    )
    assert "; where it is at least 47.25: 56 M on average" in said["Direction"]


def _percents(text: str) -> list[str]:
    import re

    found = re.search(r"explains (\d+) % \((\d+) % to (\d+) %\)", text)
    assert found is not None
    return [*found.groups()]


def test_sweep_in_which_nothing_depends_says_what_luck_does() -> None:
    grid, judged = swept(lambda x, r: 5e6 + 1e6 * r)
    said = told(
        sweep_summary.summary({"ok": 127, "failed": 0, "pending": 1}, grid, judged, (), TRUST)
    )
    assert "1 are left" in said["Runs"]
    assert said["Dependence"].startswith("No input is seen")
    assert said["Luck"] == (
        "Of the variance of Kimi users 0 % is due to the inputs, 100 % to luck, 0 % to both "
        "together."
    )


def sensitive(method: Any, rows: list[dict[str, Any]], shares: Any = None) -> Sensitivity:
    manifest = {
        "outcomes": [{"id": USERS}, {"id": CASH}], "warnings": [],
        "inputs": ["parameters.a", "parameters.b", "parameters.c"],
    }  # fmt: skip
    table = pl.DataFrame(rows, infer_schema_length=None)
    known = pl.DataFrame([{"outcome": USERS, **dict.fromkeys(("inputs", "luck", "both"), shares)}])
    return Sensitivity(method, table, known, manifest)


def end(name: str, outcome: str, size: float, unit: str = "users") -> dict[str, Any]:
    return {
        "outcome": outcome, "unit": unit, "input": f"parameters.{name}", "low_at": "0.1",
        "high_at": "0.3", "low": -size, "low_from": -1.5 * size, "low_to": -0.5 * size,
        "high": 2 * size, "high_from": -size, "high_to": 5 * size, "swing": 3 * size,
    }  # fmt: skip


def test_tornado_says_both_ends_with_intervals_and_how_many_are_told_from_luck() -> None:
    rows = [end("a", USERS, 2e6), end("b", USERS, 1e6), end("c", USERS, 0.0)]
    rows += [end("b", CASH, 4e8, "CNY"), end("a", CASH, 0.0, "CNY")]
    said = told(sensitivity_summary.summary(sensitive("tornado", rows), TRUST))
    assert said["Strongest"] == (
        "a matters most to Kimi users: −2 M (−3.00 to −1.00 M) at 0.1, +4 M (−2.0 to +10.0 M) at "
        "0.3."
    )
    assert said["Next"].startswith("Next comes b, −1 M (")
    assert said["Reach"] == (
        "2 of 3 inputs move any of 2 outcomes; the strongest is a for 1 and b for 1 of them."
    )
    # Three inputs act somewhere: each low end leaves 0 out, no high end does.
    assert said["Luck"] == (
        "3 of 6 differences at an end of a range (50 %) leave 0 out of their 90 % interval; luck "
        "alone would do that to one in ten."
    )


def test_shares_of_variance_come_with_their_intervals_and_luck() -> None:
    row = {
        "outcome": USERS, "unit": "users", "input": "parameters.a", "first": 0.4,
        "first_low": -0.1, "first_high": 0.6, "total": 0.7, "total_low": 0.5, "total_high": 1.2,
    }  # fmt: skip
    said = told(sensitivity_summary.summary(sensitive("sobol", [row], 1 / 3), TRUST))
    assert said["Strongest"] == (
        "a matters most to Kimi users: 40 % (0 % to 60 %) of the variance alone, 70 % (50 % to "
        "100 %) in all."
    )
    assert said["Next"] == "No other input moves Kimi users."
    assert said["Reach"] == "1 of 3 inputs move any of 2 outcomes; none moves 1 outcome."
    assert said["Luck"] == (
        "Kimi users: of its variance 33 % is due to the inputs, 33 % to luck, 33 % to both "
        "together."
    )


def test_effects_of_whole_ranges_come_with_their_intervals() -> None:
    row = {
        "outcome": USERS, "unit": "users", "input": "parameters.a", "mu_star": 2e6,
        "mu_star_low": 1e6, "mu_star_high": 3e6,
    }  # fmt: skip
    said = told(sensitivity_summary.summary(sensitive("morris", [row], 0.2), TRUST))
    assert said["Strongest"].endswith("its whole range makes 2 M (1.00 to 3.00 M) on average.")


def ranked(*sizes: float) -> Ranking:
    names = [f"t{number}" for number in range(len(sizes))]
    rows = [
        {
            "alternative": name, "outcome": outcome, "unit": "users", "difference": size,
            "low": size - 2e6, "high": size + 2e6, "strength": size, "standard_error": 1e6 * scale,
        }
        for name, size in zip(names, sizes, strict=True)
        for outcome, scale in ((USERS, 1), ("apps.doubao.mau", 0))
    ]  # fmt: skip
    table = pl.DataFrame(rows).with_columns(
        pl.when(pl.col("standard_error") == 0).then(0.0).otherwise(pl.col(name)).alias(name)
        for name in ("difference", "low", "high", "strength")
    )
    things = tuple(Thing(name, f"M{number:02}", "", name, value=False)
                   for number, name in enumerate(names))  # fmt: skip
    nothing: Any = None
    return Ranking(nothing, "mechanisms", things, (), 10, table, tuple(names), nothing)


def test_ranking_says_the_three_strongest_and_what_luck_would_do() -> None:
    said = told(rankings.summary(ranked(-9e6, 5e6, 3e6, 1e6), TRUST))
    assert said["What matters"] == (
        "3 of 4 claims change an outcome beyond doubt when taken away alone, 10 pairs of runs each."
    )
    assert said["Strongest"] == "M00 t0: without it Kimi users −9 M (−11.0 to −7.0 M)."
    assert said["Next"] == (
        "M01 t1: without it Kimi users +5 M (+3.00 to +7.00 M); M02 t2: without it Kimi users +3 M "
        "(+1.00 to +5.00 M)."
    )
    # Doubao's users never differ, so that luck could tell nothing there.
    assert said["Luck"].startswith(
        "3 of 4 effects leave 0 out of their 90 % interval; luck alone would do that to about 0,"
    )


def test_ranking_in_which_one_thing_matters_says_so() -> None:
    said = told(rankings.summary(ranked(-9e6, 1e6), TRUST))
    assert said["Next"] == "None of the other 1 changes an outcome beyond doubt."


def test_calibration_says_runs_check_parameters_discrepancy_and_trust() -> None:
    parameters = pl.DataFrame(
        {"key": ["parameters.a", "parameters.b"], "told": [True, False], "narrowed": [0.4, 0.0],
         "q05": [0.1, 0.0], "q50": [0.2, 0.5], "q95": [0.3, 1.0]}
    )  # fmt: skip
    waves = [SimpleNamespace(failed=1, misses=[0] * 30), SimpleNamespace(failed=0, misses=[0] * 20)]
    check = [SimpleNamespace(id="x", inside_90=True), SimpleNamespace(id="y", inside_90=False)]
    stand_in = SimpleNamespace(
        waves=waves, runs=1050, seconds=600.0, not_ruled_out=0.07, check=check, inputs=[0, 0],
        discrepancy=np.log([1.1, 1.1, 1.1]), by_parameter=parameters,
        by_figure=pl.DataFrame({"id": ["x", "y"], "reached": [True, True]}),
    )  # fmt: skip
    said = told(calibrations.summary(cast(Any, stand_in)))
    assert said["Runs"] == (
        "1,050 runs in 2 waves, 10 minutes of computing, 1 failed, leave 7 % of the prior, seen "
        "through the surrogate."
    )
    assert said["Check"] == (
        "1 of 2 figures lie inside the 90 % of 20 runs at draws of the posterior."
    )
    assert said["Parameters"] == (
        "The figures narrow 1 of 2, a most, by 40 % to 0.2 (0.1 to 0.3); the others stay as wide "
        "as their priors."
    )
    assert said["Discrepancy"] == "Beyond luck the model misses a figure by 10 % (10 % to 10 %)."


def test_run_has_five_sentences_of_which_the_first_is_the_headline() -> None:
    said = verdict(example_run()).sentences
    assert [one.topic for one in said] == ["Users", "Prices", "Money", "Uncertainty", "Trust"]
    assert all(any(letter.isdigit() for letter in one.text) for one in said)
