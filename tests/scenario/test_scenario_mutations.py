"""Whatever a file says, it loads or is refused with a place: no traceback, no silence."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario import Scenario, ScenarioError

ODD_VALUES = (
    "nan", "-inf", "-1", "0", "1.5", "1e308", "9223372036854775807", "99999999999999999999",
    "true", '""', '"none"', '"parent"', '"x"', '"3 M USD"', '"3 bananas"', "[]", "[1]", "{}",
    '{remove = true}', '{reset = true}', "{a = {b = 1}}", "[[]]", "2024-02-30", "2024-05-06",
    "0001-01-01", "9999-12-31", "2024-05-06T01:02:03Z", "07:32:00", "hold", "1,5", "'''",
    '"\\u0000"',
)  # fmt: skip
ODD_LINES = (
    "[[firms]]", "[firms]", "[firms.zhipu]", "[[shock]]", "[shock.llama3]", "remove = true",
    "reset = true", "remove = false", 'extends = "baseline"', 'extends = "x"', "extends = 1",
    "parameters = 3", "[a.b.c.d.e.f]", "= 1", "]", "\x00", "[parameters.organic]", '[""]',
    '"".x = 1', "id = 3", "strategy = 1", "[[consumers]]", "[mechanisms.price_war]", "name = 3",
    "shock = 3", "shock = [1]", "firms.zhipu = 3", "history = 3", 'history = ["x"]', "[history]",
)  # fmt: skip
SAMPLE = """\
extends = "baseline"
name = "sample"
start = 2023-07-03
end = 2025-06-30
history = ["history", "shocks_2025"]
[consumers]
people_per_agent = 20000
[firms.moonshot]
cash_mcny = "2 bn CNY"
[firms.moonshot.pricing]
strategy = "hold"
markup = 2
[apps.kimi]
launch = 2023-10-10
[channels.douyin]
owner = "none"
audience = {student = 1.0, mass = 2}
[segments.student]
share = 0.2
[mechanisms]
price_war = false
[parameters]
organic = 0.02
[[shock]]
id = "doubt"
date = 2024-03-01
kind = "sentiment"
amount = -0.5
[[shock]]
id = "llama3"
remove = true
[[shock]]
id = "cold"
date = 2024-03-04
kind = "set"
key = "parameters.round_cold"
value = 0.2
"""
RESOLVED = Scenario.loads(SAMPLE).to_toml()


def mutated(text: str, random: Random) -> str:
    lines = text.split("\n")
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(lines))
        key, equals, value = lines[at].partition("=")
        change = random.randrange(9)
        if change == 0:
            del lines[at : at + random.randint(1, 3)]
        elif change == 1:
            lines.insert(random.randrange(len(lines) + 1), lines[at])
        elif change == 2:
            lines.insert(at, random.choice(ODD_LINES))
        elif change == 3 and equals:
            lines[at] = f"{key}= {random.choice(ODD_VALUES)}"
        elif change == 4 and equals:
            lines[at] = f"{_misspelt(key, random)}={value}"
        elif change == 5:
            lines[at] = _misspelt(lines[at], random)
        elif change == 6 and equals:
            other = random.choice([line for line in lines if "=" in line] or ["a = 1"])
            lines[at] = f"{key}={other.partition('=')[2]}"
        elif change == 7:
            lines[at : at + 2] = reversed(lines[at : at + 2])
        else:
            lines[at] = f"[{lines[at].strip('[]')}]"
        if not lines:
            lines = [""]
    return "\n".join(lines)


def _misspelt(text: str, random: Random) -> str:
    at = random.randrange(len(text) + 1)
    letter = random.choice("aeiou_-.\"'[]{}#=,0 \\\té中")
    return text[:at] + random.choice(["", letter]) + text[at + random.randint(0, 1) :]


def loads_or_is_refused_with_a_place(text: str) -> None:
    loaded, error = outcome(text)
    if loaded is not None:
        assert Scenario.loads(loaded.to_toml()) == loaded
        loaded.changed()
        return
    assert error is not None
    assert str(error)
    lines = text.replace("\r\n", "\n").split("\n")
    for found in error.diagnostics:
        assert found.origin is not None
        if found.origin.file == "<scenario>":
            assert found.origin.text in ("", lines[found.origin.line - 1])


def outcome(text: str, *settings: str) -> tuple[Scenario | None, ScenarioError | None]:
    try:
        return Scenario.loads(text, overrides=settings), None
    except ScenarioError as error:
        return None, error


@pytest.mark.parametrize("text", [SAMPLE, RESOLVED], ids=["sample", "resolved"])
@pytest.mark.parametrize("seed", range(60))
def test_mutated_file_loads_or_is_refused(text: str, seed: int) -> None:
    loads_or_is_refused_with_a_place(mutated(text, Random(seed)))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_text_loads_or_is_refused(text: str) -> None:
    loads_or_is_refused_with_a_place(text)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_any_setting_is_laid_on_top_or_refused(text: str) -> None:
    _, error = outcome("", text)
    for found in error.diagnostics if error else ():
        assert found.origin is not None
        assert found.origin.file == "--set"


@pytest.mark.parametrize(
    "setting",
    [
        "seed", "=3", "seed=", "a.b", "seed=1\nend=2024-01-01", "seed=1 # x", "seeds=3",
        "firms.moonshot.cash=3", "mechanisms.price_wars=false", "consumers=3", "shock=3",
        "shock.llama3.amount=x", "shock.new.amount=3", "extends=baseline", "[seed]=1", '"=1',
        "parameters=posterior", "firms.zhipu.remove=false", "seed=99999999999999999999",
    ],
)  # fmt: skip
def test_wrong_setting_is_refused_with_its_text(setting: str) -> None:
    if setting == "seed=1 # x":
        assert Scenario.loads("", overrides=[setting]).seed == 1
        return
    with pytest.raises(ScenarioError) as caught:
        Scenario.loads("", overrides=["accounts.count=10", setting])
    assert {str(found.origin)[:8] for found in caught.value.diagnostics} == {"--set:2:"}
