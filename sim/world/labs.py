"""Laboratories in columns: how each firm trains, what machines it owns, how it pays; shape (F,)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass
class Labs:
    """What research decisions leave behind; money in CNY, compute in CNY at opening GPU prices.

    late: clouds that enter late, with an iteration speed of their own; efficiency: training per
    unit of compute over the opening; engineering, reasoning: shares of research compute for
    cheaper training and for reinforcement learning; purchases: of accelerators, CNY a week;
    accelerators: own ones; run_spend: compute since the last run ended; run_compute: of the last
    final run; keeps_training, quits_training: said by the strategy, else chance decides; key_pay:
    of key people over the market.
    """

    late: Flags
    efficiency: F64
    engineering: F64
    reasoning: F64
    purchases: F64
    accelerators: F64
    run_spend: F64
    run_compute: F64
    keeps_training: Flags
    quits_training: Flags
    key_pay: F64

    @classmethod
    def opening(cls, late: Flags) -> "Labs":
        """Return laboratories on the first day: no machines of their own, nothing decided."""
        n = len(late)
        return cls(
            late=late,
            efficiency=np.ones(n),
            engineering=np.zeros(n),
            reasoning=np.zeros(n),
            purchases=np.zeros(n),
            accelerators=np.zeros(n),
            run_spend=np.zeros(n),
            run_compute=np.zeros(n),
            keeps_training=np.zeros(n, dtype=np.bool_),
            quits_training=np.zeros(n, dtype=np.bool_),
            key_pay=np.ones(n),
        )
