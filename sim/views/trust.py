"""How far to trust each part of a run: where its numbers come from, and what checks them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sim.core.parameters import PARAMETER_TABLE, Parameter
from sim.views.format import count, day, digits3, month, percent
from sim.views.names import scenario_of
from sim.views.rundata import RunData, Score, horizon

PARTS: Mapping[str, tuple[frozenset[str], tuple[str, ...]]] = {
    "Users and advertising": (
        frozenset(("E4", "E5", "E6", "E12", "E14")),
        ("monthly_active_users", "daily_active_users", "dau_mau_ratio", "weekly_active_users",
         "web_visits", "single_homing", "overlapping", "leavers_to", "ad_spend",
         "cost_per_acquisition", "channel_share", "retention_day"),
    ),
    "Prices and tokens": (
        frozenset(("E2", "E3", "E7")),
        ("api_", "flagship_price", "price_cuts", "token_volume", "free_tier", "unit_cost",
         "gross_margin:api"),
    ),
    "Deployments and the books": (
        frozenset(("E8", "E9")),
        ("revenue", "adjusted_net_loss", "rd_", "marketing_expense", "cash",
         "gross_margin:deployment", "deployment_share", "b2b_revenue", "n_tenders", "tender_"),
    ),
    "Funding and survival": (
        frozenset(("E10", "E11")),
        ("round_size", "post_money", "pre_money", "mean_post_money", "n_over_20bn",
         "investment_amount", "strategic_investment", "stake", "n_with_strategic", "n_stopped",
         "n_pretraining", "n_independent", "n_sold_gpus", "n_overseas", "share_abandoning"),
    ),
    "Research and quality": (
        frozenset(("E1", "E15")),
        ("training_share", "final_run"),
    ),
}  # fmt: skip
"""Parts of a run, each with its equations in docs/model.md and how its known figures begin."""

EVIDENCE_END = date(2024, 12, 31)
"""The last day that known figures and dated history speak of."""

HOLDS, FAILS = 2 / 3, 1 / 3
FEWEST_CHECKS = 3


@dataclass(frozen=True)
class Trust:
    """One part: its parameters by kind, its figures inside the 90 % interval, what that means."""

    part: str
    parameters: str
    fitted: str
    unfitted: str
    beyond: str
    reading: str


@dataclass(frozen=True)
class Basis:
    """What a scenario rests on: how far to trust it, and what it takes the world to be."""

    trust: str
    world: tuple[str, ...]


@dataclass(frozen=True)
class Assumption:
    """A parameter set by hand: its value here, the range held possible, and why."""

    part: str
    name: str
    meaning: str
    value: str
    range: str
    reason: str


def part_of_equation(equation: str) -> str:
    """Return the part that an equation belongs to."""
    return next(part for part, (equations, _) in PARTS.items() if equation in equations)


def part_of_quantity(quantity: str) -> str | None:
    """Return the part that a known figure's quantity belongs to; None for a quantity of a user."""
    return next((part for part, (_, heads) in PARTS.items() if quantity.startswith(heads)), None)


def basis(scenario_text: str) -> Basis:
    """Return what a scenario rests on, from its resolved text."""
    from tomllib import loads

    told = loads(scenario_text)
    # The last Monday that is simulated lies before the end.
    last = told["end"] - timedelta(days=1)
    sentence, _ = trust_in(told, told["start"], last)
    return Basis(sentence, tuple(world(told)))


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
    beyond = max(0, (last - max(first, EVIDENCE_END)).days)
    share = beyond / max(1, (last - first).days)
    if beyond:
        text += (
            f". What lies after {month(EVIDENCE_END)}, {percent(share)} of the run, is "
            "extrapolation: no known figure checks it"
        )
    return f"{text}.", share


def trust(run: RunData, score: Score) -> list[Trust]:
    """Return how far to trust each part of a run, from its parameters and its score."""
    values, drawn = _parameters(scenario_of(run))
    return [_trust(run, part, score, values, drawn) for part in PARTS]


def assumptions(run: RunData) -> list[Assumption]:
    """Return every parameter that is set by hand in this run, part by part."""
    values, drawn = _parameters(scenario_of(run))
    return [
        Assumption(part, row.name, row.meaning, *_shown(row, values), _reason(row, values))
        for part in PARTS
        for row in _rows(part)
        if _kind(row, values, drawn) == "set by hand"
    ]


def world(told: Mapping[str, Any], is_drawn: bool = False) -> list[str]:
    """Return what a scenario takes the world to be, in sentences computed from it.

    is_drawn: its parameters vary, whatever the text says, and how is said elsewhere.
    """
    people, accounts = _block(told, "consumers"), _block(told, "accounts")
    said = [
        f"{len(_block(told, 'firms'))} firms decide once a week by rules; nobody plans with a model"
        " of the others.",
    ]
    if "addressable_people" in people and "people_per_agent" in people:
        said.append(
            f"{count(float(people['addressable_people']))} people could use an assistant; one "
            f"simulated person stands for {count(float(people['people_per_agent']))} and holds two "
            "apps at most."
        )
    if "count" in accounts:
        said.append(f"{accounts['count']:,} accounts buy tokens, few of them very large.")
    off = [name for name, on in _block(told, "mechanisms").items() if on is False]
    said.append(
        f"Causal claims that do not act: {', '.join(sorted(off))}."
        if off
        else "Every causal claim of the articles acts."
    )
    if is_drawn:
        return said
    drawn = _parameters(told)[1]
    said.append(
        f"{len(drawn)} parameters are drawn anew in each replicate from what calibration left "
        "possible, so intervals hold doubt about them too."
        if drawn
        else "Parameters are the same in every replicate: intervals hold luck, not doubt about "
        "the parameters or the rules."
    )
    return said


def _block(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = told.get(name)
    return {key: one for key, one in found.items() if key != "reset"} if isinstance(
        found, Mapping
    ) else {}  # fmt: skip


def _shown(row: Parameter, values: Mapping[str, float]) -> tuple[str, str]:
    def write(value: float) -> str:
        return f"{value:g}" if abs(value) >= 1000 else digits3(value)

    unit = "" if row.unit in ("-", "share", "ratio") else f" {row.unit}"
    value = values.get(row.name, row.default)
    return f"{write(value)}{unit}", f"{write(row.low)}–{write(row.high)}"


def _reason(row: Parameter, values: Mapping[str, float]) -> str:
    if values.get(row.name, row.default) != row.default:
        return "set by the scenario"
    return row.source.removeprefix("assumption: ")


def _rows(part: str) -> Iterator[Parameter]:
    equations, _ = PARTS[part]
    return (row for row in PARAMETER_TABLE.values() if row.equation in equations)


def _parameters(told: Mapping[str, Any]) -> tuple[dict[str, float], frozenset[str]]:
    """Return the parameters that a scenario sets, and those drawn from a posterior."""
    given, posterior = told.get("parameters"), told.get("posterior")
    values = given if isinstance(given, Mapping) else {}
    draws = posterior.get("draws", ()) if isinstance(posterior, Mapping) else ()
    numbers = {name: float(value) for name, value in values.items() if _is_number(value)}
    return numbers, frozenset(map(str, draws))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _kind(row: Parameter, values: Mapping[str, float], drawn: frozenset[str]) -> str:
    """Return how a parameter came to its value: drawn, from evidence, or set by hand."""
    if row.name in drawn:
        return "drawn from the calibrated sample"
    own = values.get(row.name, row.default) != row.default
    return "set by hand" if own or row.source.startswith("assumption") else "from evidence"


def _trust(
    run: RunData, part: str, score: Score, values: Mapping[str, float], drawn: frozenset[str]
) -> Trust:
    kinds = [_kind(row, values, drawn) for row in _rows(part)]
    known = ("drawn from the calibrated sample", "from evidence", "set by hand")
    counts = [(kinds.count(kind), kind) for kind in known]
    mine = [row for row in score if part_of_quantity(row.quantity) == part]
    fitted = [row for row in mine if row.status == "fitted"]
    unfitted = [row for row in mine if row.status == "compared" and row.use != "belief"]
    return Trust(
        part=part,
        parameters=", ".join(f"{number} {kind}" for number, kind in counts if number),
        fitted=_inside(fitted),
        unfitted=_inside(unfitted),
        beyond=_beyond(run, [*fitted, *unfitted]),
        reading=_reading(unfitted, bool(drawn)),
    )


def _inside(rows: list[Any]) -> str:
    return f"{sum(bool(row.inside_90) for row in rows)} of {len(rows)}" if rows else "none"


def _beyond(run: RunData, rows: list[Any]) -> str:
    """Return from when on the part is extrapolated, and which share of the run that is."""
    span = horizon(run)
    last = max((found for row in rows if (found := _last_day(row.period))), default=None)
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


def _reading(unfitted: list[Any], calibrated: bool) -> str:
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
