"""A dated shock: what kinds there are, and what each of them says.

The kinds of the evidence (`sim.evidence.history.EVENT_KINDS`) and one more, `set`, which gives a
parameter, a switch or a field of a firm or channel another value from a day on.
"""

from datetime import date
from typing import Annotated

from pydantic import Field

from sim.evidence.history import EVENT_KINDS
from sim.scenario.base import Name, Part, Share, measured

SET = "set"
OF_ITS_KIND = "of its kind"
KINDS = (*EVENT_KINDS, SET)
SETTABLE: dict[str, tuple[str, ...]] = {
    "parameters": (),
    "mechanisms": (),
    "firms": (
        "attach_margin_cny_per_mtok",
        "vendor_intercept",
        "cost_efficiency",
        "main_cost_factor",
    ),
    "channels": ("capacity_mcny_per_month", "base_cost_cny_per_user"),
}
"""What `set` can change during a run: every parameter and switch, and these fields of entries."""
UNITS = {"elo": "Elo", "weeks": "weeks", "share": "share", "ratio": "ratio", "sentiment": "mood"}
REFERENTS = {"firm": "firms", "app": "apps", "channel": "channels"}


class Shock(Part):
    """One thing that happens on a day, by the id it is written under."""

    date: date
    """the day; it acts at the next Monday's clearing"""

    kind: str
    """what kind of thing it is"""

    who: Name | None = None
    """who acts or is struck: a firm, an app, a channel, or the one word of the kind"""

    target: Name | None = None
    """whom it concerns besides"""

    amount: Annotated[float, measured(OF_ITS_KIND)] | None = None
    """how much, in the unit of the kind"""

    scope: Share | None = None
    """share of tasks in which a lead holds"""

    lead: Annotated[float, measured("Elo", ge=0)] | None = None
    """size of the lead"""

    level: Name | None = None
    """a word of the kind, such as hot or cold"""

    open_weights: bool | None = None
    """whether the weights of a release are published"""

    what: Annotated[str, Field(max_length=300)] = ""
    """one sentence for the reader of a report"""

    key: Annotated[str, Field(max_length=200)] | None = None
    """for `set`: the key that changes, such as parameters.round_cold"""

    value: float | bool | str | None = None
    """for `set`: its value from this day on"""


def fixed_word(kind: str) -> str | None:
    """Return the one word that `who` can be for a kind, if there is only one."""
    if kind not in EVENT_KINDS:
        return None
    who = EVENT_KINDS[kind].who
    return who if who not in REFERENTS and " " not in who else None


def amount_unit(kind: object) -> str:
    """Return the unit of a kind's amount, or nothing."""
    grammar = EVENT_KINDS.get(kind) if isinstance(kind, str) else None
    return UNITS.get(grammar.unit or "", "") if grammar else ""
