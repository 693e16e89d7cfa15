"""The quantities of rounds, valuations, stakes, exits, tenders and training runs."""

from __future__ import annotations

import numpy as np

from sim.evidence.opening import load_investors
from sim.experiments.measures import Ask, Change, Flow, Measure, Ratio, Stand, quantity
from sim.experiments.weekly import NotModelledError, Weekly

PERCENT = 100.0
LARGE_VALUATION_CNY = 20e9


@quantity("round_size", "investment_amount")
def round_size(ask: Ask) -> Measure:
    """Cash and credits of the rounds that closed; 0 if none did."""
    return Flow(_rounds(ask, "size_cny"))


@quantity("strategic_investment")
def strategic_investment(ask: Ask) -> Measure:
    """Rounds that the named firm led."""
    closed = {"firm": ask.firms, "failed": "False", "lead": _investors_of(ask.parameter)}
    return Flow(ask.book.weekly("rounds", "size_cny", closed))


@quantity("pre_money_valuation")
def pre_money_valuation(ask: Ask) -> Measure:
    """Valuation before the last round that closed by the period's end; NaN without one."""
    values = _rounds(ask, "pre_money_cny")
    return Stand(values.carried(values.values > 0))


@quantity("post_money_valuation")
def post_money_valuation(ask: Ask) -> Measure:
    """Last valuation of a firm at the period's end."""
    return Stand(ask.firm_sum("post_money_cny"))


@quantity("mean_post_money_valuation")
def mean_post_money_valuation(ask: Ask) -> Measure:
    """Mean of the last valuations at the period's end, over firms that were ever priced."""
    return Stand(ask.book.average("firms", "post_money_cny", {"firm": ask.firms}))


@quantity("n_over_20bn_cny")
def n_over_20bn_cny(ask: Ask) -> Measure:
    """Firms valued at 20 bn CNY or more at the period's end."""
    each = [_of(ask, firm, "post_money_cny") for firm in ask.firms]
    return Stand(_count([one.holds(lambda value: value >= LARGE_VALUATION_CNY) for one in each]))


@quantity("stake")
def stake(ask: Ask) -> Measure:
    """Share that the named firm holds at the period's end."""
    held = _stake(ask, ask.firms[0], _investors_of(ask.parameter))
    return Stand(held.map(lambda share: PERCENT * share))


@quantity("n_with_strategic_stake")
def n_with_strategic_stake(ask: Ask) -> Measure:
    """Firms in which a strategic investor holds a share at the period's end."""
    strategic = tuple(row.investor for row in load_investors() if row.kind == "strategic")
    each = [_stake(ask, firm, strategic) for firm in ask.firms]
    return Stand(_count([one.holds(lambda share: share > 0) for one in each]))


@quantity("n_stopped_pretraining")
def n_stopped_pretraining(ask: Ask) -> Measure:
    """Firms that no longer train base models at the period's end."""
    return Stand(_count(_stopped(ask)))


@quantity("n_pretraining")
def n_pretraining(ask: Ask) -> Measure:
    """Firms that still train base models at the period's end."""
    stopped = _stopped(ask)
    return Stand(_count(stopped).map(lambda number: len(stopped) - number))


@quantity("share_abandoning_pretraining")
def share_abandoning_pretraining(ask: Ask) -> Measure:
    """Share of firms that no longer train base models at the period's end."""
    stopped = _stopped(ask)
    return Stand(_count(stopped).map(lambda number: PERCENT * number / len(stopped)))


@quantity("n_independent")
def n_independent(ask: Ask) -> Measure:
    """Startups neither closed nor taken over at the period's end."""
    return Stand(ask.book.weekly("market", "independent_startups"))


@quantity("n_sold_gpus")
def n_sold_gpus(ask: Ask) -> Measure:
    """Firms that have sold accelerators by the period's end."""
    return Stand(_count([_has_left(ask, firm, "sold_gpus") for firm in ask.firms]))


@quantity("n_overseas")
def n_overseas(ask: Ask) -> Measure:
    """Firms that have turned abroad, or earn there, by the period's end."""
    each = []
    for firm in ask.firms:
        earns = _of(ask, firm, "revenue_overseas_cny").map(np.nan_to_num)
        each.append((_has_left(ask, firm, "overseas") + earns).holds(lambda value: value > 0))
    return Stand(_count(each))


@quantity("final_run_cost")
def final_run_cost(ask: Ask) -> Measure:
    """Cost of the training run behind the last model released by the period's end; NaN without."""
    cost = ask.book.weekly("releases", "run_cost_cny", {"firm": ask.firms})
    return Stand(cost.carried(cost.values > 0))


@quantity("final_run_share_of_rd_compute")
def final_run_share_of_rd_compute(ask: Ask) -> Measure:
    """Cost of final training runs over all research compute."""
    runs = ask.book.weekly("releases", "run_cost_cny", {"firm": ask.firms})
    return Ratio(runs, ask.firm_sum("cost_rd_compute_cny"), PERCENT)


@quantity("n_tenders")
def n_tenders(ask: Ask) -> Measure:
    """Tenders awarded in the period."""
    return Flow(ask.book.weekly("tenders"))


@quantity("tender_amount")
def tender_amount(ask: Ask) -> Measure:
    """Sum of contract prices."""
    return Flow(ask.book.weekly("tenders", "price_cny"))


@quantity("tender_contract_price")
def tender_contract_price(ask: Ask) -> Measure:
    """Mean contract price."""
    return Ratio(ask.book.weekly("tenders", "price_cny"), ask.book.weekly("tenders"))


@quantity("tender_price_ratio")
def tender_price_ratio(ask: Ask) -> Measure:
    """Mean contract price of the period's end over that of its start."""
    amount, number = ask.book.weekly("tenders", "price_cny"), ask.book.weekly("tenders")
    return Change(Flow(amount), per=Flow(number))


@quantity("tender_wins")
def tender_wins(ask: Ask) -> Measure:
    """Tenders won in the period."""
    return Flow(ask.firm_sum("tender_wins"))


def _rounds(ask: Ask, column: str) -> Weekly:
    """Return a column of the rounds that closed, summed by week."""
    return ask.book.weekly("rounds", column, {"firm": ask.firms, "failed": "False"})


def _of(ask: Ask, firm: str, column: str) -> Weekly:
    return ask.book.weekly("firms", column, {"firm": firm})


def _stopped(ask: Ask) -> list[Weekly]:
    """Return by firm, 1 or 0 a week, whether it no longer trains base models."""
    each = [_of(ask, firm, "pretraining") for firm in ask.firms]
    return [one.holds(lambda trains: trains < 0.5) for one in each]


def _has_left(ask: Ask, firm: str, kind: str) -> Weekly:
    """Return, 1 or 0 a week, whether a firm has done something by then."""
    exits = ask.book.weekly("exits", None, {"firm": firm, "kind": kind})
    return exits.map(lambda values: np.minimum(np.cumsum(values, axis=1), 1.0))


def _stake(ask: Ask, firm: str, investors: tuple[str, ...]) -> Weekly:
    """Return what investors hold, from the last week that records the firm's owners."""
    held = ask.book.weekly("stakes", "share", {"firm": firm, "investor": investors})
    recorded = ask.book.weekly("stakes", "share", {"firm": firm}).values > 0
    return held.carried(recorded).map(np.nan_to_num)


def _investors_of(firm: str) -> tuple[str, ...]:
    """Return the investors that belong to a firm."""
    known = load_investors()
    found = tuple(row.investor for row in known if firm in (row.firm, row.investor))
    if not found:
        names = {row.firm or row.investor for row in known if row.kind == "strategic"}
        raise NotModelledError(
            f"no investor belongs to {firm!r}; strategic ones are {', '.join(sorted(names))}"
        )
    return found


def _count(flags: list[Weekly]) -> Weekly:
    """Return in how many firms something holds, week by week."""
    return Weekly(np.array([one.values for one in flags]).sum(axis=0), flags[0].mondays)
