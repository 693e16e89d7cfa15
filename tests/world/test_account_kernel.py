"""The compiled week of the accounts does what the equation says, account by account."""

from copy import deepcopy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.core.streams import Streams
from sim.world.account_kernel import KEYS, Rules, State, Static, advance
from sim.world.accounts import MOST_VENDORS

F64 = NDArray[np.float64]
KINDS, WEEK = 3, 7
STREAMS = Streams(5)
NAMES = tuple(f"draw {number}" for number in range(KEYS))


def keys() -> NDArray[np.uint64]:
    return np.array([STREAMS.key(name, WEEK) for name in NAMES], dtype=np.uint64)


def accounts(generator: np.random.Generator, n: int, firms: int) -> tuple[Static, State]:
    """Return accounts that use some vendors, in the middle of a run."""
    size = generator.pareto(0.9, n) + 1.0
    static = Static(
        entity=generator.integers(0, 2**63, n).astype(np.uint64),
        kind=generator.integers(0, KINDS, n),
        size=size / size.sum(),
        discount=generator.uniform(0, 0.5, n),
        able=generator.uniform(0, 1, n) * generator.integers(0, 2, n),
        keep_above=generator.uniform(0, 0.3, n),
    )
    vendor = np.full((2, n, MOST_VENDORS), -1, dtype=np.int16)
    share = np.zeros((2, n, MOST_VENDORS))
    preferred = np.full((2, n), -1, dtype=np.int16)
    for nest in range(2):
        for account in range(n):
            held = int(generator.integers(0, min(firms, MOST_VENDORS) + 1))
            if held:
                vendor[nest, account, :held] = generator.permutation(firms)[:held]
                share[nest, account, :held] = generator.dirichlet(np.ones(held))
                preferred[nest, account] = vendor[nest, account, generator.integers(0, held)]
    return static, State(
        vendor=vendor,
        share=share,
        preferred=preferred,
        bound_until=generator.integers(WEEK - 3, WEEK + 4, (2, n)).astype(np.int32),
        self_hosted=generator.uniform(size=n) < 0.2,
        reference=generator.uniform(0.1, 1, n),
    )


def rules(generator: np.random.Generator, firms: int) -> Rules:
    gone = generator.uniform(size=(2, firms)) < 0.2
    gone[:, 0] = False
    weight = generator.uniform(0.1, 1, (2, 2, KINDS, firms)) * ~gone[:, None, None, :]
    share = weight / weight.sum(axis=-1, keepdims=True)
    return Rules(
        cumulative=np.cumsum(share, axis=-1),
        gone=gone,
        leaving=np.array([True, True]),
        review=np.sort(generator.uniform(0, 0.6, (2, 3)), axis=1),
        growth=np.array([generator.uniform(0, 0.3), 0.0]),
        lift=generator.uniform(0, 0.5, (2, firms)) * (generator.uniform(size=firms) < 0.4),
        free=generator.uniform(size=(2, firms)) < 0.3,
        contract_weeks=generator.uniform(0, 9, 2),
        week=WEEK,
        host_hazard=float(generator.uniform(0, 0.5)),
        recovery=0.1,
        free_tail=0.9,
        free_most=50.0,
    )


def dense(state: State, nest: int, firms: int) -> F64:
    table = np.zeros((state.share.shape[1], firms))
    for account, slot in zip(*np.nonzero(state.vendor[nest] >= 0), strict=True):
        table[account, state.vendor[nest, account, slot]] = state.share[nest, account, slot]
    return table


def copied(state: State) -> State:
    return deepcopy(state)


def expected(
    static: Static, old: State, rule: Rules, nest: int, hosted: NDArray[np.bool_]
) -> tuple[F64, NDArray[np.int64], NDArray[np.int64], float]:
    """Return shares, preferred vendor, end of contract and lift of a nest, in plain numpy."""
    firms = rule.gone.shape[1]
    gone = rule.gone[nest]
    share, rows = dense(old, nest, firms), np.arange(len(static.size))
    preferred = old.preferred[nest].astype(np.int64)
    until = old.bound_until[nest].astype(np.int64)
    draw = {
        what: STREAMS.uniforms(NAMES[number + nest], static.entity, WEEK)
        for number, what in ((0, "review"), (2, "choice"), (4, "length"))
    }
    homeless = (preferred < 0) | gone[preferred] | (share[:, gone] > 0).any(axis=1)
    due = homeless | ((draw["review"] < rule.review[nest, 2]) & (until <= WEEK))
    new = homeless | (draw["review"] >= rule.review[nest, 1])
    table = rule.cumulative[nest, new.astype(np.int64), static.kind]
    chosen = (draw["choice"][:, None] * table[:, -1:] >= table).sum(axis=1)
    after = np.where(gone, 0.0, share)
    after[draw["review"] < rule.review[nest, 0]] = 0.0
    small = after < static.keep_above[:, None]
    small[rows, chosen] = False
    after[small] = 0.0
    after[rows, chosen] += 1.0 - after.sum(axis=1)
    share = np.where(due[:, None], after, share)
    preferred = np.where(due, chosen, preferred)
    length = (-np.log1p(-draw["length"]) * rule.contract_weeks[nest]).astype(np.int64)
    until = np.where(due, WEEK + 1 + length, until)
    share[rows, preferred] += rule.growth[nest]
    share = share / (1.0 + rule.growth[nest]) * (1.0 + rule.lift[nest])
    total = share.sum(axis=1)
    return share / total[:, None], preferred, until, float(static.size @ (total - 1.0))


@given(st.integers(0, 10**6))
@settings(max_examples=60)
def test_kernel_is_the_equation(seed: int) -> None:
    generator = np.random.default_rng(seed)
    firms = 6
    static, old = accounts(generator, 40, firms)
    rule, after = rules(generator, firms), copied(old)
    totals = advance(static, after, rule, keys())
    reference = old.reference + 0.1 * (1.0 - old.reference)
    hosting = STREAMS.uniforms(NAMES[6], static.entity, WEEK)
    hosted = old.self_hosted | (hosting < -np.expm1(-rule.host_hazard * static.able))
    assert after.reference == pytest.approx(reference)
    assert (after.self_hosted == hosted).all()
    buys = static.size * ~hosted
    use = np.minimum((1.0 - STREAMS.uniforms(NAMES[7], static.entity, WEEK)) ** (-1 / 0.9), 50.0)
    for nest in range(2):
        share, preferred, until, lifted = expected(static, old, rule, nest, hosted)
        assert dense(after, nest, firms) == pytest.approx(share, abs=1e-12)
        assert (after.preferred[nest] == preferred).all()
        assert (after.bound_until[nest] == until).all()
        assert totals.lifted[nest] == pytest.approx(lifted)
        assert totals.bound[nest] == pytest.approx(buys @ (until > WEEK + 1))
        for kind in range(KINDS):
            volume = (buys * (static.kind == kind)) @ share
            assert totals.volume[nest, kind] == pytest.approx(volume, abs=1e-12)
        pays = buys * (1.0 - static.discount) * reference
        assert totals.paid[nest] == pytest.approx(pays @ share, abs=1e-12)
        flooded = np.where(rule.free[nest], (buys * use) @ share, 0.0)
        assert totals.flooded[nest] == pytest.approx(flooded, abs=1e-12)


@given(st.integers(0, 10**6), st.integers(9, 40))
@settings(max_examples=20)
def test_an_account_never_holds_more_vendors_than_it_has_slots(seed: int, firms: int) -> None:
    generator = np.random.default_rng(seed)
    static, state = accounts(generator, 40, firms)
    for _ in range(3):
        advance(static, state, rules(generator, firms), keys())
        assert state.share.sum(axis=2) == pytest.approx(np.ones((2, 40)))
        assert ((state.share > 0) <= (state.vendor >= 0)).all()
        for held in state.vendor.reshape(-1, MOST_VENDORS):
            kept = held[held >= 0]
            assert len(set(kept.tolist())) == len(kept)
            assert (held[: len(kept)] >= 0).all()


def test_first_choices_follow_the_logit() -> None:
    n, odds = 40_000, np.array([0.0, 0.2, 0.3, 0.5])
    generator = np.random.default_rng(1)
    static, _ = accounts(generator, n, 4)
    state = State(
        np.full((2, n, MOST_VENDORS), -1, dtype=np.int16),
        np.zeros((2, n, MOST_VENDORS)),
        np.full((2, n), -1, dtype=np.int16),
        np.zeros((2, n), dtype=np.int32),
        np.zeros(n, dtype=np.bool_),
        np.ones(n),
    )
    still = rules(generator, 4)._replace(
        cumulative=np.broadcast_to(np.cumsum(odds), (2, 2, KINDS, 4)).copy(),
        gone=np.array([[True, False, False, False]] * 2),
        growth=np.zeros(2),
        lift=np.zeros((2, 4)),
    )
    advance(static, state, still, keys())
    picked = np.bincount(state.preferred[0], minlength=4) / n
    assert picked[0] == 0
    assert (np.abs(picked - odds) <= 4 * np.sqrt(odds * (1 - odds) / n)).all()


def test_without_hazards_nothing_moves() -> None:
    generator = np.random.default_rng(3)
    static, state = accounts(generator, 30, 5)
    state.preferred[state.preferred < 0] = 0
    empty = state.vendor[:, :, 0] < 0
    state.vendor[empty, 0], state.share[empty, 0] = 0, 1.0
    before = copied(state)
    still = rules(generator, 5)._replace(
        gone=np.zeros((2, 5), dtype=np.bool_),
        leaving=np.zeros(2, dtype=np.bool_),
        review=np.zeros((2, 3)),
        growth=np.zeros(2),
        lift=np.zeros((2, 5)),
        host_hazard=0.0,
        recovery=0.0,
    )
    advance(static, state, still, keys())
    for was, now in zip(before, state, strict=True):
        assert np.asarray(was).tolist() == np.asarray(now).tolist()


def test_nobody_on_sale_is_used_by_nobody() -> None:
    generator = np.random.default_rng(4)
    static, state = accounts(generator, 30, 5)
    nobody = rules(generator, 5)._replace(
        gone=np.ones((2, 5), dtype=np.bool_), cumulative=np.zeros((2, 2, KINDS, 5))
    )
    totals = advance(static, state, nobody, keys())
    assert (state.vendor == -1).all()
    assert not state.share.any()
    assert (state.preferred == -1).all()
    assert not totals.volume.any()
