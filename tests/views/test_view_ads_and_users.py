"""Advertising against users gained: sums of four weeks that are added up by hand."""

from datetime import date, timedelta
from typing import Any

from synthetic_run import SyntheticRun, empty_tables, frame
from vl_convert import vegalite_to_svg

from sim.views.accessor import Plots

WEEKS = [date(2024, 1, 1) + timedelta(weeks=week) for week in range(4)]


def market(**apps: tuple[str, list[float | None], float]) -> SyntheticRun:
    """Return two replicates alike: of each app its firm, its users by week, its weekly ads."""
    rows: dict[str, list[Any]] = {
        name: [] for name in ("replicate", "date", "app", "firm", "mau", "ad_spend_cny")
    }
    for replicate in range(2):
        for app, (firm, users, ads) in apps.items():
            rows["replicate"] += [replicate] * 4
            rows["date"] += WEEKS
            rows["app"] += [app] * 4
            rows["firm"] += [firm] * 4
            rows["mau"] += users
            rows["ad_spend_cny"] += [ads] * 4
    return SyntheticRun({**empty_tables(), "apps": frame("apps", rows)}, {"seed": 1})


def words(run: SyntheticRun, width: int = 760) -> tuple[str, str, str]:
    specification = Plots(run).ads_and_users(width).to_dict()
    title, caption = (" ".join(specification["title"][part]) for part in ("text", "subtitle"))
    return title, caption, vegalite_to_svg(specification)


def test_cost_is_all_ads_of_a_firm_over_what_its_apps_gain_on_balance() -> None:
    run = market(
        # 4 x 5 M CNY for 3 M less 1 M users: 10 CNY each.
        kimi=("moonshot", [1e6, 1e6, 2e6, 3e6], 5e6),
        # Two apps, 4 x 2 M CNY; one gains 2 M, the other, not there at first, 2 M: 2 CNY each.
        doubao=("bytedance", [2e6, 3e6, 4e6, 4e6], 1e6),
        maoxiang=("bytedance", [None, None, 1e6, 2e6], 1e6),
    )
    title, _, svg = words(run)
    assert title == "ByteDance spends 2 CNY on ads for each user it gains, Moonshot 10"
    assert ">ByteDance 2<" in svg
    assert ">Moonshot 10<" in svg


def test_firm_that_loses_users_or_buys_no_ads_is_named_and_not_drawn() -> None:
    run = market(
        kimi=("moonshot", [1e6, 1e6, 2e6, 3e6], 5e6),
        spark=("iflytek", [2e6, 2e6, 1e6, 1e6], 1e6),
        yuanbao=("tencent", [1e6, 1e6, 1e6, 3e6], 0.0),
    )
    title, caption, svg = words(run, 350)
    assert title == "Moonshot spends 10 CNY on ads for each user it gains"
    assert "Not drawn, for want of users gained: iFlytek." in caption
    assert "Without ads: Tencent." in caption
    assert ">iFlytek" not in svg


def test_market_without_ads_says_so() -> None:
    title, _, _ = words(market(kimi=("moonshot", [1e6, 1e6, 2e6, 3e6], 0.0)))
    assert title == "No firm gains users with advertising"
