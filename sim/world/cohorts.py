"""Cohorts of users and a quarter of advertising: what firms measure of the people they bought."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]


@dataclass
class Cohorts:
    """Running sums; they grow with apps, weeks and channels, never with people.

    joined: (A, W, 2) agents who took an app up, by week and by (not bought, bought);
    spend, people: (F, K) CNY spent and people bought by firm and channel this quarter.
    """

    joined: I64
    spend: F64
    people: F64

    @classmethod
    def empty(cls, apps: int, weeks: int, firms: int, channels: int) -> "Cohorts":
        """Return the sums before the first week."""
        return cls(
            joined=np.zeros((apps, weeks, 2), dtype=np.int64),
            spend=np.zeros((firms, channels)),
            people=np.zeros((firms, channels)),
        )
