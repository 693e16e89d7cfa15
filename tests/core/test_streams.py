"""Streams: a draw is a function of its key, uniform, and unrelated to its neighbours."""

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.core.streams import GOLDEN, MASK, Streams, entity_ids, mix, mix_array, stable_id

F64 = NDArray[np.float64]

COUNT = 1 << 14
STREAMS = Streams(seed=1)
IDS = np.arange(COUNT, dtype=np.uint64)

keys = st.tuples(
    st.integers(0, 2**63),
    st.integers(0, 2**31),
    st.text(max_size=12),
    st.text(max_size=12),
    st.integers(0, 2**20),
    st.integers(0, 2**20),
)
"""seed, replicate, decision, entity, week, draw"""


def drawn(key: tuple[int, int, str, str, int, int]) -> float:
    seed, replicate, decision, entity, week, draw = key
    return Streams(seed, replicate).uniform(decision, entity, week, draw)


def along(axis: str) -> F64:
    """Return draws of keys that are neighbours along one of their parts."""
    if axis == "entity":
        return STREAMS.uniforms("launch", IDS, 3)
    if axis == "name":
        return STREAMS.uniforms("launch", entity_ids(tuple(f"firm {n}" for n in range(COUNT))), 3)
    of: dict[str, Callable[[int], float]] = {
        "seed": lambda n: Streams(n).uniform("launch", "kimi", 3),
        "replicate": lambda n: Streams(1, n).uniform("launch", "kimi", 3),
        "decision": lambda n: STREAMS.uniform(f"launch {n}", "kimi", 3),
        "week": lambda n: STREAMS.uniform("launch", "kimi", n),
        "draw": lambda n: STREAMS.uniform("launch", "kimi", 3, n),
    }
    return np.array([of[axis](n) for n in range(COUNT)])


def test_mixer_is_splitmix64() -> None:
    # Reference outputs of the generator started at 1234567.
    expected = [6457827717110365317, 3203168211198807973, 9817491932198370423]
    states = [(1234567 + step * GOLDEN) & MASK for step in range(3)]
    assert [mix(state) for state in states] == expected
    assert mix_array(np.array(states, dtype=np.uint64)).tolist() == expected


@given(keys)
def test_same_key_gives_the_same_draw(key: tuple[int, int, str, str, int, int]) -> None:
    assert drawn(key) == drawn(key)
    assert 0.0 <= drawn(key) < 1.0


@given(keys, keys, st.integers(0, 5))
def test_any_other_key_gives_another_draw(
    key: tuple[int, int, str, str, int, int],
    other: tuple[int, int, str, str, int, int],
    part: int,
) -> None:
    assume(key[part] != other[part])
    changed = (*key[:part], other[part], *key[part + 1 :])
    assert drawn(key) != drawn(changed)  # type: ignore[arg-type]


def test_parts_of_a_key_cannot_stand_for_one_another() -> None:
    numbers = (0, 1, 2, 3, 1 << 16)
    draws = {
        Streams(seed, replicate).uniform("launch", entity, week, draw)
        for seed, replicate, entity, week, draw in product(numbers, repeat=5)
    }
    assert len(draws) == len(numbers) ** 5


def test_draws_are_pinned_for_all_releases() -> None:
    assert stable_id("kimi") == 0x32A6288C3E22B467
    assert Streams(1, 2).uniform("launch", "kimi", 3) == 0.5625107351408446


@pytest.mark.parametrize(
    "axis", ["entity", "name", "seed", "replicate", "decision", "week", "draw"]
)
def test_neighbouring_keys_draw_uniformly_and_without_correlation(axis: str) -> None:
    u = along(axis)
    # 4 standard errors each; chi-square with 255 degrees of freedom has variance 510.
    counts, _ = np.histogram(u, bins=256, range=(0, 1))
    expected = len(u) / 256
    assert abs(((counts - expected) ** 2 / expected).sum() - 255) < 4 * np.sqrt(510)
    for lag in (1, 2, 16):
        assert abs(np.corrcoef(u[:-lag], u[lag:])[0, 1]) < 4 / np.sqrt(len(u))
    pairs, _, _ = np.histogram2d(u[::2], u[1::2], bins=16, range=[[0, 1], [0, 1]])
    expected = len(u) / 2 / 256
    assert abs(((pairs - expected) ** 2 / expected).sum() - 255) < 4 * np.sqrt(510)


@pytest.mark.parametrize(
    "other",
    [
        STREAMS.uniforms("launch", IDS, 4),
        STREAMS.uniforms("launch", IDS, 3, draw=1),
        STREAMS.uniforms("closing", IDS, 3),
        Streams(seed=2).uniforms("launch", IDS, 3),
        Streams(seed=1, replicate=1).uniforms("launch", IDS, 3),
    ],
    ids=["week", "draw", "decision", "seed", "replicate"],
)
def test_the_same_entities_draw_anew_for_every_other_key(other: F64) -> None:
    u = STREAMS.uniforms("launch", IDS, 3)
    assert abs(np.corrcoef(u, other)[0, 1]) < 4 / np.sqrt(COUNT)
    # Not a shift or a mirror either.
    pairs, _, _ = np.histogram2d(u, other, bins=16, range=[[0, 1], [0, 1]])
    expected = COUNT / 256
    assert abs(((pairs - expected) ** 2 / expected).sum() - 255) < 4 * np.sqrt(510)


@given(st.permutations(range(20)), st.integers(1, 20))
def test_draws_do_not_depend_on_order_or_size_of_the_array(order: list[int], size: int) -> None:
    all_at_once = STREAMS.uniforms("launch", np.arange(20), 3)
    chosen = np.array(order[:size])
    assert (STREAMS.uniforms("launch", chosen, 3) == all_at_once[chosen]).all()
    assert (
        STREAMS.normals("launch", chosen, 3) == STREAMS.normals("launch", np.arange(20), 3)[chosen]
    ).all()


def test_arrays_keep_their_shape() -> None:
    block = np.arange(24, dtype=np.uint64).reshape(2, 3, 4)
    assert (
        STREAMS.uniforms("launch", block, 3).ravel() == STREAMS.uniforms("launch", block.ravel(), 3)
    ).all()
    assert STREAMS.uniforms("launch", np.empty(0, dtype=np.uint64), 3).shape == (0,)


@given(st.text(max_size=12), st.integers(0, 10_000), st.integers(0, 50))
def test_one_number_equals_its_place_in_the_array(name: str, week: int, draw: int) -> None:
    ids = entity_ids((name, "another"))
    assert ids[0] == stable_id(name)
    one = STREAMS.uniform("launch", name, week, draw)
    assert one == STREAMS.uniforms("launch", ids, week, draw)[0]
    assert one == STREAMS.uniform("launch", stable_id(name), week, draw)
    normal = STREAMS.normal("launch", name, week, draw)
    assert normal == pytest.approx(STREAMS.normals("launch", ids, week, draw)[0], rel=1e-12)


def test_normals_have_the_moments_of_a_standard_normal() -> None:
    z = np.concatenate(
        [STREAMS.normals("cost", IDS, week, draw) for week in (0, 1) for draw in (0, 1)]
    )
    n = len(z)
    assert abs(z.mean()) < 4 / np.sqrt(n)
    assert abs(z.var() - 1) < 4 * np.sqrt(2 / n)
    assert abs((z**3).mean()) < 4 * np.sqrt(15 / n)
    assert abs((z**4).mean() - 3) < 4 * np.sqrt(96 / n)
    blocks = z.reshape(4, -1)
    off_diagonal = np.corrcoef(blocks)[np.triu_indices(4, 1)]
    assert (np.abs(off_diagonal) < 4 / np.sqrt(COUNT)).all()


@pytest.mark.parametrize("mean", [0.3, 5.0, 60.0])
def test_poisson_counts_have_mean_and_variance_of_their_mean(mean: float) -> None:
    counts = np.array([STREAMS.poisson("tenders", "market", week, mean) for week in range(4000)])
    n = len(counts)
    assert abs(counts.mean() - mean) < 4 * np.sqrt(mean / n)
    assert abs(counts.var() - mean) < 4 * np.sqrt((mean + 2 * mean**2) / n)
    assert abs((counts == 0).mean() - np.exp(-mean)) < 4 * np.sqrt(np.exp(-mean) / n) + 1e-12


@given(st.floats(0, 300), st.floats(0, 300), st.integers(0, 1000))
def test_poisson_count_never_falls_when_its_mean_rises(one: float, two: float, week: int) -> None:
    low, high = sorted((one, two))
    assert STREAMS.poisson("tenders", "market", week, low) <= STREAMS.poisson(
        "tenders", "market", week, high
    )


def test_poisson_count_of_no_mean_is_none() -> None:
    assert {STREAMS.poisson("tenders", "market", week, 0.0) for week in range(100)} == {0}


@pytest.mark.parametrize("mean", [720.0, 745.0, 2000.0])
def test_poisson_counts_of_a_large_mean_stay_near_it(mean: float) -> None:
    # exp(-mean) is below the smallest normal number from 708 on.
    counts = np.array([STREAMS.poisson("tenders", "market", week, mean) for week in range(200)])
    assert abs(counts.mean() - mean) < 4 * np.sqrt(mean / len(counts))
