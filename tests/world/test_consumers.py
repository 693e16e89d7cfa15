"""Consumers: identities, identity in draws, and what the state refuses."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.streams import Streams
from sim.world.consumer_week import advance
from sim.world.consumers import ConsumerError, Hazards, check_identities, populate, split

APPS = ("doubao", "kimi", "wenxiaoyan")


def hazards(segments: int = 1, apps: int = len(APPS)) -> Hazards:
    return Hazards(
        adopt=np.full((segments, apps, 4), 0.01),
        second=3.0,
        leave_base=np.array([[0.1, 0.05], [0.2, 0.1]]),
        leave_factor=np.ones((segments, apps, 3)),
        switch_share=0.3,
        switch_weight=np.arange(1.0, apps + 1),
        subscribe=np.full((apps, 2), 0.02),
        lapse=np.full((apps, 2), 0.1),
    )


def test_states_sum_to_the_population_and_flows_explain_stocks() -> None:
    people = populate({"office": 4000, "mass": 6001}, APPS, 30)
    for week in range(30):
        before, paying = people.holders, people.tiers[:, 1:].sum(axis=1)
        counts = advance(people, hazards(2), Streams(4), week)
        check_identities(people, before, counts)
        np.testing.assert_array_equal(
            people.tiers[:, 1:].sum(axis=1) - paying,
            counts.new_subscribers - counts.lapsed_subscribers,
        )
        np.testing.assert_array_equal(
            people.holders, people.one_app.sum(axis=0) + people.overlap.sum(axis=0)
        )
        np.testing.assert_array_equal(people.cohorts.sum(axis=(1, 2)), people.holders)
        np.testing.assert_array_equal(counts.flows.sum(axis=0), counts.adds_switched)
        assert (counts.flows.sum(axis=1) <= counts.losses).all()
        bought = people.cohorts[:, week, 1]
        assert (bought == counts.adds_paid).all()
    assert people.overlap.sum() > 0
    with pytest.raises(ConsumerError, match="holders of doubao changed by 0"):
        check_identities(people, people.holders, counts)
    people.tally.pairs[0, 0, 0] += 1
    with pytest.raises(ConsumerError, match="10002 agents of 10001"):
        check_identities(people, before, counts)


def test_a_person_is_segment_and_index_never_the_row() -> None:
    alone = populate({"mass": 700}, APPS, 10)
    beside = populate({"office": 300, "mass": 900}, APPS, 10)
    for week in range(10):
        advance(alone, hazards(1), Streams(2), week)
        advance(beside, hazards(2), Streams(2), week)
    first = 2048 * int(beside.block_of_segment[1])
    np.testing.assert_array_equal(alone.words[:700], beside.words[first : first + 700])


def test_seed_replicate_and_segment_name_change_who_acts() -> None:
    def words(streams: Streams, name: str) -> bytes:
        people = populate({name: 512}, APPS, 10)
        for week in range(5):
            advance(people, hazards(), streams, week)
        return people.words.tobytes()

    runs = [(1, 0, "mass"), (2, 0, "mass"), (1, 1, "mass"), (1, 0, "office")]
    states = {words(Streams(seed, replicate), name) for seed, replicate, name in runs}
    assert len(states) == 4
    assert words(Streams(1), "mass") == words(Streams(1), "mass")


def test_closed_app_is_empty_after_one_week_and_nobody_switches_to_it() -> None:
    people = populate({"mass": 5000}, APPS, 30)
    for week in range(10):
        advance(people, hazards(), Streams(3), week)
    assert people.holders[1] > 100
    closed = hazards()
    closed.adopt[:, 1] = 0.0
    closed.leave_factor[:, 1] = 1e9
    closed.switch_weight[1] = 0.0
    others = people.holders[[0, 2]]
    advance(people, closed, Streams(3), 10)
    assert people.holders[1] == 0
    assert (people.holders[[0, 2]] > 0.7 * others).all()
    for week in range(11, 20):
        assert advance(people, closed, Streams(3), week).adds[1] == 0


def test_events_occur_at_the_stated_rate_and_split_by_share() -> None:
    agents = 200_000
    people = populate({"mass": agents}, ("a", "b"), 2)
    rates = replace(
        hazards(apps=2), adopt=np.array([[[0.1, 0.2, 0.0, 0.3], [0.05, 0.0, 0.15, 0.0]]])
    )
    counts = advance(people, rates, Streams(11), 0)
    adopted = 1 - np.exp(-0.8)
    seen = np.array(
        [*counts.adds_paid, *counts.adds_pushed, *counts.adds_organic, *counts.adds_spread]
    )
    share = adopted * np.array([0.1, 0.05, 0.2, 0.0, 0.0, 0.15, 0.3, 0.0]) / 0.8
    error = np.sqrt(share * (1 - share) * agents)
    assert (np.abs(seen - share * agents) <= 4 * error).all()


@pytest.mark.parametrize("week", [3, 20])
def test_people_with_two_apps_leave_one_at_twice_the_rate(week: int) -> None:
    """Both shortly after adoption and long after: the bounds that thin must cover both slots."""
    people = populate({"mass": 20_000}, ("a", "b"), 30)
    nothing = np.zeros((1, 2, 4))
    quiet = replace(
        hazards(apps=2),
        adopt=nothing,
        leave_base=np.full((2, 30), 0.05),
        switch_share=0.0,
        subscribe=np.zeros((2, 2)),
        lapse=np.zeros((2, 2)),
    )
    for start in range(3):
        advance(
            people,
            replace(quiet, adopt=nothing + 9.0, leave_base=np.zeros((2, 1))),
            Streams(1),
            start,
        )
    two = people.overlap[0, 1]
    assert two == 20_000
    losses = advance(people, quiet, Streams(1), week).losses.sum()
    expected = -np.expm1(-0.1)
    assert losses / two == pytest.approx(expected, abs=4 * np.sqrt(expected / two))


@given(st.integers(0, 10**7), st.lists(st.floats(0.01, 1), min_size=1, max_size=6))
def test_split_keeps_the_total_and_stays_within_one_agent(
    agents: int, weights: list[float]
) -> None:
    shares = {str(i): w / sum(weights) for i, w in enumerate(weights)}
    parts = split(agents, shares)
    assert sum(parts.values()) == agents
    assert all(abs(parts[name] - agents * share) <= 1 for name, share in shares.items())


def test_state_word_refuses_more_than_it_holds() -> None:
    with pytest.raises(ConsumerError, match="16 apps; .* 1 to 15"):
        populate({"mass": 10}, tuple("abcdefghijklmnop"), 10)
    with pytest.raises(ConsumerError, match="600 weeks; .* 1 to 512"):
        populate({"mass": 10}, APPS, 600)
    with pytest.raises(ConsumerError, match="mass has -1 agents"):
        populate({"mass": -1}, APPS, 10)
    with pytest.raises(ConsumerError, match="sum to 1"):
        split(10, {"mass": 0.5})


def test_bad_hazards_are_refused_before_anybody_changes() -> None:
    people = populate({"mass": 100}, APPS, 10)
    good = hazards()
    bad = {
        "adopt has shape": replace(good, adopt=np.zeros((1, 3, 3))),
        "lapse lies in": replace(good, lapse=np.full((3, 2), -0.1)),
        "leave_factor lies in": replace(good, leave_factor=np.full((1, 3, 3), np.inf)),
        "switch_weight lies in": replace(good, switch_weight=np.full(3, np.nan)),
        "switch_share is 1.5": replace(good, switch_share=1.5),
        "second is nan": replace(good, second=np.nan),
    }
    for message, wrong in bad.items():
        with pytest.raises(ConsumerError, match=message):
            advance(people, wrong, Streams(1), 0)
    with pytest.raises(ConsumerError, match="week 10 lies outside"):
        advance(people, good, Streams(1), 10)
    assert not people.words.any()
