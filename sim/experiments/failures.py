"""What went wrong in a run: the stage it had reached, the error, the traceback."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import NamedTuple

from sim.core.shipped import PACKAGE
from sim.scenario import ScenarioError

AROUND = frozenset(
    PACKAGE / "experiments" / name for name in ("ensemble.py", "points.py", "sweep_runs.py")
)
"""Files that call a run; an error that passed only through them happened in the run."""


class Trouble(NamedTuple):
    """Why a run has no result."""

    stage: str
    error: str
    traceback: str


def trouble_of(error: BaseException, stage: str = "") -> Trouble:
    """Describe an error; the stage is where in this library it happened, unless given."""
    text = "".join(traceback.format_exception(error))
    return Trouble(stage or _stage(error), f"{type(error).__name__}: {error}", text)


def _stage(error: BaseException) -> str:
    """Return the innermost module of this library that the error passed through."""
    if isinstance(error, ScenarioError):
        return "scenario"
    files = [Path(frame.filename) for frame in traceback.extract_tb(error.__traceback__)]
    below = [file for file in files if file not in AROUND]
    inside = [file.relative_to(PACKAGE) for file in below if file.is_relative_to(PACKAGE)]
    return ".".join(inside[-1].with_suffix("").parts) if inside else "simulate"
