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
    Values,
    divide,
    quantity,
)
from sim.experiments.weekly import F64, NotModelledError, Weekly

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


@quantity("web_visits_growth")
def web_visits_growth(ask: Ask) -> Measure:
    """Growth of users: visits are proportional to them."""
    return Change(Level(ask.app_sum("mau"), monthly=True))


@quantity("single_homing_share")
def single_homing_share(ask: Ask) -> Measure:
    """Share of users of exactly one app."""
    share = ask.book.weekly("market", "single_homing_share")
    return Level(share.map(lambda values: PERCENT * values))


@quantity("overlapping_users")
def overlapping_users(ask: Ask) -> Measure:
    """People who hold both apps of `apps:A+B`, however the pair is ordered in the table."""
    first, _, second = ask.entity.partition("+")
    known = ask.book.words("apps", "app")
    for app in (first, second):
        if app not in known:
            raise NotModelledError(f"the run has no app {app!r}")
    pairs = [{"app": first, "other": second}, {"app": second, "other": first}]
    one, two = (ask.book.weekly("overlap", "users", pair) for pair in pairs)
    return Level(Weekly(np.maximum(one.values, two.values), one.mondays))


@quantity("leavers_to")
def leavers_to(ask: Ask) -> Measure:
    """Share of the leavers of an app who took up another one at once."""
    where = {"app_from": ask.apps, "app_to": ask.parameter}
    return Ratio(ask.book.weekly("flows", "users", where), ask.app_sum("losses"), PERCENT)


@quantity("ad_spend", "ad_spend_monthly")
def ad_spend(ask: Ask) -> Measure:
    """Advertising for an app or for several."""
    return Flow(ask.app_sum("ad_spend_cny"))


@quantity("ad_spend_growth")
def ad_spend_growth(ask: Ask) -> Measure:
    """Advertising per day over that of the period before."""
    return Change(Flow(ask.firm_sum("cost_ads_cny")))


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
    where = {"channel": ask.figure.panel, "firm": _owners(ask)}
    channels = ask.book.weekly
    return Ratio(channels("channels", "spend_cny", where), channels("channels", "users", where))


@quantity("channel_share")
def channel_share(ask: Ask) -> Measure:
    """A channel's share of the spend of an app's owner."""
    owners = {"firm": _owners(ask)}
    channel = {**owners, "channel": ask.parameter}
    spend = ask.book.weekly("channels", "spend_cny", owners)
    return Ratio(ask.book.weekly("channels", "spend_cny", channel), spend, PERCENT)


def _owners(ask: Ask) -> tuple[str, ...]:
    return ask.book.words("apps", "firm", {"app": ask.apps})


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

    The path starts on the day before the period. An entrant is compared with the mean flagship of
    the others on that day, which is what an industry's average price meant.
    """
    prices = _price(ask, (firm,), "main", "input")
    others = tuple(other for other in ask.book.words("firms", "firm") if other != firm)
    start = prices.at(ask.period.eve)
    start = np.where(
        np.isnan(start), _price(ask, others, "flagship", "input").at(ask.period.eve), start
    )
    prices.week_of(ask.period.last_day)
    path = np.column_stack([start, prices.values[:, prices.weeks_inside(ask.period)]])
    highest = np.fmax.accumulate(path, axis=1)
    falls = divide(highest - path, highest)
    none = np.isnan(path[:, 1:]).all(axis=1)
    return np.where(none, np.nan, PERCENT * np.fmax.reduce(falls, axis=1))


@quantity("price_cuts_in_month")
def price_cuts_in_month(ask: Ask) -> Measure:
    """Weeks of the period in which the main or the flagship list price fell."""
    count: F64 | None = None
    for tier in ("main", "flagship"):
        prices = _price(ask, ask.firms, tier, "input")
        prices.week_of(ask.period.last_day)
        weeks = prices.weeks_inside(ask.period)
        weeks = weeks[weeks > 0]
        fell = prices.values[:, weeks] < prices.values[:, weeks - 1]
        count = fell.sum(axis=1) + (0.0 if count is None else count)
    assert count is not None
    return Values(count)


def _tokens(ask: Ask) -> Weekly:
    """Return tokens per day: of customers on an external panel, else internal ones as well."""
    if ask.figure.panel == "external":
        return ask.firm_sum("tokens_external_per_day")
    return ask.firm_sum("tokens_external_per_day", "tokens_internal_per_day")


@quantity("token_volume_daily", "token_volume_growth")
def token_volume_daily(ask: Ask) -> Measure:
    """Tokens on a mean day."""
    level = Level(_tokens(ask))
    return Change(level) if ask.figure.quantity.endswith("growth") else level


@quantity("token_volume_year", "token_volume_half")
def token_volume(ask: Ask) -> Measure:
    """Tokens of the period."""
    return Flow(_tokens(ask).map(lambda values: DAYS_PER_WEEK * values))


@quantity("api_calls_daily", "api_calls_growth", "api_usage_growth")
def api_calls(ask: Ask) -> Measure:
    """Calls on a mean day, or their growth."""
    level = Level(ask.firm_sum("calls_per_day"))
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
    bar = np.nanmax(quality[:, :, first], axis=0)

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
    return Values(ask.firm_sum("cash_cny").at(ask.period.last_day))


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
