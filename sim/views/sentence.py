"""A finding in words: what every page's summary is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True)
class Sentence:
    """One finding in words, with the raw numbers it was computed from where others ask for them."""

    topic: str
    text: str
    numbers: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
