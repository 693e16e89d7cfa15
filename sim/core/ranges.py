"""Small arrays cut to a range or with gaps filled: what numpy does, at a fraction of its overhead.

A week makes dozens of such calls on a dozen firms each, where `np.clip` and `np.nan_to_num` spend
two to six times what the arithmetic needs.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def within(values: ArrayLike, low: ArrayLike, high: ArrayLike) -> NDArray[Any]:
    """Return values no lower than low and no higher than high; shapes broadcast, nan stays."""
    return np.asarray(np.minimum(np.maximum(values, low), high))


def known(values: NDArray[np.float64], otherwise: float = 0.0) -> NDArray[np.float64]:
    """Return values with a number in place of every nan, any shape."""
    return np.where(np.isnan(values), otherwise, values)
