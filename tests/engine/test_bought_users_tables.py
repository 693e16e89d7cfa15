"""The tables about bought users say what happened to them, and agree with the weekly tables."""

import polars as pl
import pytest
from small_market import NO_ROUNDS, small, tables, watch

from sim.engine.state import Engine

NAMES = ("apps", "channels", "cohorts", "acquisition")
SCENARIO = small({**NO_ROUNDS, "consumers.people_per_agent": 30_000}, weeks=52)


@pytest.fixture(scope="module")
def run() -> dict[str, pl.DataFrame]:
    return tables(SCENARIO, names=NAMES)


def test_cohorts_hold_everybody_who_joined_and_shrink(run: dict[str, pl.DataFrame]) -> None:
    cohorts, apps = run["cohorts"], run["apps"]
    fresh = cohorts.filter(pl.col("age") == 0)
    assert fresh["joined"].sum() == pytest.approx(apps["adds"].sum())
    paid = fresh.filter(pl.col("bought"))["joined"].sum()
    assert paid == pytest.approx(apps["adds_paid"].sum())
    assert (cohorts["users"] <= cohorts["joined"]).all()
    older = pl.col("users").diff().over("app", "cohort", "bought", order_by="age")
    assert (cohorts.select(older).to_series().drop_nulls() <= 0).all()


def test_people_who_were_bought_leave_sooner(run: dict[str, pl.DataFrame]) -> None:
    later = run["cohorts"].filter(pl.col("age") == 1).group_by("bought").agg(
        pl.col("users").sum() / pl.col("joined").sum()
    ).sort("bought")  # fmt: skip
    others, bought = later["users"]
    assert bought < others


def test_quarters_of_acquisition_are_sums_of_weeks(run: dict[str, pl.DataFrame]) -> None:
    weekly = run["channels"].group_by("firm", "channel").agg(
        pl.col("spend_cny").sum(), pl.col("users").sum()
    ).filter(pl.col("users") > 0).sort("firm", "channel")  # fmt: skip
    quarterly = run["acquisition"].group_by("firm", "channel").agg(
        pl.col("spend_cny").sum(), pl.col("users").sum()
    ).sort("firm", "channel")  # fmt: skip
    assert weekly.select("firm", "channel").equals(quarterly.select("firm", "channel"))
    for column in ("spend_cny", "users"):
        assert quarterly[column].to_list() == pytest.approx(weekly[column].to_list())
    acquisition = run["acquisition"]
    cost = (acquisition["spend_cny"] / acquisition["users"]).to_list()
    assert acquisition["cpa_cny"].to_list() == pytest.approx(cost)


def test_a_firm_measures_its_own_bought_users() -> None:
    """Retention = holders of those bought 13 to 16 weeks ago over all who were bought then."""
    checked = 0

    def see(engine: Engine) -> None:
        nonlocal checked
        week, people = engine.world.week, engine.world.consumers
        if week < 30 or people is None:
            return
        firm = engine.firms.number("moonshot")
        own = engine.world.apps.firm == firm
        weeks = slice(week - 16, week - 12)
        joined = engine.world.cohorts.joined[own, weeks, 1].sum()
        if joined:
            there = people.cohorts[own, weeks, 1].sum()
            assert engine.flow.retention[firm] == pytest.approx(there / joined)
            assert 0.0 < engine.flow.lifetime_value[firm] < 100.0 or not people.tiers[own, 1:].any()
            checked += 1

    watch(SCENARIO, see)
    assert checked > 10


def test_paid_additions_are_spend_over_cost_less_those_still_to_come() -> None:
    """Spend / realised additions = CPA for each app, within four standard errors."""
    come: dict[int, float] = {}
    added: dict[int, float] = {}

    def see(engine: Engine) -> None:
        counts = engine.world.counts
        assert counts is not None
        for app in range(len(engine.world.apps)):
            arrivals = float(engine.flow.ad_arrivals[app].sum()) / engine.world.people_per_agent
            come[app] = come.get(app, 0.0) + arrivals
            added[app] = added.get(app, 0.0) + float(counts.adds_paid[app])

    watch(SCENARIO, see)
    for app, expected in come.items():
        # Poisson counts: standard error is the root of the mean.
        assert abs(added[app] - expected) <= 4 * max(expected, 1.0) ** 0.5, app


def test_cost_shows_how_few_are_left_to_reach() -> None:
    """CPA over the idle channel's base and crowding = addressable / (addressable - users)."""
    few = small(
        {**NO_ROUNDS, "consumers.addressable_people": 20e6, "consumers.people_per_agent": 2_000}
    )
    most = 0.0
    before: list[float] = []

    def see(engine: Engine) -> None:
        nonlocal most, before
        channels, flow, apps = engine.world.channels, engine.flow, engine.world.apps
        kuaishou = channels.ids.index("kuaishou")
        crowding = (1 + flow.ad_spend[:, kuaishou].sum() / channels.capacity[kuaishou]) ** 0.33
        if before:
            for app in range(len(apps)):
                people = flow.ad_people[app, kuaishou]
                if people > 0:
                    cost = flow.ad_spend[app, kuaishou] / people
                    dearer = cost / (32.0 * crowding * apps.cpa_multiplier[app])
                    assert dearer == pytest.approx(20e6 / (20e6 - before[app]))
                    most = max(most, dearer)
        before = apps.mau.tolist()

    watch(few, see)
    assert most > 1.2
