"""TOML texts with the same values in many spellings, for property tests."""

from datetime import date, datetime
from typing import Any

from hypothesis import strategies as st

from sim.scenario.writing import toml_text

BARE = st.text("abcXYZ019_-", min_size=1, max_size=5)
ANY_KEY = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"], max_codepoint=0x2FFF), max_size=6
)
KEYS = BARE | ANY_KEY
SCALARS = (
    st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.dates(date(1000, 1, 1))
    | st.datetimes(datetime(1000, 1, 1), datetime(3000, 1, 1))
    | st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=12)
)
VALUES = st.recursive(
    SCALARS,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(KEYS, below, max_size=3),
    max_leaves=6,
)
TABLES = st.recursive(
    st.dictionaries(KEYS, VALUES, max_size=4),
    lambda below: st.dictionaries(
        KEYS, VALUES | below | st.lists(below, min_size=1, max_size=3), max_size=3
    ),
    max_leaves=4,
)


@st.composite
def toml_texts(draw: st.DrawFn) -> str:
    """Draw a valid TOML text: headers, dotted keys, inline tables, comments, all kinds of text."""
    lines: list[str] = []
    _table(draw, (), draw(TABLES), lines)
    return "\n".join(lines) + draw(st.sampled_from(["", "\n", "\n\n# end"]))


def _table(draw: st.DrawFn, path: tuple[str, ...], table: dict[str, Any], lines: list[str]) -> None:
    headed = {key: value for key, value in table.items() if _may_have_header(value)}
    headed = {key: value for key, value in headed.items() if draw(st.booleans())}
    for key, value in table.items():
        if key not in headed:
            space = draw(st.sampled_from(["", " ", "\t "]))
            comment = draw(st.sampled_from(["", " # a = [", "\t#"]))
            lines.append(f"{space}{_key(draw, key)}{space}={space}{_value(draw, value)}{comment}")
    for key, value in headed.items():
        here = (*path, key)
        name = draw(st.sampled_from([".", " . "])).join(_key(draw, part) for part in here)
        for entry in value if isinstance(value, list) else [value]:
            lines.append(draw(st.sampled_from(["", "# comment [x]", "  "])))
            lines.append(f"[[{name}]]" if isinstance(value, list) else f"[{name}]")
            _table(draw, here, entry, lines)


def _may_have_header(value: Any) -> bool:
    tables = isinstance(value, list) and value and all(isinstance(one, dict) for one in value)
    return isinstance(value, dict) or bool(tables)


def _key(draw: st.DrawFn, key: str) -> str:
    choices = [toml_text(key)]
    if key and set(key) <= set("abcXYZ019_-"):
        choices.append(key)
    if "'" not in key:
        choices.append(f"'{key}'")
    return draw(st.sampled_from(choices))


def _value(draw: st.DrawFn, value: Any) -> str:
    if isinstance(value, list | dict):
        return _nested(draw, value)
    if isinstance(value, str):
        return _text(draw, value)
    if isinstance(value, datetime):
        return value.isoformat(draw(st.sampled_from(["T", " "])))
    if isinstance(value, date):
        return value.isoformat()
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _nested(draw: st.DrawFn, value: list[Any] | dict[str, Any]) -> str:
    if isinstance(value, dict):
        # no line may break inside an inline table but within its lists and texts
        pairs = [f"{_key(draw, key)} = {_value(draw, below)}" for key, below in value.items()]
        return "{ " + ", ".join(pairs) + " }"
    gap = draw(st.sampled_from([" ", "\n", " # one\n  "]))
    parts = [f"{gap}{_value(draw, part)}{gap}" for part in value]
    return f"[{','.join(parts)}{draw(st.sampled_from(['', ','])) if parts else ''}{gap}]"


def _text(draw: st.DrawFn, text: str) -> str:
    choices = [toml_text(text)]
    if "'" not in text:
        choices += [f"'{text}'", f"'''\n{text}'''"]
    if "\\" not in text and '"' not in text:
        choices += [f'"""\n{text}"""', f'"""\\\n   {text}"""' if text.strip() == text else '""']
    chosen = draw(st.sampled_from(choices))
    return toml_text(text) if chosen == '""' else chosen
