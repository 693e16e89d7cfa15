"""Theory beside what the model gives, for every limit case. `python benchmarks/limits.py`

Takes some minutes. `--write` puts the table into docs/limits.md.
"""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))

from limit_cases import consumers, experiments, firms  # noqa: E402
from limit_cases.rows import Row  # noqa: E402

Case = tuple[str, Callable[[], list[Row]]]

CASES: tuple[Case, ...] = (
    ("`limits/bass`", consumers.bass),
    ("`limits/bass`", consumers.bass_late),
    ("`limits/bass_effort`", consumers.bass_effort),
    ("`limits/bass_television`", consumers.bass_television),
    ("`markets/advertising.py`, `limits/goodwill`", consumers.goodwill),
    ("`limits/retention`", consumers.retention),
    ("`markets/adoption.py`", consumers.choice),
    ("`markets/pricing.py`", firms.prices),
    ("`markets/q_learning.py`", firms.q_learning),
    ("`limits/price_cut`", firms.price_cut),
    ("`world/accounts.py`", firms.largest_accounts),
    ("`limits/ruin`", firms.ruin),
    ("`limits/sentiment`", firms.sentiment),
    ("`limits/exits`", firms.exits),
    ("`markets/technology.py`", firms.scaling),
    ("`limits/tenders`", partial(firms.tenders, 4)),
    ("`experiments/sensitivity.py`", experiments.sobol),
    ("`experiments/abc.py`", experiments.normal_mean),
    ("`experiments/paired.py`", experiments.correlated_normals),
    ("`experiments/paired.py`, `limits/alone`", experiments.engine_pairs),
)
BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->\n"


def table() -> str:
    """Run all cases and return the table as Markdown."""
    lines = [
        "| case | what | theory | simulated | standard error | allowed besides | agrees | where |",
        "| --- | --- | ---: | ---: | ---: | ---: | --- | --- |",
    ]
    for where, case in CASES:
        for row in case():
            error = f"{row.standard_error:.2g}" if row.standard_error else "exact"
            allowed = f"{row.allowed:.2g}" if row.allowed else ""
            cells = (
                row.case, row.what, f"{row.theory:.7g}", f"{row.simulated:.7g}", error, allowed,
                "yes" if row.holds else "**no**", where,
            )  # fmt: skip
            lines.append(f"| {' | '.join(cells)} |")
            print(lines[-1], file=sys.stderr)
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print the table, or write it between its marks."""
    found = table()
    if "--write" not in sys.argv[1:]:
        print(found, end="")
        return
    page = ROOT / "docs" / "limits.md"
    text = page.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    page.write_text(f"{before}{BEGIN}{found}{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
