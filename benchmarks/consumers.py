"""Speed of the consumer kernel on the baseline's own people and hazards, beside C and memory.

    python benchmarks/consumers.py [--agents 100000000] [--threads 2] [--repetitions 5]

A run of the baseline gives people and hazards of three weeks; its people are repeated up to the
number asked for. Then, alternating: the kernel, the same algorithm in C (if `cc` is there; equal
counts are required), and a loop that only reads and writes every word. Medians of repetitions with
[lowest, highest]; CPU beside wall clock, because a shared machine stretches the latter.
"""

import argparse
import ctypes
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import numpy as np
from numba import njit

from sim.core.streams import Streams
from sim.engine.simulation import simulate
from sim.scenario import Scenario
from sim.world.consumer_events import Tally
from sim.world.consumer_kernel import advance_blocks
from sim.world.consumer_rates import week_keys, week_rates
from sim.world.consumer_thinning import BLOCK
from sim.world.consumer_week import advance
from sim.world.consumers import Consumers, Hazards, empty_tally, populate
from sim.world.state import World

WEEKS = (40, 70, 100)
SOURCE = Path(__file__).with_suffix(".c")
TABLES = (
    "bounds", "leave_base", "leave_factor", "tier", "take_up", "first", "second", "subscribe",
    "switch",
)  # fmt: skip


@dataclass(frozen=True)
class Moment:
    """People and hazards of one week of the baseline."""

    week: int
    hazards: Hazards
    people: Consumers


@njit(nogil=True)
def touch(words: Any) -> None:
    """Read and write every word: what no kernel can beat."""
    for row in range(len(words)):
        words[row] += np.uint32(1)


def moments(agents: int) -> list[Moment]:
    """Run the baseline and return some of its weeks, with the people repeated."""
    found: list[Moment] = []

    def watch(hazards: Hazards, world: World) -> Hazards:
        if world.week in WEEKS:
            assert world.consumers is not None
            found.append(Moment(world.week, hazards, repeated(world.consumers, agents)))
        return hazards

    simulate(Scenario.load("baseline"), 1, 0, frozenset({"apps"}), hazards=watch)
    return found


def repeated(people: Consumers, agents: int) -> Consumers:
    """Return at least so many people in the same states."""
    times = -(-agents // people.population)
    sizes = dict(zip(people.segments, (people.size * times).tolist(), strict=True))
    many = populate(sizes, people.apps, people.weeks)
    for s, size in enumerate(people.size.tolist()):
        start, to = (int(p.block_of_segment[s]) * BLOCK for p in (people, many))
        many.words[to : to + size * times] = np.tile(people.words[start : start + size], times)
    return replace(many, tally=many.recount())


def c_library(folder: str) -> ctypes.CDLL | None:
    """Compile the C version, if there is a compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    # Waiting threads would otherwise spin, and count as busy.
    os.environ["OMP_WAIT_POLICY"] = "passive"
    built = str(Path(folder) / "consumers.so")
    flags = ["-O3", "-march=native", "-fopenmp", "-shared", "-fPIC"]
    subprocess.run([compiler, *flags, "-o", built, str(SOURCE), "-lm"], check=True)
    return ctypes.CDLL(built)


def in_c(
    library: ctypes.CDLL, moment: Moment, words: Any, keys: Any, threads: int
) -> tuple[Any, Tally]:
    """Advance the words by a week in C; return the events (16, 16, 16) and changes of the tally."""
    rates, people = week_rates(moment.people, moment.hazards, moment.week), moment.people
    tables = [np.ascontiguousarray(getattr(rates, name)) for name in TABLES]
    packed = np.array([*(t.ctypes.data for t in tables), rates.young, rates.switch_share], np.int64)
    events = np.zeros((16, 16, 16), np.int64)
    tally = empty_tally(len(people.segments), people.weeks)
    arrays = (words, people.segment_of_block, people.block_of_segment, people.size, keys)
    number = ctypes.c_int64
    library.week_of_all(
        *(ctypes.c_void_p(array.ctypes.data) for array in arrays),
        number(len(people.segments)), number(moment.week), ctypes.c_void_p(packed.ctypes.data),
        number(len(people.segment_of_block)), ctypes.c_int(threads), number(people.weeks),
        *(ctypes.c_void_p(counts.ctypes.data) for counts in (*tally, events)),
    )  # fmt: skip
    return events, tally


def timed(work: Callable[[], object]) -> tuple[float, float, object]:
    """Return wall clock and CPU seconds of some work, and its result."""
    cpu, wall = process_time(), perf_counter()
    result = work()
    return perf_counter() - wall, process_time() - cpu, result


def in_numba(moment: Moment, keys: Any) -> Any:
    """Return the events of a week on one thread, as the C version counts them."""
    events = np.zeros((16, 16, 16), np.int64)
    people = moment.people
    rates = week_rates(people, moment.hazards, moment.week)
    where = (people.segment_of_block, people.block_of_segment, people.size)
    blocks = len(people.segment_of_block)
    advance_blocks(people.words, *where, keys, moment.week, rates, people.tally, events, 0, blocks)
    return events


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agents", type=int, default=100_000_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repetitions", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(options.threads) as pool:
        library = c_library(folder)
        for moment in moments(options.agents):
            measure(moment, library, pool, options.threads, options.repetitions)


def measure(
    moment: Moment, library: ctypes.CDLL | None, pool: ThreadPoolExecutor, threads: int, times: int
) -> None:
    """Time one week, alternating, and print it."""
    people = moment.people
    before, number, acted = people.words.copy(), people.population, 0
    seconds: dict[str, list[tuple[float, float]]] = {"kernel": [], "C": [], "memory": []}
    if library is not None:
        keys = week_keys(Streams(0), people.segments, moment.week)
        start = Tally(*(counts.copy() for counts in people.tally))
        ours = in_numba(moment, keys)
        after = people.words.copy()
        people.words[:] = before
        theirs, changes = in_c(library, moment, people.words, keys, threads)
        assert np.array_equal(ours, theirs)
        assert np.array_equal(after, people.words)
        for now, then, change in zip(people.tally, start, changes, strict=True):
            assert np.array_equal(now, then + change)
    for repetition in range(times):
        streams = Streams(repetition)
        keys = week_keys(streams, people.segments, moment.week)
        people.words[:] = before
        parts = np.array_split(people.words, threads)
        seconds["memory"].append(timed(lambda parts=parts: list(pool.map(touch, parts)))[:2])
        if library is not None:
            people.words[:] = before
            run = partial(in_c, library, moment, people.words, keys, threads)
            seconds["C"].append(timed(run)[:2])
        people.words[:] = before
        wall, cpu, counts = timed(
            lambda s=streams: advance(people, moment.hazards, s, moment.week, threads)
        )
        seconds["kernel"].append((wall, cpu))
        acted = int(
            counts.adds.sum() - counts.adds_switched.sum() + counts.losses.sum()
            + counts.new_subscribers.sum()
        )  # fmt: skip
    print(f"week {moment.week}: {number / 1e6:,.0f} M people, {threads} threads, ", end="")
    print(f"{acted / number:.2%} act, {times} repetitions")
    for name, found in seconds.items():
        if not found:
            continue
        wall, cpu = ([number / one[k] / 1e9 for one in found] for k in (0, 1))
        print(
            f"  {name:7} {median(wall):6.2f} [{min(wall):.2f}, {max(wall):.2f}] bn a second;",
            end="",
        )
        print(f" {median(cpu):.2f} bn per CPU second", end="")
        if name == "kernel":
            print(
                f"; {1e9 * median(c for _, c in found) / acted:.0f} ns of CPU per acting person",
                end="",
            )
        print()
    ours = median(cpu for _, cpu in seconds["kernel"])
    if seconds["C"]:
        print(f"  {median(cpu for _, cpu in seconds['C']) / ours:.0%} of C,", end="")
    print(f" {median(cpu for _, cpu in seconds['memory']) / ours:.0%} of the memory floor (by CPU)")


if __name__ == "__main__":
    main()
