"""Engines for sweeps that worker processes can import: their outcome follows from the inputs."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from sim.core.streams import Streams
from sim.core.tables import TABLES
from sim.scenario import Scenario

SPACE = ("firms.moonshot.cash_mcny=1000:3000", "mechanisms.price_war=true,false")
OUTCOMES = ("market.sentiment", "market.hhi_mau", "market.sentiment:sum")
FOLDER = "SWEEP_ENGINE_FOLDER"
"""The environment variable with the folder where engines that must be counted leave their mark."""

OnWeek = Callable[[int, int], None] | None
WEEKS = 3


def cash_and_luck(
    scenario: Scenario,
    seed: int,
    replicate: int,
    tables: frozenset[str] | None = None,
    on_week: OnWeek = None,
    threads: int = 1,
) -> dict[str, dict[str, Any]]:
    """Record a market whose `sentiment` is moonshot's cash plus luck, and `hhi_mau` the luck."""
    assert tables is not None
    luck = [Streams(seed, replicate).uniform("mood", "m", week) for week in range(WEEKS)]
    cash = scenario.firms["moonshot"].cash_mcny
    assert cash is not None
    mark(f"{cash!r}-{replicate}")
    market: dict[str, Any] = {"date": [scenario.start + timedelta(weeks=i) for i in range(WEEKS)]}
    for column in TABLES["market"]:
        values = {"int": 1, "float": 0.5, "text": "hot"}.get(column.kind)
        if values is not None:
            market[column.name] = [values] * WEEKS
    market |= {
        "replicate": np.full(WEEKS, replicate),
        "sentiment": cash + np.array(luck),
        "hhi_mau": np.array(luck),
    }
    assert tables == {"market"}
    return {"market": market}


def poor_fail(
    scenario: Scenario, seed: int, replicate: int, tables: frozenset[str], on_week: OnWeek, t: int
) -> dict[str, dict[str, Any]]:
    """Fail where moonshot has less than 2000 M CNY."""
    if (scenario.firms["moonshot"].cash_mcny or 0.0) < 2000:
        raise ZeroDivisionError("no money left")
    return cash_and_luck(scenario, seed, replicate, tables, on_week, t)


def richest_kills_its_process(
    scenario: Scenario, seed: int, replicate: int, tables: frozenset[str], on_week: OnWeek, t: int
) -> dict[str, dict[str, Any]]:
    """End the process where moonshot has over 2800 M CNY, as the system does without memory."""
    if (scenario.firms["moonshot"].cash_mcny or 0.0) > 2800:
        os.kill(os.getpid(), signal.SIGKILL)
    return cash_and_luck(scenario, seed, replicate, tables, on_week, t)


def memory_runs_out(
    scenario: Scenario, seed: int, replicate: int, tables: frozenset[str], on_week: OnWeek, t: int
) -> dict[str, dict[str, Any]]:
    """Ask for more memory than there is."""
    np.empty(1 << 50)
    raise AssertionError


def third_is_interrupted(
    scenario: Scenario, seed: int, replicate: int, tables: frozenset[str], on_week: OnWeek, t: int
) -> dict[str, dict[str, Any]]:
    """Press Ctrl-C in the third run."""
    if len(marks()) == 2:
        mark("pressed")
        raise KeyboardInterrupt
    return cash_and_luck(scenario, seed, replicate, tables, on_week, t)


def waits_for_ever_after_three(
    scenario: Scenario, seed: int, replicate: int, tables: frozenset[str], on_week: OnWeek, t: int
) -> dict[str, dict[str, Any]]:
    """Run three times; then say so in a file `waiting-<process>` and wait to be ended."""
    if len(marks()) >= 3:
        Path(os.environ[FOLDER], f"waiting-{os.getpid()}").touch()
        while True:
            time.sleep(0.02)
    return cash_and_luck(scenario, seed, replicate, tables, on_week, t)


def first_rich_waits(
    scenario: Scenario, seed: int, replicate: int, tables: frozenset[str], on_week: OnWeek, t: int
) -> dict[str, dict[str, Any]]:
    """Where moonshot has over 2000 M CNY, the first run says `waiting-<process>` and waits."""
    if (scenario.firms["moonshot"].cash_mcny or 0.0) > 2000:
        with suppress(FileExistsError):
            Path(os.environ[FOLDER], "taken").touch(exist_ok=False)
            Path(os.environ[FOLDER], f"waiting-{os.getpid()}").touch()
            while True:
                time.sleep(0.02)
    return cash_and_luck(scenario, seed, replicate, tables, on_week, t)


def process_that_waits() -> int | None:
    """Return the id of the process whose run waits to be ended, if there is one."""
    found = [path.name for path in Path(os.environ[FOLDER]).glob("waiting-*")]
    return int(found[0].partition("-")[2]) if found else None


def mark(name: str) -> None:
    """Leave a mark for a run, one for every time it runs."""
    if FOLDER in os.environ:
        place = Path(os.environ[FOLDER])
        (place / f"ran-{name}-{time.time_ns()}-{os.getpid()}").touch()


def marks() -> list[str]:
    """Return the marks so far."""
    return [path.name for path in Path(os.environ[FOLDER]).glob("ran-*")]
