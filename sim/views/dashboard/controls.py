"""The controls beside the page: which scenarios, which levers, and what is kept in the address."""

import streamlit as st

from sim.scenario import Scenario, ScenarioError
from sim.strategies.loading import load_checked
from sim.views.dashboard.futures import Choice, FutureError, offered, read_address
from sim.views.dashboard.levers import Lever, groups, levers

CHOICE = "choice"


def plain(text: str) -> str:
    """Return text that Markdown shows letter by letter."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]()<>#+-.!|$:~^&" else c for c in text)


def choose(file: str | None) -> Choice:
    """Draw the controls and return what the visitor has chosen; it also stands in the address."""
    names = offered(file)
    if CHOICE not in st.session_state:
        st.session_state[CHOICE] = _from_address(names)
    st.sidebar.title("llmsim")
    _pick("a", "A: what is", names)
    _pick("b", "B: what if", names)
    _levers()
    _free_settings()
    chosen: Choice = st.session_state[CHOICE]
    st.query_params.from_dict(chosen.address())
    return chosen


def _from_address(names: tuple[str, ...]) -> Choice:
    given = {key: st.query_params.get_all(key) for key in st.query_params}
    try:
        return read_address(given, names, names[0] if names[0] not in offered(None) else "baseline")
    except FutureError as error:
        st.error(plain(str(error)))
        return Choice(names[0], names[0]) if names[0] not in offered(None) else Choice()


def _pick(side: str, label: str, names: tuple[str, ...]) -> None:
    chosen: Choice = st.session_state[CHOICE]
    st.sidebar.selectbox(
        label, names, index=names.index(getattr(chosen, side)), key=f"scenario:{side}",
        on_change=_picked, args=(side,),
    )  # fmt: skip


def _picked(side: str) -> None:
    chosen: Choice = st.session_state[CHOICE]
    name = st.session_state[f"scenario:{side}"]
    a, b = (name, chosen.b) if side == "a" else (chosen.a, name)
    st.session_state[CHOICE] = Choice(a, b, chosen.settings)


def _levers() -> None:
    chosen: Choice = st.session_state[CHOICE]
    try:
        scenario = load_checked(chosen.b)
    except ScenarioError:
        return  # the page shows why, where the figures would be
    st.sidebar.subheader("Levers of B")
    named = groups(scenario)
    first = named.index("Firm: moonshot") if "Firm: moonshot" in named else 0
    group = st.sidebar.selectbox("Firm or market", named, index=first, key="group")
    with st.sidebar.container(height=460, border=False):
        for lever in levers(scenario, group):
            _lever(scenario, lever)


def _lever(scenario: Scenario, lever: Lever) -> None:
    chosen: Choice = st.session_state[CHOICE]
    value = chosen.setting(lever.key)
    key = f"lever:{chosen.b}:{lever.key}"
    unit = f" [{lever.unit}]" if lever.unit else ""
    label = f"{lever.name}{unit}"
    shown = lever.value if value is None else value
    if lever.choices:
        options = [*dict.fromkeys([*lever.choices, shown])]
        st.selectbox(
            label, options, index=options.index(shown), key=key, help=plain(lever.meaning),
            on_change=_turned, args=(key, lever),
        )  # fmt: skip
    else:
        st.text_input(
            label, shown, key=key, help=plain(lever.meaning), on_change=_turned, args=(key, lever)
        )
    was = f"{scenario.name} has {lever.value}" if value is not None else ""
    said = [was, lever.range, f"source: {lever.source}" if lever.source else ""]
    st.caption(plain("; ".join(part for part in said if part)))


def _turned(key: str, lever: Lever) -> None:
    chosen: Choice = st.session_state[CHOICE]
    value = str(st.session_state[key]).strip()
    kept = None if value in ("", lever.value) else value
    st.session_state[CHOICE] = chosen.with_setting(lever.key, kept)


def _free_settings() -> None:
    chosen: Choice = st.session_state[CHOICE]
    st.session_state["settings"] = "\n".join(chosen.settings)
    st.sidebar.text_area(
        "All settings of B, KEY=VALUE on each line", key="settings", on_change=_typed, height=110,
        help=plain("What the levers write, and any other key; `llmsim explain KEY` says more."),
    )  # fmt: skip


def _typed() -> None:
    chosen: Choice = st.session_state[CHOICE]
    lines = [line.strip() for line in st.session_state["settings"].splitlines()]
    for key in [key for key in st.session_state if str(key).startswith("lever:")]:
        del st.session_state[key]
    st.session_state[CHOICE] = Choice(chosen.a, chosen.b, tuple(filter(None, lines)))
