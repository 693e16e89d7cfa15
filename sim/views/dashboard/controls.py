"""The controls beside the page: which scenarios, which levers, and what is kept in the address."""

from dataclasses import replace

import streamlit as st

from sim.scenario import Scenario, ScenarioError
from sim.strategies.loading import load_checked
from sim.views.dashboard.futures import Choice, FutureError, offered, read_address
from sim.views.dashboard.levers import Lever, groups, levers

CHOICE = "choice"
EDITION = "edition of the levers"


def plain(text: str) -> str:
    """Return text that Markdown shows letter by letter."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]()<>#+-.!|$:~^&" else c for c in text)


def choose(file: str | None) -> Choice:
    """Draw the controls and return what the visitor has chosen; it also stands in the address.

    What is chosen follows from what the controls show, never from the event of turning one: an
    event is lost, or heard twice, when one drawing of the page cuts another short.
    """
    names = offered(file)
    if CHOICE not in st.session_state:
        st.session_state[CHOICE], st.session_state[EDITION] = _from_address(names), 0
    st.sidebar.title("llmsim")
    was: Choice = st.session_state[CHOICE]
    a, b = _pick("A: what is", was.a, names), _pick("B: what if", was.b, names)
    st.session_state[CHOICE] = replace(was, a=a, b=b)
    place = st.sidebar.expander("All settings of B")
    _levers()
    with place:
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


def _pick(label: str, name: str, names: tuple[str, ...]) -> str:
    at, key = names.index(name), f"scenario:{label}"
    chosen: str = st.sidebar.selectbox(label, names, index=at, key=key)
    return chosen


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
    with st.sidebar:
        for lever in levers(scenario, group):
            _lever(scenario, lever)


def _lever(scenario: Scenario, lever: Lever) -> None:
    chosen: Choice = st.session_state[CHOICE]
    value = chosen.setting(lever.key)
    shown = lever.value if value is None else value
    turned = _control(chosen, lever, shown)
    if turned != shown:
        value = None if turned.strip() in ("", lever.value) else turned.strip()
        st.session_state[CHOICE] = chosen.with_setting(lever.key, value)
    was = f"{scenario.name} has {lever.value}" if value is not None else ""
    said = [was, lever.range, f"source: {lever.source}" if lever.source else ""]
    st.caption(plain("; ".join(part for part in said if part)))


def _control(chosen: Choice, lever: Lever, shown: str) -> str:
    """Draw one lever and return what stands in it."""
    key = f"lever:{st.session_state[EDITION]}:{chosen.b}:{lever.key}"
    label = f"{lever.name} [{lever.unit}]" if lever.unit else lever.name
    meaning = plain(lever.meaning)
    stands: str
    if lever.choices:
        options = [*dict.fromkeys([*lever.choices, shown])]
        stands = st.selectbox(label, options, index=options.index(shown), key=key, help=meaning)
    else:
        stands = st.text_input(label, shown, key=key, help=meaning, placeholder=lever.value)
    return stands


def _free_settings() -> None:
    """Draw the settings as text; a text that was changed elsewhere is another control.

    So what a browser still sends for the text of before is not taken for a change of now. Levers
    keep their place while one is turned, and start anew when the text is edited.
    """
    chosen: Choice = st.session_state[CHOICE]
    text = "\n".join(chosen.settings)
    typed = st.text_area(
        "KEY=VALUE on each line", text, key=f"settings:{text}", height=110,
        help=plain("What the levers write, and any other key; `llmsim explain KEY` says more."),
    )  # fmt: skip
    lines = tuple(filter(None, map(str.strip, typed.splitlines())))
    if typed != text and lines != chosen.settings:
        st.session_state[CHOICE] = replace(chosen, settings=lines)
        st.session_state[EDITION] += 1
        st.rerun()
