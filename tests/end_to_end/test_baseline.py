"""The shipped scenarios say what they should: the baseline near 2024, the others beside it."""

from datetime import date
from statistics import median

import polars as pl
import pytest

from sim.experiments import ensemble
from sim.experiments.paired import paired_difference
from sim.results.run import Run
from sim.scenario import Scenario

REPLICATES = 20
FEW = 4
PEOPLE_PER_AGENT = 4000
END = date(2025, 1, 6)
TABLES = ("apps", "exits", "firms", "rounds")
CLOUDS = ("bytedance", "alibaba", "baidu", "tencent", "huawei", "iflytek")
OCTOBER, DECEMBER = date(2024, 10, 28), date(2024, 12, 30)
APRIL, JUNE, JULY = date(2024, 4, 29), date(2024, 6, 10), date(2024, 7, 29)
KNOWN_USERS_M = {"doubao": 48.39, "kimi": 16.5, "wenxiaoyan": 11.79}
PRICE = "price_input_cny_per_mtok"


def simulated(name: str, replicates: int) -> Run:
    scenario = Scenario.load(name).with_(
        {"consumers.people_per_agent": PEOPLE_PER_AGENT, "end": END}
    )
    run = ensemble.run(scenario, replicates, tables=TABLES)
    assert run.failures == ()
    return run


@pytest.fixture(scope="module")
def baseline() -> Run:
    return simulated("baseline", REPLICATES)


def on(frame: pl.DataFrame, day: date, **values: str) -> pl.DataFrame:
    """Return the rows of one Monday and of some firm or app, in the order of the replicates."""
    given = [pl.col(name) == value for name, value in values.items()]
    return frame.filter(pl.col("date") == day, *given).sort("replicate")


def users(run: Run, app: str, day: date) -> list[float]:
    return on(run.apps, day, app=app)["mau"].to_list()


def prices(run: Run, firm: str, day: date) -> list[float]:
    return on(run.firms, day, firm=firm)[PRICE].to_list()


def cuts_of_spring(run: Run) -> int:
    """Count cuts of more than half in a week, May and June 2024, in the first replicates."""
    rows = run.firms.filter((pl.col("replicate") < FEW) & (pl.col("firm") != "deepseek"))
    before = pl.col(PRICE).shift(1).over("replicate", "firm")
    deep = rows.sort("replicate", "firm", "date").filter(pl.col(PRICE) < 0.5 * before)
    return len(deep.filter(pl.col("date").is_between(date(2024, 5, 1), date(2024, 6, 30))))


def test_users_of_october_2024_are_within_a_factor_of_one_and_a_half(baseline: Run) -> None:
    for app, known in KNOWN_USERS_M.items():
        found = users(baseline, app, OCTOBER)
        assert len(found) == REPLICATES
        assert known / 1.5 <= median(found) / 1e6 <= known * 1.5, app


def test_doubao_leads_in_october_2024(baseline: Run) -> None:
    ranked = (
        on(baseline.apps, OCTOBER)
        .group_by("app")
        .agg(pl.col("mau").median())
        .sort("mau", descending=True)
    )
    assert ranked["app"][0] == "doubao"


def test_cheap_entrants_are_as_cheap_as_they_were(baseline: Run) -> None:
    assert 0.7 <= median(prices(baseline, "deepseek", JUNE)) <= 2.5
    assert median(prices(baseline, "bytedance", JUNE)) <= 1.5


@pytest.fixture(scope="module")
def many_springs() -> Run:
    """Return more replicates to July 2024: a median of 20 wavers by two percent of the price."""
    scenario = Scenario.load("baseline").with_({"consumers.people_per_agent": 10_000, "end": JULY})
    return ensemble.run(scenario, 3 * REPLICATES, processes=2, tables=["firms"])


@pytest.mark.slow
@pytest.mark.parametrize("firm", ["alibaba", "baidu"])
def test_incumbents_cut_by_four_fifths_within_six_weeks(many_springs: Run, firm: str) -> None:
    april, june = (median(prices(many_springs, firm, day)) for day in (APRIL, JUNE))
    assert june <= 0.2 * april


@pytest.mark.parametrize("firm", ["alibaba", "baidu"])
def test_incumbents_cut_by_more_than_half_at_least(baseline: Run, firm: str) -> None:
    april, june = (median(prices(baseline, firm, day)) for day in (APRIL, JUNE))
    assert june <= 0.5 * april


def test_war_breaks_out_in_may_2024_and_not_before(baseline: Run) -> None:
    """In most replicates the large clouds stand above 2 CNY at the end of April, below in June."""
    calm = war = 0
    for replicate in range(REPLICATES):
        rows = baseline.firms.filter(pl.col("replicate") == replicate)
        main = {
            day: on(rows, day).filter(pl.col("firm").is_in(["alibaba", "baidu", "tencent"]))[PRICE]
            for day in (APRIL, JUNE)
        }
        calm += bool((main[APRIL] > 2.0).all())
        war += bool((main[JUNE] < 2.0).sum() >= 2)
    assert calm >= 0.8 * REPLICATES
    assert war >= 0.8 * REPLICATES


def test_a_startup_stops_pretraining_in_most_replicates(baseline: Run) -> None:
    startups = [
        name for name, one in Scenario.load("baseline").firms.items() if one.kind == "startup"
    ]
    stopped = baseline.exits.filter(
        (pl.col("kind") == "stopped_pretraining")
        & pl.col("firm").is_in(startups)
        & (pl.col("date") <= DECEMBER)
    )
    assert stopped["replicate"].n_unique() > REPLICATES / 2


def test_no_cloud_runs_out_of_money(baseline: Run) -> None:
    clouds = baseline.firms.filter(pl.col("firm").is_in(CLOUDS))
    assert len(clouds) > 0
    assert (clouds["cash_cny"] >= 0.0).all()
    assert not clouds["status"].is_in(["closed", "taken_over"]).any()


def test_without_a_price_war_clouds_stay_dear(baseline: Run) -> None:
    peace = simulated("no_price_war", FEW)
    # a calm review of an old price may go that deep now and then; a war is many in few weeks
    assert cuts_of_spring(peace) <= FEW / 2
    assert cuts_of_spring(baseline) >= 3 * FEW
    for firm in ("bytedance", "alibaba", "baidu", "tencent"):
        calm, war = prices(peace, firm, JULY), prices(baseline, firm, JULY)[:FEW]
        assert all(one >= other for one, other in zip(calm, war, strict=True)), firm
    dear, cheap = (
        [
            median(price)
            for price in zip(*(prices(run, firm, JULY)[:FEW] for firm in CLOUDS), strict=True)
        ]
        for run in (peace, baseline)
    )
    assert all(one > 2.0 * other for one, other in zip(dear, cheap, strict=True))


@pytest.fixture(scope="module")
def open_channels() -> Run:
    return simulated("no_channel_lockout", FEW)


def gains(run: Run, against: Run, app: str) -> list[float]:
    """Return users at the end of 2024 over those of the same replicate of another scenario."""
    pairs = zip(users(run, app, DECEMBER), users(against, app, DECEMBER)[:FEW], strict=True)
    return [one / other for one, other in pairs]


def test_without_a_lockout_kimi_has_more_users(baseline: Run, open_channels: Run) -> None:
    ratios = gains(open_channels, baseline, "kimi")
    assert paired_difference([1.0] * FEW, ratios).low > 0.0


def test_without_a_lockout_doubao_answers_rivals_with_more_push(
    baseline: Run, open_channels: Run
) -> None:
    """The articles expect fewer users of Doubao; here its owner pushes more as rivals add more."""
    assert median(gains(open_channels, baseline, "doubao")) >= 1.0


def test_funding_winter_closes_fewer_rounds(baseline: Run) -> None:
    winter = simulated("funding_winter", FEW)

    def closed(run: Run) -> list[int]:
        rounds = run.rounds.filter(~pl.col("failed"))
        return [len(rounds.filter(pl.col("replicate") == one)) for one in range(FEW)]

    cold, usual = closed(winter), closed(baseline)
    assert all(one <= other for one, other in zip(cold, usual, strict=True))
    assert sum(cold) < 0.75 * sum(usual)
    turn = date(2023, 10, 2)
    until = [
        run.rounds.filter((pl.col("date") < turn) & (pl.col("replicate") < FEW))
        for run in (winter, baseline)
    ]
    assert until[0].equals(until[1])
