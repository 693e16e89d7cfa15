"""The build: the world of the first Monday is what the scenario says, draws aside."""

from datetime import date

import numpy as np
import pytest

from sim.core.streams import Streams, stable_id
from sim.core.units import WEEKS_PER_MONTH
from sim.scenario import Scenario
from sim.world.build import NEVER, build_world
from sim.world.firms import FLAGSHIP, MAIN
from sim.world.investors import HOLDERS
from sim.world.ledger import Line
from sim.world.state import World

SMALL = ("consumers.people_per_agent=100000", "accounts.count=200")


def world_of(*settings: str, seed: int = 1, replicate: int = 0) -> World:
    return build_world(Scenario.load("baseline", [*SMALL, *settings]), seed, replicate)


@pytest.fixture(scope="module")
def world() -> World:
    """A world that no test here changes."""
    return world_of()


def test_opening_cash_is_the_tables_and_comes_from_the_world(world: World) -> None:
    ledger, firms = world.ledger, world.firms
    cash = dict(zip(firms.ids, ledger.balance_cny(firms.cash), strict=True))
    assert cash["moonshot"] == 1_400e6
    assert cash["bytedance"] == 0
    assert ledger.balance.sum() == 0
    assert ledger.balance[ledger.index["world"]] == -ledger.balance[firms.cash].sum()
    assert not np.delete(ledger.turnover, Line.OPENING, axis=0).any()


def test_firms_without_cash_of_their_own_are_backed_by_a_parent(world: World) -> None:
    firms = world.firms
    backed = {name for name, flag in zip(firms.ids, firms.backed, strict=True) if flag}
    assert backed == {name for name, firm in world.scenario.firms.items() if firm.cash_mcny is None}
    assert firms.startup.sum() == 6
    assert firms.cloud.sum() == 6
    assert not (firms.startup & firms.cloud).any()
    assert firms.independent.all()


def test_firms_keep_the_order_and_the_numbers_of_the_scenario(world: World) -> None:
    firms, rows = world.firms, world.scenario.firms
    assert firms.ids == tuple(rows)
    zhipu = firms.number("zhipu")
    assert firms.attach_margin[zhipu] == rows["zhipu"].attach_margin_cny_per_mtok == 0.8
    assert firms.tech.quality[zhipu] == -10
    assert firms.books.research_week[zhipu] * WEEKS_PER_MONTH == pytest.approx(27e6)
    assert firms.books.staff[zhipu] * world.parameters.staff_cost == pytest.approx(17e6)
    assert firms.books.post_money[zhipu] == pytest.approx(7e9)
    assert np.isnan(firms.books.post_money[firms.number("bytedance")])
    assert firms.deals_share.sum() == pytest.approx(1)
    with pytest.raises(ValueError, match="not in tuple"):
        firms.number("openai")


def test_only_what_was_on_sale_before_the_start_is_on_sale(world: World) -> None:
    menu, firms = world.firms.menu, world.firms
    alibaba, tencent, moonshot = (firms.number(one) for one in ("alibaba", "tencent", "moonshot"))
    assert menu.entered[MAIN, alibaba]
    assert menu.price[MAIN, alibaba] == 12
    assert not menu.entered[FLAGSHIP].any()
    assert np.isnan(menu.price[~menu.entered]).all()
    # 7 September 2023 is a Thursday, ten Mondays after the start.
    assert menu.entry_week[MAIN, tencent] == 10
    assert menu.entry_week[MAIN, moonshot] == 20
    assert menu.entry_price[MAIN, moonshot] == 12
    assert np.isnan(menu.entry_price[MAIN, firms.number("bytedance")])


def test_firm_without_an_entry_never_enters() -> None:
    world = world_of('firms.huawei.flagship_entry="none"')
    assert world.firms.menu.entry_week[FLAGSHIP, world.firms.number("huawei")] == NEVER


def test_apps_at_home_belong_to_their_firms_and_launch_on_their_day(world: World) -> None:
    apps, firms = world.apps, world.firms
    assert set(apps.ids) == {
        name for name, app in world.scenario.apps.items() if app.market == "china"
    }
    kimi = apps.number("kimi")
    assert firms.ids[apps.firm[kimi]] == "moonshot"
    assert world.week_of(date(2023, 10, 9)) == apps.launch_week[kimi] == 14
    assert not apps.launched.any()
    assert apps.owns_channel[apps.number("doubao")]
    assert not apps.owns_channel[kimi]
    assert apps.cpa_multiplier[apps.number("doubao")] == 1.8


def test_apps_abroad_open_with_users_abroad(world: World) -> None:
    abroad = world.firms.books.overseas_users
    minimax = world.firms.number("minimax")
    assert abroad[minimax] == world.parameters.overseas_users_opening * 1e6
    assert abroad.sum() == abroad[minimax]


def test_channels_know_their_owner_price_and_audience(world: World) -> None:
    channels = world.channels
    douyin, outdoor = channels.ids.index("douyin"), channels.ids.index("outdoor")
    assert world.firms.ids[channels.owner[douyin]] == "bytedance"
    assert channels.owner[outdoor] == -1
    assert channels.capacity[douyin] * WEEKS_PER_MONTH == pytest.approx(120e6)
    assert channels.base_cost[outdoor] == 60
    assert channels.audience.shape == (len(world.scenario.segments), len(channels))
    student = list(world.scenario.segments).index("student")
    assert channels.audience[student, channels.ids.index("bilibili")] == 1.3
    assert channels.open.all()
    assert channels.open.shape == (len(world.apps), len(channels))
    assert [world.ledger.names[one] for one in channels.media] == [
        f"media:{name}" for name in channels.ids
    ]


def test_people_stand_for_the_population_in_the_segments_shares(world: World) -> None:
    assert world.consumers is not None
    assert world.consumers.population * world.people_per_agent == 600e6
    assert world.consumers.no_app.sum() == world.consumers.population
    by_segment = world.consumers.no_app / world.consumers.population
    shares = [one.share for one in world.scenario.segments.values()]
    assert by_segment == pytest.approx(np.array(shares), abs=1e-3)


def test_accounts_come_in_the_kinds_proportions_and_sizes_sum_to_one(world: World) -> None:
    accounts = world.accounts
    assert len(accounts) == 200
    assert accounts.size.sum() == pytest.approx(1)
    assert (accounts.size > 0).all()
    counts = np.bincount(accounts.kind, minlength=len(accounts.kinds))
    shares = [one.share for one in world.scenario.account_kinds.values()]
    assert counts.tolist() == [round(200 * share) for share in shares]
    assert (accounts.preferred == -1).all()
    assert (accounts.vendor == -1).all()
    assert not accounts.share.any()
    assert set(accounts.engineers.tolist()) <= {0.0, 1.0}


def test_founders_own_everything_at_first(world: World) -> None:
    investors = world.investors
    assert (investors.stake[:, len(investors) + HOLDERS.index("founders")] == 1).all()
    assert (investors.stake.sum(axis=1) == 1).all()
    cloud = next(n for n, firm in enumerate(investors.firm) if firm >= 0)
    assert investors.account[cloud] == world.firms.parents[investors.firm[cloud]]
    assert np.isinf(investors.dry_powder[investors.firm >= 0]).all()
    assert np.isfinite(investors.dry_powder[investors.firm < 0]).all()


def test_start_and_end_count_mondays() -> None:
    world = world_of("end=2023-10-02")
    assert (world.start, world.weeks, world.week) == (date(2023, 7, 3), 13, 0)
    later = world_of("start=2023-07-05", "end=2023-10-02")
    assert (later.start, later.weeks) == (date(2023, 7, 10), 12)


def test_switches_and_parameters_are_the_scenarios() -> None:
    world = world_of("mechanisms.price_war=false", "parameters.undercut=0.7")
    assert not world.on("price_war")
    assert world.on("rival_alert")
    assert world.parameters.undercut == 0.7


def test_same_seed_builds_the_same_accounts_and_another_replicate_others() -> None:
    one, same, other = world_of(), world_of(), world_of(replicate=1)
    assert (one.accounts.size == same.accounts.size).all()
    assert (one.accounts.size != other.accounts.size).any()
    assert (one.accounts.size != world_of(seed=2).accounts.size).any()


def test_account_keeps_its_draw_however_many_there_are() -> None:
    few = world_of("account_kinds.developer.share=1", *_no_other_kind())
    many = world_of("account_kinds.developer.share=1", *_no_other_kind(), "accounts.count=300")
    ratio = many.accounts.size[:200] / few.accounts.size
    assert ratio == pytest.approx(np.full(200, ratio[0]))
    assert (many.accounts.engineers[:200] == few.accounts.engineers).all()


def _no_other_kind() -> tuple[str, ...]:
    return tuple(
        f"account_kinds.{kind}.share=0"
        for kind in ("sme", "enterprise", "state_owned", "researcher")
    )


def test_removing_a_firm_changes_no_draw_of_another() -> None:
    full, less = world_of(), world_of("firms.stepfun.remove=true", "apps.yuewen.remove=true")
    assert "stepfun" not in less.firms.ids
    assert (full.accounts.size == less.accounts.size).all()
    kept = [full.firms.number(name) for name in less.firms.ids]
    assert (full.firms.entity[kept] == less.firms.entity).all()
    assert full.firms.entity[0] == stable_id(full.firms.ids[0])
    draw = Streams(1, 0).uniforms("round opens", full.firms.entity, 5)[kept]
    assert (less.streams.uniforms("round opens", less.firms.entity, 5) == draw).all()
