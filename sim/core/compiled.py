"""Machine code made with numba and kept on disk, and the mixer of `sim.core.streams` in it.

This module imports numba; import it only where a market is simulated.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit

from sim.core.sources import digest_of
from sim.core.streams import GOLDEN, MULTIPLY_1, MULTIPLY_2

_GOLDEN = np.uint64(GOLDEN)
_MULTIPLY_1 = np.uint64(MULTIPLY_1)
_MULTIPLY_2 = np.uint64(MULTIPLY_2)
_S27, _S30, _S31 = (np.uint64(s) for s in (27, 30, 31))

Function = TypeVar("Function", bound=Callable[..., Any])


COMPILED = (
    "core/streams.py",
    "core/compiled.py",
    "core/draws.py",
    "core/sums.py",
    "core/units.py",
    "world/consumer_*.py",
    "world/account_kernel.py",
)
"""Files whose code or constants become machine code of other files."""
_DIGEST = digest_of(COMPILED)


def compiled(function: Function) -> Function:
    """Compile with the result kept on disk and the interpreter lock released."""
    return cast(Function, _kept(njit(cache=True, nogil=True)(function)))


def inlined(function: Function) -> Function:
    """Compile as a part of whatever calls it: passing ten tables would cost as much as the work."""
    return cast(Function, _kept(njit(cache=True, nogil=True, forceinline=True)(function)))


def _kept(function: Any) -> Any:
    """Let what is kept on disk hold for these sources only.

    numba looks at the function's own file, yet parts of other files are built into it. It has no
    public way to say so; a release without these names fails here and not silently.
    """
    kept = function._cache._cache_file
    kept._source_stamp = (kept._source_stamp, _DIGEST)
    return function


@inlined
def mixed(x: Any) -> Any:
    """Scramble 64 bits as `sim.core.streams.mix` does."""
    x = x + _GOLDEN
    x = (x ^ (x >> _S30)) * _MULTIPLY_1
    x = (x ^ (x >> _S27)) * _MULTIPLY_2
    return x ^ (x >> _S31)
