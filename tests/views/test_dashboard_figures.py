"""Figures of A and B beside each other: one axis, and nothing is drawn in vain."""

from synthetic_run import SyntheticRun, example_manifest, make_run

from sim.views.dashboard.figures import beside


def run_of(name: str, weeks: int) -> SyntheticRun:
    return make_run(weeks, replicates=1, manifest={**example_manifest(), "id": name})


def test_only_what_has_changed_is_drawn_again() -> None:
    a, shorter = run_of("a", weeks=60), run_of("shorter", weeks=30)
    [(first_a, first_b)], kept = beside(["users"], a, shorter, {})
    [(again_a, again_b)], kept = beside(["users"], a, shorter, kept)
    assert again_a is first_a
    assert again_b is first_b
    [(other_a, other_b)], _ = beside(["users"], a, run_of("other", weeks=40), kept)
    assert other_a is first_a
    assert other_b != first_b


def test_future_that_asks_for_another_axis_has_both_drawn_again() -> None:
    a = run_of("a", weeks=60)
    [(before, _)], kept = beside(["users"], a, run_of("shorter", weeks=30), {})
    [(after, _)], _ = beside(["users"], a, run_of("longer", weeks=120), kept)
    assert after != before
