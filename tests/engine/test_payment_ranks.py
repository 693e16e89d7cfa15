"""A week's step pays by the ranks in which the compiled settlement reckons debts."""

from sim.engine.steps import money
from sim.markets import settlement
from sim.world.ledger import Line


def test_week_pays_by_the_ranks_in_which_debts_are_reckoned() -> None:
    assert len(money.RANKS) == settlement.RANKS
    assert money.OLD_WAGES == settlement.OLD_WAGES
    assert money.OLD_BILLS == settlement.OLD_BILLS
    lines = {
        settlement.RESEARCH_WAGES: Line.COST_RD_STAFF, settlement.OTHER_WAGES: Line.COST_STAFF,
        settlement.OVERHEAD: Line.COST_OTHER, settlement.SERVING: Line.COST_API,
        settlement.APPS: Line.COST_APPS, settlement.DELIVERY: Line.COST_DEPLOYMENT,
        settlement.ADS: Line.COST_ADS, settlement.MARKETING: Line.COST_MARKETING_OTHER,
        settlement.TRAINING: Line.COST_RD_COMPUTE,
    }  # fmt: skip
    assert {rank: money.RANKS[rank] for rank in lines} == lines
