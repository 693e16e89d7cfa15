"""How far to trust each part of a scenario's runs: where numbers come from, what checks them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sim.views.assumptions import DRAWN, KINDS, PARTS, kinds_of, rows_of
from sim.views.format import day, month, percent
from sim.views.rundata import Score, ScoreRow

QUANTITIES: Mapping[str, tuple[str, ...]] = {
    "Users and advertising": (
        "monthly_active_users", "daily_active_users", "dau_mau_ratio", "weekly_active_users",
        "web_visits", "single_homing", "overlapping", "leavers_to", "ad_spend",
        "cost_per_acquisition", "channel_share", "retention_day",
    ),
    "Prices and tokens": (
        "api_", "flagship_price", "price_cuts", "token_volume", "free_tier", "unit_cost",
        "gross_margin:api",
    ),
    "Deployments and the books": (
        "revenue", "adjusted_net_loss", "rd_", "marketing_expense", "cash",
        "gross_margin:deployment", "deployment_share", "b2b_revenue", "n_tenders", "tender_",
    ),
    "Funding and survival": (
        "round_size", "post_money", "pre_money", "mean_post_money", "n_over_20bn",
        "investment_amount", "strategic_investment", "stake", "n_with_strategic", "n_stopped",
        "n_pretraining", "n_independent", "n_sold_gpus", "n_overseas", "share_abandoning",
    ),
    "Research and quality": ("training_share", "final_run"),
}  # fmt: skip
"""How the known figures of each part begin."""

EVIDENCE_END = date(2024, 12, 31)
"""The last day that known figures and dated history speak of."""

HOLDS, FAILS = 2 / 3, 1 / 3
FEWEST_CHECKS = 3

Span = tuple[date, date]


@dataclass(frozen=True)
class Trust:
    """One part: its parameters by kind, its figures inside the 90 % interval, what that means.

    Without a score `fitted`, `unfitted` and `reading` are empty.
    """

    part: str
    parameters: str
    fitted: str
    unfitted: str
    beyond: str
    reading: str


def part_of_quantity(quantity: str) -> str | None:
    """Return the part that a known figure's quantity belongs to; None for a quantity of a user."""
    return next((part for part, heads in QUANTITIES.items() if quantity.startswith(heads)), None)


def trust_in(told: Mapping[str, Any], first: date, last: date) -> tuple[str, float]:
    """Say how far to trust a scenario from `first` to `last`, and which share is extrapolated."""
    if told.get("posterior") is not None:
        text = (
            "Parameters are drawn from what known figures leave of their priors; of most they tell "
            "nothing, and intervals hold that doubt too"
        )
    else:
        text = (
            "Parameters are set by hand within their priors, not calibrated: read directions and "
            "orders of magnitude, not digits; intervals hold the luck of the market only"
        )
    said, share = extrapolated(first, last)
    return f"{text}.{said}", share


def extrapolated(first: date, last: date) -> tuple[str, float]:
    """Say which share of `first` to `last` no known figure checks, and return it; '' for none."""
    beyond = max(0, (last - max(first, EVIDENCE_END)).days)
    share = beyond / max(1, (last - first).days)
    if not beyond:
        return "", share
    return (
        f" What lies after {month(EVIDENCE_END)}, {percent(share)} of the run, is "
        "extrapolation: no known figure checks it."
    ), share


def trust(
    told: Mapping[str, Any],
    span: Span | None,
    score: Score | None = None,
    here: Mapping[str, str] | None = None,
) -> list[Trust]:
    """Return how far to trust each part of a scenario's runs.

    Args:
        told: the resolved scenario.
        span: first and last Monday simulated; None if nothing was.
        score: known figures beside the runs; without it only where numbers come from is said.
        here: parameters that a study itself varies or narrows, as of `kinds_of`.
    """
    kinds = kinds_of(told, here)
    return [_trust(part, span, score, kinds) for part in PARTS]


def _trust(part: str, span: Span | None, score: Score | None, kinds: Mapping[str, str]) -> Trust:
    mine = [kinds[row.name] for row in rows_of(part)]
    counts = [(mine.count(kind), kind) for kind in KINDS]
    parameters = ", ".join(f"{number} {kind}" for number, kind in counts if number)
    if score is None:
        return Trust(part, parameters, "", "", _beyond(span, _known_periods(part)), "")
    rows = [row for row in score if part_of_quantity(row.quantity) == part]
    fitted = [row for row in rows if row.status == "fitted"]
    unfitted = [row for row in rows if row.status == "compared" and row.use != "belief"]
    return Trust(
        part=part,
        parameters=parameters,
        fitted=_inside(fitted),
        unfitted=_inside(unfitted),
        beyond=_beyond(span, [row.period for row in (*fitted, *unfitted)]),
        reading=_reading(unfitted, DRAWN in kinds.values()),
    )


def _known_periods(part: str) -> list[str]:
    """Return the periods of the shipped figures that are facts about a part."""
    from sim.evidence.figures import load_figures

    return [
        one.period_text for one in load_figures()
        if one.use in ("fit", "validate") and part_of_quantity(one.quantity) == part
    ]  # fmt: skip


def _inside(rows: list[ScoreRow]) -> str:
    return f"{sum(bool(row.inside_90) for row in rows)} of {len(rows)}" if rows else "none"


def _beyond(span: Span | None, periods: Iterable[str]) -> str:
    """Return from when on a part is extrapolated, and which share of the run that is."""
    last = max((found for one in periods if (found := _last_day(one))), default=None)
    if span is None:
        return ""
    if last is None:
        return "all of it"
    days = max(0, (span[1] - max(span[0], last)).days)
    share = days / max(1, (span[1] - span[0]).days)
    return f"after {day(last)}: {percent(share)}" if days else "none of it"


def _last_day(period: str) -> date | None:
    from sim.evidence.period import Period
    from sim.evidence.table import CellError

    try:
        return Period.read(period).last_day
    except CellError:
        return None  # a user's own file may date a figure as it likes


def _reading(unfitted: list[ScoreRow], calibrated: bool) -> str:
    """Return how to read a part's numbers, from what was never fitted to them."""
    if len(unfitted) < FEWEST_CHECKS:
        return "Hardly checked: a possibility, no forecast."
    share = sum(bool(row.inside_90) for row in unfitted) / len(unfitted)
    how = "" if calibrated else " Set by hand, so no digit counts."
    if share >= HOLDS:
        return f"Sizes hold where they could be checked.{how}"
    if share >= FAILS:
        return f"Directions and orders of size; some sizes are off.{how}"
    return f"Directions only; most sizes are off.{how}"
