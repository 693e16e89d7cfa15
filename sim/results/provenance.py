"""Where a run came from: versions, commit and hashes that let someone else repeat it."""

import platform
import subprocess
from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sim import __version__
from sim.core.shipped import PACKAGE, shipped

LIBRARIES = ("numpy", "scipy", "simpy", "numba", "polars", "pydantic")


def versions() -> dict[str, str | None]:
    """Return the versions that decide a run's numbers, by package; null where unknown."""
    found: dict[str, str | None] = {name: _version(name) for name in LIBRARIES}
    return {"llmsim": __version__, "python": platform.python_version(), **found}


def git_commit() -> str | None:
    """Return the commit of this checkout, with `-dirty` if files differ; None outside of one."""
    root = PACKAGE.parent
    if not (root / ".git").exists():
        return None
    command = ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=40"]
    try:
        done = subprocess.run(
            [*command, "--exclude=*"], capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


@cache
def code_hash() -> str:
    """Return the hash of every source file of the package, names included."""
    return _hash_files(PACKAGE, PACKAGE.rglob("*.py"))


def inputs_hash(scenario_text: str) -> str:
    """Return the hash of all that a run reads: the resolved scenario and the seed tables."""
    folder = shipped("seeds")
    return hash_of(scenario_text, _hash_files(folder, folder.rglob("*.csv")))


def hash_of(*parts: object) -> str:
    """Return 32 hexadecimal digits that change when any part, or where it ends, changes."""
    digest = blake2b(digest_size=16)
    for part in parts:
        encoded = str(part).encode()
        digest.update(len(encoded).to_bytes(8, "little") + encoded)
    return digest.hexdigest()


def _hash_files(root: Path, files: Iterable[Path]) -> str:
    named = sorted((file.relative_to(root).as_posix(), file) for file in files)
    return hash_of(*(part for name, file in named for part in (name, file.read_bytes().hex())))


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
