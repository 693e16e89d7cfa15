"""The sign of every claim on other parameters: do intervals still lie where the claims say?

`python benchmarks/signs.py [BASE]` runs each claim's pairs from a scenario (default `calibrated`,
each replicate with its own draw of the parameters) and prints a table; `-n` says how many pairs
for all, else each claim has its own number; `--claim M10` runs one; `--write` puts the table of
`baseline` or `calibrated` into docs/signs.md. The definitions are those of the tests
(tests/support/claims). M65, M68 and M69 are left out: exact statements about one function, which
hold whatever its parameters are.
"""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))

import sign  # noqa: E402
from claims import CLAIMS  # noqa: E402
from sign import Claim  # noqa: E402

PAGE = ROOT / "docs" / "signs.md"
MARK = "<!-- {base}: {end} -->\n"
HEAD = (
    "| claim | outcome | claimed | added | 90 % interval | pairs | agrees |\n"
    "| --- | --- | :---: | ---: | --- | ---: | --- |\n"
)
SIGNS = {-1: "less", 0: "same", 1: "more"}


def rows(claim: Claim, replicates: int | None) -> Iterator[tuple[str, str]]:
    """Return each outcome of a claim as a line of the table, and whether it agrees."""
    for outcome, one in zip(claim.outcomes, sign.differences(claim, replicates), strict=True):
        agrees = outcome.verdict(one)
        if one is None:
            yield f"| {claim.id} | {outcome.what} | | | | fewer than 2 | {agrees} |", agrees
            continue
        contested = " (contested)" if outcome.shown is not None else ""
        yield (
            f"| {claim.id} | {outcome.what} | {SIGNS[outcome.sign]} | {one.mean:.3g} "
            f"| {one.low:.3g} to {one.high:.3g} | {one.replicates} | {agrees}{contested} |",
            agrees,
        )


def main() -> None:
    """Print the table, and how many agree; write it where asked to."""
    parser = ArgumentParser(description="Signs of all claims, from a base scenario.")
    parser.add_argument("base", nargs="?", default="calibrated")
    parser.add_argument("-n", type=int, dest="replicates")
    parser.add_argument("--claim", action="append")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    os.environ[sign.BASE] = asked.base
    lines, said = [], []
    print(HEAD, end="")
    for claim in CLAIMS:
        if asked.claim and claim.id not in asked.claim:
            continue
        for line, agrees in rows(claim, asked.replicates):
            print(line, flush=True)
            lines.append(line)
            said.append(agrees)
    counts = ", ".join(f"{said.count(one)} {one}" for one in ("yes", "no", "unclear"))
    summary = f"Base `{asked.base}`: {len(said)} outcomes; {counts}."
    print(f"\n{summary}")
    if asked.write:
        text = PAGE.read_text(encoding="utf-8")
        begin, end = (MARK.format(base=asked.base, end=one) for one in ("begin", "end"))
        before, rest = text.split(begin)
        _, after = rest.split(end)
        table = f"{summary}\n\n{HEAD}" + "".join(f"{line}\n" for line in lines)
        PAGE.write_text(f"{before}{begin}{table}{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
