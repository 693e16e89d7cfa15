"""Apps in columns: who owns them, when they come, what they spend and hear."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass
class Apps:
    """All apps of the home market, shape (A,) unless said.

    owns_channel: the owner has a channel to push it on; budget: CNY a week; pushed: people a week
    wished on the own channel; news: people a week whom news brings; fresh_news: trial hazard of
    this week's news; quality_lead: over the best rival app; lead: the part still talked about;
    leavers: (5, A) people who left in the last five weeks, newest last; mau: users, people;
    mau_history: (14, A), newest last; spend_history: (8, A) CNY, newest first;
    awaited: (A, K) people bought by ads who have not come yet;
    rivals_adds: moving average of all additions of rivals' apps but by news, people a week.
    """

    ids: tuple[str, ...]
    firm: I64
    launch_week: I64
    launched: Flags
    owns_channel: Flags
    cpa_multiplier: F64
    budget: F64
    pushed: F64
    news: F64
    fresh_news: F64
    news_half_life: F64
    lead: F64
    quality_lead: F64
    leavers: F64
    mau: F64
    mau_history: F64
    spend_history: F64
    awaited: F64
    rivals_adds: F64

    def __len__(self) -> int:
        return len(self.ids)

    def number(self, app: str) -> int:
        """Return the position of an app; raises ValueError when there is none."""
        return self.ids.index(app)
