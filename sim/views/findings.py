"""What the tables say in a handful of numbers: picture titles and the verdict share them."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from sim.views.names import app_name, firm_name, startups
from sim.views.quantiles import at, last_of_month, spread
from sim.views.rundata import RunData, horizon, table

BEFORE_WAR, AFTER_WAR = date(2024, 4, 1), date(2024, 6, 1)
SHORT_RUNWAY_MONTHS = 6
GONE = ("closed", "taken_over")


@dataclass(frozen=True)
class Estimate:
    """A quantity over replicates: median, 50 % and 90 % interval."""

    median: float
    lo50: float
    hi50: float
    lo90: float
    hi90: float

    @property
    def relative_width(self) -> float:
        """The 90 % interval's width over the median; 0 for a median of 0."""
        return (self.hi90 - self.lo90) / abs(self.median) if self.median else 0.0


@dataclass(frozen=True)
class Lead:
    """The app with most users at the end, and how sure that is."""

    app: str
    users: Estimate
    when: date
    replicates_leading: int
    replicates: int
    runner_up: str | None
    runner_up_users: float


@dataclass(frozen=True)
class PriceChange:
    """The firms' middle list price of the main model, in one month against an earlier one."""

    before: date
    after: date
    price_before: Estimate
    price_after: Estimate
    change: Estimate
    cheapest: str
    cheapest_price: float


@dataclass(frozen=True)
class Solvency:
    """How one startup's money fares over the replicates."""

    firm: str
    closed: int
    taken_over: int
    stopped: int
    replicates: int
    median_closing: date | None
    runway: Estimate | None
    short_of_money: int

    @property
    def runway_months(self) -> float | None:
        """The median runway of the replicates in which it is still there; None if in none."""
        return self.runway.median if self.runway else None


@dataclass(frozen=True)
class Uncertain:
    """The quantity of the end whose 90 % interval is widest against its median."""

    what: str
    kind: str
    estimate: Estimate


def estimate(values: list[float] | pl.Series) -> Estimate | None:
    """Return the estimate of a list of replicate values; None without any."""
    quantiles = spread(values)
    return Estimate(**quantiles) if quantiles else None


def final_users(run: RunData) -> pl.DataFrame:
    """Return app, replicate, mau of the last week recorded."""
    apps = table(run, "apps").select("replicate", "date", "app", "mau").drop_nulls("mau")
    last = apps["date"].max()
    return at(apps, last) if isinstance(last, date) else apps


def ranked(frame: pl.DataFrame, key: str, value: str) -> list[str]:
    """Return the keys by falling median of `value` over replicates; ties by name."""
    medians = frame.group_by(key).agg(pl.col(value).median()).drop_nulls(value)
    return medians.sort([value, key], descending=[True, False])[key].to_list()


def lead(run: RunData) -> Lead | None:
    """Return who leads in users in the last week; None if nobody has any."""
    users = final_users(run)
    order = ranked(users, "app", "mau")
    best = estimate(users.filter(pl.col("app") == order[0])["mau"]) if order else None
    if best is None or best.median <= 0:
        return None
    tops = users.sort("mau", descending=True).group_by("replicate", maintain_order=True).first()
    second = order[1] if len(order) > 1 else None
    behind = estimate(users.filter(pl.col("app") == second)["mau"]) if second else None
    return Lead(
        app=order[0],
        users=best,
        when=users["date"][0],
        replicates_leading=tops.filter(pl.col("app") == order[0]).height,
        replicates=tops.height,
        runner_up=second,
        runner_up_users=behind.median if behind else 0.0,
    )


def price_change(run: RunData) -> PriceChange | None:
    """Return what the middle list price did: June against April 2024 if simulated, else the ends.

    In each replicate and month: the median over firms of the last list price of input tokens of
    the main model, firms that do not sell left out. Then the estimate over replicates, and that of
    the ratio minus 1 where the earlier price is above 0.
    """
    span = horizon(run)
    prices = table(run, "firms").select("replicate", "date", "firm", "price_input_cny_per_mtok")
    prices = prices.rename({"price_input_cny_per_mtok": "price"}).drop_nulls("price")
    if span is None or prices.is_empty():
        return None
    covered = span[0] <= BEFORE_WAR and span[1].replace(day=1) >= AFTER_WAR
    before, after = (BEFORE_WAR, AFTER_WAR) if covered else span
    first = last_of_month(prices, before, ("replicate", "firm"))
    last = last_of_month(prices, after, ("replicate", "firm"))
    middle = _middle(first).join(_middle(last), on="replicate", suffix="_after")
    start, end = estimate(middle["price"]), estimate(middle["price_after"])
    usable = middle.filter(pl.col("price") > 0)
    change = estimate(usable["price_after"] / usable["price"] - 1)
    if start is None or end is None or change is None:
        return None
    medians = last.group_by("firm").agg(pl.col("price").median()).sort("price", "firm")
    return PriceChange(before, after, start, end, change, medians["firm"][0], medians["price"][0])


def _middle(prices: pl.DataFrame) -> pl.DataFrame:
    return prices.group_by("replicate").agg(pl.col("price").median()).sort("replicate")


def solvency(run: RunData) -> list[Solvency]:
    """Return how each startup fares by the last week, the likeliest to close first."""
    firms = table(run, "firms")
    found = [_solvency(firm, firms.filter(pl.col("firm") == firm)) for firm in startups(run)]
    return sorted(found, key=lambda s: (-s.closed, -s.short_of_money, s.runway_months or 0.0))


def _solvency(firm: str, rows: pl.DataFrame) -> Solvency:
    last = rows.filter(pl.col("date") == pl.col("date").max())
    closing = (
        rows.filter(pl.col("status") == "closed").group_by("replicate").agg(pl.col("date").min())
    )
    runway = estimate(last.filter(~pl.col("status").is_in(GONE))["runway_months"])
    middle = closing["date"].sort().gather([closing.height // 2]) if closing.height else None
    short = ~pl.col("status").is_in(GONE) & (pl.col("runway_months") < SHORT_RUNWAY_MONTHS)
    return Solvency(
        firm=firm,
        closed=last.filter(pl.col("status") == "closed").height,
        taken_over=last.filter(pl.col("status") == "taken_over").height,
        stopped=last.filter(~pl.col("pretraining")).height,
        replicates=last.height,
        median_closing=middle[0] if middle is not None else None,
        runway=runway,
        short_of_money=last.filter(short).height,
    )


def pretraining_stops(run: RunData) -> Estimate | None:
    """Return how many startups no longer pre-train by the last week, over replicates."""
    firms = table(run, "firms")
    last = firms.filter(
        (pl.col("date") == pl.col("date").max()) & pl.col("firm").is_in(startups(run))
    )
    counts = last.group_by("replicate").agg((~pl.col("pretraining")).sum().alias("stopped"))
    return estimate(counts["stopped"].cast(pl.Float64))


def final_tokens(run: RunData) -> tuple[str, Estimate, date] | None:
    """Return the firm that serves most tokens (external and internal) in the last week."""
    firms = table(run, "firms")
    reported = pl.col("tokens_external_per_day") + pl.col("tokens_internal_per_day")
    last = firms.filter(pl.col("date") == pl.col("date").max()).with_columns(
        reported.alias("tokens")
    )
    order = ranked(last, "firm", "tokens")
    volume = estimate(last.filter(pl.col("firm") == order[0])["tokens"]) if order else None
    if volume is None or volume.median <= 0:
        return None
    return order[0], volume, last["date"][0]


def most_uncertain(run: RunData) -> Uncertain | None:
    """Return the widest relative 90 % interval of the last week, among the numbers that matter.

    Looked at: users of the five biggest apps, all tokens served to customers, cash of the startups
    still there. What has a median of 0 has no relative width and is left out.
    """
    users, firms = final_users(run), table(run, "firms")
    last = firms.filter(pl.col("date") == pl.col("date").max())
    found = [
        Uncertain(app_name(app), "users", value)
        for app in ranked(users, "app", "mau")[:5]
        if (value := estimate(users.filter(pl.col("app") == app)["mau"]))
    ]
    served = last.group_by("replicate").agg(pl.col("tokens_external_per_day").sum().alias("tokens"))
    if (tokens := estimate(served["tokens"])) is not None:
        found.append(Uncertain("the market", "tokens", tokens))
    for firm in startups(run):
        there = last.filter((pl.col("firm") == firm) & ~pl.col("status").is_in(GONE))
        if there.height * 2 >= served.height and (cash := estimate(there["cash_cny"])):
            found.append(Uncertain(firm_name(firm), "cash", cash))
    found = [one for one in found if one.estimate.median > 0]
    return max(found, key=lambda one: one.estimate.relative_width, default=None)
