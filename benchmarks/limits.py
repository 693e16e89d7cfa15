"""Theory beside what the model gives, for every limit case. `python benchmarks/limits.py`

Takes some minutes. `--write` puts the table into docs/limits.md.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))

from limit_cases.cases import CASES  # noqa: E402

BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->\n"


def table() -> str:
    """Run all cases and return the table as Markdown."""
    lines = [
        "| case | what | theory | simulated | standard error | allowed besides | agrees | where |",
        "| --- | --- | ---: | ---: | ---: | ---: | --- | --- |",
    ]
    for case in CASES:
        for row in case.full():
            error = f"{row.standard_error:.2g}" if row.standard_error else "exact"
            allowed = f"{row.allowed:.2g}" if row.allowed else ""
            cells = (
                row.case, row.what, f"{row.theory:.7g}", f"{row.simulated:.7g}", error, allowed,
                "yes" if row.holds else "**no**", case.where,
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
