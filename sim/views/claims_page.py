"""The claims as one page of Markdown: what each says, how the model has it, and what off means."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from sim.evidence.mechanisms import Mechanism

HEAD = """\
# The claims, one by one

Five articles make 83 causal claims. Each of the first 81 acts in the model behind a switch under
`[mechanisms]` of a scenario, and can be taken away alone; the last two are outcomes. This page is
`llmsim mechanisms --list --markdown`, made from `seeds/mechanisms.csv`; a test holds it up to date.

- `llmsim explain mechanisms.price_war` shows one claim, and the lines of code that ask for it.
- `llmsim mechanisms baseline` takes each away in turn and ranks what that does.
- `pytest tests/mechanisms -m "claim(id='M10')"` runs the tests of one claim's sign: with it
  and without it, with the same luck. A test fails if a claim has no place, switch or such test.
- `python benchmarks/signs.py baseline` prints what each claim adds, with interval, and whether it
  agrees; another scenario in its place says whether signs hold for other parameters.

A claim is *contested* where the model shows another sign than the articles say. It is not bent: the
test pins what the model does show, and this page says what drives it.
"""


def claims_page(claims: Sequence[Mechanism]) -> str:
    """Return the page."""
    return "\n".join([HEAD, *_contested(claims), *_groups(claims)])


def _contested(claims: Sequence[Mechanism]) -> Iterator[str]:
    found = [one for one in claims if one.contested]
    names = ", ".join(f"{one.id} `{one.switch}`" for one in found)
    yield f"{len(found)} of them are contested: {names}.\n" if found else "None is contested.\n"


def _groups(claims: Sequence[Mechanism]) -> Iterator[str]:
    for group, members in groupby(claims, lambda one: one.group):
        yield f"## {group}\n"
        for one in members:
            yield from _claim(one)


def _claim(one: Mechanism) -> Iterator[str]:
    switch = f"`{one.switch}`" if one.switch else "an outcome"
    yield f"### {one.id} {switch}\n"
    yield f"**{one.claim}** ({', '.join(one.articles)})\n"
    yield f"{one.about}\n"
    if one.switch:
        yield f"- Off: {one.neutral}"
    yield f"- Expected: {one.sign_test}"
    if one.contested:
        yield f"- **Contested.** {one.contested}"
    places = ", ".join(f"`{place}`" for place in one.place)
    yield f"- Acts in {' '.join(one.acts_in)}{f': {places}' if places else ''}\n"
