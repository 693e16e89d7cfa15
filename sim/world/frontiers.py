"""The two moving references outside the market: the foreign closed and the open-weights frontier."""

from dataclasses import dataclass, field


@dataclass
class Frontiers:
    """Quality in Elo points (best domestic at the opening = 0); history of foreign steps by week."""

    foreign: float
    open_weights: float
    foreign_history: list[float] = field(default_factory=list)
    paradigm_week: int | None = None
    gpu_price: float = 1.0
