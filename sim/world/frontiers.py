"""The two moving references outside the market: foreign closed and open-weights frontier."""

from dataclasses import dataclass, field


@dataclass
class Frontiers:
    """Quality in Elo points, best domestic at the opening = 0.

    open_served: what products built on open weights offer today; foreign_history: by week;
    gpu_price: over that of the opening.
    """

    foreign: float
    open_weights: float
    open_served: float
    foreign_history: list[float] = field(default_factory=list)
    gpu_price: float = 1.0
