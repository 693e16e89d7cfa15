"""The sign of a claim: what its mechanism adds to outcomes, over pairs of runs with one luck.

A claim says on which side of zero the 90 % interval of the paired difference lies. Runs start from
the scenario that the environment variable LLMSIM_SIGN_BASE names, `baseline` if it names none.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from math import isfinite, nan
from typing import Any, Literal
from unittest.mock import patch

import numpy as np
import polars as pl
from small_market import NOTHING, START, small, switched_off, tables

from sim.engine import simulation
from sim.engine.identities import check
from sim.engine.state import Engine
from sim.experiments.paired import PairedDifference, paired_difference

BASE = "LLMSIM_SIGN_BASE"
Changes = Mapping[str, Any]
Look = Callable[[Engine], Any]


@dataclass(frozen=True)
class Run:
    """What came out of one run: its tables, and what a look at the engine found each week."""

    tables: Mapping[str, pl.DataFrame]
    seen: Sequence[Any]

    def __getitem__(self, table: str) -> pl.DataFrame:
        return self.tables[table]


Measure = Callable[[Run], float]


@dataclass(frozen=True, eq=False)
class Market:
    """A short scenario made for some claims; with 0 weeks it is opened, looked at, and not run."""

    names: tuple[str, ...] = ()
    changes: Changes = field(default_factory=dict)
    weeks: int = 40
    start: date = START
    look: Look | None = None


@dataclass(frozen=True)
class Outcome:
    """What a claim says of an outcome: the sign of what the mechanism adds; 0, nothing.

    added(without, with_it): the difference in one pair of runs; within: how little is nothing;
    shown: the sign that the model shows where the claim is contested.
    """

    what: str
    sign: Literal[-1, 0, 1]
    added: Callable[[Run, Run], float]
    within: float = 0.0
    shown: Literal[-1, 0, 1] | None = None

    def verdict(self, found: PairedDifference | None, sign: int | None = None) -> str:
        """Return yes, no, or unclear: does the interval lie where the sign says?"""
        if found is None:
            return "unclear"
        sign = self.sign if sign is None else sign
        if sign == 0:
            inside = -self.within <= found.low and found.high <= self.within
            outside = found.low > self.within or found.high < -self.within
        else:
            inside = min(sign * found.low, sign * found.high) > 0.0
            outside = max(sign * found.low, sign * found.high) < 0.0
        return "yes" if inside else "no" if outside else "unclear"


@dataclass(frozen=True, eq=False)
class Claim:
    """Pairs of runs for one claim, and what it says of their outcomes.

    without, with_it: changes to the market on either side; slow: not in the fast round of tests.
    """

    id: str
    market: Market
    without: Changes
    outcomes: tuple[Outcome, ...]
    replicates: int
    with_it: Changes = field(default_factory=dict)
    slow: bool = False


def more(what: str, measure: Measure, shown: Literal[-1, 0, 1] | None = None) -> Outcome:
    """Return that a mechanism raises what is measured."""
    return Outcome(what, 1, _difference(measure), shown=shown)


def less(what: str, measure: Measure, shown: Literal[-1, 0, 1] | None = None) -> Outcome:
    """Return that a mechanism lowers what is measured."""
    return Outcome(what, -1, _difference(measure), shown=shown)


def same(what: str, measure: Measure, within: float = 0.0) -> Outcome:
    """Return that a mechanism leaves what is measured as it is."""
    return Outcome(what, 0, _difference(measure), within)


def off(switch: str) -> dict[str, Any]:
    """Return the changes without a mechanism."""
    return switched_off(switch)


@cache
def differences(
    claim: Claim, replicates: int | None = None, seed: int = 1
) -> list[PairedDifference | None]:
    """Return what a claim's mechanism adds to each of its outcomes, with 90 % interval.

    A pair in which what is asked about does not happen, such as a sale that nobody makes, adds
    what is not a number and is left out; None where fewer than two are left.
    """
    added: list[list[float]] = [[] for _ in claim.outcomes]
    for replicate in range(replicates or claim.replicates):
        without, with_it = (
            _run(claim.market, changes, seed, replicate)
            for changes in (claim.without, claim.with_it)
        )
        for outcome, found in zip(claim.outcomes, added, strict=True):
            found.append(_added(outcome, without, with_it))
    return [_paired([one for one in found if isfinite(one)]) for found in added]


def _added(outcome: Outcome, without: Run, with_it: Run) -> float:
    try:
        return outcome.added(without, with_it)
    except ZeroDivisionError:
        # a share of nothing: nobody spends, raises or sells in this pair
        return nan


def _paired(added: Sequence[float]) -> PairedDifference | None:
    return paired_difference(np.zeros(len(added)), added) if len(added) > 1 else None


def base() -> str:
    """Return the scenario that all runs start from."""
    return os.environ.get(BASE, "baseline")


def _difference(measure: Measure) -> Callable[[Run, Run], float]:
    return lambda without, with_it: measure(with_it) - measure(without)


def _run(market: Market, changes: Changes, seed: int, replicate: int) -> Run:
    if changes:
        return _simulated(market, changes, seed, replicate)
    return _shared(market, base(), seed, replicate)


@cache
def _shared(market: Market, _base: str, seed: int, replicate: int) -> Run:
    """Several claims of one market have one of their two sides in common."""
    return _simulated(market, NOTHING, seed, replicate)


def _simulated(market: Market, changes: Changes, seed: int, replicate: int) -> Run:
    weeks = max(market.weeks, 1)
    scenario = small({**market.changes, **changes}, weeks, market.start, base())
    look, seen = market.look, list[Any]()
    if look is None:
        return Run(tables(scenario, seed, replicate, names=market.names), seen)
    if market.weeks == 0:
        return Run({}, [look(simulation.open_market(scenario, seed, replicate))])

    def see(engine: Engine) -> None:
        seen.append(look(engine))
        check(engine)

    with patch.object(simulation, "check", see):
        return Run(tables(scenario, seed, replicate, names=market.names), seen)
