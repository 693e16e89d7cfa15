"""Scenario texts with the mistakes that people and programs make, drawn at random."""

from random import Random

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
calm_markup = 2
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


def mutated(text: str, random: Random) -> str:
    """Return a text with one to four changes: lines dropped, doubled, misspelt, retyped."""
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
