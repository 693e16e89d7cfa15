"""A digest of source files: what was made from them is stale when it changes."""

from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

PACKAGE = Path(__file__).parents[1]


def digest_of(patterns: Iterable[str]) -> str:
    """Return a digest of the package's files that match, by name and content.

    patterns: of paths within the package, `world/consumer_*.py`. Raises FileNotFoundError when one
    matches nothing, as its files would then go unnoticed.
    """
    digest = blake2b(digest_size=16)
    for pattern in patterns:
        found = sorted(PACKAGE.glob(pattern))
        if not found:
            raise FileNotFoundError(f"no file of the package matches {pattern}")
        for file in found:
            content = file.read_bytes()
            digest.update(f"{file.relative_to(PACKAGE).as_posix()} {len(content)} ".encode())
            digest.update(content)
    return digest.hexdigest()
