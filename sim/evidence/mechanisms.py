"""The causal claims: what each says, where it acts, its switch, and the sign it predicts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from sim.core.shipped import shipped
from sim.evidence.articles import load_articles
from sim.evidence.table import CellError, Text, read_table, suggestion


@dataclass(frozen=True)
class ArticleIds:
    """Ids of articles."""

    ids: tuple[str, ...]

    @classmethod
    def read(cls, cell: str) -> "ArticleIds":
        """Read article ids with `;` between them."""
        known = tuple(article.id for article in load_articles())
        ids = tuple(part.strip() for part in cell.split(";"))
        for found in ids:
            if found not in known:
                raise CellError(f"found {found!r}, no such article{suggestion(found, known)}")
        return cls(ids)


@dataclass(frozen=True)
class Mechanism:
    """One causal claim.

    `switch` is its name under `[mechanisms]` of a scenario and None for a claim about outcomes,
    which no switch can turn off; `acts_in` are the numbers of the equations it enters; `place`
    are the files that ask for the switch, none while the claim is not in the model. `neutral` says
    what holds instead when it is switched off, `about` how the model has it, and `contested`, where
    the model shows another sign than `sign_test` says, what it shows and what drives it.
    """

    id: str
    group: str
    mechanism: str
    sources: ArticleIds
    actors: Text
    hook: str
    switch: str | None
    acts_in: tuple[str, ...]
    place: tuple[str, ...]
    outcome: str
    sign_test: str
    neutral: str
    about: str
    contested: Text

    @property
    def claim(self) -> str:
        """Return what the claim says."""
        return self.mechanism

    @property
    def state(self) -> str:
        """Return whether it acts in the model, and as it says, or is an outcome, or is missing."""
        if self.switch is None:
            return "outcome"
        if not self.place:
            return "not in the model"
        return "contested" if self.contested else "in the model"

    @property
    def articles(self) -> tuple[str, ...]:
        """Return the ids of the articles that make it."""
        return self.sources.ids


@cache
def load_mechanisms(path: Path | None = None) -> tuple[Mechanism, ...]:
    """Return all claims, those about outcomes included, in the order of their ids."""
    file = path or shipped("seeds") / "mechanisms.csv"
    return read_table(file, Mechanism, ("id",), _problems)


def _problems(row: Mechanism) -> Iterator[str]:
    if row.switch is not None and not row.switch.isidentifier():
        yield f"switch: found {row.switch!r}, a name of letters, digits and _ was expected"


@cache
def mechanisms_by_switch() -> Mapping[str, Mechanism]:
    """Return the claims that can be switched, by their switch."""
    return MappingProxyType({row.switch: row for row in load_mechanisms() if row.switch})


@cache
def mechanisms_by_id() -> Mapping[str, Mechanism]:
    """Return all claims by id."""
    return MappingProxyType({row.id: row for row in load_mechanisms()})


MECHANISMS: Mapping[str, Mechanism] = mechanisms_by_switch()
"""The switchable claims by switch; every `[mechanisms]` key of a scenario is one of these."""
