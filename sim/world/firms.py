"""Firms in columns: one array element per firm, one row per model class where there are two.

Shapes: (F,) over firms, (2, F) over model classes MAIN and FLAGSHIP and firms, (A,) over apps.
Money in CNY, quality in Elo points with the best domestic model at the opening = 0.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.world.labs import Labs

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]
Flags = NDArray[np.bool_]

MAIN, FLAGSHIP = 0, 1
CLASSES = ("main", "flagship")


@dataclass
class Menu:
    """Price lists, entries and unit costs, shape (2, F); prices blended, CNY per million tokens.

    price: nan before entry; output_ratio: output over input price; effective: after discounts;
    alert_until: last week of alertness; entry_week, entry_price: given entry, nan = own decision.
    """

    price: F64
    output_ratio: F64
    entered: Flags
    unit_cost: F64
    effective: F64
    alert_until: I64
    entry_week: I64
    entry_price: F64


@dataclass
class Technology:
    """What firms can build and serve, shape (F,).

    quality: offered to customers, the better of own and open weights; own_quality: served by own
    models, moving to model_quality of the newest one by ramp a week; base_quality: what compute
    and people add to; compute_stock: of final runs, in CNY at opening GPU prices;
    breakthroughs: (firm, week, log cost step) of architecture steps;
    tokens: a day, external and internal; capacity: tokens a day.
    """

    quality: F64
    own_quality: F64
    model_quality: F64
    base_quality: F64
    opening_quality: F64
    ramp: F64
    compute_stock: F64
    compute_opening: F64
    key_people: F64
    efficiency: F64
    main_cost_factor: F64
    breakthroughs: list[tuple[int, int, float]]
    reasons_from: I64
    open_weights: Flags
    training: Flags
    pretraining: Flags
    tokens_external: F64
    tokens_internal: F64
    tokens_opening: F64
    cost_anchor: F64
    capacity: F64


@dataclass
class Books:
    """Plans and memories of the books, shape (F,), CNY a week; money itself is in the ledger.

    revenue_history: (26, F) CNY, newest last."""

    research_week: F64
    staff: F64
    burn_week: F64
    weeks_without_cash: I64
    post_money: F64
    last_round_week: I64
    raising: Flags
    overseas_users: F64
    revenue_history: F64


@dataclass
class Firms:
    """All firms of a run, dead ones included, shape (F,).

    backed: a parent pays what they cannot; internal_lead: the reference for internal work;
    other_niche: (F, F) both have a niche, and not the same;
    bid_weight: how often they bid for tenders; deals_share: of negotiated deployments; cash,
    receivables, credits, parents: ledger accounts; owed: (2, F) those of unpaid wages and of
    unpaid bills; credits_owed: (F, F) fen, by firm and by the
    cloud that issued them.
    """

    ids: tuple[str, ...]
    entity: U64
    cloud: Flags
    startup: Flags
    backed: Flags
    internal_lead: Flags
    other_niche: Flags
    bid_weight: F64
    deals_share: F64
    alive: Flags
    listed: Flags
    taken_over: Flags
    sold_gpus: Flags
    attach_margin: F64
    vendor_intercept: F64
    cash: I64
    receivables: I64
    credits: I64
    owed: I64
    parents: I64
    credits_owed: I64
    menu: Menu
    tech: Technology
    books: Books
    lab: Labs

    def __len__(self) -> int:
        return len(self.ids)

    def number(self, firm: str) -> int:
        """Return the position of a firm; raises ValueError when there is none."""
        return self.ids.index(firm)

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """What each firm is, which no week changes."""
        return tuple(
            "cloud" if cloud else "startup" if startup else "lab"
            for cloud, startup in zip(self.cloud.tolist(), self.startup.tolist(), strict=True)
        )

    @cached_property
    def paying(self) -> I64:
        """Accounts that costs go through: cash, unpaid wages, unpaid bills; (3, F)."""
        return np.array([self.cash, *self.owed])

    @cached_property
    def own_accounts(self) -> I64:
        """All accounts of the firms; (5, F)."""
        return np.vstack([self.paying, self.receivables, self.credits])

    @property
    def independent(self) -> Flags:
        """Firms that neither closed nor were taken over, shape (F,)."""
        return self.alive > self.taken_over

    def status(self) -> list[str]:
        """Return the word for each firm's state."""
        columns = (self.alive, self.taken_over, self.listed, self.tech.pretraining)
        return [
            "closed"
            if not alive and not taken
            else "taken_over"
            if taken
            else "listed"
            if listed
            else "active"
            if pretraining
            else "stopped"
            for alive, taken, listed, pretraining in zip(
                *map(np.ndarray.tolist, columns), strict=True
            )
        ]
