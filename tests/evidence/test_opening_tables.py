"""Opening tables: what exists on the first day, and that tables agree with each other."""

from datetime import date
from pathlib import Path

import pytest

from sim.core.shipped import shipped
from sim.evidence.opening import load_opening, load_segments
from sim.evidence.table import EvidenceError

OPENING = load_opening()


def test_thirteen_firms_of_which_clouds_and_the_lab_have_a_parent() -> None:
    assert len(OPENING.firms) == 13
    for firm in OPENING.firms:
        assert firm.parent_backed == (firm.kind != "startup")
    assert sum(firm.kind == "startup" for firm in OPENING.firms) == 6


def test_the_two_late_entrants_choose_their_price_themselves() -> None:
    entries = {
        firm.firm: firm.main_entry for firm in OPENING.firms if firm.main_price_cny_per_mtok is None
    }
    assert entries == {"bytedance": date(2024, 5, 13), "deepseek": date(2024, 5, 6)}


def test_channels_know_how_well_they_reach_each_segment() -> None:
    segments = {segment.segment for segment in OPENING.segments}
    assert all(set(channel.audience) == segments for channel in OPENING.channels)
    owners = {channel.channel: channel.owner for channel in OPENING.channels if channel.owner}
    assert owners == {"douyin": "bytedance", "tencent_ads": "tencent", "baidu_search": "baidu"}


def test_investors_are_twelve_eight_four_and_the_six_clouds() -> None:
    kinds = [investor.kind for investor in OPENING.investors]
    assert [kinds.count(kind) for kind in ("rmb_vc", "usd_vc", "state", "strategic")] == [
        12, 8, 4, 6,
    ]  # fmt: skip
    clouds = {firm.firm for firm in OPENING.firms if firm.kind == "cloud"}
    assert {i.firm for i in OPENING.investors if i.kind == "strategic"} == clouds
    assert sum(i.dry_powder_bn_cny or 0 for i in OPENING.investors) == 12 * 1.5 + 8 + 4 * 6


@pytest.mark.parametrize("factor", ["price_sensitivity", "ad_response", "word_of_mouth"])
def test_segment_factors_leave_the_mean_parameter_as_it_is(factor: str) -> None:
    mean = sum(row.share * getattr(row, factor) for row in OPENING.segments)
    assert mean == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("weight", ["price_weight", "quality_weight", "viability_weight"])
def test_account_weights_leave_the_mean_over_tokens_as_it_is(weight: str) -> None:
    kinds = OPENING.account_kinds
    assert sum(row.share * row.volume for row in kinds) == pytest.approx(1, abs=1e-12)
    mean = sum(row.share * row.volume * getattr(row, weight) for row in kinds)
    assert mean == pytest.approx(1, abs=1e-12)


def test_shares_that_do_not_sum_to_one_are_refused(tmp_path: Path) -> None:
    text = (shipped("seeds") / "segments.csv").read_text(encoding="utf-8")
    path = tmp_path / "segments.csv"
    path.write_text(text.replace("student,0.20", "student,0.21"), encoding="utf-8")
    with pytest.raises(EvidenceError, match="shares sum to 1.01"):
        load_segments(path)
