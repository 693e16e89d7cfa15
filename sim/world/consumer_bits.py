"""Bits for compiled code: reading tables that nobody writes, and listing set bits.

This module imports numba; import it only where consumers are advanced.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba.extending import intrinsic

from sim.core.compiled import inlined

_ONE = np.uint64(1)


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
