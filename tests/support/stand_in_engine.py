"""A stand-in for the engine that worker processes can import: fast, its tables known."""

import os
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.core.streams import Streams
from sim.core.tables import TABLES, Kind

WEEKS = 4
START = date(2024, 1, 1)
VALUES: dict[Kind, Any] = {"int": 1, "float": 0.5, "text": "", "flag": True}
NAMES = {"firm": "moonshot", "app": "kimi", "other": "doubao", "status": "active", "regime": "hot"}
SIGNALS = "STAND_IN_SIGNALS"
"""The environment variable with the folder through which engines that wait speak to a test."""

OnWeek = Callable[[int, int], None] | None
Columns = dict[str, dict[str, Any]]


class StandInScenario(NamedTuple):
    """What an ensemble asks of a scenario."""

    name: str = "stand-in"
    seed: int = 7

    def to_toml(self) -> str:
        return f'name = "{self.name}"\n'


def simulate(
    scenario: StandInScenario,
    seed: int,
    replicate: int,
    tables: frozenset[str] | None = None,
    on_week: OnWeek = None,
    threads: int = 1,
) -> Columns:
    """Record four weeks in which only `sentiment` differs: a draw of (seed, replicate, week)."""
    for week in range(WEEKS):
        if on_week is not None:
            on_week(week + 1, WEEKS)
    recorded: Columns = {}
    for table in tables if tables is not None else TABLES:
        columns: dict[str, Any] = {}
        for column in TABLES[table]:
            if column.kind == "date":
                columns[column.name] = [START + timedelta(weeks=week) for week in range(WEEKS)]
            else:
                columns[column.name] = [NAMES.get(column.name, VALUES[column.kind])] * WEEKS
        columns["replicate"] = np.full(WEEKS, replicate)
        recorded[table] = columns
    if "market" in recorded:
        draws = [Streams(seed, replicate).uniform("mood", "m", week) for week in range(WEEKS)]
        recorded["market"]["sentiment"] = np.array(draws)
    return recorded


def second_fails(
    scenario: StandInScenario,
    seed: int,
    replicate: int,
    tables: frozenset[str],
    on_week: OnWeek,
    threads: int,
) -> Columns:
    """Raise in replicate 1."""
    if replicate == 1:
        raise ZeroDivisionError("no market left")
    return simulate(scenario, seed, replicate, tables, on_week)


def second_forgets_a_column(
    scenario: StandInScenario,
    seed: int,
    replicate: int,
    tables: frozenset[str],
    on_week: OnWeek,
    threads: int,
) -> Columns:
    """Leave out a column in replicate 1."""
    recorded = simulate(scenario, seed, replicate, tables, on_week)
    if replicate == 1:
        del recorded["market"]["regime"]
    return recorded


def second_kills_its_process(
    scenario: StandInScenario,
    seed: int,
    replicate: int,
    tables: frozenset[str],
    on_week: OnWeek,
    threads: int,
) -> Columns:
    """End the worker process in replicate 1, as the system does when memory runs out."""
    if replicate == 1:
        os._exit(9)
    return simulate(scenario, seed, replicate, tables, on_week)


def third_is_interrupted(
    scenario: StandInScenario,
    seed: int,
    replicate: int,
    tables: frozenset[str],
    on_week: OnWeek,
    threads: int,
) -> Columns:
    """Press Ctrl-C in the middle of replicate 2."""
    if replicate == 2:
        raise KeyboardInterrupt
    return simulate(scenario, seed, replicate, tables, on_week)


def third_never_ends(
    scenario: StandInScenario,
    seed: int,
    replicate: int,
    tables: frozenset[str],
    on_week: OnWeek,
    threads: int,
) -> Columns:
    """Wait in replicates 2 and up until somebody ends this process; leave its id in a file."""
    if replicate >= 2:
        Path(os.environ[SIGNALS], f"waiting-{replicate}").write_text(str(os.getpid()))
        while True:
            time.sleep(0.05)
    return simulate(scenario, seed, replicate, tables, on_week)


def first_waits_for_second(
    scenario: StandInScenario,
    seed: int,
    replicate: int,
    tables: frozenset[str],
    on_week: OnWeek,
    threads: int,
) -> Columns:
    """Finish replicate 0 only after replicate 1 has finished."""
    done = Path(os.environ[SIGNALS], "second-is-done")
    while replicate == 0 and not done.exists():
        time.sleep(0.01)
    if replicate == 1:
        done.touch()
    return simulate(scenario, seed, replicate, tables, on_week)
