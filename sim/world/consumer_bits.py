"""Hashes and bits for compiled code: the mixer of `sim.core.streams`, and listing set bits.

This module imports numba; import it only where consumers are advanced.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from llvmlite import ir
from numba import njit
from numba.extending import intrinsic

from sim.core.sources import digest_of
from sim.core.streams import GOLDEN, MULTIPLY_1, MULTIPLY_2

_GOLDEN = np.uint64(GOLDEN)
_MULTIPLY_1 = np.uint64(MULTIPLY_1)
_MULTIPLY_2 = np.uint64(MULTIPLY_2)
_ONE = np.uint64(1)
_S27, _S30, _S31 = (np.uint64(s) for s in (27, 30, 31))

Function = TypeVar("Function", bound=Callable[..., Any])


COMPILED = ("core/streams.py", "world/consumer_*.py", "world/account_kernel.py")
"""Files whose code or constants become machine code."""
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


def _trailing_zeros(_: Any, number: Any) -> Any:
    def instruction(__: Any, builder: Any, ___: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return number(number), instruction


def _set_bits(_: Any, number: Any) -> Any:
    def instruction(__: Any, builder: Any, ___: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return number(number), instruction


def _entry(_: Any, table: Any, index: Any) -> Any:
    def instruction(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        found = builder.load(builder.gep(data, [arguments[1]]))
        found.set_metadata("invariant.load", builder.module.add_metadata([]))
        return found

    return table.dtype(table, index), instruction


trailing_zeros: Any = intrinsic(_trailing_zeros)
"""Zeros below the lowest set bit of a number that is not 0; one instruction, which Python lacks."""
set_bits: Any = intrinsic(_set_bits)
"""Number of set bits."""
entry: Any = intrinsic(_entry)
"""table[index] of a flat table that nobody writes while the kernel runs. Only because the compiler
is told so can it read for several people at once; index must lie within the table."""


@inlined
def mixed(x: Any) -> Any:
    """Scramble 64 bits as `sim.core.streams.mix` does."""
    x = x + _GOLDEN
    x = (x ^ (x >> _S30)) * _MULTIPLY_1
    x = (x ^ (x >> _S27)) * _MULTIPLY_2
    return x ^ (x >> _S31)


@inlined
def list_bits(word: Any, listed: Any, count: Any) -> Any:
    """Write the positions of a word's set bits to listed[count:]; return the count after it.

    Four are written at a time whether or not there are as many, because a wrongly guessed branch
    costs more than a store; listed needs three places to spare.
    """
    end = count + np.int64(set_bits(word))
    while count < end:
        for ahead in range(4):
            listed[count + ahead] = np.int64(trailing_zeros(word))
            word &= word - _ONE
        count += 4
    return end
