"""One function per quantity of a figures file: which numbers of a run's tables it means."""

from __future__ import annotations

import numpy as np

from sim.core.units import DAYS_PER_WEEK
from sim.experiments.measures import (
    Ask,
    Change,
    Flow,
    Level,
    Measure,
    Ratio,
    Stand,
    Values,
    app_sectors,
    check_known,
    divide,
    quantity,
)
from sim.experiments.weekly import F64, I64, NotModelledError, Weekly

PERCENT = 100.0
REVENUES = tuple(
    f"revenue_{line}_cny" for line in ("api", "subscription", "deployment", "overseas", "attach")
)
COSTS = (
    "cost_rd_compute_cny",
    "cost_rd_staff_cny",
    "cost_api_cny",
    "cost_apps_cny",
    "cost_deployment_cny",
    "cost_staff_cny",
    "cost_ads_cny",
    "cost_marketing_other_cny",
    "cost_other_cny",
)


@quantity("monthly_active_users")
def monthly_active_users(ask: Ask) -> Measure:
    """Users of the month that ends with the week; `app:all` counts a person once."""
    if ask.entity == "all":
        return Level(ask.book.weekly("market", "users_any_app"), monthly=True)
    return Level(ask.app_sum("mau"), monthly=True)


@quantity("daily_active_users")
def daily_active_users(ask: Ask) -> Measure:
    """Users on a mean day."""
    return Level(ask.app_sum("dau"))


@quantity("dau_mau_ratio")
def dau_mau_ratio(ask: Ask) -> Measure:
    """Daily over monthly users."""
    return Ratio(ask.app_sum("dau"), ask.app_sum("mau"))


@quantity("single_homing_share")
def single_homing_share(ask: Ask) -> Measure:
    """Share of users of exactly one app."""
    share = ask.book.weekly("market", "single_homing_share")
    return Level(share.map(lambda values: PERCENT * values))


@quantity("overlapping_users")
def overlapping_users(ask: Ask) -> Measure:
    """People who hold both apps of `apps:A+B`, however the pair is ordered in the table."""
    first, _, second = ask.entity.partition("+")
    for app in (first, second):
        check_known("app", app, ask.book.words("apps", "app"))
    if first == second:
        raise NotModelledError(f"{ask.figure.entity} names one app twice")
    pairs = [{"app": first, "other": second}, {"app": second, "other": first}]
    one, two = (ask.book.weekly("overlap", "users", pair) for pair in pairs)
    return Level(Weekly(np.maximum(one.values, two.values), one.mondays))


@quantity("leavers_to")
def leavers_to(ask: Ask) -> Measure:
    """Share of the leavers of an app who took up another one at once."""
    check_known("app", ask.parameter, ask.book.words("apps", "app"))
    where = {"app_from": ask.apps, "app_to": ask.parameter}
    return Ratio(ask.book.weekly("flows", "users", where), ask.app_sum("losses"), PERCENT)


@quantity("ad_spend", "ad_spend_monthly")
def ad_spend(ask: Ask) -> Measure:
    """Advertising for an app or for several."""
    monthly = ask.figure.quantity.endswith("monthly")
    return Flow(ask.app_sum("ad_spend_cny"), per_month=monthly)


@quantity("ad_spend_growth")
def ad_spend_growth(ask: Ask) -> Measure:
    """Advertising per day over that of the same days a year before."""
    of_apps = ask.kind == "sector" and ask.entity in app_sectors()
    spend = ask.app_sum("ad_spend_cny") if of_apps else ask.firm_sum("cost_ads_cny")
    return Change(Flow(spend), yearly=True)


@quantity("ad_spend_per_net_mau")
def ad_spend_per_net_mau(ask: Ask) -> Measure:
    """Advertising over the users that an app has gained since the day before the period."""
    mau = ask.app_sum("mau")
    gained = mau.at(ask.period.last_day) - mau.at(ask.period.eve)
    return Values(divide(ask.app_sum("ad_spend_cny").total(ask.period), gained))


@quantity("cost_per_acquisition")
def cost_per_acquisition(ask: Ask) -> Measure:
    """Advertising over people bought: on the channel the panel names, else over all channels."""
    if ask.figure.panel not in ask.book.words("channels", "channel"):
        return Ratio(ask.app_sum("ad_spend_cny"), ask.app_sum("adds_paid"))
    where = {"channel": ask.figure.panel, "firm": ask.paid_by}
    channels = ask.book.weekly
    return Ratio(channels("channels", "spend_cny", where), channels("channels", "users", where))


@quantity("channel_share")
def channel_share(ask: Ask) -> Measure:
    """A channel's share of the spend of an app's owner."""
    check_known("channel", ask.parameter, ask.book.words("channels", "channel"))
    owners = {"firm": ask.paid_by}
    channel = {**owners, "channel": ask.parameter}
    spend = ask.book.weekly("channels", "spend_cny", owners)
    return Ratio(ask.book.weekly("channels", "spend_cny", channel), spend, PERCENT)


@quantity("api_price_input")
def api_price_input(ask: Ask) -> Measure:
    """List price for input of a model, of a firm's main model, or the mean over firms."""
    return _list_price(ask, "input")


@quantity("api_price_output")
def api_price_output(ask: Ask) -> Measure:
    """The same for output."""
    return _list_price(ask, "output")


@quantity("flagship_price_input")
def flagship_price_input(ask: Ask) -> Measure:
    """List price for input of a firm's flagship."""
    return Level(_price(ask, ask.firms, "flagship", "input"))


@quantity("flagship_price_output")
def flagship_price_output(ask: Ask) -> Measure:
    """The same for output."""
    return Level(_price(ask, ask.firms, "flagship", "output"))


def _list_price(ask: Ask, side: str) -> Level:
    if ask.kind == "market":
        tier = "flagship" if ask.figure.panel.startswith("flagship") else "main"
        return Level(_price(ask, ask.firms, tier, side))
    firm, tier = ask.tier
    return Level(_price(ask, (firm,), tier, side))


def _price(ask: Ask, firms: tuple[str, ...], tier: str, side: str) -> Weekly:
    """Return the mean list price over the firms that have one."""
    column = f"{'flagship_' if tier == 'flagship' else ''}price_{side}_cny_per_mtok"
    return ask.book.average("firms", column, {"firm": firms})


@quantity("api_price_cut")
def api_price_cut(ask: Ask) -> Measure:
    """Largest fall of the main list price within the period; of a sector, mean over who cut."""
    cuts = np.array([_largest_cut(ask, firm) for firm in ask.firms])
    if ask.kind == "firm":
        return Values(cuts[0])
    cut = np.where(cuts > 0, cuts, 0.0)
    number = (cuts > 0).sum(axis=0)
    return Values(np.where(number > 0, cut.sum(axis=0) / np.maximum(number, 1), 0.0))


def _largest_cut(ask: Ask, firm: str) -> F64:
    """Return the fall from the highest price so far, percent, shape (R,).

    The path starts in the week before the period's first. An entrant is compared with the mean
    flagship of the others in that week, which is what an industry's average price meant.
    """
    prices = _price(ask, (firm,), "main", "input")
    weeks = prices.weeks_inside(ask.period)
    eve = _week_before(ask, weeks)
    others = tuple(other for other in ask.book.words("firms", "firm") if other != firm)
    start = prices.values[:, eve]
    industry = _price(ask, others, "flagship", "input").values[:, eve]
    start = np.where(np.isnan(start), industry, start)
    path = np.column_stack([start, prices.values[:, weeks]])
    highest = np.fmax.accumulate(path, axis=1)
    falls = divide(highest - path, highest)
    none = np.isnan(path[:, 1:]).all(axis=1)
    return np.where(none, np.nan, PERCENT * np.fmax.reduce(falls, axis=1))


def _week_before(ask: Ask, weeks: I64) -> int:
    """Return the number of the week before the first of some weeks."""
    if weeks[0] == 0:
        raise NotModelledError(f"the run begins on {ask.book.mondays[0]}: nothing is known before")
    return int(weeks[0]) - 1


@quantity("price_cuts_in_month")
def price_cuts_in_month(ask: Ask) -> Measure:
    """Weeks of the period in which the main or the flagship list price fell."""
    count = np.zeros(len(ask.book.replicates))
    for tier in ("main", "flagship"):
        prices = _price(ask, ask.firms, tier, "input")
        weeks = prices.weeks_inside(ask.period)
        _week_before(ask, weeks)
        count += (prices.values[:, weeks] < prices.values[:, weeks - 1]).sum(axis=1)
    return Values(count)


def _tokens(ask: Ask) -> Weekly:
    """Return tokens per day: of customers on an external panel, else internal ones as well."""
    if ask.figure.panel == "external":
        return ask.firm_sum("tokens_external_per_day")
    return ask.firm_sum("tokens_external_per_day", "tokens_internal_per_day")


@quantity("token_volume_daily", "token_volume_growth")
def token_volume_daily(ask: Ask) -> Measure:
    """Tokens on a mean day."""
    level = Level(_tokens(ask), per_day=True)
    return Change(level) if ask.figure.quantity.endswith("growth") else level


@quantity("token_volume_year", "token_volume_half")
def token_volume(ask: Ask) -> Measure:
    """Tokens of the period."""
    return Flow(_tokens(ask).map(lambda values: DAYS_PER_WEEK * values))


@quantity("api_calls_daily", "api_calls_growth", "api_usage_growth")
def api_calls(ask: Ask) -> Measure:
    """Calls on a mean day, or their growth."""
    level = Level(ask.firm_sum("calls_per_day"), per_day=True)
    return Change(level) if ask.figure.quantity.endswith("growth") else level


@quantity("api_share")
def api_share(ask: Ask) -> Measure:
    """Share of the tokens that all vendors sold in the period."""
    everybody = ask.book.weekly("firms", "tokens_external_per_day")
    return Ratio(ask.firm_sum("tokens_external_per_day"), everybody, PERCENT)


@quantity("unit_cost_decline")
def unit_cost_decline(ask: Ask) -> Measure:
    """Fall of the cheapest unit cost at which the quality of the best firm at the start is had."""
    cost, quality = (
        np.array([ask.book.weekly("firms", column, {"firm": firm}).values for firm in ask.firms])
        for column in ("unit_cost_cny_per_mtok", "quality")
    )
    any_series = ask.firm_sum("quality")
    first, last = (any_series.week_of(d) for d in (ask.period.start, ask.period.last_day))
    bar = np.fmax.reduce(quality[:, :, first], axis=0)

    def cheapest(week: int) -> F64:
        good = quality[:, :, week] >= bar
        costs = np.where(good & ~np.isnan(cost[:, :, week]), cost[:, :, week], np.inf)
        lowest: F64 = costs.min(axis=0)
        return np.where(np.isinf(lowest), np.nan, lowest)

    return Values(PERCENT * (1 - divide(cheapest(last), cheapest(first))))


@quantity("revenue")
def revenue(ask: Ask) -> Measure:
    """All lines of revenue."""
    return Flow(ask.firm_sum(*REVENUES))


@quantity("b2b_revenue_change")
def b2b_revenue_change(ask: Ask) -> Measure:
    """API revenue over that of the same replicates without the price war, percent less one."""
    if ask.counterfactual is None:
        raise NotModelledError("it is a statement against a paired run without the price war")
    without = Ask(ask.counterfactual, ask.figure)
    if not np.array_equal(ask.book.replicates, without.book.replicates):
        raise NotModelledError("the run without the price war has other replicates")
    revenue = ask.firm_sum("revenue_api_cny").total(ask.period)
    ratio = divide(revenue, without.firm_sum("revenue_api_cny").total(ask.period))
    return Values(PERCENT * (ratio - 1))


@quantity("adjusted_net_loss")
def adjusted_net_loss(ask: Ask) -> Measure:
    """All costs less all revenue."""
    return Flow(ask.firm_sum(*COSTS) - ask.firm_sum(*REVENUES))


@quantity("rd_expense")
def rd_expense(ask: Ask) -> Measure:
    """Compute and staff of research."""
    return Flow(ask.firm_sum("cost_rd_compute_cny", "cost_rd_staff_cny"))


@quantity("rd_compute_cost")
def rd_compute_cost(ask: Ask) -> Measure:
    """Compute of research."""
    return Flow(ask.firm_sum("cost_rd_compute_cny"))


@quantity("marketing_expense")
def marketing_expense(ask: Ask) -> Measure:
    """Advertising and other marketing."""
    return Flow(ask.firm_sum("cost_ads_cny", "cost_marketing_other_cny"))


@quantity("cash")
def cash(ask: Ask) -> Measure:
    """Cash at the period's end."""
    return Stand(ask.firm_sum("cash_cny"))


@quantity("gross_margin")
def gross_margin(ask: Ask) -> Measure:
    """Revenue less direct cost over revenue, of the line api or deployment."""
    if ask.parameter not in ("api", "deployment"):
        raise NotModelledError(f"there is no gross margin of {ask.parameter!r}")
    income = ask.firm_sum(f"revenue_{ask.parameter}_cny")
    return Ratio(income - ask.firm_sum(f"cost_{ask.parameter}_cny"), income, PERCENT)


@quantity("deployment_share_of_revenue")
def deployment_share_of_revenue(ask: Ask) -> Measure:
    """Private deployment over all revenue."""
    return Ratio(ask.firm_sum("revenue_deployment_cny"), ask.firm_sum(*REVENUES), PERCENT)


@quantity("training_share_of_compute")
def training_share_of_compute(ask: Ask) -> Measure:
    """Research compute over research compute and serving."""
    training = ask.firm_sum("cost_rd_compute_cny")
    return Ratio(training, training + ask.firm_sum("cost_api_cny", "cost_apps_cny"), PERCENT)
