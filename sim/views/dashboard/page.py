"""The page: both futures side by side, what differs, and what can be taken away."""

import re
from pathlib import Path

import streamlit as st
from markupsafe import escape

from sim.core.errors import SimError
from sim.experiments.comparison import Comparison
from sim.results.run import Run
from sim.scenario import Scenario
from sim.views.comparison_page import cell
from sim.views.dashboard.controls import choose, plain
from sim.views.dashboard.figures import FIRST_FIGURES, beside
from sim.views.dashboard.futures import Choice, load, scenario_file
from sim.views.dashboard.preview import previewed, users_beside
from sim.views.dashboard.refine import Refinement
from sim.views.format import count
from sim.views.names import app_name

FIGURES = {
    "users": "Users", "prices": "API prices", "cash": "Cash of the startups",
    "runway": "Runway", "survival": "Survival", "tokens": "Tokens", "adds": "Where users came from",
    "spending": "Advertising", "ads_and_users": "Ads against users gained",
    "acquisition_cost": "Cost per user",
}  # fmt: skip
REPLICATES = (4, 8, 20)
MOST_ROWS = 8
WAITING = "Simulating a preview; the very first after an update takes half a minute."
STYLE = """<style>
.block-container{padding-top:2.2rem}
@media (max-width:768px){.block-container{padding-top:4rem}}
.llm table{border-collapse:collapse;font-size:.85rem;width:100%}
.llm th,.llm td{padding:.25rem .6rem;text-align:right;border-bottom:1px solid #e3e4e2}
.llm th:first-child,.llm td:first-child{text-align:left}
.llm figcaption b{display:block;font-size:.95rem;line-height:1.3}
.llm figcaption{font-size:.78rem;color:#5d6875;min-height:5.4rem}
.llm figcaption b{color:#1b232c}
figure.llm{margin:0 0 1rem}
figure.llm img{width:100%}
</style>"""


def page(file: str | None = None) -> None:
    """Draw the dashboard for one visitor; `file` is the scenario named on the command line."""
    st.set_page_config(page_title="llmsim", layout="wide")
    st.html(STYLE)
    chosen = choose(file)
    try:
        a, b = load(chosen)
    except SimError as error:
        st.error("This cannot be simulated:")
        st.code(str(error), language=None)
        return
    _heading(a, b)
    controls = st.columns([3, 1, 1])
    figures = controls[0].multiselect(
        "Figures", list(FIGURES), default=FIRST_FIGURES, format_func=FIGURES.__getitem__
    )
    replicates = controls[1].selectbox("Replicates when refined", REPLICATES)
    wanted = controls[2].toggle("Refine", value=True, help="Calculate in full in the background.")
    work = _work(a, b, replicates) if wanted else None
    if work is not None and work.status == "done":
        _refined(work, figures)
    else:
        _preview(a, b, figures)
        if wanted:
            # Only now, so that it does not keep the preview waiting for a processor.
            _await(work or _start(a, b, replicates))
    _save(chosen, b)


def _heading(a: Scenario, b: Scenario) -> None:
    st.html(
        f'<div class="llm"><h2 style="margin:0">{escape(a.name)} and {escape(b.name)}</h2>'
        f"<p>A: {escape(a.question or a.name)}<br>B: {escape(b.question or b.name)}</p></div>"
    )
    changes = b.differences(a)
    said = "; ".join(f"{one.key}: {one.before} → {one.after}" for one in changes[:MOST_ROWS])
    more = f" and {len(changes) - MOST_ROWS} more" if len(changes) > MOST_ROWS else ""
    st.html(f"<p><b>B changes</b> {escape(said) if said else 'nothing yet'}{more}.</p>")


def _work(a: Scenario, b: Scenario, replicates: int) -> Refinement | None:
    """Return the calculation of these two if it is under way; one of others is stopped."""
    state = st.session_state
    if state.get("work key") == (a.digest, b.digest, replicates):
        found: Refinement = state["work"]
        return found
    if "work" in state:
        state["work"].stop()
        del state["work"], state["work key"]
    return None


def _start(a: Scenario, b: Scenario, replicates: int) -> Refinement:
    state = st.session_state
    work = Refinement(a, b, replicates)
    state["work"], state["work key"] = work, (a.digest, b.digest, replicates)
    return work


def _preview(a: Scenario, b: Scenario, figures: list[str]) -> None:
    with st.spinner(WAITING):
        runs = previewed(a, a.seed), previewed(b, a.seed)
    st.info(
        "Preview: one replicate with few, large consumers and 300 API accounts. It shows the "
        "direction; how sure that is, the refined result says."
    )
    _beside(*runs, figures)
    rows = "".join(
        f"<tr><td>{escape(app_name(app))}</td><td>{count(x)}</td><td>{count(y)}</td>"
        f"<td>{'−' if y < x else '+'}{count(abs(y - x))}</td></tr>"
        for app, x, y in users_beside(*runs)[:MOST_ROWS]
    )
    st.html(
        '<div class="llm"><h4>Paired difference, monthly users in the last week</h4><table><thead>'
        "<tr><th>App</th><th>A</th><th>B</th><th>B less A, same luck</th></tr></thead><tbody>"
        f"{rows}</tbody></table></div>"
    )


def _refined(work: Refinement, figures: list[str]) -> None:
    state = st.session_state
    if state.get("results of") is not work:
        state["results"], state["results of"] = work.results(), work
    results: tuple[Comparison, Run, Run] = state["results"]
    comparison, run_a, run_b = results
    st.success(f"Refined: {comparison.manifest['pairs']} pairs of full runs with the same luck.")
    _beside(run_a, run_b, figures)
    st.html(f'<div class="llm"><h4>Paired difference, B less A</h4>{cell(comparison)}</div>')
    for which, label in (("comparison", "Report of the comparison"), ("future", "Report of B")):
        st.download_button(
            label, work.report(which), f"{which}.html", "text/html", on_click="ignore"
        )


def _beside(a: Run, b: Run, figures: list[str]) -> None:
    pairs, st.session_state["drawings"] = beside(
        figures, a, b, st.session_state.get("drawings", {})
    )
    for pair in pairs:
        for column, html in zip(st.columns(2), pair, strict=True):
            with column:
                st.html(html)


@st.fragment(run_every=1.0)
def _await(work: Refinement) -> None:
    """Look whether the full calculation is there; then the whole page is drawn again."""
    if work.status == "done":
        st.rerun()
    elif work.status == "failed":
        st.error("The full calculation failed:")
        st.code(work.error, language=None)
    else:
        st.caption(f"Refining with {work.replicates} pairs of full runs in the background …")


def _save(chosen: Choice, b: Scenario) -> None:
    st.subheader("Keep this future")
    name = st.text_input("Name of the scenario file", "my_future", max_chars=60)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name):
        st.error("A name has letters, digits, _ and -, and opens with a letter or digit.")
        return
    text = scenario_file(chosen, name)
    st.code(text, language="toml")
    st.download_button(
        "Save as a scenario file", text, f"{name}.toml", "application/toml", on_click="ignore"
    )
    beside = "" if b.parents or Path(chosen.b).suffix != ".toml" else f", beside {chosen.b}"
    st.caption(plain(
        f"Put it in a folder of yours{beside}; `llmsim validate {name}.toml` checks it and "
        f"`llmsim run {name}.toml --seed {b.seed}` gives the refined numbers of B. The address of "
        "this page leads back to these settings."
    ))  # fmt: skip
