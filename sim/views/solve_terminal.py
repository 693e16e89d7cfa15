"""What reaches a goal, on a terminal: the value with its interval, or why there is none."""

import polars as pl
from rich.console import Group, RenderableType
from rich.text import Text

from sim.experiments.goal import Goal
from sim.experiments.solve import Crossing, Solution, Solved
from sim.views.fitted import fitted
from sim.views.format import MISSING, percent
from sim.views.outcomes import input_text, interval_text, name_with_unit, outcome_value


def renderable(found: Solved) -> Group:
    """Return the answer for a console of 80 columns or more; colour carries no meaning."""
    parts: list[RenderableType] = [
        Text(f"{found.scenario}: {found.goal.text}", style="bold"),
        Text(f"{found.replicates} replicates of each value, the same luck, seed {found.seed}"),
        Text(""),
    ]
    if len(found.solutions) > 1:
        parts.append(_frontier(found))
    else:
        one = found.solutions[0]
        parts += [Text(line) for line in answer(found.goal, one)]
        parts += [Text(""), _tried(found.goal, one)]
    return Group(*parts)


def answer(goal: Goal, one: Solution) -> list[str]:
    """Return what was found as sentences."""
    if one.crossings:
        return [_said(goal, one, crossing) for crossing in one.crossings]
    rows = one.tried.to_dicts()
    first, last = rows[0], rows[-1]
    low, high = (_average(goal, row["mean"]) for row in (first, last))
    ends = (
        f"{low} at {input_text(first['value'], one.unit)}, "
        f"{high} at {input_text(last['value'], one.unit)}"
    )
    if one.status == "always":
        return [f"The goal is reached at every value tried: {ends}."]
    best = rows[_best(goal, one.tried)]
    text = f"The goal is not reached within the range: {ends}."
    if best not in (first, last):
        at = input_text(best["value"], one.unit)
        text += f" The nearest is {_average(goal, best['mean'])} at {at}."
    return [text]


def _said(goal: Goal, one: Solution, crossing: Crossing) -> str:
    at = input_text(crossing.value, one.unit)
    ends = [
        MISSING if end is None else input_text(end) for end in (crossing.low, crossing.high)
    ]  # fmt: skip
    band = f"{ends[0]} to {ends[1]}"
    if crossing.low is None or crossing.high is None:
        band += "; an end lies outside of the range"
    side = "from there on" if _met_above(goal, crossing) else "up to there"
    if goal.sign == "=":
        side = "there"
    return f"{one.key} = {at} (90 % interval {band}): the goal is reached {side}."


def _met_above(goal: Goal, crossing: Crossing) -> bool:
    more = goal.share is not None or goal.sign == ">="
    return crossing.rising == more


def _average(goal: Goal, value: float) -> str:
    if goal.share is not None:
        return percent(value)
    return outcome_value(value, goal.outcome.unit)


def _best(goal: Goal, tried: pl.DataFrame) -> int:
    found = (tried["mean"] - goal.target).abs().arg_min()
    return int(found or 0)


def _tried(goal: Goal, one: Solution) -> RenderableType:
    name = (
        "P(goal)" if goal.share is not None
        else name_with_unit(goal.outcome.id, goal.outcome.unit)
    )  # fmt: skip
    rows = [
        (
            input_text(row["value"], one.unit),
            _average(goal, row["mean"]),
            interval_text(
                row["low"], row["high"], "probability" if goal.share else goal.outcome.unit, sign=""
            ),
            "yes" if goal.reached(row["mean"]) else "no",
        )
        for row in one.tried.iter_rows(named=True)
    ]
    return fitted((one.key, name, "90 % interval", "Reached"), rows)


def _frontier(found: Solved) -> RenderableType:
    (second,) = found.solutions[0].at
    first = found.solutions[0].key
    rows = []
    for one in found.solutions:
        at = input_text(one.at[second])
        if not one.crossings:
            rows.append(
                (at, {"always": "reached all over", "never": "not reached"}[one.status], "")
            )
            continue
        for crossing in one.crossings:
            ends = (crossing.low, crossing.high)
            band = " to ".join(MISSING if end is None else input_text(end) for end in ends)
            rows.append((at, input_text(crossing.value, one.unit), band))
    return fitted((second, first, "90 % interval"), rows, texts=2)
