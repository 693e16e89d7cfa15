"""Sums of short rows in compiled code, in the order in which numpy adds them: the same last bit.

This module imports numba; import it only where a market is simulated.
"""

from typing import Any

from sim.core.compiled import inlined

LANES = 8
"""numpy adds a row in so many lanes, and splits no row of up to 128 numbers further."""


@inlined
def summed(x: Any) -> Any:
    """Return the sum of (n,) numbers that lie side by side, n up to 128, as `np.sum` does."""
    whole, total = len(x) - len(x) % LANES, 0.0
    if whole:
        a, b, c, d, e, f, g, h = x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]
        for i in range(LANES, whole, LANES):
            a, b, c, d = a + x[i], b + x[i + 1], c + x[i + 2], d + x[i + 3]
            e, f, g, h = e + x[i + 4], f + x[i + 5], g + x[i + 6], h + x[i + 7]
        total = ((a + b) + (c + d)) + ((e + f) + (g + h))
    for i in range(whole, len(x)):
        total += x[i]
    return total
