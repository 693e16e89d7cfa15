"""Outcomes: single numbers of a run, named like `apps.kimi.mau@2025-06`.

    table.entity.column[=word][:statistic][@period]      market.column[:statistic][@period]

The entity is an id in the table's first text column, such as a firm or an app; `*` stands for each
one of the scenario, `all` and `startups` for the sum over them, or their middle where a sum means
nothing (a price). The column `rows` counts rows. `=word` tells, as 1 or 0, whether a text column or
a flag says so (`firms.zhipu.status=closed`, `rounds.failed=false`). The period is a day, month,
quarter, half or year, or `first..last`, and the whole run where there is none. The statistic is
what the column is by nature, unless said: the sum of a flow, the last value of a level.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Protocol

import numpy as np

from sim.core.errors import SimError
from sim.core.tables import TABLES, Column
from sim.core.units import DAYS_PER_WEEK
from sim.evidence.period import Period
from sim.evidence.table import CellError
from sim.experiments.weekly import F64, Book, NotModelledError, Weekly

if TYPE_CHECKING:
    from sim.scenario import Scenario

STATISTICS = ("last", "first", "sum", "mean", "min", "max")
ROWS = "rows"
EVERY = "*"
ALL, STARTUPS = "all", "startups"
FLAG = ("true", "false")

MIDDLE = re.compile(r".*_cny_per_mtok|cpa_cny|quality|runway_months|post_money_cny")
"""Columns of which a group has a middle and no sum."""

FLOWS = re.compile(
    r"firms\.(revenue_\w+|cost_\w+|raised_cny|tender_wins)"
    r"|apps\.(adds\w*|losses|ad_spend_cny)|channels\.(spend_cny|users)|flows\.users"
)
"""Columns of weekly amounts, which add up over a period; those of events do as well."""

STANDING = ("firms", "apps", "overlap", "channels", "stakes", "market")
"""Tables of what stands or flows; the others have a row for each thing that happened."""

DEFAULT_OUTCOMES = (
    "apps.*.mau",
    "firms.*.cash_cny",
    "firms.*.runway_months",
    "firms.*.runway_months:min",
    "firms.*.price_input_cny_per_mtok",
    "firms.*.api_share",
    "firms.*.revenue_api_cny",
    "firms.*.cost_ads_cny",
    "firms.*.raised_cny",
    "firms.*.quality",
    "firms.*.status=closed",
    "market.hhi_mau",
    "market.hhi_api",
    "market.users_any_app",
    "market.tokens_served_per_day",
    "market.independent_startups",
    "market.pretraining_firms",
)
"""What a sweep keeps of each run unless told otherwise."""

WRITTEN = "write table.entity.column, market.column, with :statistic and @period where wanted"
NAME = re.compile(
    r"(?P<table>\w+)(?:\.(?P<entity>[^.@:=\s]+))?\.(?P<column>\w+)"
    r"(?:=(?P<word>[^@:=\s]+))?(?::(?P<statistic>\w+))?(?:@(?P<period>\S+))?"
)


class OutcomeError(SimError):
    """An outcome that no run has."""


class Taken(Protocol):
    """Whatever can be taken from a run as one number."""

    @property
    def name(self) -> str:
        """How it is called where runs are kept."""

    @property
    def tables(self) -> frozenset[str]:
        """The tables it is taken from."""

    def of(self, book: Book) -> F64:
        """Return the number of each replicate, shape (R,); NaN where a run has none."""


@dataclass(frozen=True)
class Outcome:
    """One number of a run; `name` is how it was written."""

    name: str
    table: str
    entity: str
    column: str
    word: str
    statistic: str
    period: Period | None
    members: tuple[str, ...] = ()
    """Whom a group stands for."""

    @property
    def tables(self) -> frozenset[str]:
        """The table it is taken from."""
        return frozenset({self.table})

    def of(self, book: Book) -> F64:
        """Return the number of each replicate, shape (R,); NaN where a run has none.

        A price of a firm that never entered is such a number, and what lies outside of a run's
        weeks.
        """
        try:
            return self._statistic(self._weekly(book))
        except NotModelledError:
            return np.full(len(book.replicates), np.nan)

    def series(self, book: Book) -> Weekly:
        """Return the outcome week by week, (R, W): what adds up over a period as its running total.

        NaN where a run has no such number.
        """
        weekly = self._weekly(book)
        if self.statistic != "sum":
            return weekly
        return weekly.map(lambda values: np.cumsum(np.nan_to_num(values), axis=1))

    def _weekly(self, book: Book) -> Weekly:
        if self.members and MIDDLE.fullmatch(self.column):
            return _middle([self._of(book, one) for one in self.members])
        return self._of(book, self.members or self.entity)

    def _of(self, book: Book, who: str | tuple[str, ...]) -> Weekly:
        where = {_key_column(self.table): who} if who else {}
        if self.word:
            word = self.word.capitalize() if self.word in FLAG else self.word
            said = book.weekly(self.table, None, {**where, self.column: word})
            return said.map(np.nan_to_num)
        return book.weekly(self.table, None if self.column == ROWS else self.column, where)

    def _statistic(self, weekly: Weekly) -> F64:
        weeks = _weeks(weekly, self.period)
        if self.statistic in ("last", "first"):
            return weekly.values[:, weeks[-1 if self.statistic == "last" else 0]]
        if self.period is not None and self.statistic in ("sum", "mean"):
            known = weekly.total if self.statistic == "sum" else weekly.mean
            return known(self.period)
        return _over(weekly.values[:, weeks], self.statistic)


def read_outcomes(scenario: Scenario, texts: Iterable[str]) -> tuple[Outcome, ...]:
    """Return the outcomes that texts name, `*` written out, each once, in order.

    Raises OutcomeError for one that no run of the scenario has, or a period outside of it.
    """
    found = [one for text in texts for one in _read(scenario, text.strip())]
    if not found:
        raise OutcomeError("no outcome is named; one or more are needed")
    return tuple({one.name: one for one in found}.values())


def tables_of(outcomes: Iterable[Taken]) -> frozenset[str]:
    """Return the tables that a run must record so that outcomes can be taken from it."""
    tables = {table for one in outcomes for table in one.tables}
    # Only these two have rows in every week, so only they tell which weeks there were.
    return frozenset(tables if tables & {"firms", "market"} else {*tables, "market"})


def take_outcomes(book: Book, outcomes: Iterable[Taken]) -> Mapping[str, F64]:
    """Return every outcome by its name, shape (R,) each."""
    return {one.name: one.of(book) for one in outcomes}


def _read(scenario: Scenario, text: str) -> list[Outcome]:
    match = NAME.fullmatch(text)
    if not match:
        raise OutcomeError(f"{text!r} is no outcome; {WRITTEN}")
    part = {name: value or "" for name, value in match.groupdict().items()}
    table, entity, column = part["table"], part["entity"], part["column"]
    _among(table, tuple(TABLES), text, "table")
    if not entity and table in ("firms", "apps"):
        raise OutcomeError(f"{text!r} names no one; {WRITTEN}, or `*` for each")
    if entity and table == "market":
        raise OutcomeError(f"{text!r} names {entity!r}, but the market is one; {WRITTEN}")
    _check_column(text, table, column, part["word"])
    statistic = part["statistic"] or ("sum" if _is_flow(table, column, part["word"]) else "last")
    _among(statistic, STATISTICS, text, "statistic")
    period = _period(scenario, text, part["period"])
    signs = (("word", "="), ("statistic", ":"), ("period", "@"))
    tail = "".join(sign + part[name] for name, sign in signs if part[name])
    return [
        Outcome(
            ".".join(filter(None, (table, one, column))) + tail,
            table, one, column, part["word"], statistic, period,
            _members(scenario, table, one),
        )
        for one in _entities(scenario, table, entity, text)
    ]  # fmt: skip


def _check_column(text: str, table: str, column: str, word: str) -> None:
    columns = {one.name: one for one in TABLES[table][2:]}
    if column == ROWS and not word:
        return
    _among(column, (*columns, ROWS), text, f"column of {table}")
    kind = columns[column].kind
    if kind == "flag" and word:
        _among(word, FLAG, text, "flag")
    elif (kind == "text") != bool(word):
        help_ = "write =word after it" if kind == "text" else "=word goes with text only"
        raise OutcomeError(f"{text!r}: {column} of {table} is a {kind}; {help_}")


def _entities(scenario: Scenario, table: str, entity: str, text: str) -> tuple[str, ...]:
    kind = _key_column(table)
    known = _known(scenario, kind)
    if not entity or (known is None and entity not in (EVERY, ALL)):
        return (entity,)
    if known is None:
        raise OutcomeError(f"{text!r}: `{entity}` stands for firms, apps and channels only")
    if entity == EVERY:
        return known
    groups = (ALL, STARTUPS) if kind == "firm" and _startups(scenario) else (ALL,)
    _among(entity, (*known, *groups), text, kind)
    return (entity,)


def _members(scenario: Scenario, table: str, entity: str) -> tuple[str, ...]:
    if entity == ALL:
        return _known(scenario, _key_column(table)) or ()
    return _startups(scenario) if entity == STARTUPS else ()


def _known(scenario: Scenario, kind: str) -> tuple[str, ...] | None:
    return {
        "firm": tuple(scenario.firms),
        "app": tuple(name for name, app in scenario.apps.items() if app.market == "china"),
        "app_from": tuple(scenario.apps),
        "channel": tuple(scenario.channels),
    }.get(kind)


def _startups(scenario: Scenario) -> tuple[str, ...]:
    return tuple(name for name, firm in scenario.firms.items() if firm.kind == "startup")


def _period(scenario: Scenario, text: str, written: str) -> Period | None:
    if not written:
        return None
    try:
        period = Period.read(written)
    except CellError as error:
        raise OutcomeError(f"{text!r}: {error}") from error
    if period.last_day >= scenario.end or period.start < scenario.start:
        covers = f"{scenario.start} to {scenario.end - timedelta(days=1)}"
        raise OutcomeError(f"{text!r}: the scenario covers {covers}, not all of {written}")
    return period


def _key_column(table: str) -> str:
    """Return the column that says whom a row is about: the first one of text."""
    columns: tuple[Column, ...] = TABLES[table][2:]
    return next(column.name for column in columns if column.kind == "text")


def _is_flow(table: str, column: str, word: str) -> bool:
    if table not in STANDING:
        return True
    return not word and bool(FLOWS.fullmatch(f"{table}.{column}"))


def _weeks(weekly: Weekly, period: Period | None) -> range:
    if period is None:
        if not len(weekly.mondays):
            raise NotModelledError("the run has no week")
        return range(len(weekly.mondays))
    return range(weekly.week_of(_monday(period.start, weekly)), weekly.week_of(period.last_day) + 1)


def _monday(day: date, weekly: Weekly) -> date:
    """Return a day, or the first Monday where the run starts within a week after the day."""
    first: date = weekly.mondays[0].astype("datetime64[D]").item()
    return first if timedelta() < first - day < timedelta(days=DAYS_PER_WEEK) else day


def _middle(each: list[Weekly]) -> Weekly:
    """Return the median over those who have a value; NaN in a week in which nobody has one."""
    values = np.stack([one.values for one in each])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return Weekly(np.nanmedian(values, axis=0), each[0].mondays)


def _over(values: F64, statistic: str) -> F64:
    """Return a statistic over weeks with a value; NaN where no week has one."""
    known = ~np.isnan(values)
    count = known.sum(axis=1)
    if statistic == "min":
        found = np.where(known, values, np.inf).min(axis=1)
    elif statistic == "max":
        found = np.where(known, values, -np.inf).max(axis=1)
    else:
        found = np.where(known, values, 0.0).sum(axis=1)
        found = found / np.maximum(count, 1) if statistic == "mean" else found
    result: F64 = np.where(count > 0, found, np.nan)
    return result


def _among(name: str, known: tuple[str, ...], text: str, what: str) -> None:
    if name not in known:
        near = get_close_matches(name, known, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
        raise OutcomeError(f"{text!r}: there is no {what} {name!r}; {hint}")
