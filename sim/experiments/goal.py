"""What shall be reached: `apps.kimi.mau@2025-06 >= 20 M`, or `P(apps.kimi.mau >= 20e6) >= 0.9`.

    goal     an outcome, one of >= <= =, a number with or without unit; reached on average
    chance   P(goal) >= share: the goal is reached in that share of replicates

Nothing in a goal is evaluated: it is taken apart by its signs, and the outcome and the number are
read as everywhere else.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.core.diagnostics import shorten
from sim.core.errors import SimError
from sim.experiments.judged import Judged, read_judged
from sim.scenario import Scenario
from sim.scenario.quantities import QuantityError, convertible, read_quantity

F64 = NDArray[np.float64]
Sign = Literal[">=", "<=", "="]

WRITTEN = 'write "OUTCOME >= NUMBER", <= or =, or "P(OUTCOME >= NUMBER) >= SHARE"'
GOAL = re.compile(r"\s*(?P<outcome>\S+?)\s*(?P<sign>>=|<=|==|>|<|\s=\s)\s*(?P<number>[^<>=()]+)")
CHANCE = re.compile(rf"\s*P\s*\({GOAL.pattern}\)\s*(?P<at>>=|>)\s*(?P<share>[^<>=()]+)")
SIGNS: dict[str, Sign] = {">=": ">=", ">": ">=", "<=": "<=", "<": "<=", "==": "=", "=": "="}
IN_OUTCOMES = {"CNY": "CNY", "CNY/Mtok": "CNY/Mtok", "users": "users", "tokens/day": "tokens/day",
               "months": "months", "people": "people"}  # fmt: skip


class GoalError(SimError):
    """A goal that cannot be read."""


@dataclass(frozen=True)
class Goal:
    """An outcome that shall reach a number, on average or in a share of the replicates."""

    text: str
    outcome: Judged
    sign: Sign
    number: float
    share: float | None = None

    @property
    def target(self) -> float:
        """The value at which the goal is just reached: the number, or the share."""
        return self.number if self.share is None else self.share

    def score(self, values: F64) -> F64:
        """Return what is averaged over replicates, of any shape: the outcome, or 1 where reached.

        NaN stays NaN.
        """
        if self.share is None:
            return values
        reached = values >= self.number if self.sign == ">=" else values <= self.number
        found: F64 = np.where(np.isnan(values), np.nan, reached.astype(np.float64))
        return found

    def reached(self, average: float) -> bool:
        """Tell whether an average of the score reaches the goal; of `=` only just."""
        if self.share is not None or self.sign == ">=":
            return average >= self.target
        return average <= self.target if self.sign == "<=" else average == self.target


def read_goal(text: str, scenarios: Sequence[Scenario]) -> Goal:
    """Return the goal that a text states for scenarios.

    Raises GoalError for a text of another form or a number of another unit, OutcomeError for an
    outcome that a scenario has not.
    """
    match = CHANCE.fullmatch(text) or GOAL.fullmatch(text)
    if match is None:
        raise GoalError(f"`{shorten(text)}` is no goal; {WRITTEN}")
    found = read_judged(scenarios, [match["outcome"]])
    if len(found) != 1:
        raise GoalError(f"`{shorten(text)}` names {len(found)} outcomes; a goal has one")
    part = match.groupdict()
    sign, share = SIGNS[match["sign"].strip()], None
    if "share" in part:
        share = _number(part["share"], "1", scenarios[0], text)
        if not 0.0 < share < 1.0:
            raise GoalError(f"`{shorten(text)}`: a share lies between 0 and 1, not at {share:g}")
        if sign == "=":
            raise GoalError(f"`{shorten(text)}`: inside of P(...) stands >= or <=")
    unit = IN_OUTCOMES.get(found[0].unit, "1")
    number = _number(match["number"], unit, scenarios[0], text)
    return Goal(" ".join(text.split()), found[0], sign, number, share)


def _number(written: str, unit: str, scenario: Scenario, text: str) -> float:
    try:
        return read_quantity(written.strip(), unit if convertible(unit) else "1", scenario.start)
    except QuantityError as error:
        raise GoalError(f"`{shorten(text)}`: {error}") from error
