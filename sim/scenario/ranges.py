"""What a sweep varies: `lo:hi`, `log:lo:hi`, `normal(mean,sd)`, `triangular(lo,mode,hi)`, `a,b,c`.

A range is checked like a setting: each of its ends, or each entry of its list, must be a value
that the scenario could have. An integer key draws integers.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sim.core.diagnostics import Diagnostic, Origin, did_you_mean, shorten
from sim.scenario.describe import Key, describe
from sim.scenario.errors import ScenarioError
from sim.scenario.quantities import QuantityError, convertible, read_quantity
from sim.scenario.reading import read_text
from sim.scenario.scenario import Scenario

Shape = Literal["uniform", "log", "normal", "triangular", "list"]
Value = float | int | bool | str | date

DISTRIBUTION = re.compile(r"(normal|triangular)\(([^()]*)\)")
NUMBERS = {"normal": 2, "triangular": 3}
WRITTEN = (
    "write key=lo:hi, key=log:lo:hi, key=normal(mean,sd), key=triangular(lo,mode,hi) or key=a,b,c"
)
MOST_LISTED = 1000


@dataclass(frozen=True)
class Varied:
    """One key that varies.

    `values` holds low and high of a `uniform` or `log` range, mean and standard deviation of a
    `normal`, low, mode and high of a `triangular`, and the entries of a `list`. `whole` says that
    only integers are drawn.
    """

    key: str
    shape: Shape
    values: tuple[Value, ...]
    whole: bool = False

    @property
    def text(self) -> str:
        """The range as it is written behind the key, such as lo:hi or normal(mean,sd)."""
        said = [written(value) for value in self.values]
        if self.shape == "list":
            return ",".join(said)
        if self.shape in NUMBERS:
            return f"{self.shape}({','.join(said)})"
        return ("log:" if self.shape == "log" else "") + ":".join(said)


def written(value: Value) -> str:
    """Return a value as it may stand in a range."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def read_ranges(
    scenario: Scenario, texts: Sequence[str], file: str = "--param"
) -> tuple[Varied, ...]:
    """Return what varies around a scenario.

    Args:
        scenario: whose keys they are; values are checked in it, and dollars are of its first day.
        texts: such as "parameters.organic=0.01:0.03" or "mechanisms.price_war=true,false".
        file: what errors call the place; the number of the text stands for the line.

    Raises:
        ScenarioError: with every error of every text.
    """
    found: list[Varied] = []
    errors: list[Diagnostic] = []
    for number, text in enumerate(texts, start=1):
        try:
            varied = _Reader(scenario, text, number, file).read()
            earlier = [index for index, one in enumerate(found) if one.key == varied.key]
            if earlier:
                first = texts[earlier[0]]
                errors.append(_twice(varied.key, text, number, first, earlier[0] + 1, file))
            found.append(varied)
        except ScenarioError as error:
            errors.extend(error.diagnostics)
    if errors:
        raise ScenarioError(errors)
    return tuple(found)


class _Reader:
    """Reads one text; every refusal points at the part of it that is wrong."""

    def __init__(self, scenario: Scenario, text: str, number: int, file: str) -> None:
        self.scenario, self.text, self.number, self.file = scenario, text, number, file
        self.key, self.equals, self.right = (part.strip() for part in text.partition("="))

    def read(self) -> Varied:
        if not self.equals or not self.key or not self.right or not self.text.isprintable():
            raise self.wrong(f"`{shorten(self.text)}` does not say how a key varies", help_=WRITTEN)
        known = self.known()
        shape, parts = self.parts()
        if shape != "list" and not known.is_number:
            message = f"`{self.key}` takes {known.expected()}; it varies over a list only"
            raise self.wrong(message, self.right, help_=f"write {self.key}=a,b,c")
        values = tuple(self.value(part, known, shape) for part in parts)
        self.check_shape(shape, values, parts)
        return Varied(self.key, shape, values, known.type is int)

    def known(self) -> Key:
        path = tuple(self.key.split("."))
        known, keys = describe(path), self.scenario.flat()
        plain = (int, float, bool, str, date)
        is_value = known is not None and (known.type in plain or bool(known.words))
        setting = len(path) == 4 and path[0] == "firms"
        if known is None or not is_value or (self.key not in keys and not setting):
            same = [key for key in keys if key.split(".")[0] == path[0]] or list(keys)
            hint = did_you_mean(self.key, same) or "`llmsim explain` lists the keys"
            raise self.wrong(f"`{shorten(self.key)}` is no key that can vary", self.key, help_=hint)
        return known

    def parts(self) -> tuple[Shape, tuple[str, ...]]:
        distribution = DISTRIBUTION.fullmatch(self.right)
        if distribution:
            name: Shape = "normal" if distribution[1] == "normal" else "triangular"
            said = tuple(part.strip() for part in distribution[2].split(","))
            if len(said) != NUMBERS[name]:
                message = f"`{name}` takes {NUMBERS[name]} numbers, not {len(said)}"
                raise self.wrong(message, self.right, help_=WRITTEN)
            return name, said
        ends = [part.strip() for part in self.right.split(":")]
        if len(ends) == 3 and ends[0] == "log":
            return "log", (ends[1], ends[2])
        if len(ends) == 2:
            return "uniform", (ends[0], ends[1])
        listed = tuple(part.strip() for part in self.right.split(","))
        if len(ends) > 1 or "(" in self.right or not all(listed) or len(listed) > MOST_LISTED:
            message = f"`{shorten(self.right)}` is neither a range nor a list"
            raise self.wrong(message, self.right, help_=WRITTEN)
        return "list", listed

    def value(self, part: str, known: Key, shape: Shape) -> Value:
        value: Value = self.number_of(part, known) if known.is_number else _plain(part)
        is_spread = shape == "normal" and part is not None and part == self.parts()[1][1]
        if is_spread and isinstance(value, float | int) and value > 0:
            return value
        try:
            self.scenario.with_({self.key: _whole(value) if known.type is int else value})
        except ScenarioError as error:
            first = error.diagnostics[0]
            raise self.wrong(first.message, part, first.allowed, first.help) from error
        return value

    def number_of(self, part: str, known: Key) -> float:
        try:
            unit = known.unit if convertible(known.unit or "?") else "1"
            return read_quantity(part, unit, self.scenario.start)
        except QuantityError as error:
            raise self.wrong(str(error), part, help_=f"it takes {known.expected()}") from error

    def check_shape(self, shape: Shape, values: tuple[Value, ...], parts: tuple[str, ...]) -> None:
        if shape == "list":
            if len(set(values)) < len(values):
                raise self.wrong("a value stands in the list twice", self.right)
            return
        low, *middle, high = (float(value) for value in values if isinstance(value, int | float))
        if shape == "normal":
            if not high > 0:
                message = f"the standard deviation {high:g} must be above 0"
                raise self.wrong(message, parts[1])
        elif not low < high:
            raise self.wrong(f"the low end {low:g} must be below the high end {high:g}", self.right)
        elif middle and not low <= middle[0] <= high:
            message = f"the mode {middle[0]:g} must lie between {low:g} and {high:g}"
            raise self.wrong(message, parts[1])
        elif shape == "log" and low <= 0:
            raise self.wrong(f"a log range begins above 0, not at {low:g}", parts[0])

    def wrong(
        self, message: str, part: str = "", allowed: tuple[str, ...] = (), help_: str = ""
    ) -> ScenarioError:
        whole = re.search(rf"(?<=[=:,( ]){re.escape(part)}(?=\s*(?:[:,)]|$))", self.text)
        at = whole.start() if part and part != self.key and whole else 0
        width = len(part or self.text)
        origin = Origin(self.file, self.number, at + 1, max(1, width), self.text)
        return ScenarioError([Diagnostic("range", message, origin, self.key, allowed, help_)])


def _plain(part: str) -> Value:
    """Read what is no number: true, false, a date, or text with or without quotes."""
    try:
        value = read_text(f"x = {part}", "").data["x"]
    except ScenarioError:
        return part
    return value if isinstance(value, bool | str | date) else part


def _whole(value: Value) -> Value:
    """Return a whole number as an integer, which is what an integer key takes."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _twice(key: str, text: str, number: int, first: str, earlier: int, file: str) -> Diagnostic:
    return Diagnostic(
        "twice",
        f"`{key}` varies twice",
        Origin(file, number, 1, len(key), text),
        key,
        also=Origin(file, earlier, 1, len(key), first),
        also_says="the first one",
    )
