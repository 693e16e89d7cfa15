"""C: one hash a person and week, compiled here with every optimisation and OpenMP."""

import ctypes
import subprocess
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
from adoption import APPS, LEAVE, WEEKS, Outcome, adoption_probability

from sim.core.streams import Streams

SOURCE = Path(__file__).with_name("adoption.c")
FLAGS = ("-O3", "-march=native", "-fopenmp", "-shared", "-fPIC")
UNIT = float(1 << 32)


@cache
def library() -> ctypes.CDLL:
    """Compile once a process."""
    target = Path(mkdtemp()) / "adoption.so"
    subprocess.run(["cc", *FLAGS, "-o", str(target), str(SOURCE)], check=True)
    return ctypes.CDLL(str(target))


def simulate(people: int, seed: int) -> Outcome:
    """Play one run."""
    advance = library().advance
    app, start = np.zeros(people, np.uint8), np.zeros(people, np.uint8)
    leave = (LEAVE * UNIT).astype(np.uint32)
    holders, adds = np.zeros(APPS), np.zeros(APPS)
    for week in range(WEEKS):
        probability, split = adoption_probability(holders, people)
        join = (probability * split * UNIT).astype(np.uint32)
        change = np.zeros((2, APPS), np.int64)
        advance(
            app.ctypes, start.ctypes, ctypes.c_int64(people),
            ctypes.c_uint64(Streams(seed).key("adoption", week)), week,
            join.ctypes, leave.ctypes, change.ctypes,
        )  # fmt: skip
        holders += change[0] - change[1]
        adds += change[0]
    return Outcome(holders, adds)
