"""All limit cases, where they live, in full and with as much luck as a quick test can afford."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from limit_cases import consumers, experiments, firms
from limit_cases.rows import Row


@dataclass(frozen=True)
class Case:
    """A case: a name, the scenario or module it runs through, and how to run it."""

    name: str
    where: str
    full: Callable[[], list[Row]]
    quick: Callable[[], list[Row]] | None = None
    """Fewer agents or replicates; None where the full case is quick, or cannot be made so."""
    slow: bool = True
    """Whether the full case takes more than a second or two."""


def quickly(name: str, where: str, run: Callable[[], list[Row]]) -> Case:
    """Return a case that is quick in full."""
    return Case(name, where, run, slow=False)


CASES = (
    Case("bass", "`limits/bass`", consumers.bass, partial(consumers.bass, 5)),
    Case("bass_late", "`limits/bass`", consumers.bass_late),
    Case("bass_effort", "`limits/bass_effort`", consumers.bass_effort),
    Case("bass_television", "`limits/bass_television`", consumers.bass_television),
    Case(
        "goodwill",
        "`markets/advertising.py`, `limits/goodwill`",
        consumers.goodwill,
        partial(consumers.goodwill, 1),
    ),
    quickly("retention", "`limits/retention`", consumers.retention),
    quickly("retention_fit", "`markets/retention.py`", consumers.retention_fit),
    quickly("choice", "`markets/adoption.py`", consumers.choice),
    quickly("prices", "`markets/pricing.py`", firms.prices),
    Case("q_learning", "`markets/q_learning.py`", firms.q_learning),
    quickly("price_cut", "`limits/price_cut`", firms.price_cut),
    Case(
        "largest_accounts",
        "`world/accounts.py`",
        firms.largest_accounts,
        partial(firms.largest_accounts, 300),
    ),
    Case("ruin", "`limits/ruin`", firms.ruin, partial(firms.ruin, 200, 2)),
    Case("sentiment", "`limits/sentiment`", firms.sentiment, partial(firms.sentiment, 1)),
    Case("exits", "`limits/exits`", firms.exits, partial(firms.exits, 33, 4)),
    quickly("scaling", "`markets/technology.py`", firms.scaling),
    Case("tenders", "`limits/tenders`", partial(firms.tenders, 4), firms.tenders),
    Case(
        "sobol",
        "`experiments/sobol.py`",
        experiments.sobol,
        partial(experiments.sobol, 1024, 10),
    ),
    Case(
        "normal_mean",
        "`experiments/abc.py`",
        experiments.normal_mean,
        partial(experiments.normal_mean, 2000, 4000),
    ),
    quickly("correlated_normals", "`experiments/paired.py`", experiments.correlated_normals),
    Case(
        "engine_pairs",
        "`experiments/paired.py`, `limits/alone`",
        experiments.engine_pairs,
        partial(experiments.engine_pairs, 30, 13),
    ),
)
