"""Machine code kept on disk is used only while every source that went into it is as it was."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sim

PACKAGE = Path(sim.__file__).parent
PROGRAM = """
import numpy as np
from sim.world.consumer_thinning import share_bytes
halves = np.empty(512, np.uint32)
share_bytes(np.uint64(1), np.uint64(0), halves)
print(int(halves.sum(dtype=np.uint64)), sum(share_bytes.stats.cache_hits.values()))
"""


def outcome(folder: Path) -> list[int]:
    """Run the kernel's hashes in a process of its own; return their sum and uses of the cache."""
    env = {**os.environ, "PYTHONPATH": str(folder)}
    env |= {"PYTHONDONTWRITEBYTECODE": "1", "NUMBA_CACHE_DIR": str(folder / "kept")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=folder, env=env, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [int(number) for number in done.stdout.split()]


@pytest.mark.slow
def test_a_changed_helper_in_another_file_is_compiled_anew(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    first, hits = outcome(tmp_path)
    assert hits == 0
    assert outcome(tmp_path) == [first, 1]
    streams = tmp_path / "sim" / "core" / "streams.py"
    text = streams.read_text(encoding="utf-8")
    assert "0xBF58476D1CE4E5B9" in text
    streams.write_text(text.replace("0xBF58476D1CE4E5B9", "0xBF58476D1CE4E5BB"), encoding="utf-8")
    changed, hits = outcome(tmp_path)
    assert hits == 0
    assert changed != first
