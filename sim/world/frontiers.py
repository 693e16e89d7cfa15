"""The two moving references outside the market: foreign closed and open-weights frontier."""

from dataclasses import dataclass, field
from math import inf


@dataclass
class Frontiers:
    """Quality in Elo points, best domestic at the opening = 0.

    open_served: what products built on open weights offer today; foreign_history: by week;
    gpu_price: over that of the opening beside its general fall; gpu_supply: compute a week on
    offer, CNY at opening prices, 0 before the first week; export_limit: factor on the price;
    distilled_from: open_served when small models began to be taught by large ones, inf before.
    """

    foreign: float
    open_weights: float
    open_served: float
    foreign_history: list[float] = field(default_factory=list)
    gpu_price: float = 1.0
    gpu_supply: float = 0.0
    export_limit: float = 1.0
    distilled_from: float = inf
