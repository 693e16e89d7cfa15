"""Consumers: one narrow word per person, and counts that are kept from events.

A person is one agent, standing for `people_per_agent` people; everything here counts agents. Words
are sorted by segment and segments are padded to the kernel's block. A person's identity in draws
is (segment, index within the segment), never the row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.core.errors import SimError

if TYPE_CHECKING:
    from sim.world.consumer_events import Tally

I64 = NDArray[np.int64]
U32 = NDArray[np.uint32]
F64 = NDArray[np.float64]

MOST_APPS = 15
MOST_WEEKS = 512
TIERS = ("free", "basic", "premium")
SOURCES = ("paid", "pushed", "organic", "spread")


class ConsumerError(SimError):
    """A population or a table of hazards that the state word cannot hold."""


@dataclass(frozen=True)
class Hazards:
    """Everything that can happen to a person in a week, as hazards per week.

    S segments, A apps, K weeks held.
    """

    adopt: F64
    """(S, A, 4 to 8) of a person without an app by source: paid, pushed, organic and news, spread,
    then up to four of a researcher's own."""
    second: float
    """Hazard of taking up a second app over that of a first (m2)."""
    leave_base: F64
    """(2, K) -ln(1 - h_k) of leaving by (organic, bought by ads) and whole weeks held."""
    leave_factor: F64
    """(S, A, 3) multiplies it by segment, app and tier; 1e9 empties an app at once."""
    switch_share: float
    """Probability that a leaver takes up another app at once."""
    switch_weight: F64
    """(A,) weights of the apps a leaver may take up; 0 for one that cannot be adopted."""
    subscribe: F64
    """(A, 2) of a free user, to basic and to premium."""
    lapse: F64
    """(A, 2) of a basic and a premium subscriber, back to free."""


@dataclass(frozen=True)
class WeekCounts:
    """What happened in one week, in agents."""

    adds_paid: I64
    """(A,) bought with ads."""
    adds_pushed: I64
    """(A,) from the owner's own channel."""
    adds_organic: I64
    """(A,) by themselves or by news."""
    adds_spread: I64
    """(A,) by word of mouth."""
    adds_own: I64
    """(A, 4) by the sources of a researcher's own."""
    adds_switched: I64
    """(A,) on leaving another app."""
    losses: I64
    """(A,) people who stopped."""
    flows: I64
    """(A, A) people who left the row's app and took up the column's at once."""
    new_subscribers: I64
    """(A,) free users who began to pay."""
    lapsed_subscribers: I64
    """(A,) subscribers who ceased to pay, whether they stayed or left."""

    @property
    def adds(self) -> I64:
        """(A,) people who took the app up, from all sources."""
        total: I64 = (
            self.adds_paid
            + self.adds_pushed
            + self.adds_organic
            + self.adds_spread
            + self.adds_own.sum(axis=1)
            + self.adds_switched
        )
        return total


@dataclass(frozen=True)
class Consumers:
    """The people, their running counts, and where each segment lies. `advance` changes it."""

    segments: tuple[str, ...]
    apps: tuple[str, ...]
    size: I64
    """(S,) agents in each segment."""
    words: U32
    """One word per agent, segments padded to the block with zeros that never act."""
    segment_of_block: I64
    block_of_segment: I64
    tally: "Tally"

    @property
    def population(self) -> int:
        """Agents in all."""
        return int(self.size.sum())

    @property
    def no_app(self) -> I64:
        """(S,) agents without an app."""
        return self.tally.pairs[:, 0, 0].copy()

    @property
    def one_app(self) -> I64:
        """(S, A) agents who hold this app and no other."""
        return self.tally.pairs[:, 1 : len(self.apps) + 1, 0].copy()

    @property
    def overlap(self) -> I64:
        """(A, A) agents who hold both, symmetric, diagonal zero."""
        both = self.tally.pairs.sum(axis=0)[1 : len(self.apps) + 1, 1 : len(self.apps) + 1]
        total: I64 = both + both.T
        return total

    @cached_property
    def _held(self) -> tuple[I64, I64, I64, I64]:
        """Slots by kind; holders by tier, in all, and by start week."""
        # numba takes long to load, and a scenario's checks do without.
        from sim.world.consumer_tables import held

        by_kind, tiers, holders, cohorts = held(self.tally.slots, len(self.apps), len(TIERS))
        return _kept(by_kind), _kept(tiers), _kept(holders), _kept(cohorts)

    @property
    def slots_by_kind(self) -> I64:
        """(16, 2, 4) slots by app code, bought by ads, tier; code 0 counts the empty ones."""
        return self._held[0]

    @property
    def tiers(self) -> I64:
        """(A, 3) holders by tier: free, basic, premium."""
        return self._held[1]

    @property
    def holders(self) -> I64:
        """(A,) agents who hold the app."""
        return self._held[2]

    @property
    def cohorts(self) -> I64:
        """(A, W, 2) holders by start week and by (organic, bought by ads)."""
        return self._held[3]

    def forget(self) -> None:
        """Drop what was counted of the tally's slots, which have changed."""
        vars(self).pop("_held", None)

    @property
    def weeks(self) -> int:
        """Weeks that the state can tell apart, from 0."""
        return len(self.tally.slots)

    def recount(self) -> "Tally":
        """Count all people afresh from their words; equals `tally`."""
        from sim.world.consumer_kernel import count_words

        fresh = empty_tally(len(self.segments), self.weeks)
        count_words(self.words, self.segment_of_block, self.block_of_segment, self.size, fresh)
        return fresh


def _kept(counts: I64) -> I64:
    """Let nobody change counts that several look at."""
    counts.flags.writeable = False
    return counts


def empty_tally(segments: int, weeks: int) -> "Tally":
    from sim.world.consumer_events import CODES, Tally

    return Tally(
        pairs=np.zeros((segments, CODES, CODES), np.int64),
        slots=np.zeros((weeks, CODES, 2, 4), np.int64),
    )


def populate(segments: Mapping[str, int], apps: tuple[str, ...], weeks: int) -> Consumers:
    """Return a population in which nobody holds an app.

    Arguments: agents by segment; ids of the apps, launched or not; weeks to be simulated.
    Raises ConsumerError when the word of a person cannot hold so many apps or weeks, or when a
    segment has a negative number of agents.
    """
    from sim.world.consumer_thinning import BLOCK

    if not 1 <= len(apps) <= MOST_APPS:
        raise ConsumerError(f"{len(apps)} apps; a person's state holds 1 to {MOST_APPS}")
    if not 1 <= weeks <= MOST_WEEKS:
        raise ConsumerError(f"{weeks} weeks; a person's state holds 1 to {MOST_WEEKS}")
    for name, agents in segments.items():
        if agents < 0:
            raise ConsumerError(f"segment {name} has {agents} agents; 0 or more are possible")
    if sum(segments.values()) < 1:
        raise ConsumerError("no segment has any agents")
    size = np.array(list(segments.values()), dtype=np.int64)
    blocks = -(-size // BLOCK)
    tally = empty_tally(len(segments), weeks)
    tally.pairs[:, 0, 0] = size
    tally.slots[0, 0, 0, 0] = 2 * size.sum()
    return Consumers(
        segments=tuple(segments),
        apps=apps,
        size=size,
        words=np.zeros(int(blocks.sum()) * BLOCK, np.uint32),
        segment_of_block=np.repeat(np.arange(len(size)), blocks),
        block_of_segment=np.cumsum(blocks) - blocks,
        tally=tally,
    )


def split(agents: int, shares: Mapping[str, float]) -> dict[str, int]:
    """Split a number of agents by shares that sum to 1, by largest remainder.

    Raises ConsumerError when the shares are negative or do not sum to 1 within 1e-9.
    """
    if min(shares.values(), default=0.0) < 0 or abs(sum(shares.values()) - 1) > 1e-9:
        raise ConsumerError(f"shares {dict(shares)} must be 0 or more and sum to 1")
    exact = {name: agents * share for name, share in shares.items()}
    whole = {name: int(value) for name, value in exact.items()}
    by_remainder = sorted(shares, key=lambda name: whole[name] - exact[name])
    for name in by_remainder[: agents - sum(whole.values())]:
        whole[name] += 1
    return whole


def check_identities(consumers: Consumers, holders_before: I64, counts: WeekCounts) -> None:
    """Raise ConsumerError unless states sum to the population and events explain the change.

    holders_before (A,) as of before the week; counts of the week.
    """
    states = consumers.no_app.sum() + consumers.one_app.sum() + consumers.overlap.sum() // 2
    if states != consumers.population:
        raise ConsumerError(f"states sum to {states} agents of {consumers.population}")
    change = consumers.holders - holders_before
    for app, held, moved in zip(consumers.apps, change, counts.adds - counts.losses, strict=True):
        if held != moved:
            raise ConsumerError(f"holders of {app} changed by {held}, adds less losses are {moved}")
