"""What a scenario assumes: what it takes the world to be, and where its parameters come from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sim.core.parameters import PARAMETER_TABLE, Parameter
from sim.views.format import count, digits3

PARTS: Mapping[str, frozenset[str]] = {
    "Users and advertising": frozenset(("E4", "E5", "E6", "E12", "E14")),
    "Prices and tokens": frozenset(("E2", "E3", "E7")),
    "Deployments and the books": frozenset(("E8", "E9")),
    "Funding and survival": frozenset(("E10", "E11")),
    "Research and quality": frozenset(("E1", "E15")),
}
"""Parts of the model, each with its equations in docs/model.md."""

DRAWN, EVIDENCE, BY_HAND = "drawn from the calibrated sample", "from evidence", "set by hand"
VARIED = "varied here"
NARROWED, UNTOLD = "narrowed by the figures", "as wide as the prior"
KINDS = (VARIED, NARROWED, UNTOLD, DRAWN, EVIDENCE, BY_HAND)


@dataclass(frozen=True)
class Assumption:
    """A parameter set by hand: its value here, the range held possible, and why."""

    part: str
    name: str
    meaning: str
    value: str
    range: str
    reason: str


def kinds_of(told: Mapping[str, Any], here: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return how each parameter of a scenario came to its value, one of `KINDS`.

    here: what a study itself did to some of them, by name; it goes before all else.
    """
    values, drawn = _parameters(told)
    own = here or {}
    return {
        name: own[name] if name in own else DRAWN if name in drawn else _kind(row, values)
        for name, row in PARAMETER_TABLE.items()
    }


def rows_of(part: str) -> Iterator[Parameter]:
    """Return the parameters of a part, in the order of the table."""
    return (row for row in PARAMETER_TABLE.values() if row.equation in PARTS[part])


def assumptions(told: Mapping[str, Any], here: Mapping[str, str] | None = None) -> list[Assumption]:
    """Return every parameter that is set by hand in a scenario, part by part."""
    values, kinds = _parameters(told)[0], kinds_of(told, here)
    return [
        Assumption(part, row.name, row.meaning, *_shown(row, values), _reason(row, values))
        for part in PARTS
        for row in rows_of(part)
        if kinds[row.name] == BY_HAND
    ]


def world(told: Mapping[str, Any], is_drawn: bool = False) -> list[str]:
    """Return what a scenario takes the world to be, in sentences computed from it.

    is_drawn: its parameters vary, whatever the text says, and how is said elsewhere.
    """
    people, accounts = _block(told, "consumers"), _block(told, "accounts")
    said = [
        f"{len(_block(told, 'firms'))} firms decide once a week by rules; nobody plans with a model"
        " of the others.",
    ]
    if "addressable_people" in people and "people_per_agent" in people:
        said.append(
            f"{count(float(people['addressable_people']))} people could use an assistant; one "
            f"simulated person stands for {count(float(people['people_per_agent']))} and holds two "
            "apps at most."
        )
    if "count" in accounts:
        said.append(f"{accounts['count']:,} accounts buy tokens, few of them very large.")
    off = [name for name, on in _block(told, "mechanisms").items() if on is False]
    said.append(
        f"Causal claims that do not act: {', '.join(sorted(off))}."
        if off
        else "Every causal claim of the articles acts."
    )
    if is_drawn:
        return said
    drawn = _parameters(told)[1]
    said.append(
        f"{len(drawn)} parameters are drawn anew in each replicate from what calibration left "
        "possible, so intervals hold doubt about them too."
        if drawn
        else "Parameters are the same in every replicate: intervals hold luck, not doubt about "
        "the parameters or the rules."
    )
    return said


def _block(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = told.get(name)
    return {key: one for key, one in found.items() if key != "reset"} if isinstance(
        found, Mapping
    ) else {}  # fmt: skip


def _shown(row: Parameter, values: Mapping[str, float]) -> tuple[str, str]:
    def write(value: float) -> str:
        return f"{value:g}" if abs(value) >= 1000 else digits3(value)

    unit = "" if row.unit in ("-", "share", "ratio") else f" {row.unit}"
    value = values.get(row.name, row.default)
    return f"{write(value)}{unit}", f"{write(row.low)}–{write(row.high)}"


def _reason(row: Parameter, values: Mapping[str, float]) -> str:
    if values.get(row.name, row.default) != row.default:
        return "set by the scenario"
    return row.source.removeprefix("assumption: ")


def _parameters(told: Mapping[str, Any]) -> tuple[dict[str, float], frozenset[str]]:
    """Return the parameters that a scenario sets, and those drawn from a posterior."""
    given, posterior = told.get("parameters"), told.get("posterior")
    values = given if isinstance(given, Mapping) else {}
    draws = posterior.get("draws", ()) if isinstance(posterior, Mapping) else ()
    numbers = {name: float(value) for name, value in values.items() if _is_number(value)}
    return numbers, frozenset(map(str, draws))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _kind(row: Parameter, values: Mapping[str, float]) -> str:
    own = values.get(row.name, row.default) != row.default
    return BY_HAND if own or row.source.startswith("assumption") else EVIDENCE
