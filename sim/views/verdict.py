"""The verdict: computed sentences with numbers and intervals, and how far to trust them."""

from dataclasses import dataclass

from sim.views.findings import (
    SHORT_RUNWAY_MONTHS,
    Solvency,
    lead,
    most_uncertain,
    pretraining_stops,
    price_change,
    solvency,
)
from sim.views.format import (
    bracketed,
    count,
    digits3,
    money,
    month,
    months,
    percent,
    price,
    tokens,
    whole,
)
from sim.views.names import app_name, firm_name, joined, possessive, scenario_of, startups
from sim.views.rundata import RunData, horizon, replicates
from sim.views.sentence import Sentence
from sim.views.trust import trust_in

NAMED_AT_RISK = 3


@dataclass(frozen=True)
class Verdict:
    """What a run says: who leads, what prices did, who runs dry, what is uncertain, what to trust.

    A topic about which the run says nothing is left out.
    """

    sentences: tuple[Sentence, ...]

    @property
    def headline(self) -> str:
        """The first sentence."""
        return self.sentences[0].text if self.sentences else "The run recorded nothing."


def verdict(run: RunData) -> Verdict:
    """Return the verdict of a run; every number in it is computed from the tables."""
    said = (_leader(run), _prices(run), _money(run), _uncertainty(run), _trust(run))
    return Verdict(tuple(sentence for sentence in said if sentence is not None))


def _leader(run: RunData) -> Sentence | None:
    found = lead(run)
    if found is None:
        return None
    name = app_name(found.app)
    band = bracketed(found.users.lo90, found.users.hi90, count)
    text = f"{name} leads with {count(found.users.median)} users{band} in {month(found.when)}"
    if found.runner_up and found.runner_up_users > 0:
        times = round(found.users.median / found.runner_up_users, 1)
        said = f"{digits3(times)} times" if times > 1.0 else "hardly more than"
        rival = possessive(app_name(found.runner_up))
        text += f", {said} {rival} {count(found.runner_up_users)}"
    text += f"; it is first in {found.replicates_leading} of {found.replicates} replicates."
    numbers = {
        "median": found.users.median, "lo90": found.users.lo90, "hi90": found.users.hi90,
        "runner_up": found.runner_up_users,
        "share_leading": found.replicates_leading / found.replicates,
    }  # fmt: skip
    return Sentence("Users", text, numbers)


def _prices(run: RunData) -> Sentence | None:
    found = price_change(run)
    if found is None:
        return None
    change = found.change
    when = f"from {month(found.before)} to {month(found.after)}"
    if abs(change.median) < 0.05:
        text = f"The middle list price of input tokens hardly moved {when}"
    else:
        verb = "fell" if change.median < 0 else "rose"
        # Both ends in the direction of the median, the smaller change first.
        ends = sorted(-end if change.median < 0 else end for end in (change.lo90, change.hi90))
        text = (
            f"The middle list price of input tokens {verb} {percent(abs(change.median))}"
            f"{bracketed(ends[0], ends[1], percent)} {when}"
        )
    text += (
        f", from {price(found.price_before.median)} to {price(found.price_after.median)}; "
        f"{firm_name(found.cheapest)} was then cheapest, {_at(found.cheapest_price)}."
    )
    numbers = {
        "change": change.median, "lo90": change.lo90, "hi90": change.hi90,
        "before": found.price_before.median, "after": found.price_after.median,
    }  # fmt: skip
    return Sentence("Prices", text, numbers)


def _at(value: float) -> str:
    return "free of charge" if value == 0 else f"at {price(value)}"


def _money(run: RunData) -> Sentence | None:
    fates = solvency(run)
    if not fates:
        return None
    at_risk = [fate for fate in fates if fate.closed][:NAMED_AT_RISK]
    if at_risk:
        text = f"Out of money by the end: {joined([_closing(fate) for fate in at_risk])}"
        if len(at_risk) < len(fates) and not any(fate.closed for fate in fates[len(at_risk) :]):
            text += "; no other startup closes in any replicate"
    else:
        left = [fate for fate in fates if fate.runway_months is not None]
        text = "No startup closes in any replicate"
        if left:
            worst = min(left, key=lambda fate: (-fate.short_of_money, fate.runway_months or 0.0))
            text += (
                f"; {firm_name(worst.firm)} comes closest, with {months(worst.runway_months)} of "
                f"runway{_runway_range(worst)} at the end"
            )
            if worst.short_of_money:
                share = percent(worst.short_of_money / worst.replicates)
                text += f" and under {SHORT_RUNWAY_MONTHS} months in {share} of replicates"
    stops = pretraining_stops(run)
    numbers = {f"closed_{fate.firm}": fate.closed / fate.replicates for fate in fates}
    if stops is not None:
        text += (
            f". Of {len(startups(run))} startups {whole(stops.median)} no longer pre-train"
            f"{bracketed(stops.lo90, stops.hi90, lambda value: f'{value or 0:.0f}')}"
        )
        numbers["stopped_pretraining"] = stops.median
    return Sentence("Money", f"{text}.", numbers)


def _runway_range(fate: Solvency) -> str:
    return bracketed(fate.runway.lo90, fate.runway.hi90, months) if fate.runway else ""


def _closing(fate: Solvency) -> str:
    when = f", around {month(fate.median_closing)}" if fate.median_closing else ""
    return f"{firm_name(fate.firm)} ({percent(fate.closed / fate.replicates)}{when})"


def _uncertainty(run: RunData) -> Sentence | None:
    number = replicates(run)
    if number < 2:
        text = "One replicate says nothing about how sure any of this is; run more."
        return Sentence("Uncertainty", text) if number else None
    found = most_uncertain(run)
    if found is None:
        return None
    write = {"users": count, "tokens": tokens, "cash": money}[found.kind]
    value = found.estimate
    what = {
        "users": f"{possessive(found.what)} users",
        "tokens": "the market's tokens",
        "cash": f"{possessive(found.what)} cash",
    }[found.kind]
    text = (
        f"Least certain: {what} at the end, {write(value.median)} with 90 % of replicates between "
        f"{write(value.lo90)} and {write(value.hi90)}."
    )
    numbers = {"median": value.median, "lo90": value.lo90, "hi90": value.hi90}
    return Sentence("Uncertainty", text, numbers)


def _trust(run: RunData) -> Sentence | None:
    span = horizon(run)
    if span is None:
        return None
    text, share = trust_in(scenario_of(run), *span)
    return Sentence("Trust", text, {"extrapolated_share": share})
